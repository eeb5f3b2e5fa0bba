from odoo import api, fields, models
from odoo.exceptions import ValidationError

SOURCES = [
    ("salesperson", "Salesperson of the Order"),
    ("creator", "Who Entered the Order"),
    ("customer", "Salesperson of the Customer"),
    ("leader", "Leader of the Sales Team"),
    ("manual", "Entered by Hand"),
]


class CommissionSplitRole(models.Model):
    """In which role somebody takes part in a deal, and where the evidence for it is (S1)."""

    _name = "commission.split.role"
    _description = "Role in a Deal"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    weight = fields.Float(
        digits=(16, 6), default=1.0, aggregator=None, help="Its part where weights divide."
    )
    shares = fields.Boolean(
        string="Shares the Pot", default=True, help="Off: named in the deal, paid otherwise."
    )
    source = fields.Selection(
        SOURCES, required=True, default="manual", help="Whom a confirmed order proposes."
    )
    window_days = fields.Integer(
        string="Evidence Counts for (Days)",
        aggregator=None,
        help="Before the deal; older evidence proposes nobody. 0: however old.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE (code)", "Another role has this code already.")

    @api.constrains("weight")
    def _check_weight(self):
        for role in self:
            if role.weight < 0:
                raise ValidationError(
                    self.env._("The weight of %s cannot be below zero.", role.name)
                )
