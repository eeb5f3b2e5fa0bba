from odoo import api, fields, models
from odoo.tools import formatLang


class SaleAbcSeason(models.Model):
    """How strong a month is beside the average month of the year."""

    _name = "sale.abc.season"
    _description = "Seasonal Factor"
    _order = "profile_id, month"

    profile_id = fields.Many2one("sale.abc.profile", required=True, index=True, ondelete="cascade")
    month = fields.Selection(
        [
            ("01", "January"),
            ("02", "February"),
            ("03", "March"),
            ("04", "April"),
            ("05", "May"),
            ("06", "June"),
            ("07", "July"),
            ("08", "August"),
            ("09", "September"),
            ("10", "October"),
            ("11", "November"),
            ("12", "December"),
        ],
        required=True,
    )
    factor = fields.Float(
        digits=(8, 4),
        default=1,
        required=True,
        help="1 is an average month, 1.5 half as much again.",
        aggregator=None,
    )

    _month_unique = models.UniqueIndex(
        "(profile_id, month)", "A month has one factor: change the one that is there."
    )
    _factor_positive = models.Constraint(
        "CHECK(factor > 0)", "A seasonal factor is more than zero: sales are divided by it."
    )

    @api.depends("month", "factor")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["month"]._description_selection(self.env))
        for season in self:
            factor = formatLang(self.env, season.factor, digits=2)
            season.display_name = f"{labels.get(season.month, '')} {factor}"
