from odoo import api, fields, models
from odoo.exceptions import UserError


class CommissionSplitClaim(models.TransientModel):
    """Claim a share of a deal, also of one that is not shown to whoever claims (S2)."""

    _name = "commission.split.claim"
    _description = "Claim a Share"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    reference = fields.Char(
        string="Order or Invoice", required=True, help="Its number, as on the document."
    )
    role_id = fields.Many2one("commission.split.role", required=True)
    weight = fields.Float(
        string="Wished Weight",
        digits=(16, 6),
        compute="_compute_weight",
        store=True,
        readonly=False,
        help="Beside the weights of the others.",
    )
    claim = fields.Text(string="What You Did", required=True)
    evidence = fields.Text(help="A call, a letter, a visit: when, with whom.")

    @api.depends("role_id")
    def _compute_weight(self):
        for claim in self:
            claim.weight = claim.role_id.weight or 1

    def action_claim(self):
        """File the claim."""
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose one of your companies."))
        dispute = self.env["commission.split.dispute"]._claim(
            self.company_id,
            self.reference,
            {
                "role_id": self.role_id.id,
                "weight": self.weight,
                "claim": self.claim,
                "evidence": self.evidence,
            },
        )
        return dispute._get_form_action()
