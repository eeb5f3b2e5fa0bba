from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from .common import RpcCommon
from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestScheduleRoles(ScheduleCommon, RpcCommon, HttpCase):
    """What each role may do with schedules, asked over RPC; companies do not mix."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.supply_contract_four_eyes = True
        cls.seller, cls.colleague, cls.head, cls.stranger = (
            cls._new_user(f"schedule_{name}", groups)
            for name, groups in (
                ("seller", "sales_team.group_sale_salesman"),
                ("colleague", "sales_team.group_sale_salesman"),
                ("head", "sales_team.group_sale_manager"),
                ("stranger", "base.group_user"),
            )
        )
        cls.contract.user_id = cls.seller
        cls.schedule = cls._new_schedule({10: 10})

    def test_seller_enters_and_releases(self):
        self._log_in(self.seller)
        made = self._call(
            "sale.delivery.schedule",
            "create",
            {
                "contract_id": self.contract.id,
                "line_ids": [[0, 0, {**self._prepare_line(10, 90), "date_due": "2030-01-01"}]],
            },
        )
        self.assertIsInstance(made, int)
        self.assertIsNone(self._call("sale.delivery.schedule", "action_release", [made]))
        schedule = self.schedules.browse(made)
        self.assertEqual(schedule.state, "to_approve")
        for method in ("action_approve", "action_reject"):
            self._assert_denied("sale.delivery.schedule", method, [made])
        for values in ({"state": "released"}, {"needs_approval": False}, {"customer_number": "x"}):
            self._assert_refused("sale.delivery.schedule", "write", [made], values)
        for values in ({"quantity": 1}, {"awaits_order": True}, {"problem": "x"}):
            self._assert_refused(
                "sale.delivery.schedule.line", "write", schedule.line_ids.ids, values
            )
        self._assert_denied(
            "sale.delivery.schedule.change", "write", schedule.change_ids.ids, {"verdict": "same"}
        )
        self._log_in(self.head)
        self.assertIsNone(self._call("sale.delivery.schedule", "action_approve", [made]))
        self.assertEqual(schedule.state, "released")

    def test_colleague_sees_nothing(self):
        self._log_in(self.colleague)
        self.assertNotIn(self.schedule.id, self._call("sale.delivery.schedule", "search", []))
        for model, records in (
            ("sale.delivery.schedule", self.schedule),
            ("sale.delivery.schedule.line", self.schedule.line_ids),
            ("sale.delivery.schedule.change", self.schedule.change_ids),
        ):
            self._assert_denied(model, "read", records.ids, ["display_name"])
        self._assert_denied("sale.delivery.schedule", "action_new_generation", self.schedule.ids)

    def test_no_rights_in_sales(self):
        self._log_in(self.stranger)
        for model in ("", ".line", ".change"):
            self._assert_denied(f"sale.delivery.schedule{model}", "search", [])

    def test_private_methods(self):
        self._log_in(self.seller)
        for model, method in (
            ("sale.delivery.schedule", "_set"),
            ("sale.delivery.schedule", "_put_in_force"),
            ("sale.delivery.schedule.line", "_create_orders"),
            ("sale.delivery.schedule.line", "_cron_create_orders"),
        ):
            self._assert_denied(model, method, [])

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Second Trade"})
        contract = self._new_contract(
            {"product_id": self.motor.id, "quantity": 9}, company_id=other.id
        )
        contract._set({"state": "in_force"})
        schedule = self._new_schedule(
            contract_id=contract.id, line_ids=[(0, 0, self._prepare_line(0, 1, self.motor))]
        )
        self.assertEqual(schedule.company_id, other)
        schedules = self.schedules.with_user(self.head)
        self.assertNotIn(schedule, schedules.search([]))
        with self.assertRaises(AccessError):
            schedule.line_ids.with_user(self.head).read(["quantity"])
        orders = self._run()
        self.assertEqual(orders.company_id, other)
        self.assertEqual(orders.order_line.product_id, self.motor)

    def test_form(self):
        form = Form(self.schedules.with_user(self.seller))
        form.contract_id = self.contract
        with form.line_ids.new() as line:
            line.product_id = self.bearing
            line.date_due = self._day(10)
            line.quantity = 12
            self.assertEqual(line.partner_shipping_id, self.plant)
        schedule = form.save()
        self.assertRecordValues(schedule.line_ids, [{"difference_qty": 2, "uom_id": self.unit.id}])

    def test_list_import(self):
        draft = self._new_schedule(release=False)
        columns = ["schedule_id", "product_id", "date_due", "quantity"]
        rows = [
            [draft.name, "Bearing 6204", str(self._day(5)), "7"],
            [draft.name, "Bearing 6204", str(self._day(9)), "8"],
        ]
        result = self.lines.load(columns, rows)
        self.assertFalse(result["messages"])
        self.assertEqual(draft.line_ids.mapped("quantity"), [7, 8])
        for row, reason in (
            ([draft.name, "Gear motor", "2030-01-01", "7"], "does not cover"),
            ([self.schedule.name, "Bearing 6204", "2030-01-01", "7"], "not a draft"),
            ([draft.name, "Bearing 6204", "2030-01-01", "0"], "more than zero"),
            ([draft.name, "Bearing 6204", str(self._day(5)), "1"], "add the quantities up"),
        ):
            message = self.lines.load(columns, [row])["messages"][0]["message"]
            self.assertIn(reason, message)
