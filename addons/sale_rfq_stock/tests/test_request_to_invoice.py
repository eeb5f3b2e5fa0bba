from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCase
from odoo.addons.sale_rfq_register.tests.common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestToInvoice(RequestCommon, HttpCase, MailCase):
    """The whole path in the browser, by a sales manager of a small company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.name = "Bergmann Pumpenbau"
        cls.manager = cls._new_user(
            "sales_manager",
            "sales_team.group_sale_salesman_all_leads,stock.group_stock_user,"
            "account.group_account_invoice",
            password="sales_manager",
        )
        cls.env.company.offer_confirmation_required = True
        cls.bearing.is_storable = True
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(cls.bearing, warehouse.lot_stock_id, 100)

    def test_request_to_invoice(self):
        with self.mock_mail_gateway():
            self.start_tour("/odoo", "sale_rfq_request_to_invoice", login="sales_manager")
        request = self.env["sale.material.request"].search(
            [("partner_ref", "=", "TOUR-1")], limit=1
        )
        order = request.order_ids
        self.assertRecordValues(request, [{"state": "won", "user_id": self.manager.id}])
        self.assertRecordValues(
            order, [{"state": "sale", "offer_state": "accepted", "delivery_status": "full"}]
        )
        self.assertEqual(order.confirmation_ids.signed_by, "Pavel Novak")
        self.assertRecordValues(order.invoice_ids, [{"state": "posted", "is_move_sent": True}])
        self.assertEqual(order.dispatch_ids.mapped("kind"), ["offer"])
        self.assertEqual(order.invoice_ids.dispatch_ids.mapped("kind"), ["invoice"])
