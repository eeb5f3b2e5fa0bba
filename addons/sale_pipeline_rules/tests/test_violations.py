from datetime import date, datetime, timedelta

from pytz import timezone, utc

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import MONDAY, PipelineCommon, hours


@tagged("post_install", "-at_install")
class TestViolations(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls.approve(
            {
                "kind": "stage_time",
                "limit_minutes": 60,
                "severity": "major",
                "consequence": "Fine",
            },
            {"kind": "decision", "limit_minutes": 240},
            {
                "kind": "period",
                "measure": "calls",
                "period": "day",
                "target": 3,
                "is_elastic": True,
            },
            ladder_ids=[
                Command.create({"severity": "major", "after_minutes": after, "recipient": who})
                for after, who in ((0, "owner"), (60, "leader"), (240, "above"))
            ],
        )

    def in_force_since(self, moment):
        self.regulation.sudo().in_force_since = moment

    def breach(self, user=None):
        with self.at(MONDAY):
            lead = self.new_lead(user)
        self.sweep(MONDAY + hours(1.5))
        return self.env["sale.violation"].search(
            [("lead_id", "=", lead.id), ("kind", "=", "breach")]
        )

    def test_explained_and_waived(self):
        violation = self.breach()
        with self.assertRaises(AccessError):
            violation.with_user(self.colleague).action_explain("Mine?")
        own = violation.with_user(self.manager)
        with self.refused("State a reason"):
            own.action_explain(" ")
        own.action_explain("The customer asked me to wait.")
        self.assertEqual(violation.state, "explained")
        with self.assertRaises(AccessError):
            own.action_waive("I waive it.")
        violation.with_user(self.head).action_waive("He did.")
        self.assertEqual((violation.state, violation.decided_by_id), ("waived", self.head))
        with self.refused("status is Waived already"):
            violation.with_user(self.head).action_confirm("")

    def test_nobody_decides_about_himself(self):
        violation = self.breach(self.head)
        with self.assertRaises(AccessError):
            violation.with_user(self.head).action_waive("Mine.")
        violation.with_user(self.owner).action_confirm()
        self.assertEqual(violation.state, "confirmed")

    def test_fields_of_judgement_are_the_systems(self):
        violation = self.breach()
        for values in (
            {"state": "waived"},
            {"decided_by_id": self.head.id},
            {"explanation": "Better"},
            {"evidence": {}},
        ):
            with self.assertRaises(AccessError):
                violation.with_user(self.owner).write(values)
        with self.refused("file a complaint instead", AccessError):
            self.env["sale.violation"].with_user(self.manager).create(
                {"kind": "breach", "user_id": self.colleague.id}
            )

    def test_complaints(self):
        complain = self.env["sale.violation"].with_user(self.manager).create
        plain = complain({"description": "Rule 3 cannot be kept."})
        secret = complain({"description": "About my head.", "is_confidential": True})
        visible = self.env["sale.violation"].with_user(self.head).search([])
        self.assertIn(plain, visible)
        self.assertNotIn(secret, visible)
        for user in (self.manager, self.owner):
            self.assertIn(secret, self.env["sale.violation"].with_user(user).search([]))
        self.assertNotIn(plain, self.env["sale.violation"].with_user(self.colleague).search([]))

    def test_ladder(self):
        violation = self.breach()  # at ten o'clock
        told = []
        for moment in (1.5, 2.5, 2.6, 6):
            before = self.env["mail.message"].search([], order="id desc", limit=1).id
            with self.at(MONDAY + hours(moment)):
                self.env["sale.violation"]._cron_escalate()
            told.append(
                self.env["mail.message"]
                .search([("id", ">", before), ("message_type", "=", "user_notification")])
                .partner_ids.user_ids.mapped("login")
            )
        self.assertEqual(told, [["pipeline_manager"], ["pipeline_head"], [], ["pipeline_owner"]])
        self.assertEqual(violation.noticed_minutes, 240)

    def test_ladder_after_a_day_without_the_job(self):
        """The highest step that is due is taken, and no other."""
        self.breach()
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        with self.at(MONDAY + timedelta(days=1)):
            self.env["sale.violation"]._cron_escalate()
        told = self.env["mail.message"].search(
            [("id", ">", before), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(told.partner_ids.user_ids, self.owner)

    def test_ladder_of_a_leader_begins_above_him(self):
        violation = self.breach(self.head)
        step = self.regulation.ladder_ids.filtered(lambda one: one.recipient == "leader")
        self.assertEqual(violation._get_recipient(step), self.owner)

    def test_what_follows_a_violation(self):
        """A breached norm gives the lead away, or puts it back into the pool."""
        self.approve(
            {
                "kind": "stage_time",
                "limit_minutes": 60,
                "on_breach": "hand_over",
                "to_role_id": self.roles["junior"].id,
                "stage_ids": [Command.set(self.new.ids)],
            },
            {
                "kind": "stage_time",
                "limit_minutes": 60,
                "on_breach": "pool",
                "stage_ids": [Command.set(self.qualified.ids)],
            },
        )
        with self.at(MONDAY):
            given, pooled = self.new_lead(), self.new_lead(stage_id=self.qualified.id)
        self.sweep(MONDAY + hours(2))
        handover = given.sudo().handover_ids
        self.assertEqual((handover.reason, handover.to_user_id), ("breach", self.junior))
        self.assertFalse(pooled.sudo().user_id)

    def test_decisions_have_a_norm(self):
        violation = self.breach()
        with self.at(MONDAY + hours(2)):
            violation.with_user(self.manager).action_explain("The customer was away.")
        clock = self.env["sale.rule.clock"].search([("about_id", "=", violation.id)])
        self.assertEqual((clock.user_id, clock.deadline_at), (self.head, MONDAY + hours(6)))
        self.env.flush_all()
        item = self.env["sale.day.item"].search([("kind", "=", "decision")])
        self.assertEqual((item.user_id, item.res_id), (self.head, violation.id))
        with self.at(MONDAY + hours(3)):
            violation.with_user(self.head).action_waive("He was.")
        self.assertEqual(clock.state, "met")

    def test_a_complaint_reaches_who_decides(self):
        plain, secret = (
            self.env["sale.violation"]
            .with_user(self.manager)
            .create({"description": "Rule 3.", "is_confidential": confidential})
            for confidential in (False, True)
        )
        self.assertEqual(plain.sudo().activity_ids.user_id, self.head)
        self.assertEqual(secret.sudo().activity_ids.user_id, self.owner)

    def test_spam_withdraws(self):
        violation = self.breach()
        reason = self.env["crm.lost.reason"].create({"name": "Spam", "is_no_lead": True})
        violation.lead_id.with_user(self.manager).action_set_lost(lost_reason_id=reason.id)
        self.assertEqual(violation.state, "withdrawn")

    def test_lead_deleted(self):
        violation = self.breach()
        violation.lead_id.unlink()
        violation.invalidate_recordset()
        self.assertEqual((violation.lead_name, violation.state), ("Pumps", "open"))

    # === PERIODS === #

    def test_results_of_a_day(self):
        self.in_force_since(MONDAY - timedelta(days=60))
        with self.at(MONDAY):
            lead = self.new_lead()
            for _number in range(3):
                self.log(lead, outcome="answered")
        periods = self.env["sale.violation"]
        with self.at(MONDAY + hours(20)):
            for _time in range(2):
                periods._cron_periods((MONDAY + timedelta(days=1)).date())
        found = periods.search([("period_key", "!=", False)])
        self.assertEqual(found.user_id, self.colleague | self.junior)
        self.assertEqual(found[0].evidence["target"], 3)

    def test_a_period_that_began_before_the_version_is_not_judged(self):
        self.in_force_since(MONDAY)  # at nine: that day had begun
        with self.at(MONDAY + hours(20)):
            self.env["sale.violation"]._cron_periods((MONDAY + timedelta(days=1)).date())
        self.assertFalse(self.env["sale.violation"].search([("period_key", "!=", False)]))

    def test_which_periods_have_ended(self):
        ended = self.env["sale.violation"]._has_ended
        wednesday = date(2026, 4, 1)
        self.assertEqual(
            [ended(period, wednesday) for period in ("day", "week", "month")],
            [True, False, True],
        )

    def test_nobody_is_judged_for_a_free_day(self):
        self.in_force_since(MONDAY - timedelta(days=60))
        saturday = (MONDAY - timedelta(days=2)).date()
        with self.at(MONDAY):
            self.env["sale.violation"]._cron_periods(saturday + timedelta(days=1))
        self.assertFalse(self.env["sale.violation"].search([("period_key", "!=", False)]))

    def test_half_a_day_asks_for_half(self):
        resource = self.env["resource.resource"].create(
            {
                "name": "Half",
                "user_id": self.manager.id,
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "tz": "UTC",
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Doctor",
                "resource_id": resource.id,
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": MONDAY,
                "date_to": MONDAY + hours(4),
            }
        )
        rule = self.regulation.rule_ids.filtered(lambda one: one.kind == "period")
        first = MONDAY.replace(hour=0)
        target = self.env["sale.violation"]._get_target(
            rule, self.manager, self.company, first, first + timedelta(days=1)
        )
        self.assertEqual(target, 1.5)


@tagged("post_install", "-at_install")
class TestTasksAndControl(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approve(
            {
                "kind": "task",
                "limit_minutes": 240,
                "goal": "Get the bank details",
                "stage_ids": [Command.set(cls.qualified.ids)],
            },
            {"kind": "next_step", "limit_minutes": 60},
            {"kind": "stage_time", "limit_minutes": 480},
        )

    def test_task_as_an_activity(self):
        lead = self.new_lead()
        lead.stage_id = self.qualified
        self.run_job("sale.rule.clock", "_cron_tasks")
        clock = self.clocks(lead, "task")
        self.assertEqual(clock.activity_id.summary, "Get the bank details")
        self.assertEqual(clock.activity_id.user_id, self.manager)
        clock.activity_id.with_user(self.manager).unlink()
        self.run_job("sale.rule.clock", "_cron_tasks")
        self.assertTrue(clock.activity_id, "made once more")
        clock.activity_id.with_user(self.manager).action_feedback("They sent it.")
        self.assertTrue(clock.met_at)

    def test_leaving_the_stage_ends_the_task(self):
        lead = self.new_lead()
        lead.stage_id = self.qualified
        own = lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        self.run_job("sale.rule.clock", "_cron_tasks")
        activity = self.clocks(lead, "task").activity_id
        lead.stage_id = self.offered
        self.run_job("sale.rule.clock", "_cron_tasks")
        self.assertFalse(activity.exists())
        self.assertTrue(own.exists())

    def test_next_step(self):
        with self.at(MONDAY):
            lead = self.new_lead()
            self.env["sale.rule.clock"]._cron_next_step()
            self.env["sale.rule.clock"]._cron_next_step()
        clock = self.clocks(lead, "next_step")
        self.assertEqual((len(clock), clock.deadline_at), (1, MONDAY + hours(1)))
        with self.at(MONDAY + hours(0.5)):
            lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
            self.env["sale.rule.clock"]._cron_next_step()
        self.assertEqual(clock.state, "met")

    def test_my_day(self):
        with self.at(MONDAY):
            lead = self.new_lead(expected_revenue=10)
            lead.stage_id = self.qualified
        self.env.flush_all()
        items = self.env["sale.day.item"].with_user(self.manager).search([])
        found = {(item.kind, item.goal, item.lead_id) for item in items}
        self.assertIn(("task", "Get the bank details", lead), found)
        self.assertIn(("norm", "Time in Stage", lead), found)
        self.assertTrue(all(item.is_overdue for item in items if item.lead_id == lead))
        self.assertFalse(
            self.env["sale.day.item"].with_user(self.colleague).search([("lead_id", "=", lead.id)])
        )
        action = items[0].action_open()
        self.assertEqual(action["res_model"], "crm.lead")
        items[0].action_no_answer()
        self.assertEqual(lead.attempt_count, 1)

    def test_my_day_ends_where_the_person_is(self):
        """An activity of today is overdue after his midnight, not after that in Greenwich."""
        lead = self.new_lead()
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            self.manager.tz = zone
            today = datetime.now(timezone(zone)).date()
            for day, overdue in ((today, False), (today - timedelta(days=1), True)):
                activity = lead.activity_schedule(
                    "mail.mail_activity_data_todo", day, user_id=self.manager.id
                )
                self.env.flush_all()
                item = (
                    self.env["sale.day.item"]
                    .with_user(self.manager)
                    .search([("kind", "=", "activity"), ("lead_id", "=", lead.id)])
                )
                with self.subTest(zone=zone, day=day):
                    self.assertEqual(item.is_overdue, overdue)
                    midnight = utc.localize(item.due_at).astimezone(timezone(zone))
                    self.assertEqual(midnight.date(), day + timedelta(days=1))
                    self.assertEqual(midnight.hour, 0)
                activity.unlink()

    def test_control(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        self.sweep(MONDAY + timedelta(days=2))
        self.env.flush_all()
        lines = self.env["sale.compliance.line"].with_user(self.head).search([])
        line = lines.filtered(lambda one: one.user_id == self.manager)
        self.assertEqual((line.open_count, line.overdue_count, line.no_next_count), (1, 1, 1))
        self.assertEqual(line.open_violation_count, 1)
        for action, count in (
            ("leads", 1),
            ("overdue", 1),
            ("no_next", 1),
            ("no_report", 0),
            ("outside", 0),
            ("unaccepted", 0),
            ("violations", 1),
        ):
            opened = getattr(line, f"action_open_{action}")()
            found = self.env[opened["res_model"]].with_user(self.head).search(opened["domain"])
            with self.subTest(action=action):
                self.assertEqual(len(found), count)
        with self.assertRaises(AccessError):
            self.env["sale.compliance.line"].with_user(self.manager).search([])
        self.assertTrue(lead)

    def test_outside_the_crm(self):
        with self.at(self.env.cr.now() - timedelta(days=1)):
            lead = self.new_lead()
            talked = self.new_lead()
            self.log(talked, outcome="answered")
        lead.stage_id = self.qualified
        talked.stage_id = self.qualified
        won = self.new_lead(stage_id=self.won.id)
        call = self.env["sale.contact.event"].register_contact(
            {"source": "exchange", "external_ref": "77", "phone": "+49 40 9"}
        )
        self.env.cr.flush()
        items = self.env["sale.outside.item"].with_user(self.head).search([])
        found = {(item.kind, item.res_id) for item in items}
        for item in (("silent_move", lead.id), ("born_won", won.id), ("lost_call", call)):
            self.assertIn(item, found)
        self.assertNotIn(("silent_move", talked.id), found)
        self.assertEqual(items[0].action_open()["res_model"], items[0].res_model)

    def test_training(self):
        topic = self.env["sale.training.topic"].create(
            {"name": "Close a stage", "rule_kind": "stage_time"}
        )
        now = topic.create_date
        with self.at(now - timedelta(days=5)):
            self.new_lead()
        self.sweep(now)
        self.env["sale.training.topic"]._cron_count()
        self.assertGreaterEqual(topic.missed_count, 1)
        action = topic.with_user(self.head).action_plan_training()
        self.assertEqual(action["context"]["default_training_topic_id"], topic.id)
