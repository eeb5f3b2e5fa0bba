from odoo import fields, models


class CommissionSplitRole(models.Model):
    _inherit = "commission.split.role"

    source = fields.Selection(
        selection_add=[
            ("qualifier", "Who Qualified the Lead"),
            ("lead_owner", "Salesperson of the Opportunity"),
            ("organiser", "Who Held the First Meeting"),
        ],
        ondelete={
            "qualifier": "set default",
            "lead_owner": "set default",
            "organiser": "set default",
        },
    )
