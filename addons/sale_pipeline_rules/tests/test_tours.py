from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import PipelineCommon


@tagged("post_install", "-at_install")
class TestTours(PipelineCommon, HttpCase):
    """What people do with the regulation, in the browser."""

    def tour(self, name, record, user):
        self.env.flush_all()
        self.start_tour(f"/odoo/{record._name}/{record.id}", f"sale_pipeline_{name}", login=user)
        self.env.invalidate_all()

    def test_day_of_a_manager(self):
        self.approve(
            {"kind": "first_contact", "limit_minutes": 60},
            {"kind": "report", "limit_minutes": 120},
            {
                "kind": "task",
                "limit_minutes": 240,
                "goal": "Get the bank details",
                "channel": "email",
                "stage_ids": [Command.set(self.qualified.ids)],
            },
        )
        lead = self.new_lead()
        other = self.new_lead(name="Valves", stage_id=self.qualified.id)
        call = self.log(other, outcome="answered")
        self.assertEqual(call.report_state, "owed")
        self.env.flush_all()
        self.start_tour(
            "/odoo/action-sale_pipeline_rules.sale_day_item_action",
            "sale_pipeline_day",
            login="pipeline_manager",
        )
        self.env.invalidate_all()
        contact = lead.contact_ids
        self.assertEqual((contact.report_state, contact.said), ("done", "He needs twenty pumps."))
        self.assertEqual(self.clocks(lead, "first_contact").state, "met")
        self.assertEqual(call.report_state, "done")
        self.assertIn("no_answer", other.contact_ids.mapped("outcome"))
        timed = other.contact_ids.filtered(lambda one: one.said == "He has no bank yet.")
        self.assertGreaterEqual(timed.seconds, 1)

    def test_hand_over(self):
        lead = self.new_lead()
        self.tour("handover_propose", lead, "pipeline_manager")
        first = lead.sudo().handover_ids
        self.assertEqual((first.to_user_id, first.state), (self.colleague, "proposed"))
        self.tour("handover_refuse", first, "pipeline_colleague")
        self.assertEqual((first.state, first.refusal), ("refused", "I am away in May."))
        self.tour("handover_propose", lead, "pipeline_manager")
        second = lead.sudo().handover_ids - first
        self.tour("handover_accept", second, "pipeline_colleague")
        self.assertEqual((second.state, lead.sudo().user_id), ("accepted", self.colleague))

    def test_exception(self):
        self.approve(self.gate("enter", self.offered, fields=["expected_revenue"]))
        lead = self.new_lead()
        self.tour("gate", lead, "pipeline_manager")
        request = self.env["sale.violation"].search([("lead_id", "=", lead.id)])
        self.assertEqual((request.state, lead.stage_id), ("asked", self.new))
        self.tour("grant", request, "pipeline_head")
        self.assertEqual(request.state, "granted")
        self.tour("gate_passed", lead, "pipeline_manager")
        self.assertEqual(lead.stage_id, self.offered)
        self.assertTrue(request.exception_used_on)

    def overdue(self):
        self.approve({"kind": "stage_time", "limit_minutes": 60})
        now = self.env.cr.now()
        with self.at(now - timedelta(days=9)):
            lead = self.new_lead()
        self.sweep(now)
        return self.env["sale.violation"].search([("lead_id", "=", lead.id)])

    def test_violation(self):
        violation = self.overdue()
        self.tour("explain", violation, "pipeline_manager")
        self.assertEqual(violation.explanation, "The customer was away.")
        self.tour("waive", violation, "pipeline_head")
        self.assertEqual((violation.state, violation.decided_by_id), ("waived", self.head))

    def test_version(self):
        self.env.flush_all()
        self.start_tour(
            "/odoo/action-sale_pipeline_rules.sale_regulation_start_action",
            "sale_pipeline_version",
            login="pipeline_owner",
        )
        self.env.invalidate_all()
        version = self.env["sale.regulation"].search([("company_id", "=", self.company.id)])
        self.assertEqual((version.state, version.structure), ("in_force", "island"))
        short = self.approve({"kind": "stage_time", "limit_minutes": 60})
        self.tour("sign", short, "pipeline_manager")
        self.assertEqual(short.signature_ids.filtered("signed_on").user_id, self.manager)

    def test_control(self):
        self.overdue()
        self.env.flush_all()
        self.start_tour(
            "/odoo/action-sale_pipeline_rules.sale_compliance_line_action",
            "sale_pipeline_control",
            login="pipeline_head",
        )
