from odoo import api, fields, models

EVENTS = [
    ("requested", "Requested"),
    ("tier", "Tier Approved"),
    ("released", "Approved"),
    ("rejected", "Rejected"),
    ("restarted", "Withdrawn"),
    ("voided", "Void by a Change"),
    ("kept", "Kept after a Change"),
]
# where an offer stands after its latest entry
STATUSES = {
    "requested": "pending",
    "tier": "pending",
    "released": "approved",
    "kept": "approved",
    "rejected": "rejected",
    "voided": "voided",
    "restarted": "none",
}


class SaleApprovalLog(models.Model):
    """What happened to the approval of an offer, with what was approved; the truth about it.

    Rows are made as the system only. Reviews and fields of the offer are shown to people, but
    whether an offer is approved is read from here.
    """

    _name = "sale.approval.log"
    _description = "Approval Log"
    _inherit = ["sale.append.only"]
    _order = "id desc"
    _rec_name = "order_id"
    _check_company_auto = True

    order_id = fields.Many2one(
        "sale.order",
        string="Offer",
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
    represented_id = fields.Many2one(
        "res.users",
        string="On Behalf Of",
        readonly=True,
        ondelete="restrict",
        help="The reviewer whose deputy approved or rejected.",
    )
    tier_name = fields.Char(string="Tier", readonly=True)
    tier_sequence = fields.Integer(
        string="Tier No.", readonly=True, help="1 is asked first.", aggregator=None
    )
    comment = fields.Char(readonly=True)
    fingerprint = fields.Char(
        readonly=True,
        required=True,
        help="SHA-256 of the commercial content at that moment: what was approved.",
    )
    worst_discount = fields.Float(
        string="Highest Discount (%)", readonly=True, digits=(16, 2), aggregator="max"
    )
    worst_margin = fields.Float(
        string="Lowest Margin (%)", readonly=True, digits=(16, 2), aggregator="min"
    )
    margin_percent = fields.Float(
        string="Margin", readonly=True, aggregator="avg", help="Of the whole offer."
    )
    amount = fields.Monetary(
        string="Untaxed Amount",
        readonly=True,
        currency_field="company_currency_id",
        aggregator=None,
        help="In the currency of the company.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    payment_term_id = fields.Many2one(
        "account.payment.term", readonly=True, ondelete="set null", string="Payment Terms"
    )

    @api.depends("order_id", "event")
    @api.depends_context("lang")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row.order_id.name}: {events.get(row.event, '')}"

    def _get_approval_status(self):
        """Where the offer stands after this row, if it has not been changed since."""
        return STATUSES[self.event] if self else "none"

    def _is_approval_given(self):
        return self.event in ("released", "kept")

    def action_open_order(self):
        self.ensure_one()
        return self.order_id._get_records_action()
