from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Money received never fails for want of a confirmation: the order waits for it."""
        waiting = self.filtered(lambda tx: tx.sale_order_ids._waits_for_configuration())
        waiting.sale_order_ids._schedule_configuration_reminder()
        return super(PaymentTransaction, self - waiting)._check_amount_and_confirm_order()
