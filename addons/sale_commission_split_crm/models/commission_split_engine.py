from odoo import api, models
from odoo.tools import SQL


class CommissionSplitEngine(models.AbstractModel):
    _inherit = "commission.split.engine"

    @api.model
    def _get_role_sources(self):
        """The lead of an order names who qualified it, who owns it and who held the meeting."""
        return {
            **super()._get_role_sources(),
            "qualifier": SQL(
                """
                SELECT q.user_id FROM commission_split_qualification q
                  JOIN sale_order o ON o.opportunity_id = q.lead_id
                 WHERE o.id = chosen.order_id
                   AND (coalesce(role.window_days, 0) = 0
                        OR q.date >= chosen.date - role.window_days)
                """
            ),
            "lead_owner": SQL(
                """
                SELECT lead.user_id FROM crm_lead lead
                  JOIN sale_order o ON o.opportunity_id = lead.id
                 WHERE o.id = chosen.order_id
                """
            ),
            "organiser": SQL(
                """
                SELECT event.user_id FROM calendar_event event
                  JOIN sale_order o ON o.opportunity_id = event.opportunity_id
                 WHERE o.id = chosen.order_id AND event.active
                   AND event.start::date <= chosen.date
                   AND (coalesce(role.window_days, 0) = 0
                        OR event.start >= chosen.date - role.window_days)
              ORDER BY event.start, event.id LIMIT 1
                """
            ),
        }
