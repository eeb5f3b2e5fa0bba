from odoo import fields, models


class InvoiceReleaseReject(models.TransientModel):
    """Reject invoices, and say why."""

    _name = "invoice.release.reject"
    _description = "Reject Invoices"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    comment = fields.Char(string="Reason", required=True)

    def action_reject(self):
        self.ensure_one()
        self.move_ids._reject_invoices(self.comment)
        return {"type": "ir.actions.act_window_close"}
