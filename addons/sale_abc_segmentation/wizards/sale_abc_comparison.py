from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleAbcComparison(models.TransientModel):
    """Two runs beside each other: who moved from which class to which."""

    _name = "sale.abc.comparison"
    _description = "Comparison of Runs"

    profile_id = fields.Many2one("sale.abc.profile", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="profile_id.currency_id")
    subject = fields.Selection(related="profile_id.subject")
    before_id = fields.Many2one(
        "sale.abc.run",
        string="From",
        required=True,
        ondelete="cascade",
        domain="[('profile_id', '=', profile_id), ('state', 'in', ('done', 'undone'))]",
    )
    after_id = fields.Many2one(
        "sale.abc.run",
        string="To",
        required=True,
        ondelete="cascade",
        domain="[('profile_id', '=', profile_id), ('state', 'in', ('done', 'undone'))]",
    )
    movement = fields.Json(compute="_compute_movement")

    @api.constrains("profile_id", "before_id", "after_id")
    def _check_runs(self):
        for comparison in self:
            if (comparison.before_id | comparison.after_id).profile_id != comparison.profile_id:
                raise ValidationError(
                    self.env._(
                        "Only runs of %(profile)s are compared here.",
                        profile=comparison.profile_id.name,
                    )
                )

    @api.depends("before_id", "after_id")
    def _compute_movement(self):
        for comparison in self:
            (comparison.before_id | comparison.after_id).check_access("read")
            runs = comparison.before_id and comparison.after_id
            comparison.movement = (
                comparison.after_id._get_movement(comparison.before_id) if runs else []
            )
