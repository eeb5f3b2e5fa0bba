from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestScheduleOrders(ScheduleCommon):
    """Due firm lines become confirmed orders, each once."""

    def test_due_lines(self):
        schedule = self._new_schedule({-1: 1, 0: 2, 3: 4, 4: 8}, customer_number="R-7")
        orders = self._run()
        self.assertEqual(sorted(orders.order_line.mapped("product_uom_qty")), [1, 2, 4])
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(set(orders.mapped("client_order_ref")), {"R-7"})
        self.assertEqual(
            orders.kind_id, self.env.ref("sale_order_kinds.sale_order_kind_schedule_release")
        )
        self.assertEqual(orders.contract_id, self.contract)
        self.assertEqual(set(orders.order_line.mapped("price_unit")), {8.0})
        self.assertEqual(schedule.line_ids.mapped("is_ordered"), [True, True, True, False])
        self.assertEqual(schedule.line_ids.mapped("awaits_order"), [False, False, False, True])
        self.assertEqual(self.bearing_line.released_qty, 7)
        self.assertEqual(orders.schedule_id, schedule)
        days = [order._get_ship_date() for order in orders.sorted("commitment_date")]
        self.assertEqual(days, [self._day(-1), self._day(0), self._day(3)])

    def test_second_run_makes_nothing(self):
        self._new_schedule({0: 2})
        self.assertEqual(len(self._run()), 1)
        self.assertFalse(self._run())

    def test_one_order_for_a_day_and_an_address(self):
        office = {"partner_shipping_id": self.customer.id}
        self._new_schedule(
            line_ids=[
                Command.create(self._prepare_line(1, 1)),
                Command.create(self._prepare_line(1, 2, self.seal)),
                Command.create(self._prepare_line(1, 3, **office)),
                Command.create(self._prepare_line(2, 4)),
            ]
        )
        orders = self._run()
        found = sorted(sorted(order.order_line.mapped("product_uom_qty")) for order in orders)
        self.assertEqual(found, [[1, 2], [3], [4]])
        office = orders.filtered(lambda order: order.partner_shipping_id == self.customer)
        self.assertEqual(office.order_line.product_uom_qty, 3)

    def test_forecasts_and_drafts_make_nothing(self):
        self._new_schedule({0: 2}, schedule_type="forecast")
        self._new_schedule({0: 2}, release=False)
        self.assertFalse(self._run())

    def test_replaced_generation_makes_nothing(self):
        self.contract.schedule_tolerance = 1000
        self._new_schedule({0: 2})
        self._new_schedule({0: 5})
        self.assertEqual(self._run().order_line.product_uom_qty, 5)

    def test_next_generation_orders_the_rest(self):
        self.contract.schedule_tolerance = 1000
        first = self._new_schedule({0: 10, 20: 10})
        order = self._run()
        second = self._new_schedule({0: 14, 20: 10})
        self.assertEqual(second.line_ids.mapped("ordered_before_qty"), [10, 0])
        self.assertEqual(self._run().order_line.product_uom_qty, 4)
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertEqual(order.order_line.schedule_line_id, first.line_ids[0])
        third = self._new_schedule({0: 14, 20: 10})
        self.assertFalse(self._run())
        self.assertEqual(third.line_ids.mapped("cumulative_qty"), [14, 24])

    def test_what_is_ordered_is_not_taken_back(self):
        self.contract.schedule_tolerance = 1000
        self._new_schedule({0: 10})
        self._run()
        with self.assertRaisesRegex(UserError, "ordered already"):
            self._new_schedule({0: 9})
        # left out altogether it still counts
        later = self._new_schedule({30: 5})
        self.assertEqual(later.line_ids.cumulative_qty, 15)

    def test_cancelled_order_is_called_off_again_by_a_new_generation(self):
        self.contract.schedule_tolerance = 1000
        schedule = self._new_schedule({0: 10})
        order = self._run()
        order._action_cancel()
        self.assertFalse(self._run())
        again = self.schedules.browse(schedule.action_new_generation()["res_id"])
        again.line_ids = [Command.create(self._prepare_line(0, 10))]
        again.action_release()
        self.assertEqual(self._run().order_line.product_uom_qty, 10)

    def test_line_of_an_order_is_not_typed(self):
        schedule = self._new_schedule({30: 10})
        order = self._new_release(
            order_line=[
                Command.create(
                    {
                        "product_id": self.bearing.id,
                        "schedule_line_id": schedule.line_ids.id,
                    }
                )
            ]
        )
        self.assertFalse(order.order_line.schedule_line_id)
        with self.assertRaisesRegex(UserError, "not typed"):
            order.order_line.schedule_line_id = schedule.line_ids

    def test_made_by_hand(self):
        order = self._new_release(
            kind_id=self.env.ref("sale_order_kinds.sale_order_kind_schedule_release").id
        )
        with self.assertRaisesRegex(UserError, "made from due lines"):
            order.action_confirm()

    def test_order_stays_on_record(self):
        self._new_schedule({0: 10})
        order = self._run()
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "stays on record"):
            order.unlink()
        with self.assertRaisesRegex(UserError, "stays on record"):
            order.order_line.unlink()

    def test_delivered_and_open(self):
        schedule = self._new_schedule({0: 10, 30: 5})
        order = self._run()
        delivery = order.picking_ids
        delivery.move_ids.write({"quantity": 6, "picked": True})
        delivery._action_done()
        self.assertRecordValues(
            schedule.line_ids,
            [
                {"delivered_qty": 6, "open_qty": 4, "cumulative_qty": 10},
                {"delivered_qty": 6, "open_qty": 9, "cumulative_qty": 15},
            ],
        )
        self._return(delivery, 2, refund=False)
        self.assertEqual(schedule.line_ids.mapped("delivered_qty"), [6, 6])
        self._return(delivery, 1)
        self.assertEqual(schedule.line_ids.mapped("delivered_qty"), [5, 5])

    def _return(self, picking, quantity, refund=True):
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": refund})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": quantity, "picked": True})
        back._action_done()
        self.env.invalidate_all()

    # -- what cannot be ordered ------------------------------------------------------------------

    def test_refused_order_does_not_block_others(self):
        schedule = self._new_schedule({-2: 10, 0: 95, 1: 20})
        with mute_logger("odoo.addons.sale_order_kinds.models.sale_delivery_schedule_cron"):
            orders = self._run()
        self.assertEqual(sorted(orders.order_line.mapped("product_uom_qty")), [10, 20])
        refused = schedule.line_ids.filtered("problem")
        self.assertEqual(refused.quantity, 95)
        self.assertIn("allows 100", refused.problem)
        self.assertTrue(refused.awaits_order)
        self.assertEqual(len(schedule.activity_ids), 1)
        self.assertIn("allows 100", schedule.activity_ids.note)

    def test_refused_order_is_made_when_the_reason_is_gone(self):
        schedule = self._new_schedule({0: 101})
        self.assertFalse(self._run())
        self.assertFalse(self._run())
        self.assertEqual(len(schedule.activity_ids), 1)
        self._new_version(line_values={"quantity": 200}).action_approve()
        self.assertEqual(self._run().order_line.product_uom_qty, 101)
        self.assertFalse(schedule.line_ids.problem)
        self.assertFalse(schedule.activity_ids)

    def test_no_kind(self):
        self.env["sale.order.kind"].search([("from_schedule", "=", True)]).from_schedule = False
        schedule = self._new_schedule({0: 1})
        self.assertFalse(self._run())
        self.assertIn("has no order kind", schedule.line_ids.problem)

    def test_ship_date_outside_of_the_contract(self):
        self.contract.schedule_lead_days = 400
        schedule = self._new_schedule({301: 1})
        self.assertFalse(self._run())
        self.assertIn("does not cover the ship date", schedule.line_ids.problem)

    def test_batches(self):
        self._new_schedule(dict.fromkeys(range(-5, 3), 1))
        module = "odoo.addons.sale_order_kinds.models.sale_delivery_schedule_cron"
        with patch(f"{module}.BATCH_ORDERS", 3), patch(f"{module}.BATCH_LINES", 2):
            self.assertEqual(len(self._run()), 8)
