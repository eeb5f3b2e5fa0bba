from odoo import models

from .sale_order_invoicing import InvoiceRefused


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Money received never fails for want of a confirmation or approval: the order waits."""
        waiting = self.filtered(lambda tx: tx.sale_order_ids._waits_for_release())
        waiting.sale_order_ids._schedule_paid_reminder()
        return super(PaymentTransaction, self - waiting)._check_amount_and_confirm_order()

    def _post_process(self):
        """A payment does not send an offer that may not be used, nor post what is not approved.

        It succeeds all the same: the invoice waits.
        """
        transactions = self.with_context(leave_refused_offers=True, leave_unreleased_invoices=True)
        return super(PaymentTransaction, transactions)._post_process()

    def _invoice_sale_orders(self):
        """A payment stands though its invoice is refused: the order tells why."""
        for transaction in self:
            try:
                with self.env.cr.savepoint():
                    super(PaymentTransaction, transaction)._invoice_sale_orders()
            except InvoiceRefused as refusal:
                for order in transaction.sale_order_ids:
                    order.message_post(body=str(refusal), subtype_xmlid="mail.mt_note")
