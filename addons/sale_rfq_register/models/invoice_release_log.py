from odoo import fields, models

EVENTS = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("voided", "Void by a Change"),
]
# where an invoice stands after its latest entry
STATUSES = {
    "requested": "pending",
    "approved": "approved",
    "rejected": "rejected",
    "voided": "voided",
}


class InvoiceReleaseLog(models.Model):
    """What happened to the approval of an invoice."""

    _name = "invoice.release.log"
    _description = "Invoice Approval Log"
    _inherit = ["sale.approval.log.mixin"]
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    event = fields.Selection(EVENTS, required=True, readonly=True, index=True)
    amount = fields.Monetary(string="Total", readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")

    def _get_statuses(self):
        return STATUSES

    def action_open_invoice(self):
        self.ensure_one()
        return self.move_id._get_records_action()
