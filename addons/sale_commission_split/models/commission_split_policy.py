from odoo import fields, models

METHODS = [
    ("equal", "Equal Parts"),
    ("weights", "Weights of the Roles"),
]


class CommissionSplitPolicy(models.Model):
    """The written rule by which a pot is divided among those who took part (S2)."""

    _name = "commission.split.policy"
    _inherit = ["commission.split.version.mixin"]
    _description = "Sharing Policy"
    _check_company_auto = True

    method = fields.Selection(METHODS, required=True, default="weights")
    role_ids = fields.Many2many(
        "commission.split.role", string="Roles", help="Who takes part. Empty: all roles."
    )
    description = fields.Html(string="Rule in Words")

    def _get_content(self):
        return {
            **super()._get_content(),
            "method": self.method,
            "roles": sorted(self.role_ids.ids),
            "text": str(self.description or ""),
        }
