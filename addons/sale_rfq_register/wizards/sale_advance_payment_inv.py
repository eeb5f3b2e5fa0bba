from odoo import models


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def create_invoices(self):
        """Nothing is invoiced, down payments included, of an offer that may not be used."""
        self.sale_order_ids._check_unordered_releasable()
        return super().create_invoices()
