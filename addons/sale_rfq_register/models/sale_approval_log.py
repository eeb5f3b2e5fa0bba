from odoo import fields, models

EVENTS = [
    ("requested", "Requested"),
    ("tier", "Tier Approved"),
    ("released", "Approved"),
    ("rejected", "Rejected"),
    ("restarted", "Withdrawn"),
    ("voided", "Void by a Change"),
    ("kept", "Kept after a Change"),
    ("changed", "Order Changed"),
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
    "changed": "none",
}


class SaleApprovalLog(models.Model):
    """What happened to the approval of an offer, tier by tier."""

    _name = "sale.approval.log"
    _description = "Approval Log"
    _inherit = ["sale.approval.log.mixin"]
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order",
        string="Offer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    event = fields.Selection(EVENTS, required=True, readonly=True, index=True)
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
    worst_discount = fields.Float(
        string="Highest Discount (%)", readonly=True, digits=(16, 2), aggregator="max"
    )
    worst_margin = fields.Float(
        string="Lowest Margin (%)", readonly=True, digits=(16, 2), aggregator="min"
    )
    discount_amount = fields.Monetary(
        string="Discount",
        readonly=True,
        currency_field="company_currency_id",
        aggregator=None,
        help="How much the offer is below the pricelist, in the currency of the company.",
    )
    whole_margin = fields.Float(
        string="Margin of the Whole (%)",
        readonly=True,
        digits=(16, 2),
        aggregator="min",
        help="Of the whole offer, at the costs that count for approvals.",
    )
    conditions = fields.Char(
        readonly=True,
        help="SHA-256 of what no harmless change touches: everything but the lines, and what the"
        " customer may choose.",
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

    def _get_statuses(self):
        return STATUSES

    def _is_approval_given(self):
        return self.event in ("released", "kept")

    def action_open_order(self):
        self.ensure_one()
        return self.order_id._get_records_action()
