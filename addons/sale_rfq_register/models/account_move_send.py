from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        """What carries an invoice to a customer is registered once the e-mail has left."""
        if move.is_sale_document(include_receipts=True):
            move = move.with_context(
                sale_dispatch=True, receipt_requested=self.env.context.get("receipt_requested")
            )
        return super()._send_mail(move, mail_template, **kwargs)
