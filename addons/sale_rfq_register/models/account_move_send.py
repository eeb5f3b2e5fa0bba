from odoo import api, fields, models


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


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    receipt_requested = fields.Boolean(
        string="Ask for Receipt",
        compute="_compute_receipt_requested",
        store=True,
        readonly=False,
    )

    @api.depends("move_id")
    def _compute_receipt_requested(self):
        for wizard in self:
            wizard.receipt_requested = wizard.move_id._get_receipt_default()

    def action_send_and_print(self, allow_fallback_pdf=False):
        wizard = self.with_context(receipt_requested=self.receipt_requested)
        return super(AccountMoveSendWizard, wizard).action_send_and_print(
            allow_fallback_pdf=allow_fallback_pdf
        )
