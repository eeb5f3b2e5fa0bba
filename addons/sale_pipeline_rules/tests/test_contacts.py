import base64
import json
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from .common import MONDAY, PipelineCommon, hours

REPLY = """\
From: customer@example.com
To: {to}
Subject: Re: Pumps
Message-Id: <reply-{number}@example.com>
In-Reply-To: {parent}
Date: Mon, 02 Mar 2026 10:00:00 +0000
{header}Content-Type: text/plain; charset=utf-8

Yes, please.
"""


class ContactCommon(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contacts = cls.env["sale.contact.event"]
        cls.regulation = cls.approve(
            {"kind": "first_contact", "limit_minutes": 60},
            {"kind": "report", "limit_minutes": 120},
            {
                "kind": "attempts",
                "limit_count": 3,
                "on_breach": "hand_over",
                "to_role_id": cls.roles["junior"].id,
            },
            {
                "kind": "task",
                "trigger": "attempt",
                "trigger_count": 2,
                "limit_minutes": 240,
                "goal": "Write a letter",
                "channel": "email",
            },
        )

    def of(self, lead):
        return self.contacts.search([("lead_id", "=", lead.id)], order="id")


@tagged("post_install", "-at_install")
class TestContactSources(ContactCommon):
    """What is a contact, and whose; what is none."""

    def post(self, lead, user, **values):
        return lead.with_user(user).message_post(
            **{
                "body": "Hello",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                **values,
            }
        )

    def test_letter_to_the_customer(self):
        lead = self.new_lead()
        self.post(lead, self.manager, partner_ids=self.customer.ids)
        contact = self.of(lead)
        self.assertEqual(
            (contact.direction, contact.outcome, contact.channel, contact.user_id),
            ("out", "sent", "email", self.manager),
        )
        self.assertEqual(self.clocks(lead, "first_contact").state, "met")

    def test_notes_and_tracking_are_none(self):
        lead = self.new_lead()
        self.post(lead, self.manager, subtype_xmlid="mail.mt_note")
        self.post(lead, self.manager)  # to colleagues only
        lead.with_context(tracking_disable=False).write({"priority": "1"})
        self.post(lead, self.manager, partner_ids=self.customer.ids, message_type="auto_comment")
        self.post(lead, self.manager, partner_ids=self.customer.ids, message_type="notification")
        self.assertFalse(self.of(lead))
        self.assertEqual(self.clocks(lead, "first_contact").state, "open")

    def test_replies_of_the_customer(self):
        """A reply is an incoming contact, an automatic one is none."""
        for number, header in enumerate(
            (
                "",
                "Auto-Submitted: auto-replied\n",
                "X-Autoreply: yes\n",
                "Precedence: auto_reply\n",
            )
        ):
            lead = self.new_lead()
            letter = self.post(lead, self.manager, partner_ids=self.customer.ids)
            self.env["mail.thread"].message_process(
                None,
                REPLY.format(
                    to="sales@example.com",
                    number=number,
                    parent=letter.message_id,
                    header=header,
                ),
            )
            with self.subTest(header=header):
                rows = self.of(lead)
                self.assertEqual(len(rows), 1 if header else 2)
                if not header:
                    self.assertEqual((rows[1].direction, rows[1].outcome), ("in", "received"))
                    self.assertFalse(rows[1].user_id)

    def test_employee_from_his_own_mail_program(self):
        lead = self.new_lead()
        letter = self.post(lead, self.manager, partner_ids=self.customer.ids)
        mail = REPLY.format(
            to="customer@example.com", number="own", parent=letter.message_id, header=""
        ).replace("From: customer@example.com", "From: pipeline_manager@example.com")
        self.env["mail.thread"].message_process(None, mail)
        last = self.of(lead)[-1]
        self.assertEqual((last.direction, last.user_id), ("out", self.manager))

    def test_mass_mail_answers_no_norm(self):
        lead = self.new_lead()
        self.post(lead, self.manager, partner_ids=self.customer.ids, message_type="email_outgoing")
        self.assertFalse(self.of(lead).filtered(lambda row: not row.is_bulk))
        self.assertEqual(self.clocks(lead, "first_contact").state, "open")

    def test_scheduled_message_of_a_rule_is_none_and_of_a_person_is_one(self):
        lead = self.new_lead()
        scheduled = (
            self.env["mail.scheduled.message"]
            .with_user(self.manager)
            .create(
                {
                    "model": "crm.lead",
                    "res_id": lead.id,
                    "body": "Later",
                    "notification_parameters": json.dumps({"message_type": "comment"}),
                    "author_id": self.manager.partner_id.id,
                    "scheduled_date": MONDAY + timedelta(days=5000),
                    "partner_ids": self.customer.ids,
                }
            )
        )
        self.assertFalse(self.of(lead))
        scheduled.post_message()
        self.assertEqual(self.of(lead).user_id, self.manager)

    def test_letter_about_an_offer_of_the_lead(self):
        lead = self.new_lead()
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "opportunity_id": lead.id, "user_id": self.manager.id}
        )
        self.post(order, self.manager, partner_ids=self.customer.ids)
        self.assertEqual(self.of(lead).channel, "email")

    def test_letter_to_a_colleague_from_the_own_mail_program(self):
        lead = self.new_lead()
        letter = self.post(lead, self.manager, partner_ids=self.customer.ids)
        before = len(self.of(lead))
        mail = REPLY.format(
            to="pipeline_head@example.com", number="inner", parent=letter.message_id, header=""
        ).replace("From: customer@example.com", "From: pipeline_manager@example.com")
        self.env["mail.thread"].message_process(None, mail)
        self.assertEqual(len(self.of(lead)), before)

    def test_sms(self):
        lead = self.new_lead()
        self.post(
            lead,
            self.manager,
            partner_ids=self.customer.ids,
            message_type="sms",
            subtype_xmlid="mail.mt_note",
        )
        self.assertEqual(self.of(lead).channel, "sms")

    def test_finished_call(self):
        lead = self.new_lead()
        activity = lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.manager.id, summary="Call"
        )
        activity.with_user(self.manager).action_feedback("He needs pumps in May.")
        contact = self.of(lead)
        self.assertEqual((contact.channel, contact.said), ("call", "He needs pumps in May."))
        todo = lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        todo.with_user(self.manager).action_feedback("Done")
        self.assertEqual(len(self.of(lead)), 1)

    def test_meeting(self):
        with self.at(MONDAY):
            lead = self.new_lead()
            meeting = self.env["calendar.event"].create(
                {
                    "name": "Visit",
                    "start": MONDAY - hours(1),
                    "stop": MONDAY,
                    "opportunity_id": lead.id,
                    "user_id": self.manager.id,
                    "partner_ids": [(6, 0, (self.manager.partner_id | self.head.partner_id).ids)],
                }
            )
            self.assertFalse(self.of(lead), "a planned meeting is no contact")
            meeting.with_user(self.manager).action_meeting_held()
            meeting.with_user(self.manager).action_meeting_held()
        contact = self.of(lead)
        self.assertEqual((contact.channel, contact.outcome), ("meeting", "held"))
        self.assertEqual(contact.other_user_ids, self.head)

    def test_meeting_without_opportunity(self):
        """It says of which customer, not of which lead: no lead's norm is met by it."""
        with self.at(MONDAY):
            lead = self.new_lead()
            meeting = self.env["calendar.event"].create(
                {
                    "name": "Visit",
                    "start": MONDAY,
                    "stop": MONDAY + hours(1),
                    "user_id": self.manager.id,
                    "partner_ids": [(6, 0, (self.manager.partner_id | lead.partner_id).ids)],
                }
            )
        with self.at(MONDAY + hours(2)):
            meeting.with_user(self.manager).action_meeting_held()
            contact = self.contacts.search([("event_id", "=", meeting.id)])
            self.assertFalse(contact.lead_id)
            self.assertFalse(self.of(lead))
            self.assertEqual(lead.attempt_count, 0)
            contact.with_user(self.manager).lead_id = lead
        self.assertEqual(self.of(lead), contact)

    def test_meeting_that_nobody_came_to_is_an_attempt(self):
        lead = self.new_lead()
        meeting = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": MONDAY - timedelta(days=3000),
                "stop": MONDAY - timedelta(days=3000) + hours(1),
                "opportunity_id": lead.id,
                "user_id": self.manager.id,
            }
        )
        meeting.action_meeting_no_show()
        self.assertFalse(self.of(lead).is_answered)
        self.assertEqual(lead.attempt_count, 1)

    def test_important_stands_out(self):
        meeting = self.env["calendar.event"].create(
            {"name": "A", "start": MONDAY, "stop": MONDAY + hours(1), "is_important": True}
        )
        self.assertTrue(meeting.is_highlighted)


