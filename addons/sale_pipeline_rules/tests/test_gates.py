import json
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from ..exceptions import GateError
from .common import MONDAY, PipelineCommon, hours


class GateCommon(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls.approve(
            cls.gate("enter", cls.offered, fields=["expected_revenue"]),
            cls.gate("leave", cls.qualified, contact_needed=True),
            cls.gate("win", fields=["date_deadline"]),
            cls.gate("lose", fields=["lost_reason_id"]),
            cls.gate("reopen", next_step_needed=True),
            cls.gate("convert", fields=["phone"]),
        )

    def recorded(self, lead):
        return self.env["sale.violation"].search(
            [("lead_id", "=", lead.id), ("is_machine", "=", True)]
        )


@tagged("post_install", "-at_install")
class TestGatePaths(GateCommon):
    """Each path that people and machines take, for each moment of a gate.

    A path is a method that makes the move; a person is refused by it, a machine passes and is
    recorded.
    """

    # moment: how the lead stands before, and what the move writes
    MOVES = {
        "enter": ({}, "offered"),
        "leave": ({"stage": "qualified", "expected_revenue": 5}, "offered"),
        "win": ({"stage": "offered", "expected_revenue": 5}, "won"),
    }
    PERSON = (
        "write",
        "kanban",
        "list_edit",
        "mass_edit",
        "import_",
        "import_dialog",
        "rpc",
        "sudo",
    )
    MACHINE = ("job", "automation", "public")

    def prepare(self, moment):
        values, target = self.MOVES[moment]
        values = dict(values)
        stage = getattr(self, values.pop("stage", "new"))
        lead = self.new_lead(stage_id=stage.id, **values)
        self.env.flush_all()
        return lead, getattr(self, target)

    def move_write(self, lead, stage):
        lead.write({"stage_id": stage.id})

    def move_kanban(self, lead, stage):
        lead.web_save({"stage_id": stage.id}, {"stage_id": {}})

    def move_list_edit(self, lead, stage):
        lead.web_save({"stage_id": stage.id, "priority": "1"}, {"priority": {}})

    def move_mass_edit(self, lead, stage):
        (lead | self.new_lead()).web_save_multi([{"stage_id": stage.id}] * 2, {"stage_id": {}})

    def move_import_(self, lead, stage):
        result = lead.load([".id", "stage_id/.id"], [[str(lead.id), str(stage.id)]])
        if result["messages"]:
            raise GateError(result["messages"][0]["message"], [])

    def move_import_dialog(self, lead, stage):
        dialog = lead.env["base_import.import"].create(
            {
                "res_model": "crm.lead",
                "file": f"lead,stage\n{lead.id},{stage.id}\n".encode(),
                "file_type": "text/csv",
            }
        )
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        result = dialog.execute_import([".id", "stage_id/.id"], ["lead", "stage"], options)
        if result["messages"]:
            raise GateError(result["messages"][0]["message"], [])

    def move_rpc(self, lead, stage):
        from odoo.service.model import call_kw

        call_kw(lead.browse(), "write", [lead.ids, {"stage_id": stage.id}], {})

    def move_sudo(self, lead, stage):
        lead.sudo().write({"stage_id": stage.id})

    def move_job(self, lead, stage):
        lead.with_user(SUPERUSER_ID).write({"stage_id": stage.id})

    def move_automation(self, lead, stage):
        lead.sudo().with_context(__action_done={}).write({"stage_id": stage.id})

    def move_public(self, lead, stage):
        lead.with_user(self.env.ref("base.public_user")).sudo().write({"stage_id": stage.id})

    def test_people_are_refused_on_every_path(self):
        for moment in self.MOVES:
            for path in self.PERSON:
                lead, stage = self.prepare(moment)
                with self.subTest(moment=moment, path=path):
                    with self.refused("Pumps"):
                        getattr(self, f"move_{path}")(lead, stage)
                    lead.invalidate_recordset()
                    self.assertNotEqual(lead.stage_id, stage)

    def test_machines_pass_and_are_recorded_on_every_path(self):
        for moment in self.MOVES:
            for path in self.MACHINE:
                lead, stage = self.prepare(moment)
                with self.subTest(moment=moment, path=path):
                    getattr(self, f"move_{path}")(lead, stage)
                    self.assertEqual(lead.stage_id, stage)
                    self.assertIn(moment, self.recorded(lead).mapped("moment"))

    def test_form_and_quick_create(self):
        form = Form(self.env["crm.lead"].with_user(self.manager))
        form.name = "In a later column"
        form.user_id = self.manager
        form.team_id = self.team
        form.stage_id = self.offered
        with self.refused("In a later column.*Expected Revenue"):
            form.save()
        with self.refused("Expected Revenue"):
            self.env["crm.lead"].with_user(self.manager).with_context(
                default_stage_id=self.offered.id, default_team_id=self.team.id
            ).name_create("Quick")

    def test_form_of_the_website(self):
        """What a visitor sends is made by the system, as website_form does; nothing is refused."""
        leads = self.env["crm.lead"].with_user(SUPERUSER_ID)
        lead = leads.with_context(mail_create_nosubscribe=True).create(
            {"name": "Form", "team_id": self.team.id, "stage_id": self.offered.id}
        )
        self.assertEqual(lead.stage_id, self.offered)
        self.assertEqual(self.recorded(lead).moment, "enter")

    def test_assignment_job(self):
        """The job gives leads to the people of a team, whatever they lack."""
        self.team.write({"assignment_domain": "[('name', '=', 'Assigned')]", "use_leads": True})
        member = self.team.crm_team_member_ids.filtered(lambda one: one.user_id == self.manager)
        # other teams of the database draw lots for it, too
        self.env["crm.team.member"].search([]).write({"assignment_max": 0})
        member.write({"assignment_max": 300})
        lead = self.new_lead(name="Assigned", user_id=False, team_id=False, type="lead")
        lead.sudo().write({"user_id": False, "team_id": False})
        teams = self.env["crm.team"].with_user(SUPERUSER_ID).with_context(cron_id=1)
        teams._cron_assign_leads(force_quota=True, creation_delta_days=0)
        self.assertEqual(lead.user_id, self.manager)
        self.assertEqual(
            self.env["crm.lead.interval"].search([("lead_id", "=", lead.id)])[0].user_id,
            self.manager,
        )

    def test_won_lost_restored_converted(self):
        lead = self.new_lead(stage_id=self.offered.id, expected_revenue=5)
        with self.refused("Win: fill in “Expected Closing”"):
            lead.action_set_won_rainbowman()
        with self.refused("Lose: fill in “Lost Reason”"):
            lead.action_set_lost()
        reason = self.env["crm.lost.reason"].create({"name": "Price"})
        lead.action_set_lost(lost_reason_id=reason.id)
        with self.refused("Reopen: plan the next step"):
            lead.action_restore()
        request = self.new_lead(type="lead", partner_id=False)
        with self.refused("Convert.*Phone"):
            request.convert_opportunity(self.env["res.partner"])
        request.phone = "+49 30 1"
        request.convert_opportunity(self.env["res.partner"])
        self.assertEqual(request.type, "opportunity")

    def test_merge_into_a_later_stage(self):
        """The head keeps what it has; a person who merges meets the gates of the head."""
        head = self.new_lead(stage_id=self.qualified.id)
        tail = self.new_lead()
        (head | tail).sudo().merge_opportunity()
        self.assertEqual(head.stage_id, self.qualified)

    def test_contact_opens_the_way_out(self):
        with self.at(MONDAY):
            lead = self.new_lead(stage_id=self.qualified.id, expected_revenue=5)
        with self.at(MONDAY + hours(1)), self.refused("reach the customer"):
            lead.stage_id = self.offered
        with self.at(MONDAY + hours(1)):
            self.log(lead, outcome="no_answer")
            with self.refused("reach the customer"):
                lead.stage_id = self.offered
            self.log(lead, outcome="answered")
            lead.stage_id = self.offered
        self.assertEqual(lead.stage_id, self.offered)

    def test_other_fields_of_a_gate_are_filled_in_one_by_one(self):
        """A lead that came before the gate may be worked on; what is filled in may not go."""
        self.approve(
            self.gate(
                "enter",
                self.offered,
                fields=["expected_revenue", "date_deadline"],
                next_step_needed=True,
            )
        )
        lead = self.new_lead()
        self.env.flush_all()
        lead.with_user(SUPERUSER_ID).write({"stage_id": self.offered.id})
        lead.expected_revenue = 7
        self.assertEqual(lead.expected_revenue, 7)

    def test_a_mail_received_opens_no_way_out(self):
        lead = self.new_lead(stage_id=self.qualified.id, expected_revenue=5)
        self.env["sale.contact.event"].sudo().create(
            {
                "lead_id": lead.id,
                "channel": "email",
                "direction": "in",
                "outcome": "received",
                "user_id": False,
            }
        )
        with self.refused("reach the customer"):
            lead.stage_id = self.offered

    def test_back_from_won_is_a_reopening(self):
        lead = self.new_lead(
            stage_id=self.qualified.id, expected_revenue=5, date_deadline=MONDAY.date()
        )
        lead.with_user(SUPERUSER_ID).action_set_won()
        with self.refused("Reopen: plan the next step"):
            lead.stage_id = self.offered

    def test_a_field_is_not_emptied_later(self):
        lead = self.new_lead(expected_revenue=5)
        lead.stage_id = self.offered
        with self.refused("Stay in the Stage.*Expected Revenue"):
            lead.expected_revenue = 0
        self.assertEqual(lead.expected_revenue, 5)

    def test_mass_edit_names_ten_and_counts_the_rest(self):
        leads = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .concat(*(self.new_lead(name=f"Lead {number}") for number in range(13)))
        )
        with self.assertRaises(GateError) as caught:
            leads.write({"stage_id": self.offered.id})
        self.assertIn("And 3 more", str(caught.exception))
        self.assertEqual(len(caught.exception.context["refusals"]), 10)

    def test_back_is_free(self):
        lead = self.new_lead(expected_revenue=5)
        lead.stage_id = self.offered
        lead.stage_id = self.new
        self.assertEqual(lead.stage_id, self.new)

    def test_a_machine_may_be_refused(self):
        self.approve(
            self.gate("enter", self.offered, fields=["expected_revenue"], machine="block")
        )
        lead = self.new_lead()
        with self.assertRaises(GateError):
            lead.with_user(SUPERUSER_ID).write({"stage_id": self.offered.id})

    def test_a_context_over_rpc_changes_nothing(self):
        lead = self.new_lead()
        for context in ({"__action_done": {}}, {"lead_from_mail": True}, {"cron_id": 1}):
            with patch("odoo.addons.sale_pipeline_rules.models.crm_lead_gate.request", True):
                with self.assertRaises(GateError):
                    lead.with_context(**context).write({"stage_id": self.offered.id})

    def test_landing_stages_have_no_gate(self):
        landing = self.env["crm.lead"]._stage_find(team_id=self.team.id)
        with self.refused("cannot have a gate at its entry"):
            self.approve(self.gate("enter", landing, fields=["phone"]))

    def test_exception(self):
        lead = self.new_lead()
        rule = self.regulation.rule_ids[0]
        number = lead.action_ask_exception(rule.id, "enter", "The customer is in a hurry.")
        row = self.env["sale.violation"].browse(number)
        self.assertEqual((row.state, row.user_id), ("asked", self.manager))
        with self.assertRaises(GateError):
            lead.stage_id = self.offered
        with self.assertRaises(UserError):
            row.with_user(self.manager).action_grant("I may.")
        row.with_user(self.head).action_grant("Once.")
        lead.stage_id = self.offered
        self.assertTrue(row.exception_used_on)
        lead.stage_id = self.new
        with self.assertRaises(GateError):
            lead.stage_id = self.offered

    def test_exception_in_time_only(self):
        with self.at(MONDAY):
            lead = self.new_lead()
            number = lead.action_ask_exception(self.regulation.rule_ids[0].id, "enter", "Hurry.")
            self.env["sale.violation"].browse(number).with_user(self.head).action_grant("Once.")
        with self.at(MONDAY + hours(25)), self.assertRaises(GateError):
            lead.stage_id = self.offered

    def test_without_gates_nothing_is_asked(self):
        self.approve({"kind": "stage_time", "limit_minutes": 60})
        lead = self.new_lead()
        lead.stage_id = self.offered
        self.assertEqual(lead.stage_id, self.offered)


