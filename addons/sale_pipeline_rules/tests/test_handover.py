from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import MONDAY, PipelineCommon, hours


@tagged("post_install", "-at_install")
class TestHandover(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approve(
            {"kind": "acceptance", "limit_minutes": 120},
            {"kind": "stage_time", "limit_minutes": 480},
            {
                "kind": "stage",
                "stage_ids": [Command.set(cls.qualified.ids)],
                "role_id": cls.roles["junior"].id,
                "to_role_id": cls.roles["senior"].id,
                "goal": "Arrange a meeting",
                "criteria": "Budget known\nDecision maker known",
            },
        )

    def propose(self, lead=None, to=None, user=None, **values):
        lead = lead or self.new_lead()
        return (
            self.env["sale.handover"]
            .with_user(user or self.manager)
            .create(
                {
                    "lead_id": lead.id,
                    "to_user_id": (self.colleague if to is None else to).id,
                    "brief": "He wants pumps.",
                    **values,
                }
            )
        )

    def test_accepted(self):
        lead = self.new_lead()
        handover = self.propose(lead)
        self.assertEqual((handover.state, lead.user_id), ("proposed", self.manager))
        self.assertEqual(handover.sudo().activity_ids.user_id, self.colleague)
        handover.with_user(self.colleague).action_accept()
        self.assertEqual((handover.state, lead.sudo().user_id), ("accepted", self.colleague))
        self.assertEqual(self.history(lead)[-1].user_id, self.colleague)
        self.assertFalse(handover.sudo().activity_ids)

    def test_refused_twice_goes_to_the_leader(self):
        lead = self.new_lead()
        for number in range(2):
            handover = self.propose(lead)
            with self.refused("State a reason"):
                handover.with_user(self.colleague).action_refuse("")
            handover.with_user(self.colleague).action_refuse("No time.")
            told = lead.sudo().activity_ids.mapped("user_id")
            self.assertIn(self.head if number else self.manager, told)
        self.assertEqual(lead.user_id, self.manager)

    def test_others_do_not_decide(self):
        handover = self.propose()
        with self.refused("decided by", AccessError):
            handover.with_user(self.manager).action_accept()
        with self.assertRaises(AccessError):
            handover.with_user(self.junior).action_accept()
        handover.with_user(self.head).action_accept()

    def test_decided_once(self):
        handover = self.propose()
        handover.with_user(self.colleague).action_accept()
        with self.refused("status is Accepted already"):
            handover.with_user(self.colleague).action_refuse("Late.")

    def test_taken_back(self):
        handover = self.propose()
        handover.with_user(self.manager).action_cancel()
        self.assertEqual(handover.state, "cancelled")

    def test_one_at_a_time(self):
        lead = self.new_lead()
        self.propose(lead)
        with self.refused("sale_handover_proposed_unique", IntegrityError):
            self.propose(lead)

    def test_receiver_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "handover_stranger",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
            }
        )
        with self.refused("does not work in Regulated|incompatible companies|belong"):
            self.propose(to=stranger)
        with self.refused("has this customer already"):
            self.propose(to=self.manager)

    def test_acceptance_has_a_norm(self):
        with self.at(MONDAY):
            handover = self.propose()
        clock = self.env["sale.rule.clock"].search([("handover_id", "=", handover.id)])
        self.assertEqual((clock.user_id, clock.deadline_at), (self.colleague, MONDAY + hours(2)))
        with self.at(MONDAY + hours(1)):
            handover.with_user(self.colleague).action_accept()
        self.assertEqual(clock.state, "met")

    def test_not_answered_goes_to_the_leader(self):
        with self.at(MONDAY):
            handover = self.propose()
        self.sweep(MONDAY + hours(3))
        self.assertEqual(handover.state, "expired")
        self.assertEqual(handover.lead_id.sudo().activity_ids.user_id, self.head)

    def test_what_went_elsewhere_is_not_taken(self):
        lead = self.new_lead()
        handover = self.propose(lead)
        lead.sudo().user_id = self.junior
        with self.refused("is closed or with pipeline_junior"):
            handover.with_user(self.colleague).action_accept()
        lead.sudo().user_id = self.manager
        lead.sudo().action_set_won()
        with self.refused("is closed or with"):
            handover.with_user(self.colleague).action_accept()

    def test_archived_with_a_proposal_and_without_a_successor(self):
        lead, other = self.new_lead(), self.new_lead(self.head)
        self.propose(lead)
        self.manager.action_archive()
        self.assertEqual(lead.sudo().user_id, self.head)
        self.head.action_archive()
        self.assertEqual(other.sudo().handover_ids.reason, "absence")

    def test_one_that_cannot_be_given_away_holds_up_no_verdict(self):
        self.approve(
            {
                "kind": "stage_time",
                "limit_minutes": 60,
                "on_breach": "hand_over",
                "to_role_id": self.roles["junior"].id,
            }
        )
        with self.at(MONDAY):
            leads = [self.new_lead(), self.new_lead()]
        members = type(self.env["crm.lead"])

        def refuse(lead, *args):
            raise UserError("No.")

        with (
            patch.object(members, "_find_receiver", refuse),
            mute_logger("odoo.addons.sale_pipeline_rules.models.sale_rule_clock"),
        ):
            self.sweep(MONDAY + hours(2))
        for lead in leads:
            self.assertEqual(self.clocks(lead, "stage_time").state, "breached")

    def test_to_a_role(self):
        """The pair first; else who has the fewest open leads."""
        lead = self.new_lead(self.junior, stage_id=self.qualified.id)
        self.new_lead(self.manager)
        member = self.team.crm_team_member_ids.filtered(lambda one: one.user_id == self.junior)
        senior = self.roles["senior"].id
        self.assertEqual(lead._find_receiver(senior, self.junior.id), self.colleague)
        member.pair_member_id = self.team.crm_team_member_ids.filtered(
            lambda one: one.user_id == self.manager
        )
        self.assertEqual(lead._find_receiver(senior, self.junior.id), self.manager)

    def test_dialog(self):
        lead = self.new_lead(self.junior, stage_id=self.qualified.id)
        action = lead.action_hand_over()
        form = Form(
            self.env["sale.handover.propose"]
            .with_user(self.junior)
            .with_context(action["context"])
        )
        self.assertEqual(form.to_role_id, self.roles["senior"])
        self.assertEqual(len(form.criterion_ids), 2)
        form.meeting_at = MONDAY.replace(year=2099)
        form.brief = "Wants a meeting."
        dialog = form.save()
        dialog.criterion_ids[0].is_done = True
        dialog.action_propose()
        handover = lead.sudo().handover_ids
        self.assertEqual(handover.criteria_done, "Budget known")
        self.assertEqual(handover.event_id.user_id, handover.to_user_id)

    def test_customer_and_paperwork_leave_who_sells(self):
        lead = self.new_lead()
        customer = self.propose(lead, scope="customer")
        customer.with_user(self.colleague).action_accept()
        self.assertEqual(self.customer.user_id, self.colleague)
        papers = self.propose(lead, to=self.junior, scope="paperwork")
        papers.with_user(self.junior).action_accept()
        self.assertEqual(lead.sudo().activity_ids[-1:].user_id, self.junior)
        self.assertEqual(lead.user_id, self.manager)

    # === ABSENCE === #

    def test_many_leads_are_taken_over_at_once(self):
        """The successor hears of it once, and what it costs grows by a few queries a lead."""
        costs = {}
        for count in (5, 25):
            leaver = self.new_user(f"pipeline_many_{count}", "sales_team.group_sale_salesman")
            self.env["crm.team.member"].create(
                {
                    "user_id": leaver.id,
                    "crm_team_id": self.team.id,
                    "deputy_id": self.colleague.id,
                }
            )
            leads = self.env["crm.lead"].concat(*(self.new_lead(leaver) for _n in range(count)))
            self.cr.flush()
            self.env.invalidate_all()
            told = self.env["mail.message"].search_count(
                [("partner_ids", "in", self.colleague.partner_id.ids)]
            )
            before = self.cr.sql_log_count
            leaver.action_archive()
            self.cr.flush()
            costs[count] = self.cr.sql_log_count - before
            self.assertEqual(leads.sudo().user_id, self.colleague)
            self.assertEqual(set(leads.sudo().handover_ids.mapped("state")), {"accepted"})
            news = self.env["mail.message"].search(
                [("partner_ids", "in", self.colleague.partner_id.ids)], order="id desc"
            )
            self.assertEqual(len(news) - told, 1)
            self.assertIn(f"{count} leads of pipeline_many_{count}", news[0].subject)
        self.assertIn("And 15 more", news[0].body)
        self.assertLess((costs[25] - costs[5]) / 20, 8)

    def test_archived_by_both_ways(self):
        for number, archive in enumerate(
            (
                lambda user: user.action_archive(),
                lambda user: user.write({"active": False}),
            )
        ):
            leaver = self.new_user(f"pipeline_leaver_{number}", "sales_team.group_sale_salesman")
            self.env["crm.team.member"].create(
                {
                    "user_id": leaver.id,
                    "crm_team_id": self.team.id,
                    "deputy_id": self.colleague.id,
                }
            )
            lead = self.new_lead(leaver)
            activity = lead.activity_schedule(
                "mail.mail_activity_data_todo", user_id=leaver.id, summary="Call"
            )
            archive(leaver)
            with self.subTest(number=number):
                self.assertEqual(lead.sudo().user_id, self.colleague)
                self.assertEqual(activity.sudo().user_id, self.colleague)
                self.assertEqual(self.clocks(lead, "stage_time").user_id, self.colleague)
                handover = lead.sudo().handover_ids
                self.assertEqual((handover.reason, handover.state), ("absence", "accepted"))
