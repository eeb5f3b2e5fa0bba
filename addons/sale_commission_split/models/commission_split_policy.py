from odoo import fields, models
from odoo.exceptions import UserError

METHODS = [
    ("equal", "Equal Parts"),
    ("weights", "Weights of the Roles"),
    ("agree", "Participants Agree"),
    ("head", "Head Decides"),
]
FALLBACKS = [
    ("keep", "Shares Stay as They Are"),
    ("equal", "Equal Parts"),
    ("weights", "Weights of the Roles"),
    ("head", "Arbiter Decides"),
]


class CommissionSplitPolicy(models.Model):
    """The written rule by which a pot is divided among those who took part (S2)."""

    _name = "commission.split.policy"
    _inherit = ["commission.split.version.mixin"]
    _description = "Sharing Policy"
    _check_company_auto = True

    method = fields.Selection(
        METHODS,
        required=True,
        default="weights",
        help="Where participants agree or the head decides, the weights of the roles stand until"
        " they have.",
    )
    role_ids = fields.Many2many(
        "commission.split.role", string="Roles", help="Who takes part. Empty: all roles."
    )
    description = fields.Html(string="Rule in Words")
    claim_days = fields.Integer(
        string="Claims within (Days)",
        default=60,
        aggregator=None,
        help="Of the deal. A later claim is marked so.",
    )
    reply_days = fields.Integer(
        string="Agreement within (Days)",
        default=7,
        aggregator=None,
        help="After which the fallback holds, and after which an arbiter's decision goes up.",
    )
    fallback = fields.Selection(
        FALLBACKS, string="If They Do Not Agree", required=True, default="head"
    )
    arbiter_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="After the leader of the team; never somebody who takes part.",
    )
    shows = fields.Selection(
        [("weights", "Each Other's Weights"), ("nothing", "Their Own Only")],
        string="Participants See",
        required=True,
        default="weights",
    )

    def _check_approval(self):
        super()._check_approval()
        if min(self.claim_days, self.reply_days) < 0:
            raise UserError(self.env._("The days of %s cannot be below zero.", self.display_name))

    def _get_content(self):
        return {
            **super()._get_content(),
            "method": self.method,
            "roles": sorted(self.role_ids.ids),
            "text": str(self.description or ""),
            "days": [self.claim_days, self.reply_days],
            "fallback": self.fallback,
            "arbiter": self.arbiter_id.id,
            "shows": self.shows,
        }