@tagged("post_install", "-at_install")
class TestGateOverHttp(GateCommon, HttpCase):
    def test_json_2_at_each_moment(self):
        """A person's program meets each gate, is told why, and changes nothing."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.manager)
            ._generate("rpc", "test", self.env.cr.now() + timedelta(days=1))
        )
        lost, won = self.new_lead(), self.new_lead(stage_id=self.offered.id, expected_revenue=5)
        reason = self.env["crm.lost.reason"].create({"name": "Price"})
        lost.action_set_lost(lost_reason_id=reason.id)
        request = self.new_lead(type="lead", partner_id=False)
        qualified = self.new_lead(stage_id=self.qualified.id, expected_revenue=5)
        to_offered = {"vals": {"stage_id": self.offered.id}}
        new = {"name": "Anew", "team_id": self.team.id, "stage_id": self.offered.id}
        calls = {
            "enter": ("write", self.new_lead(), to_offered, "Expected Revenue"),
            "create": ("create", None, {"vals_list": [new]}, "Expected Revenue"),
            "leave": ("write", qualified, to_offered, "reach the customer"),
            "win": ("action_set_won_rainbowman", won, {}, "Expected Closing"),
            "lose": ("action_set_lost", won, {}, "Lost Reason"),
            "reopen": ("action_restore", lost, {}, "plan the next step"),
            "convert": ("convert_opportunity", request, {"partner": False}, "Phone"),
        }
        self.env.flush_all()
        for moment, (method, lead, arguments, words) in calls.items():
            before = lead and lead.read(["stage_id", "active", "type", "probability"])
            with self.subTest(moment=moment):
                answer = self.url_open(
                    f"/json/2/crm.lead/{method}",
                    data=json.dumps({**arguments, **({"ids": lead.ids} if lead else {})}),
                    headers={
                        "Authorization": f"Bearer {key}",
                        "Content-Type": "application/json",
                    },
                )
                self.assertEqual(answer.status_code, 422)
                self.assertIn(words, answer.json()["message"])
                if lead:
                    lead.invalidate_recordset()
                    found = lead.read(["stage_id", "active", "type", "probability"])
                    self.assertEqual(found, before)
        self.assertFalse(self.env["crm.lead"].search([("name", "=", "Anew")]))

    def test_the_web_client_gets_the_check_list(self):
        self.authenticate("pipeline_manager", "pipeline_manager")
        lead = self.new_lead()
        answer = self.url_open(
            "/web/dataset/call_kw/crm.lead/write",
            data=json.dumps(
                {
                    "params": {
                        "model": "crm.lead",
                        "method": "write",
                        "args": [lead.ids, {"stage_id": self.offered.id}],
                        "kwargs": {},
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()["error"]["data"]
        self.assertEqual(answer["name"], "odoo.addons.sale_pipeline_rules.exceptions.GateError")
        [refusal] = answer["context"]["refusals"]
        self.assertEqual(refusal["conditions"], ["fill in “Expected Revenue”"])


MAIL = """\
From: {sender}
To: gated@example.com
Subject: {subject}
Message-Id: <gate-{number}@example.com>
Date: Mon, 02 Mar 2026 09:00:00 +0000
{header}Content-Type: text/plain; charset=utf-8

