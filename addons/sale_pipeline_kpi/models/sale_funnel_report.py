from odoo import fields, models
from odoo.tools import SQL


class SaleFunnelReport(models.Model):
    """A stage that a lead reached for the first time a row; what was no lead is left out.

    A lead may skip stages: its row stands for all stages above `reached_before` up to its own, so
    that a lead has reached a stage where the stage's sequence lies between the two.
    """

    _name = "sale.funnel.report"
    _description = "Funnel Analysis"
    _auto = False
    _order = "entered_at desc, id desc"
    _rec_name = "lead_id"

    _depends = {
        "crm.lead.interval": ["lead_id", "user_id", "stage_id", "team_id"],
        "crm.lead": ["lost_reason_id"],
        "crm.lost.reason": ["is_no_lead"],
    }

    lead_id = fields.Many2one("crm.lead", string="Lead or Opportunity", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True)
    stage_seq = fields.Integer(string="Stage Sequence", readonly=True, aggregator=None)
    reached_before = fields.Integer(
        string="Highest Sequence before", readonly=True, aggregator=None
    )
    cohort_on = fields.Date(string="Lead Entered", readonly=True)
    entered_at = fields.Datetime(string="Stage Reached", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH no_lead AS MATERIALIZED (
                SELECT l.id FROM crm_lead l
                  JOIN crm_lost_reason reason
                    ON reason.id = l.lost_reason_id AND reason.is_no_lead
            )
            SELECT id, lead_id, company_id, team_id, user_id, stage_id, stage_seq,
                   reached_before, cohort_on, entered_at
              FROM crm_lead_interval i
             WHERE stage_seq > reached_before AND origin <> 'merge'
               AND NOT EXISTS (SELECT FROM no_lead WHERE no_lead.id = i.lead_id)
            """
        )
