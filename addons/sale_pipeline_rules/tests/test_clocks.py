from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import MONDAY, PipelineCommon, hours


@tagged("post_install", "-at_install")
class TestClocks(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approve(
            {"kind": "assignment", "limit_minutes": 30},
            {"kind": "first_contact", "limit_minutes": 60},
            {"kind": "stage_time", "limit_minutes": 480},
            {
                "kind": "stage_time",
                "limit_minutes": 120,
                "stage_ids": [Command.set(cls.qualified.ids)],
            },
            {"kind": "silence", "limit_minutes": 960},
        )

    def test_deadline_in_working_time(self):
        with self.at(MONDAY + hours(7)):  # 16:00, an hour before the end of the day
            lead = self.new_lead()
        self.assertEqual(self.clocks(lead, "first_contact").deadline_at, MONDAY + hours(8))
        self.assertEqual(self.clocks(lead, "stage_time").deadline_at, MONDAY + hours(31))

    def test_met_by_leaving_forward(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(1)):
            lead.stage_id = self.qualified
        first, second = self.clocks(lead, "stage_time")
        self.assertEqual((first.state, first.met_at), ("met", MONDAY + hours(1)))
        self.assertEqual((second.state, second.limit_minutes), ("open", 120))

    def test_back_ends_without_verdict(self):
        with self.at(MONDAY):
            lead = self.new_lead(stage_id=self.offered.id)
        with self.at(MONDAY + hours(1)):
            lead.stage_id = self.qualified
        self.assertEqual(self.clocks(lead, "stage_time")[0].state, "ended")

    def test_the_sweep_in_time_late_and_twice_says_the_same(self):
        """Whether the job runs at the deadline or a day later: one violation, at the deadline."""
        verdicts = []
        for late in (timedelta(minutes=1), timedelta(days=1)):
            with self.at(MONDAY):
                lead = self.new_lead()
            if late < hours(1):
                self.sweep(MONDAY + hours(1) + late)
            with self.at(MONDAY + hours(3)):
                self.log(lead, outcome="answered")
                lead.stage_id = self.qualified
            self.sweep(MONDAY + hours(1) + late)
            self.sweep(MONDAY + hours(1) + late)
            clock = self.clocks(lead, "first_contact")
            violation = self.env["sale.violation"].search([("clock_id", "=", clock.id)])
            self.assertEqual(len(violation), 1)
            verdicts.append(
                (clock.state, clock.met_at, violation.happened_at, violation.user_id.id)
            )
        self.assertEqual(
            verdicts,
            [("breached", MONDAY + hours(3), MONDAY + hours(1), self.manager.id)] * 2,
        )

    def test_evidence(self):
        with self.at(MONDAY + hours(7)):
            lead = self.new_lead()
        self.sweep(MONDAY + timedelta(days=1, hours=8))
        violation = self.env["sale.violation"].search(
            [("lead_id", "=", lead.id), ("rule_id.kind", "=", "stage_time")]
        )
        evidence = violation.evidence
        self.assertEqual(evidence["calendar"], "Nine to five")
        self.assertEqual(
            evidence["spans"],
            [
                ["2026-03-02 16:00:00", "2026-03-02 17:00:00"],
                ["2026-03-03 09:00:00", "2026-03-03 16:00:00"],
            ],
        )
        self.assertIn("8 h", violation.evidence_text)

    def test_owner_change_keeps_the_minutes_used(self):
        late = self.env["resource.calendar"].create(
            {
                "name": "Afternoon",
                "tz": "UTC",
                "company_id": self.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": str(day),
                                "dayofweek": str(day),
                                "hour_from": 13,
                                "hour_to": 17,
                                "day_period": "afternoon",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        self.env["resource.resource"].create(
            {
                "name": "Colleague",
                "user_id": self.colleague.id,
                "company_id": self.company.id,
                "calendar_id": late.id,
                "tz": "UTC",
            }
        )
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(2)):
            lead.sudo().user_id = self.colleague
        clock = self.clocks(lead, "stage_time")
        self.assertEqual((clock.user_id, clock.used_minutes), (self.colleague, 120))
        # six hours are left: four on Monday afternoon, two on Tuesday
        self.assertEqual(clock.deadline_at, MONDAY + timedelta(days=1, hours=6))
        with self.at(MONDAY + timedelta(days=1, hours=5, minutes=59)):
            lead.sudo().user_id = self.manager
        self.assertEqual(
            clock.deadline_at, MONDAY + timedelta(days=1, hours=6, minutes=14), "15 min at least"
        )

    def test_other_peoples_norms_and_past_deadlines_stay_theirs(self):
        """A late job gives the same verdict: what was due before belongs to who was there."""
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(2)):  # an hour after the first contact was due
            lead.sudo().user_id = self.colleague
        self.sweep(MONDAY + hours(3))
        violation = self.env["sale.violation"].search([("lead_id", "=", lead.id)])
        self.assertEqual(violation.user_id, self.manager)

    def test_a_new_version_leaves_running_norms_to_be_met(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        self.approve(
            {"kind": "first_contact", "limit_minutes": 30},
            {"kind": "silence", "limit_minutes": 60},
        )
        with self.at(MONDAY + hours(0.5)):
            self.log(lead, outcome="answered")
        self.assertEqual(self.clocks(lead, "first_contact").state, "met")
        first, second = self.clocks(lead, "silence")
        self.assertEqual((first.state, second.limit_minutes), ("met", 60))

    def test_a_call_before_the_lead_was_typed_in_counts(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(0.5)):
            self.log(lead, outcome="answered", started_at=MONDAY - timedelta(minutes=5))
        self.assertEqual(self.clocks(lead, "first_contact").state, "met")

    def test_task_when_the_deal_is_won(self):
        self.approve(
            {"kind": "task", "trigger": "won", "limit_minutes": 60, "goal": "Say thank you"}
        )
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(1)):
            lead.sudo().action_set_won()
        task = self.clocks(lead, "task")
        self.assertEqual((task.goal, task.state), ("Say thank you", "open"))

    def test_working_hours_of_the_team_are_seen_at_once(self):
        other = self.calendar.copy({"name": "Later", "company_id": self.company.id})
        other.attendance_ids.hour_from = 12
        with self.at(MONDAY):
            self.assertEqual(
                self.clocks(self.new_lead(), "first_contact").deadline_at, MONDAY + hours(1)
            )
            self.team.resource_calendar_id = other
            self.assertEqual(
                self.clocks(self.new_lead(), "first_contact").deadline_at, MONDAY + hours(4)
            )

    def test_assignment(self):
        with self.at(MONDAY):
            lead = self.new_lead(self.head, user_id=False)
        clock = self.clocks(lead, "assignment")
        self.assertEqual((clock.user_id, clock.deadline_at), (self.head, MONDAY + hours(0.5)))
        with self.at(MONDAY + hours(0.25)):
            lead.user_id = self.manager
        self.assertEqual(clock.state, "met")
        self.assertEqual(self.clocks(lead, "first_contact").user_id, self.manager)

    def test_lost_and_won_end_the_rest(self):
        for action in ("action_set_lost", "action_set_won"):
            with self.at(MONDAY):
                lead = self.new_lead()
            with self.at(MONDAY + hours(0.5)):
                getattr(lead.sudo(), action)()
            clocks = self.env["sale.rule.clock"].search([("lead_id", "=", lead.id)])
            self.assertFalse(clocks.filtered(lambda clock: clock.state == "open"))
        self.assertEqual(self.clocks(lead, "stage_time").state, "met")

    def test_no_working_time_is_no_violation(self):
        self.calendar.attendance_ids.unlink()
        with self.at(MONDAY):
            lead = self.new_lead()
        self.assertFalse(self.clocks(lead, "stage_time").deadline_at)
        self.sweep(MONDAY + timedelta(days=900))
        self.assertFalse(self.env["sale.violation"].search([("lead_id", "=", lead.id)]))

    def test_a_leave_moves_open_deadlines_of_one_person_only(self):
        people = [
            self.env["resource.resource"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "calendar_id": self.calendar.id,
                    "tz": "UTC",
                }
            )
            for user in (self.manager, self.colleague)
        ]
        with self.at(MONDAY):
            leads = [self.new_lead(user) for user in (self.manager, self.colleague)]
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ill",
                "resource_id": people[0].id,
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": MONDAY + hours(3),
                "date_to": MONDAY + hours(20),
            }
        )
        with self.at(MONDAY + hours(1)):
            self.env["sale.rule.clock"]._cron_recompute()
        deadlines = [self.clocks(lead, "stage_time").deadline_at for lead in leads]
        self.assertEqual(deadlines, [MONDAY + timedelta(days=1, hours=5), MONDAY + hours(8)])

    def test_a_person_who_works_other_hours_from_now_on(self):
        person = self.env["resource.resource"].create(
            {
                "name": self.manager.name,
                "user_id": self.manager.id,
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "tz": "UTC",
            }
        )
        with self.at(MONDAY):
            lead = self.new_lead()
        mornings = self.calendar.copy({"name": "Mornings"})
        mornings.attendance_ids.hour_to = 13
        with self.at(MONDAY + hours(1)):
            person.calendar_id = mornings
            self.env["sale.rule.clock"]._cron_recompute()
        clock = self.clocks(lead, "stage_time")
        self.assertEqual(clock.calendar_id, mornings)
        self.assertEqual(clock.deadline_at, MONDAY + timedelta(days=1, hours=4))

    def test_the_deputy_answers_for_first_contacts_during_a_leave(self):
        resource = self.env["resource.resource"].create(
            {
                "name": "Manager",
                "user_id": self.manager.id,
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "tz": "UTC",
            }
        )
        member = self.team.crm_team_member_ids.filtered(lambda one: one.user_id == self.manager)
        member.deputy_id = self.colleague
        with self.at(MONDAY):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Vacation",
                    "resource_id": resource.id,
                    "calendar_id": self.calendar.id,
                    "company_id": self.company.id,
                    "date_from": MONDAY - hours(1),
                    "date_to": MONDAY + timedelta(days=7),
                }
            )
            lead = self.new_lead()
            self.assertEqual(self.clocks(lead, "first_contact").user_id, self.colleague)
            self.assertEqual(self.clocks(lead, "stage_time").user_id, self.manager)
            self.assertEqual(member._get_assignment_quota(), 0)

    def test_a_new_lead_of_a_customer_goes_to_his_salesperson(self):
        self.customer.user_id = self.colleague
        lead = self.new_lead(self.head, user_id=False)
        self.assertEqual(lead.user_id, self.colleague)

    def test_silence_begins_anew_with_each_contact(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(2)):
            self.log(lead, outcome="no_answer")
        first, second = self.clocks(lead, "silence")
        self.assertEqual((first.state, second.state, second.seq), ("met", "open", 2))
        self.assertEqual(second.deadline_at, MONDAY + timedelta(days=2, hours=2))

    def test_reopened(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(0.5)):
            lead.action_set_lost()
        with self.at(MONDAY + timedelta(days=30)):
            lead.action_restore()
        first, second = self.clocks(lead, "stage_time")
        self.assertEqual((first.state, second.state, second.visit_no), ("ended", "open", 2))

    def test_without_a_regulation_there_is_no_clock(self):
        company = self.env["res.company"].create({"name": "Free"})
        lead = self.env["crm.lead"].create(
            {"name": "Free", "company_id": company.id, "user_id": False, "team_id": False}
        )
        self.assertFalse(self.env["sale.rule.clock"].search([("lead_id", "=", lead.id)]))
        self.assertTrue(self.history(lead))