{body}
"""


@tagged("post_install", "-at_install")
class TestGateMail(GateCommon):
    """Mail never bounces and the alias stays valid, with every gate on."""

    ARRIVALS = [
        {"subject": "A request"},
        {"subject": ""},
        {"subject": "Привет"},
        {"body": ""},
        {"sender": "customer@example.com"},
        {"sender": "pipeline_manager@example.com"},
        {"sender": "pipeline_head@example.com"},
        {"sender": '"Somebody" <somebody@example.org>'},
        {"header": "Auto-Submitted: auto-replied\n"},
        {"header": "Auto-Submitted: auto-generated\n"},
        {"header": "X-Autoreply: yes\n"},
        {"header": "Precedence: auto_reply\n"},
        {"header": "Precedence: bulk\n"},
        {"header": "Cc: pipeline_manager@example.com\n"},
        {"header": "Reply-To: other@example.com\n"},
        {"header": "Importance: high\n"},
        {"header": "List-Id: news\n"},
        {"subject": "Re: something"},
        {"subject": "Fwd: a request", "sender": "pipeline_manager@example.com"},
        {"body": "x" * 20000},
    ]

    def test_twenty_kinds_of_arrivals(self):
        self.env["mail.alias.domain"].create({"name": "example.com", "company_ids": []})
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "gated",
                "alias_domain_id": self.env["mail.alias.domain"].search([], limit=1).id,
                "alias_model_id": self.env["ir.model"]._get("crm.lead").id,
                # the worst case: leads are to begin behind a gate
                "alias_defaults": str(
                    {"team_id": self.team.id, "stage_id": self.offered.id, "type": "opportunity"}
                ),
            }
        )
        address = f"gated@{alias.alias_domain_id.name}"
        self.assertEqual(len(self.ARRIVALS), 20)
        for number, arrival in enumerate(self.ARRIVALS):
            values = {
                "sender": "new@example.org",
                "subject": "Request",
                "header": "",
                "body": "We need pumps.",
                "number": number,
                **arrival,
            }
            mail = MAIL.format(**values).replace("gated@example.com", address)
            with self.subTest(arrival=arrival):
                before = self.env["crm.lead"].search_count([])
                self.env["mail.thread"].message_process(None, mail)
                self.assertEqual(self.env["crm.lead"].search_count([]), before + 1)
        self.assertNotEqual(alias.alias_status, "invalid")
        lead = self.env["crm.lead"].search([], order="id desc", limit=1)
        self.assertTrue(self.recorded(lead))


@tagged("post_install", "-at_install")
class TestGatePortal(GateCommon):
    def test_a_portal_partner_is_a_person(self):
        portal = self.env["res.users"].create(
            {
                "name": "Partner",
                "login": "gate_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        lead = self.new_lead()
        with self.assertRaises(GateError):
            lead.with_user(portal).sudo().write({"stage_id": self.offered.id})
