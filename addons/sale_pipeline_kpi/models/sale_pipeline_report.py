from odoo import fields, models
from odoo.tools import SQL

OUTCOMES = [("pending", "Open"), ("won", "Won"), ("lost", "Lost")]


class SalePipelineReport(models.Model):
    """A lead or opportunity a row, with how it ended; what is marked as no lead is left out.

    Moments are those of the lead, so that the database finds a period without looking at every
    row; the board asks for them by the days of the company.
    """

    _name = "sale.pipeline.report"
    _description = "Pipeline Analysis"
    _auto = False
    _order = "entered_at desc, id desc"
    _rec_name = "name"

    _depends = {
        "crm.lead": [
            *("name", "company_id", "team_id", "user_id", "partner_id", "type", "stage_id"),
            *("source_id", "medium_id", "campaign_id", "date_conversion", "date_closed"),
            *("won_status", "expected_revenue", "lost_reason_id"),
        ],
        "crm.lead.interval": ["lead_id", "user_id", "exit_kind"],
        "crm.lost.reason": ["is_no_lead"],
        "sale.contact.event": ["lead_id", "is_bulk", "corrects_id"],
    }

    name = fields.Char(string="Lead or Opportunity", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    qualifier_id = fields.Many2one(
        "res.users",
        string="Qualified by",
        readonly=True,
        help="Who had the lead when it became an opportunity.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    type = fields.Selection(
        [("lead", "Lead"), ("opportunity", "Opportunity")], string="Kind", readonly=True
    )
    stage_id = fields.Many2one("crm.stage", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    entered_at = fields.Datetime(string="Entered", readonly=True)
    opportunity_at = fields.Datetime(string="Opportunity since", readonly=True)
    closed_at = fields.Datetime(string="Closed", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    expected_revenue = fields.Monetary(readonly=True)
    won_revenue = fields.Monetary(string="Won Amount", readonly=True)
    days_to_win = fields.Float(
        string="Days to Win", readonly=True, aggregator="avg", digits=(16, 1)
    )
    contact_count = fields.Integer(string="Contacts", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT l.id, l.id AS lead_id, l.name, l.company_id, company.currency_id, l.team_id,
                   l.user_id, l.partner_id, l.type, l.stage_id, l.source_id, l.medium_id,
                   l.campaign_id, l.create_date AS entered_at,
                   CASE WHEN l.type = 'opportunity'
                        THEN coalesce(l.date_conversion, l.create_date) END AS opportunity_at,
                   closed.moment AS closed_at,
                   l.won_status AS outcome, l.expected_revenue,
                   CASE WHEN l.won_status = 'won' THEN l.expected_revenue END AS won_revenue,
                   CASE WHEN l.won_status = 'won'
                        THEN extract(epoch FROM closed.moment - l.create_date) / 86400
                        END AS days_to_win,
                   (SELECT i.user_id FROM crm_lead_interval i
                     WHERE i.lead_id = l.id AND i.exit_kind = 'converted'
                  ORDER BY i.id DESC LIMIT 1) AS qualifier_id,
                   (SELECT count(*) FROM sale_contact_event c
                     WHERE c.lead_id = l.id AND c.is_bulk IS NOT TRUE
                       AND NOT EXISTS (SELECT FROM sale_contact_event n
                                        WHERE n.corrects_id = c.id)) AS contact_count
              FROM crm_lead l
             -- core closes anew what is archived after it was won
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN l.won_status = 'won' AND NOT l.active
                               THEN coalesce((SELECT i.entered_at FROM crm_lead_interval i
                                                JOIN crm_stage s ON s.id = i.stage_id AND s.is_won
                                               WHERE i.lead_id = l.id
                                            ORDER BY i.visit_no DESC, i.entered_at LIMIT 1),
                                             l.date_closed)
                               WHEN l.won_status <> 'pending' THEN l.date_closed END AS moment
                   ) closed
              LEFT JOIN res_company company ON company.id = l.company_id
             WHERE NOT EXISTS (SELECT FROM crm_lost_reason reason
                                WHERE reason.id = l.lost_reason_id AND reason.is_no_lead)
            """
        )

    def action_open_lead(self):
        """Open the lead or opportunity itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
