from odoo import api, fields, models


class SaleMarketingSpend(models.Model):
    """What was spent on a source of leads in a month (M7)."""

    _name = "sale.marketing.spend"
    _description = "Marketing Spend"
    _order = "month desc, source_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    month = fields.Date(
        required=True,
        default=lambda self: self.env.company._get_today().replace(day=1),
        help="Any day of the month.",
    )
    source_id = fields.Many2one("utm.source", required=True, ondelete="restrict")
    campaign_id = fields.Many2one("utm.campaign", ondelete="restrict")
    medium_id = fields.Many2one("utm.medium", ondelete="restrict")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary(required=True)
    amount_company = fields.Monetary(
        string="In the Company's Currency",
        compute="_compute_amount_company",
        store=True,
        currency_field="company_currency_id",
        help="At the rate of the last day of the month.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    note = fields.Char()

    _once = models.UniqueIndex(
        "(company_id, month, source_id, COALESCE(campaign_id, 0), COALESCE(medium_id, 0))",
        "The spend of this month for this source, campaign and medium is entered already.",
    )
    _amount_positive = models.Constraint("CHECK (amount >= 0)", "What is spent is not below zero.")

    @api.model
    def _get_first_day(self, vals):
        if vals.get("month"):
            vals = {**vals, "month": fields.Date.to_date(vals["month"]).replace(day=1)}
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._get_first_day(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._get_first_day(vals))

    @api.depends("source_id", "month")
    def _compute_display_name(self):
        for spend in self:
            month = spend.month.strftime("%Y-%m") if spend.month else ""
            spend.display_name = f"{spend.source_id.name or ''} {month}"

    @api.depends("amount", "currency_id", "company_id", "month")
    def _compute_amount_company(self):
        for spend in self:
            end = fields.Date.end_of(spend.month, "month") if spend.month else False
            spend.amount_company = (spend.currency_id or spend.company_currency_id)._convert(
                spend.amount, spend.company_id.currency_id, spend.company_id, end
            )
