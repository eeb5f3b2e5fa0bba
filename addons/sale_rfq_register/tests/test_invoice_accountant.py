from ast import literal_eval

from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from .common import RpcCommon
from .invoice_common import InvoiceReleaseCommon


@tagged("post_install", "-at_install")
class TestInvoiceAccountant(InvoiceReleaseCommon, RpcCommon, HttpCase):
    """Who invoices without selling makes the invoices of orders and changes nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.invoice_policy = "order"
        cls.order = cls._new_sale()
        cls.action = cls.env.ref("sale_rfq_register.sale_order_action_to_prepare")

    @classmethod
    def _new_sale(cls):
        line = {"product_id": cls.product_a.id, "product_uom_qty": 2, "price_unit": 100.0}
        values = {"partner_id": cls.partner_a.id, "order_line": [Command.create(line)]}
        order = cls.env["sale.order"].sudo().create(values)
        order.action_confirm()
        return order

    def _invoice(self, orders, **values):
        """Open the dialog on orders and press its button, as the clerk."""
        dialog = self.env["sale.advance.payment.inv"].with_user(self.clerk)
        with Form(dialog.with_context(active_ids=orders.ids)) as form:
            for name, value in values.items():
                form[name] = value
        form.record.create_invoices()
        self.env.invalidate_all()
        return orders.invoice_ids

    def test_one_order(self):
        orders = self.env["sale.order"].with_user(self.clerk)
        found = orders.search([*literal_eval(self.action.domain), ("id", "=", self.order.id)])
        Form(found)
        invoice = self._invoice(found)
        self.assertRecordValues(invoice, [{"amount_untaxed": 200, "state": "draft"}])
        self.assertEqual(self.order.invoice_status, "invoiced")

    def test_several_orders(self):
        orders = self.order | self._new_sale()
        invoices = self._invoice(orders, consolidated_billing=False)
        self.assertEqual(invoices.mapped("amount_untaxed"), [200, 200])

    def test_down_payment(self):
        values = {"advance_payment_method": "percentage", "amount": 30}
        invoice = self._invoice(self.order, **values)
        self.assertEqual(invoice.amount_untaxed, 60)
        self._approve(invoice).with_user(self.clerk).action_post()
        rest = self._invoice(self.order) - invoice
        self.assertEqual(rest.amount_untaxed, 140)

    def test_no_more_rights_than_that(self):
        self.authenticate(self.clerk.login, self.clerk.login)
        values = {"partner_id": self.partner_a.id}
        self._assert_denied("sale.order", "create", [values])
        self._assert_denied("sale.order", "unlink", self.order.ids)
        line = {"order_id": self.order.id, "product_id": self.product_a.id}
        self._assert_denied("sale.order.line", "create", [line])
        payment = {**line, "is_downpayment": True, "product_uom_qty": 0}
        self._assert_denied("sale.order.line", "create", [payment])

    def test_colleague_without_invoicing(self):
        self._new_user("ia_user", "base.group_user", "Uwe User")
        self.authenticate("ia_user", "ia_user")
        values = {"sale_order_ids": self.order.ids}
        self._assert_denied("sale.advance.payment.inv", "create", [values])