@tagged("post_install", "-at_install")
class TestContactInletOverHttp(ContactCommon, HttpCase):
    def test_a_telephone_exchange_reports_a_call_twice(self):
        """Over JSON-2, as an exchange does: the second answer names the same contact."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.manager)
            ._generate("rpc", "exchange", self.env.cr.now() + timedelta(days=1))
        )
        lead = self.new_lead()
        lead.phone = "+49 30 123456"
        call = {
            "source": "exchange",
            "external_ref": "json-1",
            "channel": "call",
            "direction": "out",
            "phone": "+49 30 123456",
            "user_login": "pipeline_manager",
        }
        answers = [
            self.url_open(
                "/json/2/sale.contact.event/register_contact",
                data=json.dumps({"values": call}),
                headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            )
            for _time in range(2)
        ]
        self.assertEqual([answer.status_code for answer in answers], [200, 200])
        self.assertEqual(answers[0].json(), answers[1].json())
        self.assertEqual(self.contacts.browse(answers[0].json()).lead_id, lead)


@tagged("post_install", "-at_install")
class TestContactInlet(ContactCommon):
    CALL = {"source": "exchange", "external_ref": "1", "channel": "call", "direction": "out"}

    def register(self, **values):
        return self.contacts.with_user(self.manager).register_contact({**self.CALL, **values})

    def test_the_same_call_twice(self):
        lead = self.new_lead()
        lead.phone = "+49 30 123456"
        first = self.register(phone="+49 30 123456", user_login="pipeline_manager")
        self.assertEqual(first, self.register(phone="+49 30 123456"))
        contact = self.contacts.browse(first)
        self.assertEqual((contact.lead_id, contact.user_id), (lead, self.manager))
        self.assertEqual(len(self.of(lead)), 1)

    def test_a_number_that_nobody_knows_waits(self):
        contact = self.contacts.browse(self.register(phone="+49 40 9"))
        self.assertFalse(contact.lead_id)
        self.assertEqual(contact.address, "+49 40 9")

    def test_a_call_that_waited_is_linked(self):
        with self.at(MONDAY):
            lead = self.new_lead()
            contact = self.contacts.browse(
                self.register(phone="+49 40 9", user_login="pipeline_manager")
            )
        with self.at(MONDAY + hours(0.5)):
            contact.with_user(self.manager).lead_id = lead
        self.assertEqual((contact.lead_name, contact.is_first), ("Pumps", True))
        self.assertEqual(self.clocks(lead, "first_contact").state, "met")
        with self.refused("belongs to its lead"):
            contact.with_user(self.manager).lead_id = self.new_lead()

    def test_what_is_not_known_is_named(self):
        for values, words in (
            ({"channel": "pigeon"}, "channel “pigeon” is not known"),
            ({"outcome": "?"}, "outcome"),
            ({"user_login": "nobody"}, "no user “nobody”"),
            ({"external_ref": ""}, "State source and external_ref"),
            ({"started_at": "2999-01-01 00:00:00"}, "lies in the future"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex((UserError, ValidationError), words),
            ):
                self.register(**values)

    def test_typed_and_from_the_exchange(self):
        lead = self.new_lead()
        lead.phone = "+49 30 123456"
        typed = self.log(lead, outcome="answered")
        started = typed.started_at + timedelta(minutes=2)
        with self.at(started):
            number = self.register(
                phone="+49 30 123456", user_login="pipeline_manager", started_at=str(started)
            )
        self.assertEqual(self.contacts.browse(number).corrects_id, typed)

    def test_csv_of_an_exchange(self):
        lead = self.new_lead()
        lead.phone = "+49 30 123456"
        text = (
            "external_ref;started_at;phone;outcome;seconds;user_login\n"
            "7;2026-03-02 09:00:00;+49 30 123456;answered;65;pipeline_manager\n"
            "7;2026-03-02 09:00:00;+49 30 123456;answered;65;pipeline_manager\n"
            "8;2026-03-02 09:05:00;+49 30 123456;strange;5;pipeline_manager\n"
            "9;not a date;+49 30 123456;busy;5;pipeline_manager\n"
        )
        wizard = (
            self.env["sale.contact.import"]
            .with_user(self.head)
            .create({"file": base64.b64encode(text.encode()), "file_name": "calls.csv"})
        )
        wizard.action_import()
        self.assertEqual(len(self.of(lead)), 1)
        self.assertEqual(self.of(lead).seconds, 65)
        self.assertIn("2 calls are in the register.", wizard.report)
        self.assertIn("Line 4: outcome “strange” is not known", wizard.report)
        self.assertIn("Line 5: ", wizard.report)

    def test_columns_that_lack(self):
        wizard = self.env["sale.contact.import"].create(
            {"file": base64.b64encode(b"a,b\n1,2\n"), "file_name": "calls.csv"}
        )
        with self.refused("calls.csv lacks the columns external_ref"):
            wizard.action_import()


@tagged("post_install", "-at_install")
class TestContactRules(ContactCommon):
    def test_report_is_owed_and_written_once(self):
        with self.at(MONDAY):
            lead = self.new_lead()
            contact = self.log(lead, outcome="answered")
        self.assertEqual(contact.report_state, "owed")
        clock = self.clocks(lead, "report")
        self.assertEqual(clock.deadline_at, MONDAY + hours(2))
        with self.at(MONDAY + hours(1)):
            with self.refused("what was said"):
                contact.action_report({"said": "  ", "no_next_reason": "Later"})
            with self.refused("the next contact, or why"):
                contact.action_report({"said": "He needs pumps."})
            with self.assertRaises(AccessError):
                contact.with_user(self.colleague).sudo(False).action_report({"said": "Mine."})
            contact.action_report({"said": "He needs pumps.", "no_next_reason": "He calls."})
        self.assertEqual((contact.report_state, clock.state), ("done", "met"))
        with self.refused("press Correct"):
            contact.action_report({"said": "Something else", "no_next_reason": "-"})

    def test_an_agreed_date_moves_the_stage_once(self):
        self.approve({"kind": "stage_time", "limit_minutes": 480, "wait_limit_minutes": 960})
        with self.at(MONDAY):
            lead = self.new_lead()
            for days in (1, 3):
                self.log(
                    lead,
                    said="He thinks it over.",
                    next_on=MONDAY + timedelta(days=days),
                    next_goal="Hear the answer",
                )
        clock = self.clocks(lead, "stage_time")
        self.assertEqual(clock.deadline_at, MONDAY + timedelta(days=1, hours=8))
        self.assertEqual(clock.waited_until, MONDAY + timedelta(days=1))
        with self.at(MONDAY):
            other = self.new_lead()
            self.log(
                other,
                said="He thinks it over.",
                next_on=MONDAY + timedelta(days=30),
                next_goal="Hear the answer",
            )
        # at most the longest wait: two working days more
        deadline = self.clocks(other, "stage_time").deadline_at
        self.assertEqual(deadline, MONDAY + timedelta(days=2, hours=8))

    def test_a_mandatory_step_that_was_skipped(self):
        version = self.approve(
            {"kind": "silence", "limit_minutes": 60},
            step_ids=[
                (0, 0, {"name": "Ask for the need", "is_mandatory": True}),
                (0, 0, {"name": "Say goodbye"}),
            ],
        )
        lead = self.new_lead()
        for skipped in (version.step_ids[1], version.step_ids):
            self.log(
                lead,
                said="He needs pumps.",
                no_next_reason="He calls.",
                skipped_step_ids=[(6, 0, skipped.ids)],
            )
        violation = self.env["sale.violation"].search([("lead_id", "=", lead.id)])
        self.assertEqual(violation.description, "Skipped in the talk: Ask for the need")

    def test_late_report(self):
        with self.at(MONDAY):
            lead = self.new_lead()
            contact = self.log(lead, outcome="answered")
        self.sweep(MONDAY + hours(3))
        with self.at(MONDAY + hours(4)):
            contact.action_report({"said": "He needs pumps.", "no_next_reason": "He calls."})
        self.assertEqual(contact.report_state, "late")
        violation = self.env["sale.violation"].search([("kind", "=", "late_report")])
        self.assertEqual((violation.user_id, violation.state), (self.manager, "open"))

    def test_entered_late_but_made_in_time(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        self.sweep(MONDAY + hours(2))
        clock = self.clocks(lead, "first_contact")
        violation = self.env["sale.violation"].search([("clock_id", "=", clock.id)])
        self.assertEqual(clock.state, "breached")
        with self.at(MONDAY + hours(5)):
            self.log(lead, outcome="answered", started_at=MONDAY + hours(0.5))
        self.assertEqual((clock.state, violation.state), ("met", "withdrawn"))

    def test_entered_much_too_late_cures_nothing(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        self.sweep(MONDAY + hours(2))
        with self.at(MONDAY + timedelta(days=3)):
            contact = self.log(lead, outcome="answered", started_at=MONDAY + hours(0.5))
        self.assertTrue(contact.is_late_entry)
        self.assertEqual(self.clocks(lead, "first_contact").state, "breached")

    def test_future_contact_is_a_plan(self):
        with self.at(MONDAY), self.refused("lies in the future", ValidationError):
            self.log(self.new_lead(), started_at=MONDAY + hours(2))

    def test_attempts_hand_over(self):
        lead = self.new_lead()
        base = lead.create_date + timedelta(days=1)
        for number in range(3):
            with self.at(base + hours(number)):
                self.log(lead, outcome="no_answer")
        handover = lead.sudo().handover_ids
        self.assertEqual(
            (handover.to_user_id, handover.reason, handover.state),
            (self.junior, "attempts", "proposed"),
        )
        task = self.clocks(lead, "task")
        self.assertEqual((len(task), task.goal), (1, "Write a letter"))

    def test_another_owner_begins_the_count_anew(self):
        lead = self.new_lead()
        base = lead.create_date + timedelta(days=1)
        for number in range(2):
            with self.at(base + hours(number)):
                self.log(lead, outcome="no_answer")
        with self.at(base + hours(3)):
            lead.sudo().user_id = self.colleague
        with self.at(base + hours(4)):
            self.log(lead, user=self.colleague, outcome="no_answer")
        self.assertEqual(lead.sudo().attempt_count, 1)
        self.assertFalse(lead.sudo().handover_ids)

    def test_a_call_typed_and_from_the_exchange_is_one_attempt(self):
        lead = self.new_lead()
        typed = self.log(lead, outcome="no_answer")
        self.log(lead, outcome="no_answer", corrects_id=typed.id)
        self.assertEqual(lead.attempt_count, 1)

    def test_a_won_lead_is_not_given_away(self):
        lead = self.new_lead()
        lead.sudo().action_set_won()
        base = lead.create_date + timedelta(days=1)
        for number in range(4):
            with self.at(base + hours(number)):
                self.log(lead, outcome="no_answer")
        self.assertFalse(lead.sudo().handover_ids)

    def test_an_answer_begins_the_count_anew(self):
        lead = self.new_lead()
        base = lead.create_date + timedelta(days=1)
        for number, outcome in enumerate(("no_answer", "busy", "answered", "no_answer")):
            with self.at(base + hours(number)):
                self.log(lead, outcome=outcome)
        self.assertEqual(lead.attempt_count, 1)
        self.assertFalse(lead.sudo().handover_ids)

    def test_a_letter_meets_the_task(self):
        lead = self.new_lead()
        base = lead.create_date + timedelta(days=1)
        for number in range(2):
            with self.at(base + hours(number)):
                self.log(lead, outcome="no_answer")
        with self.at(base + hours(3)):
            lead.with_user(self.manager).message_post(
                body="A letter",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
        self.assertTrue(self.clocks(lead, "task").met_at)

    def test_first_contact_and_response_time(self):
        with self.at(MONDAY):
            lead = self.new_lead()
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE crm_lead SET create_date = %s WHERE id = %s", [MONDAY, lead.id]
            )
            lead.invalidate_recordset()
        with self.at(MONDAY + hours(2)):
            first = self.log(lead, outcome="answered")
            second = self.log(lead, outcome="answered")
        self.assertEqual((first.is_first, second.is_first), (True, False))
        self.assertEqual(first.response_minutes, 120)

    def test_dialog(self):
        lead = self.new_lead()
        action = lead.action_log_contact()
        form = Form(
            self.env["sale.contact.log"].with_user(self.manager).with_context(action["context"])
        )
        form.said = "He needs twenty pumps."
        form.agreed = "An offer by Friday"
        form.next_on = lead.create_date + timedelta(days=2)
        form.next_goal = "Agree on the price"
        form.save().action_save()
        contact = self.of(lead)
        self.assertEqual((contact.report_state, contact.next_goal), ("done", "Agree on the price"))
        self.assertEqual(lead.activity_ids.summary, "Agree on the price")

    def test_dialog_without_a_report_is_refused(self):
        lead = self.new_lead()
        form = Form(
            self.env["sale.contact.log"]
            .with_user(self.manager)
            .with_context(default_lead_id=lead.id)
        )
        with self.refused("what was said"):
            form.save().action_save()
        form = Form(
            self.env["sale.contact.log"]
            .with_user(self.manager)
            .with_context(default_lead_id=lead.id)
        )
        form.save().action_no_answer()
        self.assertEqual(self.of(lead).outcome, "no_answer")

    def test_people_enter_their_own(self):
        lead = self.new_lead()
        with self.refused("entered by a head", AccessError):
            self.log(lead, user_id=self.colleague.id)
        with self.assertRaises(AccessError):
            self.log(lead, is_first=True)
        other = self.new_lead(self.colleague)
        with self.assertRaises(AccessError):
            self.log(other)
        contact = self.log(lead, user=self.head, user_id=self.manager.id)
        self.assertEqual(contact.user_id, self.manager)
