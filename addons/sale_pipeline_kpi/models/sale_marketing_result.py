from odoo import api, fields, models
from odoo.tools import SQL


class SaleMarketingResult(models.Model):
    """What a source brought in a month beside what it cost (M7).

    Leads, opportunities and wins are those of the leads that entered in the month: young months
    are not finished.
    """

    _name = "sale.marketing.result"
    _description = "Results by Source"
    _auto = False
    _order = "month desc, lead_count desc"
    _rec_name = "source_id"

    _depends = {
        "crm.lead": [
            *("company_id", "source_id", "type", "won_status", "expected_revenue"),
            "lost_reason_id",
        ],
        "crm.lost.reason": ["is_no_lead"],
        "sale.marketing.spend": ["company_id", "source_id", "month", "amount_company"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    lead_count = fields.Integer(string="Leads", readonly=True)
    opportunity_count = fields.Integer(string="Opportunities", readonly=True)
    won_count = fields.Integer(string="Won", readonly=True)
    won_revenue = fields.Monetary(string="Won Amount", readonly=True)
    spend = fields.Monetary(readonly=True)
    lead_cost = fields.Monetary(
        string="Cost per Lead", compute="_compute_costs", help="Spend by the leads it brought."
    )
    win_cost = fields.Monetary(
        string="Cost per Win", compute="_compute_costs", help="Spend by the deals won so far."
    )
    result = fields.Monetary(string="Won less Spent", compute="_compute_costs")

    @api.depends("lead_count", "won_count", "won_revenue", "spend")
    def _compute_costs(self):
        for row in self:
            row.lead_cost = row.spend / row.lead_count if row.lead_count else 0
            row.win_cost = row.spend / row.won_count if row.won_count else 0
            row.result = row.won_revenue - row.spend

    @property
    def _table_query(self):
        return SQL(
            """
            WITH lead AS (
                SELECT coalesce(l.company_id, sole.id) AS company_id, l.source_id,
                       date_trunc('month', l.create_date AT TIME ZONE 'utc'
                                  AT TIME ZONE coalesce(zone.name, 'utc'))::date AS month,
                       count(*) AS leads,
                       count(*) FILTER (WHERE l.type = 'opportunity') AS opportunities,
                       count(*) FILTER (WHERE l.won_status = 'won') AS won,
                       coalesce(sum(l.expected_revenue) FILTER (WHERE l.won_status = 'won'), 0)
                           AS revenue
                  FROM crm_lead l
                  -- a lead without a company belongs to the only one there is
                  LEFT JOIN (SELECT min(id) AS id FROM res_company HAVING count(*) = 1) sole
                    ON TRUE
                  LEFT JOIN %(zone)s ON zone.company_id = coalesce(l.company_id, sole.id)
                 WHERE l.source_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM crm_lost_reason r
                                    WHERE r.id = l.lost_reason_id AND r.is_no_lead)
              GROUP BY 1, 2, 3
            ), spend AS (
                SELECT company_id, source_id, month, sum(amount_company) AS amount
                  FROM sale_marketing_spend GROUP BY 1, 2, 3
            )
            SELECT row_number() OVER (ORDER BY month, source_id, company_id) AS id, found.*,
                   company.currency_id
              FROM (
                   SELECT coalesce(lead.company_id, spend.company_id) AS company_id,
                          coalesce(lead.source_id, spend.source_id) AS source_id,
                          coalesce(lead.month, spend.month) AS month,
                          coalesce(leads, 0) AS lead_count,
                          coalesce(opportunities, 0) AS opportunity_count,
                          coalesce(won, 0) AS won_count, coalesce(revenue, 0) AS won_revenue,
                          coalesce(amount, 0) AS spend
                     FROM lead FULL JOIN spend
                       ON spend.company_id = lead.company_id AND spend.source_id = lead.source_id
                      AND spend.month = lead.month
                   ) found
              LEFT JOIN res_company company ON company.id = found.company_id
            """,
            zone=self.env["res.company"]._get_zone_table(),
        )

    def action_open_leads(self):
        """Open the leads that the source brought in the month."""
        self.ensure_one()
        company = self.company_id
        end = fields.Date.end_of(self.month, "month")
        is_only = self.env["res.company"].sudo().search_count([]) == 1
        companies = (False, company.id) if is_only else company.ids or (False,)
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.source_id.name} {self.month:%Y-%m}",
            "res_model": "sale.pipeline.report",
            "views": [(False, "list"), (False, "pivot")],
            "domain": [
                ("source_id", "=", self.source_id.id),
                ("company_id", "in", companies),
                ("entered_at", ">=", company._get_day_start(self.month)),
                ("entered_at", "<=", company._get_day_end(end)),
            ],
        }
