from datetime import datetime, timedelta

from odoo.addons.sale_pipeline_rules.tests.common import PipelineCommon


class KpiCommon(PipelineCommon):
    """Leads of the past, as they would have been recorded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._get_today()

    def past_lead(self, entered, closed=None, outcome="pending", user=None, **values):
        """Make a lead that entered, and ended, at moments of the past."""
        user = user or self.manager
        won = outcome == "won"
        lead = (
            self.env["crm.lead"]
            .with_context(tracking_disable=True)
            .create(
                {
                    "name": "Pumps",
                    "type": "opportunity",
                    "company_id": self.company.id,
                    "team_id": self.team.id,
                    "user_id": user.id,
                    "stage_id": (self.won if won else self.new).id,
                    "expected_revenue": 1000,
                    **values,
                }
            )
        )
        if outcome == "lost":
            lead.action_set_lost()
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_closed = %s,"
            " date_conversion = CASE type WHEN 'opportunity' THEN %s END WHERE id = %s",
            [entered, closed, entered, lead.id],
        )
        self.env.invalidate_all()
        return lead

    def days_ago(self, days, hour=12):
        return datetime.combine(self.today, datetime.min.time()) + timedelta(
            days=-days, hours=hour
        )

    def board(self, user=None, **values):
        board = self.env["sale.kpi.board"].with_user(user or self.head)
        return board.with_company(self.company).get_board(**{"period": "year", **values})

    def tiles(self, board):
        return {tile["key"]: tile for group in board["groups"] for tile in group["tiles"]}

    def tables(self, board):
        return {table["key"]: table for table in board["tables"]}
