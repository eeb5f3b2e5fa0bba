from odoo import api, fields, models

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
    """What happened to the approval of an invoice, with what was approved; the truth about it.

    Rows are made as the system only. Fields of the invoice are shown to people, but whether it is
    approved is read from here.
    """

    _name = "invoice.release.log"
    _description = "Invoice Approval Log"
    _inherit = ["sale.append.only"]
    _order = "id desc"
    _rec_name = "move_id"
    _check_company_auto = True

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="restrict"
    )
    event = fields.Selection(EVENTS, required=True, readonly=True, index=True)
    date = fields.Datetime(required=True, readonly=True, index=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    comment = fields.Char(readonly=True)
    fingerprint = fields.Char(
        readonly=True,
        required=True,
        help="SHA-256 of the commercial content at that moment: what was approved.",
    )
    amount = fields.Monetary(string="Total", readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")

    @api.depends("move_id", "event")
    @api.depends_context("lang")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row.move_id.display_name}: {events.get(row.event, '')}"

    def _get_approval_status(self):
        """Where the invoice stands after this row, if it has not been changed since."""
        return STATUSES[self.event] if self else "none"

    def action_open_invoice(self):
        self.ensure_one()
        return self.move_id._get_records_action()
