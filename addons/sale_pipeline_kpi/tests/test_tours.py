from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestTours(KpiCommon, HttpCase):
    """What people do with the measures, in the browser."""

    def tour(self, name, path, user):
        self.env.flush_all()
        self.start_tour(f"/odoo/{path}", f"sale_pipeline_kpi_{name}", login=user)
        self.env.invalidate_all()

    def test_a_plan_is_made_and_revised(self):
        for number in range(8):
            lead = self.past_lead(
                self.days_ago(60), self.days_ago(50), "won" if number % 4 == 0 else "lost"
            )
            self.log(
                lead,
                user=self.head,
                channel="meeting" if number % 2 else "call",
                outcome="held" if number % 2 else "answered",
                started_at=self.days_ago(55),
                no_next_reason="Later",
            )
        self.tour("plan", "action-sale_pipeline_kpi.sale_plan_action", "pipeline_head")
        plans = self.env["sale.plan"].search([("company_id", "=", self.company.id)], order="id")
        self.assertEqual(plans.mapped("state"), ["set", "set"])
        self.assertEqual(plans[1].revision_of_id, plans[0])
        self.assertEqual(plans.mapped("amount"), [8000, 6000])

    def test_the_board_is_drilled_down(self):
        self.past_lead(self.days_ago(3), self.days_ago(0, 0), "won", name="Pumps for Kazan")
        self.tour("board", "kpi-board", "pipeline_head")

    def test_the_study_of_a_day(self):
        study = self.env["sale.day.study"].create(
            {
                "name": "A day",
                "company_id": self.company.id,
                "date_from": self.today - timedelta(days=1),
                "date_to": self.today,
                "member_ids": [(6, 0, self.manager.ids)],
            }
        )
        study.action_start_study()
        self.tour("study", f"{study._name}/{study.id}", "pipeline_manager")
        self.assertEqual(
            study.entry_ids.sorted("id").operation_id.mapped("name"), ["Calls", "Paperwork"]
        )
        self.assertFalse(study.entry_ids.filtered(lambda one: not one.stop))
