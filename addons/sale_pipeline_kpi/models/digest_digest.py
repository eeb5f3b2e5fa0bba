from odoo import fields, models
from odoo.fields import Domain

from .sale_plan import CALLED, HELD


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_pipeline_won = fields.Boolean("Deals Won")
    kpi_pipeline_won_value = fields.Integer(compute="_compute_kpi_pipeline_won_value")
    kpi_pipeline_calls = fields.Boolean("Calls")
    kpi_pipeline_calls_value = fields.Integer(compute="_compute_kpi_pipeline_calls_value")
    kpi_pipeline_meetings = fields.Boolean("Meetings Held")
    kpi_pipeline_meetings_value = fields.Integer(compute="_compute_kpi_pipeline_meetings_value")
    kpi_pipeline_missed = fields.Boolean("Norms Missed")
    kpi_pipeline_missed_value = fields.Integer(compute="_compute_kpi_pipeline_missed_value")

    def _compute_kpi_pipeline_won_value(self):
        self._calculate_company_based_kpi(
            "crm.lead",
            "kpi_pipeline_won_value",
            date_field="date_closed",
            additional_domain=Domain("won_status", "=", "won"),
        )

    def _compute_kpi_pipeline_calls_value(self):
        self._calculate_company_based_kpi(
            "sale.contact.event",
            "kpi_pipeline_calls_value",
            date_field="started_at",
            additional_domain=CALLED,
        )

    def _compute_kpi_pipeline_meetings_value(self):
        self._calculate_company_based_kpi(
            "sale.contact.event",
            "kpi_pipeline_meetings_value",
            date_field="started_at",
            additional_domain=HELD,
        )

    def _compute_kpi_pipeline_missed_value(self):
        self._calculate_company_based_kpi(
            "sale.rule.clock",
            "kpi_pipeline_missed_value",
            date_field="deadline_at",
            additional_domain=Domain("state", "=", "breached")
            & self.env["sale.kpi.board"]._get_judged(),
        )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm.crm_menu_root").id
        board = f"sale_pipeline_kpi.sale_kpi_board_action?menu_id={menu}"
        for name in ("won", "calls", "meetings", "missed"):
            actions[f"kpi_pipeline_{name}"] = board
        return actions
