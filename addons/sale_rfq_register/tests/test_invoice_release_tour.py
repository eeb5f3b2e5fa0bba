from odoo.tests import HttpCase, tagged

from .invoice_common import InvoiceReleaseCommon


@tagged("post_install", "-at_install")
class TestInvoiceReleaseInTheBrowser(InvoiceReleaseCommon, HttpCase):
    def test_tour(self):
        """From the work list: requested, approved, confirmed by an accountant who may."""
        self.company.invoice_release_four_eyes = False
        self.start_tour(
            "/odoo/invoice-release",
            "sale_rfq_register_invoice_release",
            login=self.approver.login,
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            self.invoice, [{"state": "posted", "invoice_release_state": "to_send"}]
        )
        self.assertEqual(self._events(self.invoice), ["requested", "approved"])
