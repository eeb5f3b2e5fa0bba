from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("silent_move", "Stage Moved without a Contact"),
    ("silent_offer", "Offer Sent without a Contact"),
    ("born_won", "Created as Won"),
    ("late_contact", "Contact Entered Late"),
    ("lost_call", "Call without a Lead"),
    ("lost_meeting", "Meeting without a Lead"),
]
DAYS = 90


class SaleOutsideItem(models.Model):
    """What ran outside the CRM: moved, sent or won while nobody entered a contact (G10)."""

    _name = "sale.outside.item"
    _description = "Outside the CRM"
    _auto = False
    _order = "happened_at desc, id desc"
    _rec_name = "lead_id"

    kind = fields.Selection(KINDS, readonly=True)
    user_id = fields.Many2one("res.users", string="Manager", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Lead or Opportunity", readonly=True)
    happened_at = fields.Datetime(string="When", readonly=True)
    res_model = fields.Char(string="Record Model", readonly=True)
    res_id = fields.Integer(string="Record ID", readonly=True, aggregator=None)

    @property
    def _table_query(self):
        """Unite the last 90 days; an id is that of its record times eight and its kind."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=DAYS)
        return SQL(" UNION ALL ").join(self._get_parts(since))

    @api.model
    def _get_parts(self, since):
        """Return the SELECTs, in the order of columns of the first one."""
        return [
            SQL(
                """
                SELECT i.id * 8 AS id, 'silent_move' AS kind, i.user_id, i.company_id, i.lead_id,
                       i.left_at AS happened_at, 'crm.lead' AS res_model, i.lead_id AS res_id
                  FROM crm_lead_interval i
                 WHERE i.exit_kind IN ('forward', 'won') AND i.origin = 'orm' AND i.left_at > %s
                   AND NOT EXISTS (SELECT FROM sale_contact_event c
                                    WHERE c.lead_id = i.lead_id AND c.visit_no = i.visit_no)
                """,
                since,
            ),
            SQL(
                """
                SELECT o.id * 8 + 1, 'silent_offer', o.user_id, o.company_id, o.opportunity_id,
                       o.write_date, 'sale.order', o.id
                  FROM sale_order o
                 WHERE o.state IN ('sent', 'sale') AND o.opportunity_id IS NOT NULL
                   AND o.date_order > %s
                   AND NOT EXISTS (SELECT FROM sale_contact_event c
                                    WHERE c.lead_id = o.opportunity_id)
                """,
                since,
            ),
            SQL(
                """
                SELECT i.id * 8 + 2, 'born_won', i.user_id, i.company_id, i.lead_id, i.entered_at,
                       'crm.lead', i.lead_id
                  FROM crm_lead_interval i JOIN crm_stage s ON s.id = i.stage_id AND s.is_won
                 WHERE i.visit_no = 1 AND i.origin = 'orm' AND i.entered_at > %s
                """,
                since,
            ),
            SQL(
                """
                SELECT c.id * 8 + 3, CASE WHEN c.lead_id IS NULL THEN 'lost_call'
                                          ELSE 'late_contact' END,
                       c.user_id, c.company_id, c.lead_id, c.started_at, 'sale.contact.event', c.id
                  FROM sale_contact_event c
                 WHERE c.started_at > %s AND (c.is_late_entry OR c.lead_id IS NULL)
                """,
                since,
            ),
            SQL(
                """
                SELECT DISTINCT ON (e.id)
                       e.id * 8 + 4, 'lost_meeting', e.user_id, l.company_id, l.id, e.start,
                       'calendar.event', e.id
                  FROM calendar_event e
                  JOIN calendar_event_res_partner_rel r ON r.calendar_event_id = e.id
                  JOIN crm_lead l ON l.partner_id = r.res_partner_id AND l.active
                                 AND l.won_status = 'pending'
                 WHERE e.active AND e.opportunity_id IS NULL
                   AND e.start BETWEEN %s AND %s
                """,
                since,
                fields.Datetime.now(),
            ),
        ]

    def action_open(self):
        """Open the record behind an item."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
