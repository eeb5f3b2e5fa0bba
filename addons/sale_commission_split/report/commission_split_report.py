from odoo import api, fields, models
from odoo.tools import SQL


class CommissionSplitReport(models.Model):
    """Commission beside the revenue of the documents that earn it (S7).

    A row is an entry of the ledger, or the revenue of a document, once, with the version of the
    pot by which it pays; an order counts until it is invoiced. Amounts are in the company's
    currency, by the document's own rate.
    """

    _name = "commission.split.report"
    _description = "Cost of Commission"
    _auto = False
    _order = "origin desc, id"
    _rec_name = "origin"

    _depends = {
        "commission.split.entry": ["earned", "payable", "component_id", "person_id"],
        "commission.split.credit": ["is_current", "plan_id"],
        "account.move": ["amount_untaxed_signed", "state"],
        "sale.order": ["amount_untaxed", "state"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    origin = fields.Date(string="Month of the Event", readonly=True)
    person_id = fields.Many2one("res.partner", readonly=True)
    role_id = fields.Many2one("commission.split.role", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    component_id = fields.Many2one("commission.split.component", readonly=True)
    plan_id = fields.Many2one("commission.split.plan", string="Version of the Plan", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    earned = fields.Monetary(readonly=True)
    payable = fields.Monetary(readonly=True)
    revenue = fields.Monetary(readonly=True)
    rate = fields.Float(
        string="Commission, % of Revenue", readonly=True, aggregator="avg", digits=(16, 2)
    )

    @property
    def _table_query(self):
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            self._get_entries_sql(),
            self._get_revenue_sql(),
            self._get_ordered_sql(),
        )

    @api.model
    def _get_entries_sql(self):
        return SQL(
            """
            SELECT e.id::bigint * 3 AS id, e.company_id, e.origin, e.person_id, e.role_id,
                   e.team_id, e.component_id, c.plan_id, deal.partner_id,
                   e.earned * rate.value AS earned, e.payable * rate.value AS payable,
                   0::numeric AS revenue, NULL::numeric AS rate
              FROM commission_split_entry e
              JOIN res_company company ON company.id = e.company_id
              LEFT JOIN commission_split_component c ON c.id = e.component_id
              LEFT JOIN commission_split_deal deal ON deal.id = e.deal_id
              LEFT JOIN account_move m
                ON m.id = e.source_id AND e.source_model = 'account.move'
               AND e.currency_id <> company.currency_id
              LEFT JOIN sale_order o
                ON o.id = e.source_id AND e.source_model = 'sale.order'
               AND e.currency_id <> company.currency_id
             CROSS JOIN LATERAL (
                   SELECT coalesce(abs(m.amount_untaxed_signed / nullif(m.amount_untaxed, 0)),
                                   1 / nullif(o.currency_rate, 0), 1) AS value) rate
            """
        )

    @api.model
    def _get_revenue_sql(self):
        return SQL(
            """
            SELECT m.id::bigint * 3 + 1, m.company_id,
                   date_trunc('month', coalesce(m.invoice_date, m.date)::timestamp)::date,
                   NULL::int, NULL::int, deal.team_id, NULL::int, first.plan_id,
                   m.commercial_partner_id, 0::numeric, 0::numeric, m.amount_untaxed_signed,
                   NULL::numeric
              FROM (SELECT DISTINCT ON (credit.source_id) credit.source_id, credit.plan_id,
                           credit.deal_id
                      FROM commission_split_credit credit
                      JOIN commission_split_plan plan ON plan.id = credit.plan_id
                     WHERE credit.is_current AND credit.source_model = 'account.move'
                  ORDER BY credit.source_id, plan.kind DESC, credit.id) first
              JOIN account_move m ON m.id = first.source_id AND m.state = 'posted'
              LEFT JOIN commission_split_deal deal ON deal.id = first.deal_id
            """
        )

    @api.model
    def _get_ordered_sql(self):
        """Return the SELECT of orders that pay before they are invoiced."""
        return SQL(
            """
            SELECT o.id::bigint * 3 + 2, o.company_id,
                   date_trunc('month', deal.date::timestamp)::date, NULL::int, NULL::int,
                   deal.team_id, NULL::int, min(credit.plan_id), deal.partner_id, 0::numeric,
                   0::numeric, o.amount_untaxed / coalesce(nullif(o.currency_rate, 0), 1),
                   NULL::numeric
              FROM commission_split_credit credit
              JOIN commission_split_deal deal ON deal.id = credit.deal_id
              JOIN sale_order o ON o.id = credit.source_id AND o.state = 'sale'
             WHERE credit.is_current AND credit.source_model = 'sale.order'
               AND NOT EXISTS (SELECT FROM commission_split_credit invoiced
                                WHERE invoiced.is_current AND invoiced.deal_id = deal.id
                                  AND invoiced.source_model = 'account.move')
          GROUP BY o.id, deal.id
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        """Divide the sums: an average of percentages would be no cost."""
        if aggregate_spec != "rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100 * SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "earned", query),
            self._field_to_sql(self._table, "revenue", query),
        )
