from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestKind(ContractCommon):
    """A kind is a record, and its behaviour is the order's."""

    def _new_order(self, **values):
        kind = self.env["sale.order.kind"].create({"name": "Special", **values})
        order = self._new_release(kind_id=kind.id)
        return order

    def test_standard_by_default(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertEqual(order.kind_id, self.standard)
        self.assertEqual(Form(self.env["sale.order"]).kind_id, self.standard)

    def test_unchangeable_after_confirmation(self):
        order = self._new_release(kind_id=self.standard.id)
        order.action_confirm()
        order.kind_id = self.standard
        for values in (
            {"kind_id": self.additional.id},
            {"kind_id": False},
            {"kind_id": self.additional.id, "state": "draft"},
            {"contract_id": self.contract.id},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "is confirmed"):
                order.write(values)
        order._action_cancel()
        order.action_draft()
        order.kind_id = self.additional
        self.assertEqual(order.contract_id, self.contract)

    def test_origin(self):
        order = self._new_order(origin_required=True)
        with self.assertRaisesRegex(UserError, "that it follows"):
            order.action_confirm()
        order.kind_origin_id = self._new_release(
            kind_id=self.standard.id, partner_id=self.partner.id
        )
        with self.assertRaisesRegex(UserError, "that it follows"):
            order.action_confirm()
        order.kind_origin_id = self._new_release(kind_id=self.standard.id)
        order.action_confirm()

    def test_reason(self):
        order = self._new_order(reason_required=True)
        with self.assertRaisesRegex(UserError, "enter its reason"):
            order.action_confirm()
        order.kind_reason = " "
        with self.assertRaisesRegex(UserError, "enter its reason"), self.cr.savepoint():
            order.write({"state": "sale"})
        order.kind_reason = "Fair"
        order.action_confirm()

    def test_confirmed_by_a_manager(self):
        order = self._new_order(approval_needed=True)
        seller = self._new_user("kind_seller", "sales_team.group_sale_salesman")
        head = self._new_user("kind_head", "sales_team.group_sale_manager")
        order.user_id = seller
        with self.assertRaisesRegex(UserError, "a contract manager"):
            order.with_user(seller).action_confirm()
        order.user_id = head
        with self.assertRaisesRegex(UserError, "a contract manager"):
            order.with_user(head).action_confirm()
        order.user_id = seller
        order.with_user(head).action_confirm()

    def test_not_billable(self):
        self.bearing.invoice_policy = "order"
        order = self._new_order(billable=False)
        order.action_confirm()
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertEqual(order.invoice_status, "no")
        ordinary = self._new_release(kind_id=self.standard.id)
        ordinary.action_confirm()
        self.assertEqual(ordinary.order_line.qty_to_invoice, 10)

    def test_stock(self):
        for mode, deliveries in (("deliver", 1), ("none", 0), ("receive", 0)):
            order = self._new_order(stock_mode=mode)
            order.action_confirm()
            self.assertEqual(len(order.picking_ids), deliveries, mode)

    def test_behaviour_is_read_anew(self):
        order = self._new_order()
        self.assertFalse(order._is_kind("reason_required"))
        order.kind_id.reason_required = True
        self.assertTrue(order._is_kind("reason_required"))

    def test_analysis(self):
        self._new_release().action_confirm()
        self.env.flush_all()
        rows = self.env["sale.report"]._read_group(
            [("partner_id", "=", self.customer.id)],
            ["kind_id", "contract_id"],
            ["price_subtotal:sum"],
        )
        self.assertEqual(
            [(kind, contract, round(total, 2)) for kind, contract, total in rows],
            [(self.additional, self.contract, 76.0)],
        )

    def test_order_from_before(self):
        """An order without a kind behaves as an ordinary one."""
        order = self._new_release(kind_id=False)
        order.order_line = [Command.create({"product_id": self.motor.id})]
        order.action_confirm()
        self.assertEqual(len(order.picking_ids), 1)
