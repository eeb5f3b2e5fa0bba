from odoo.fields import Command
from odoo.tests import tagged

from .common import MONDAY, PipelineCommon, hours


@tagged("post_install", "-at_install")
class TestLifeOfALead(PipelineCommon):
    """Norms and the history over conversion, merge, and stages that change their meaning."""

    def test_a_conversion_starts_the_norms_of_opportunities(self):
        self.approve(
            {"kind": "stage_time", "limit_minutes": 60, "lead_type": "lead"},
            {"kind": "stage_time", "limit_minutes": 240, "lead_type": "opportunity"},
            {"kind": "silence", "limit_minutes": 960},
            {"kind": "first_contact", "limit_minutes": 30, "lead_type": "opportunity"},
        )
        with self.at(MONDAY):
            lead = self.new_lead(type="lead")
        self.assertEqual(self.clocks(lead, "stage_time").limit_minutes, 60)
        self.assertFalse(self.clocks(lead, "first_contact"))
        with self.at(MONDAY + hours(0.5)):
            lead.convert_opportunity(self.customer)
        former, now = self.clocks(lead, "stage_time")
        self.assertEqual((former.state, now.state, now.limit_minutes), ("met", "open", 240))
        self.assertEqual(self.clocks(lead, "silence").mapped("state"), ["ended", "open"])
        self.assertEqual(self.clocks(lead, "first_contact").state, "open")
        self.assertEqual(self.history(lead).mapped("exit_kind"), ["converted", False])
        self.assertEqual(self.history(lead).mapped("visit_no"), [1, 2])
        self.assertEqual(
            self.history(lead)[-1].reached_before,
            self.new.sequence,
            "the stage is not reached a second time",
        )

    def test_a_stage_that_is_made_a_won_stage(self):
        self.approve(
            {"kind": "stage_time", "limit_minutes": 480},
            {"kind": "silence", "limit_minutes": 960},
        )
        with self.at(MONDAY):
            leads = self.new_lead(stage_id=self.offered.id) | self.new_lead()
        with self.at(MONDAY + hours(1)):
            self.offered.is_won = True
        ended, running = (self.clocks(lead, "stage_time").state for lead in leads)
        self.assertEqual((ended, running), ("ended", "open"))
        self.assertEqual(self.clocks(leads[0], "silence").state, "ended")
        self.assertEqual(len(self.history(leads[0])), 1, "it did not move")
        with self.at(MONDAY + hours(2)):
            self.offered.is_won = False
        self.assertEqual(self.clocks(leads[0], "stage_time").state, "ended", "the visit goes on")

    def test_back_from_won_is_a_new_beginning(self):
        """Where the rule says that it runs on, the norm does not start afresh."""
        for on_reopen, count in (("restart", 2), ("continue", 1)):
            self.approve({"kind": "silence", "limit_minutes": 960, "on_reopen": on_reopen})
            with self.at(MONDAY):
                lead = self.new_lead(stage_id=self.offered.id)
            with self.at(MONDAY + hours(1)):
                lead.sudo().action_set_won()
            with self.at(MONDAY + hours(2)):
                lead.sudo().stage_id = self.offered
            self.assertEqual(len(self.clocks(lead, "silence")), count)

    def test_a_merge_keeps_what_belongs_to_the_customer(self):
        self.approve({"kind": "first_contact", "limit_minutes": 60})
        with self.at(MONDAY):
            head, tail = self.new_lead(stage_id=self.offered.id), self.new_lead()
            handover = self.env["sale.handover"].create(
                {"lead_id": tail.id, "to_user_id": self.colleague.id, "brief": "Call him."}
            )
            violation = self.env["sale.violation"].create(
                {
                    "kind": "complaint",
                    "company_id": self.company.id,
                    "lead_id": tail.id,
                    "lead_name": tail.name,
                    "user_id": self.manager.id,
                    "description": "Nobody called.",
                }
            )
        with self.at(MONDAY + hours(0.5)):
            self.log(tail, outcome="answered")
        with self.at(MONDAY + hours(2)):
            (head | tail).sudo().merge_opportunity()
        self.assertFalse(tail.exists())
        self.assertEqual((handover.lead_id, handover.state), (head, "cancelled"))
        self.assertEqual(violation.lead_id, head)
        clock = self.clocks(head, "first_contact")
        self.assertEqual((clock.state, clock.met_at), ("met", MONDAY + hours(0.5)))

    def test_another_company_has_norms_of_its_own(self):
        """Running norms end without a verdict; those of the other company's version begin."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.approve(
            {"kind": "first_contact", "limit_minutes": 60},
            {"kind": "stage_time", "limit_minutes": 480},
        )
        self.env["sale.regulation"].create(
            {
                "company_id": other.id,
                "rule_ids": [Command.create({"kind": "stage_time", "limit_minutes": 30})],
            }
        ).action_approve()
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(0.5)):
            lead.sudo().write({"company_id": other.id, "team_id": False, "user_id": False})
        clocks = self.env["sale.rule.clock"].search([("lead_id", "=", lead.id)])
        clocks = clocks.sorted(lambda clock: (clock.company_id.id, clock.kind))
        self.assertEqual(
            [(clock.company_id, clock.kind, clock.state) for clock in clocks],
            [
                (self.company, "first_contact", "ended"),
                (self.company, "stage_time", "ended"),
                (other, "stage_time", "open"),
            ],
        )
        self.assertEqual(self.history(lead).mapped("company_id"), self.company | other)

    def test_a_branch_has_the_norms_of_its_parent(self):
        """Those that jobs begin too: the next step, and results of a period."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        seller = self.new_user("pipeline_branch", "sales_team.group_sale_salesman")
        seller.write({"company_ids": [Command.link(branch.id)], "company_id": branch.id})
        team = self.env["crm.team"].create(
            {
                "name": "Of the branch",
                "company_id": branch.id,
                "crm_team_member_ids": [Command.create({"user_id": seller.id})],
            }
        )
        with self.at(MONDAY - hours(24 * 7)):
            self.approve(
                {"kind": "next_step", "limit_minutes": 60},
                {"kind": "period", "measure": "calls", "period": "day", "target": 9},
            )
        with self.at(MONDAY):
            lead = self.env["crm.lead"].create(
                {"name": "Pumps", "type": "opportunity", "team_id": team.id, "user_id": seller.id}
            )
            self.env.flush_all()
            self.env["sale.rule.clock"]._cron_next_step()
        self.assertEqual(self.clocks(lead, "next_step").company_id, branch)
        with self.at(MONDAY + hours(24)):
            self.env["sale.violation"]._cron_periods()
        entered = self.env["sale.violation"].search([("user_id", "=", seller.id)])
        self.assertEqual((entered.company_id, len(entered)), (branch, 1))

    def test_an_empty_text_does_not_fill_a_field(self):
        self.approve(self.gate("enter", self.offered, fields=["description"]))
        lead = self.new_lead(description="<p><br></p>")
        with self.refused("Internal Notes|Notes"):
            lead.stage_id = self.offered
        lead.description = "<p>Four pumps</p>"
        lead.stage_id = self.offered
        self.assertEqual(lead.stage_id, self.offered)

    def test_a_proposal_that_was_taken_back_meets_no_norm(self):
        self.approve({"kind": "acceptance", "limit_minutes": 60})
        with self.at(MONDAY):
            lead = self.new_lead()
            handover = self.env["sale.handover"].create(
                {"lead_id": lead.id, "to_user_id": self.colleague.id, "brief": "Call him."}
            )
            clock = self.env["sale.rule.clock"].search([("handover_id", "=", handover.id)])
            handover.action_cancel()
        self.assertEqual((clock.state, clock.met_at), ("cancelled", False))

    def test_contacts_are_counted_for_one_manager(self):
        """Mails received and corrected calls do not use up what a manager has."""
        self.approve(
            {"kind": "contacts", "limit_count": 2, "on_breach": "pool", "severity": "minor"}
        )
        with self.at(MONDAY):
            lead = self.new_lead()
            self.env["sale.contact.event"].sudo().create(
                {
                    "lead_id": lead.id,
                    "channel": "email",
                    "direction": "in",
                    "outcome": "received",
                    "user_id": False,
                }
            )
            self.log(lead, outcome="answered")
        self.assertEqual(lead.user_id, self.manager)
        with self.at(MONDAY + hours(1)):
            lead.sudo().user_id = self.colleague
        with self.at(MONDAY + hours(2)):
            self.log(lead, self.colleague, outcome="answered")
        self.assertEqual(lead.user_id, self.colleague, "his first contact")
        with self.at(MONDAY + hours(3)):
            self.log(lead, self.colleague, outcome="answered")
        self.assertFalse(lead.sudo().user_id)

    def test_a_person_in_two_teams_is_judged_once(self):
        other = self.env["crm.team"].create(
            {
                "name": "Island",
                "company_id": self.company.id,
                "crm_team_member_ids": [Command.create({"user_id": self.manager.id})],
            }
        )
        with self.at(MONDAY - hours(24 * 7)):
            self.approve(
                {"kind": "period", "measure": "calls", "period": "day", "target": 9},
                {
                    "kind": "period",
                    "measure": "calls",
                    "period": "day",
                    "target": 5,
                    "team_ids": [Command.set(other.ids)],
                },
            )
        with self.at(MONDAY + hours(24)):
            self.env["sale.violation"]._cron_periods()
        entered = self.env["sale.violation"].search(
            [("user_id", "=", self.manager.id), ("period_key", "!=", False)]
        )
        self.assertEqual(entered.rule_id.target, 5)
        self.assertEqual(len(entered), 1)
