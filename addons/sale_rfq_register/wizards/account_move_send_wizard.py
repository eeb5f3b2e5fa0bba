from odoo import api, fields, models


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
