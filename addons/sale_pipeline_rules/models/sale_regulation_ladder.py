from odoo import fields, models

from .sale_regulation_rule import SEVERITIES


class SaleRegulationLadder(models.Model):
    """A step of the escalation: who hears of an unsettled violation, and after how long (G8)."""

    _name = "sale.regulation.ladder"
    _inherit = ["sale.regulation.part.mixin"]
    _description = "Step of the Escalation"
    _order = "regulation_id, severity, after_minutes, id"

    regulation_id = fields.Many2one(
        "sale.regulation", required=True, ondelete="cascade", index=True
    )
    severity = fields.Selection(
        [one for one in SEVERITIES if one[0] != "advice"], required=True, default="minor"
    )
    after_minutes = fields.Integer(
        string="After (Minutes)", required=True, help="Of the company's working time."
    )
    recipient = fields.Selection(
        [
            ("owner", "Manager"),
            ("pair", "Partner in the Pair"),
            ("leader", "Team Leader"),
            ("above", "Leader's Superior"),
            ("process_owner", "Process Owner"),
            ("named", "Named Person"),
        ],
        required=True,
        default="leader",
    )
    user_id = fields.Many2one(
        "res.users", string="Person", ondelete="restrict", domain=[("share", "=", False)]
    )

    _step_unique = models.Constraint(
        "UNIQUE (regulation_id, severity, after_minutes)",
        "Two steps of one severity cannot begin at the same time.",
    )
    _named = models.Constraint(
        "CHECK (recipient <> 'named' OR user_id IS NOT NULL)", "Name the person who is notified."
    )
    _after_positive = models.Constraint(
        "CHECK (after_minutes >= 0)", "A step begins with the violation or after it."
    )
