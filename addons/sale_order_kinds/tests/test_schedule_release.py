from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestScheduleRelease(ScheduleCommon):
    """Generations replace each other; what changes too much waits for a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.supply_contract_four_eyes = True
        cls.manager = cls._new_user("schedule_manager", "sales_team.group_sale_manager")

    def test_numbers(self):
        first = self._new_schedule({10: 5}, release=False)
        others = self.schedules.create(
            [{"contract_id": self.contract.id, "schedule_type": "forecast"}] * 2
        )
        second = self._new_schedule({10: 5}, release=False)
        self.assertEqual((first + second).mapped("number"), [1, 2])
        self.assertEqual(others.mapped("number"), [1, 2])
        self.assertEqual(first.name, f"{self.contract.name}-F001")
        self.assertEqual(others[0].name, f"{self.contract.name}-P001")

    def test_first_generation(self):
        schedule = self._new_schedule({10: 5})
        self.assertRecordValues(
            schedule, [{"state": "released", "previous_id": False, "needs_approval": False}]
        )
        self.assertTrue(schedule.released_on)
        self.assertTrue(schedule.line_ids.awaits_order)

    def test_next_generation_replaces(self):
        first = self._new_schedule({10: 5})
        self.contract.schedule_tolerance = 100
        second = self._new_schedule({10: 6})
        self.assertRecordValues(
            first + second,
            [
                {"state": "replaced", "previous_id": False},
                {"state": "released", "previous_id": first.id},
            ],
        )
        self.assertFalse(first.line_ids.awaits_order)
        self.assertTrue(second.line_ids.awaits_order)
        self.assertEqual(first.line_ids.quantity, 5)

    def test_types_are_apart(self):
        firm = self._new_schedule({10: 5})
        forecast = self._new_schedule({10: 50}, schedule_type="forecast")
        self.assertEqual((firm + forecast).mapped("state"), ["released", "released"])
        self.assertFalse(forecast.line_ids.awaits_order)

    def test_cumulative(self):
        first = self._new_schedule({10: 40, 20: 40})
        draft = self._new_schedule({10: 30, 15: 20, 20: 40}, release=False)
        self.assertRecordValues(
            draft.line_ids,
            [
                {"cumulative_qty": 30, "previous_qty": 40, "difference_qty": -10},
                {"cumulative_qty": 50, "previous_qty": 40, "difference_qty": 10},
                {"cumulative_qty": 90, "previous_qty": 80, "difference_qty": 10},
            ],
        )
        self.assertRecordValues(
            first.line_ids,
            [{"cumulative_qty": 40, "previous_qty": 0}, {"cumulative_qty": 80, "previous_qty": 0}],
        )

    def test_units_are_converted(self):
        schedule = self._new_schedule(release=False)
        schedule.line_ids = [
            Command.create(self._prepare_line(10, 2, uom_id=self.dozen.id)),
            Command.create(self._prepare_line(20, 6)),
        ]
        self.assertEqual(schedule.line_ids.mapped("cumulative_qty"), [24, 30])

    def test_out_of_tolerance_waits(self):
        self.contract.schedule_tolerance = 10
        first = self._new_schedule({10: 40, 20: 40})
        self.assertEqual(self._new_schedule({10: 44, 20: 44}).state, "released")
        second = self._new_schedule({10: 49, 20: 44})
        self.assertRecordValues(second, [{"state": "to_approve", "needs_approval": True}])
        self.assertEqual(second.change_ids.mapped("verdict"), ["excess", "tolerated"])
        self.assertEqual(
            second.activity_ids.user_id.has_group(
                "sale_order_kinds.sale_order_kinds_group_manager"
            ),
            True,
        )
        self.assertEqual(first.state, "replaced")
        with self.assertRaisesRegex(UserError, "another contract manager"):
            second.action_approve()
        second.with_user(self.manager).action_approve()
        self.assertRecordValues(second, [{"state": "released", "decided_by_id": self.manager.id}])
        self.assertFalse(second.activity_ids)

    def test_frozen_zone_waits(self):
        self.contract.write({"schedule_tolerance": 50, "schedule_frozen_days": 7})
        self._new_schedule({6: 10, 7: 10})
        self.assertEqual(self._new_schedule({6: 10, 7: 11}).state, "released")
        moved = self._new_schedule({6: 11, 7: 10})
        self.assertRecordValues(moved, [{"state": "to_approve"}])
        self.assertEqual(moved.change_ids.mapped("verdict"), ["frozen", "same"])

    def test_days_of_tolerance(self):
        self.contract.schedule_tolerance_days = 2
        self._new_schedule({10: 10})
        self.assertEqual(self._new_schedule({12: 10}).state, "released")
        self.assertEqual(self._new_schedule({15: 10}).state, "to_approve")

    def test_beyond_the_firm_horizon(self):
        self.contract.schedule_firm_days = 30
        self._new_schedule({10: 10, 40: 10})
        self.assertEqual(self._new_schedule({10: 10, 40: 90}).state, "released")

    def test_forecast_binds_nobody(self):
        self._new_schedule({10: 10}, schedule_type="forecast")
        free = self._new_schedule({10: 90}, schedule_type="forecast")
        self.assertEqual(free.state, "released")
        self.assertEqual(free.change_ids.verdict, "excess")

    def test_what_is_left_out_is_a_change(self):
        self._new_schedule({10: 10, 20: 10})
        less = self._new_schedule({10: 10})
        self.assertEqual(less.state, "to_approve")
        self.assertEqual(less.change_ids.mapped("difference_qty"), [0, -10])

    def test_rejected(self):
        first = self._new_schedule({10: 10})
        second = self._new_schedule({10: 90})
        second.with_user(self.manager).action_reject()
        self.assertEqual((first + second).mapped("state"), ["released", "rejected"])
        self.assertFalse(second.line_ids.awaits_order)
        with self.assertRaisesRegex(UserError, "does not wait"):
            second.with_user(self.manager).action_approve()

    def test_back_to_draft(self):
        self._new_schedule({10: 10})
        second = self._new_schedule({10: 90})
        with self.assertRaisesRegex(UserError, "not a draft"):
            second.line_ids.quantity = 10
        second.action_back_to_draft()
        second.line_ids.quantity = 10
        second.action_release()
        self.assertEqual(second.state, "released")

    def test_history_is_not_edited(self):
        schedule = self._new_schedule({10: 10})
        for change in (
            lambda: schedule.write({"customer_number": "x"}),
            lambda: schedule.write({"state": "draft"}),
            lambda: schedule.line_ids.write({"quantity": 1}),
            lambda: schedule.line_ids.write({"awaits_order": False}),
            lambda: schedule.line_ids.unlink(),
            lambda: schedule.unlink(),
            lambda: self.lines.create({"schedule_id": schedule.id, **self._prepare_line(1, 1)}),
        ):
            with self.assertRaises(UserError):
                change()
        draft = self._new_schedule({5: 1}, release=False)
        with self.assertRaises(UserError):
            draft.line_ids.schedule_id = schedule

    def test_older_one_does_not_replace_a_newer(self):
        older = self._new_schedule({10: 10}, release=False)
        self._new_schedule({10: 10})
        with self.assertRaisesRegex(UserError, "newer than"):
            older.action_release()

    def test_next_generation_from_what_is_open(self):
        first = self._new_schedule({1: 10, 30: 20})
        self._run()
        action = first.action_new_generation()
        draft = self.schedules.browse(action["res_id"])
        self.assertEqual(draft.line_ids.mapped("quantity"), [20])
        self.assertEqual(draft.line_ids.previous_qty, 30)
        self.assertEqual(draft.line_ids.cumulative_qty, 30)

    def test_made_as_if_released(self):
        made = self.schedules.create(
            {
                "contract_id": self.contract.id,
                "state": "released",
                "number": 77,
                "line_ids": [Command.create(self._prepare_line(1, 5, awaits_order=True))],
            }
        )
        self.assertRecordValues(made, [{"state": "draft", "number": 1}])
        self.assertFalse(made.line_ids.awaits_order)

    # -- refusals --------------------------------------------------------------------------------

    def test_nothing_to_release(self):
        with self.assertRaisesRegex(UserError, "has no lines"):
            self._new_schedule()

    def test_contract_not_in_force(self):
        schedule = self._new_schedule({10: 10}, release=False)
        self.contract.action_close()
        with self.assertRaisesRegex(UserError, "is “Closed”"):
            schedule.action_release()

    def test_product_outside_the_contract(self):
        with self.assertRaisesRegex(ValidationError, "does not cover Gear motor"):
            self._new_schedule(
                release=False, line_ids=[Command.create(self._prepare_line(1, 1, self.motor))]
            )

    def test_category_covers_the_product(self):
        schedule = self._new_schedule(
            line_ids=[Command.create(self._prepare_line(9, 24, self.seal, uom_id=self.unit.id))]
        )
        self.assertEqual(schedule.line_ids.contract_line_id, self.seal_line)
        self.assertEqual(schedule.line_ids.cumulative_qty, 2)

    def test_address_of_somebody_else(self):
        with self.assertRaisesRegex(ValidationError, "may not release"):
            self._new_schedule(
                release=False,
                line_ids=[
                    Command.create(self._prepare_line(1, 1, partner_shipping_id=self.partner.id))
                ],
            )

    def test_unit_that_cannot_be_converted(self):
        kilogram = self.env.ref("uom.product_uom_kgm")
        with self.assertRaisesRegex(ValidationError, "cannot be converted"):
            self._new_schedule(
                release=False,
                line_ids=[Command.create(self._prepare_line(1, 1, uom_id=kilogram.id))],
            )

    def test_settings_of_a_contract_in_force(self):
        seller = self._new_user("schedule_seller", "sales_team.group_sale_salesman")
        self.contract.user_id = seller
        with self.assertRaisesRegex(AccessError, "Only a contract manager"):
            self.contract.with_user(seller).schedule_tolerance = 500
