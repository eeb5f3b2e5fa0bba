from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import Form, tagged

from .common import MONDAY, PipelineCommon, hours


@tagged("post_install", "-at_install")
class TestRegulation(PipelineCommon):
    def draft(self, *rules, **values):
        return (
            self.env["sale.regulation"]
            .with_user(self.owner)
            .create(
                {
                    "company_id": self.company.id,
                    "rule_ids": [
                        Command.create(rule)
                        for rule in rules or [{"kind": "stage_time", "limit_minutes": 60}]
                    ],
                    **values,
                }
            )
        )

    def test_life_of_a_version(self):
        first = self.draft()
        first.action_approve()
        self.assertEqual(
            (first.number, first.state, first.approver_id), (1, "in_force", self.owner)
        )
        action = first.action_new_version()
        second = first.browse(action["res_id"])
        second.rule_ids.limit_minutes = 120
        second.valid_from = Date.context_today(second) + timedelta(days=5)
        second.action_approve()
        self.assertEqual((second.number, second.state), (2, "approved"))
        self.assertEqual(second.previous_id, first)
        with self.at(MONDAY.replace(year=2099)):
            self.env["sale.regulation"]._cron_activate()
        self.assertEqual((first.state, second.state), ("superseded", "in_force"))

    def test_what_is_approved_does_not_change(self):
        version = self.draft()
        version.action_approve()
        rule = version.rule_ids
        for change in (
            lambda: version.write({"preamble": "Other"}),
            lambda: rule.write({"limit_minutes": 1}),
            lambda: rule.unlink(),
            lambda: rule.create({"regulation_id": version.id, "kind": "silence"}),
            lambda: version.unlink(),
        ):
            with self.refused("is approved and does not change any more: press New Version"):
                change()
        for values in ({"state": "draft"}, {"digest": "0"}, {"number": 9}):
            with self.assertRaises(AccessError):
                version.write(values)

    def test_fingerprint_says_what_was_approved(self):
        one, other = self.draft(), self.draft()
        self.assertEqual(one._get_digest(), other._get_digest())
        other.rule_ids.limit_minutes = 61
        self.assertNotEqual(one._get_digest(), other._get_digest())

    def test_only_process_owners_approve(self):
        version = self.draft()
        with self.refused("Only a process owner", AccessError):
            version.with_user(self.head).action_approve()
        with self.assertRaises(AccessError):
            version.with_user(self.manager).action_approve()

    def test_what_keeps_a_version_from_being_approved(self):
        version = self.draft(
            {"kind": "attempts"},
            {"kind": "task", "limit_minutes": 5},
            {"kind": "stage"},
            {"kind": "period"},
            {"kind": "stage_time", "severity": "major"},
            {"kind": "stage_time", "on_breach": "hand_over"},
            {"kind": "gate"},
        )
        with self.assertRaises(UserError) as caught:
            version.action_approve()
        for words in (
            "state a count",
            "state the goal",
            "name the stages",
            "state measure, period and target",
            "consequence of a major",
            "to which role",
            "state the moment",
            "state a condition",
        ):
            self.assertIn(words, str(caught.exception))

    def test_one_in_force_for_each_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.approve({"kind": "stage_time", "limit_minutes": 60})
        version = self.env["sale.regulation"].create(
            {
                "company_id": other.id,
                "rule_ids": [Command.create({"kind": "stage_time", "limit_minutes": 30})],
            }
        )
        version.action_approve()
        self.assertEqual(version.number, 1)
        compiled = self.env["sale.regulation"]._get_compiled
        limits = [
            [rule.limit_minutes for rule in compiled(company.id).rules["stage_time"]]
            for company in (self.company, other)
        ]
        self.assertEqual(limits, [[60], [30]])

    def test_a_branch_follows_its_parent(self):
        self.approve({"kind": "stage_time", "limit_minutes": 60})
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        compiled = self.env["sale.regulation"]._get_compiled(branch.id)
        self.assertEqual(compiled.rules["stage_time"][0].limit_minutes, 60)

    def test_the_most_specific_norm_holds(self):
        self.approve(
            {"kind": "stage_time", "limit_minutes": 60},
            {"kind": "stage_time", "limit_minutes": 50, "team_ids": [Command.set(self.team.ids)]},
            {
                "kind": "stage_time",
                "limit_minutes": 40,
                "role_ids": [Command.set(self.roles["senior"].ids)],
            },
            {
                "kind": "stage_time",
                "limit_minutes": 30,
                "user_ids": [Command.set(self.junior.ids)],
            },
            {
                "kind": "stage_time",
                "limit_minutes": 20,
                "domain": "[('expected_revenue', '>', 1000)]",
                "sequence": 1,
                "role_ids": [Command.set(self.roles["senior"].ids)],
            },
        )
        limits = []
        for user, revenue in ((self.manager, 0), (self.junior, 0), (self.manager, 5000)):
            lead = self.new_lead(user, expected_revenue=revenue)
            limits.append(self.clocks(lead, "stage_time").limit_minutes)
        self.assertEqual(limits, [40, 30, 20])

    def test_what_a_rule_names_cannot_be_deleted(self):
        stage = self.env["crm.stage"].create({"name": "Named"})
        self.approve(
            {"kind": "stage_time", "limit_minutes": 60, "stage_ids": [Command.set(stage.ids)]}
        )
        with self.assertRaises(IntegrityError):
            stage.unlink()

    def test_versions_change_while_norms_run(self):
        self.approve({"kind": "stage_time", "limit_minutes": 60})
        with self.at(MONDAY):
            lead = self.new_lead()
        self.approve({"kind": "stage_time", "limit_minutes": 600})
        self.assertEqual(self.clocks(lead, "stage_time").deadline_at, MONDAY + hours(1))

    def test_trial(self):
        self.approve({"kind": "stage_time", "limit_minutes": 60}, trial_until=MONDAY.date())
        with self.at(MONDAY):
            lead = self.new_lead()
        self.sweep(MONDAY + hours(2))
        violation = self.env["sale.violation"].search([("lead_id", "=", lead.id)])
        self.assertTrue(violation.is_trial)

    def test_advice_is_no_violation(self):
        self.approve({"kind": "stage_time", "limit_minutes": 60, "severity": "advice"})
        with self.at(MONDAY):
            lead = self.new_lead()
        self.sweep(MONDAY + hours(2))
        self.assertEqual(self.clocks(lead, "stage_time").state, "breached")
        self.assertFalse(self.env["sale.violation"].search([("lead_id", "=", lead.id)]))

    def test_negative_norms(self):
        with self.assertRaises(IntegrityError):
            self.draft({"kind": "stage_time", "limit_minutes": -1})
        with self.refused("cannot be read"):
            self.draft({"kind": "stage_time", "domain": "[('nothing', '=', 1)]"})

    def test_what_to_look_at(self):
        self.team.structure = "pod"
        version = self.draft(
            {
                "kind": "first_contact",
                "limit_minutes": 90,
                "team_ids": [Command.set(self.team.ids)],
            },
            {"kind": "stage_time", "limit_minutes": 60, "team_ids": [Command.set(self.team.ids)]},
            {
                "kind": "stage",
                "team_ids": [Command.set(self.team.ids)],
                "stage_ids": [Command.set(self.new.ids)],
                "role_id": self.roles["marketing"].id,
            },
        )
        for words in (
            "Stage Qualified (line): no role answers.",
            f"Role {self.roles['marketing'].name}: nobody has it.",
            "leaves no time for",
        ):
            self.assertIn(words, version.warnings)
        self.assertNotIn("a pod has", version.warnings)
        self.team.crm_team_member_ids[2:].unlink()
        self.assertIn("a pod has 3 to 7 members, not 2", "".join(version._get_warnings()))

    def test_what_keeps_the_regulation_in_force_from_working(self):
        version = self.approve(
            {"kind": "first_contact", "limit_minutes": 60},
            ladder_ids=[
                Command.create({"severity": "minor", "recipient": "above", "after_minutes": 60}),
                Command.create({"severity": "major", "recipient": "pair", "after_minutes": 60}),
            ],
        )
        self.team.above_user_id = False
        jobs = self.env.ref("sale_pipeline_rules.ir_cron_sweep")
        jobs |= self.env.ref("sale_pipeline_rules.ir_cron_escalate")
        every = self.env["ir.model.data"].search(
            [("module", "=", "sale_pipeline_rules"), ("model", "=", "ir.cron")]
        )
        soon = fields.Datetime.now() + timedelta(minutes=1)
        self.env["ir.cron"].browse(every.mapped("res_id")).nextcall = soon
        self.assertNotIn("does not run", version.warnings)
        jobs[0].nextcall = soon - timedelta(minutes=17)
        jobs[1].active = False
        self.calendar.attendance_ids.unlink()
        version.invalidate_recordset(["warnings"])
        for words in (
            f"Team {self.team.name}: the leader has no superior",
            f"{self.team.name}: {self.junior.name} has no partner",
            f"{self.company.name}: no working hours",
            *(f"“{job.name}” does not run" for job in jobs),
        ):
            self.assertIn(words, version.warnings)
        jobs[0].nextcall = soon - timedelta(minutes=14)
        version.invalidate_recordset(["warnings"])
        self.assertNotIn(jobs[0].name, version.warnings)

    def test_share_that_keeps_a_norm(self):
        version = self.approve({"kind": "stage_time", "limit_minutes": 60})
        with self.at(MONDAY):
            leads = [self.new_lead() for _number in range(4)]
        with self.at(MONDAY + hours(0.5)):
            leads[0].stage_id = self.qualified
        self.sweep(MONDAY + hours(1.2))
        self.assertEqual(version.rule_ids.kept_share, 25)

    def test_handbook(self):
        version = self.approve(
            {"kind": "stage_time", "limit_minutes": 90},
            {"kind": "attempts", "limit_count": 5},
            preamble="<p>Rules of the game</p>",
        )
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("sale_pipeline_rules.report_sale_regulation", version.ids)[0]
            .decode()
        )
        for words in ("Rules of the game", "1 h 30 min", "after 5 unanswered attempts: recorded"):
            self.assertIn(words, html)

    # === SIGNATURES === #

    def test_read_and_sign(self):
        version = self.approve(
            {"kind": "stage_time", "limit_minutes": 60}, {"kind": "silence", "limit_minutes": 60}
        )
        self.assertIn(self.manager, version.unsigned_ids)
        with self.at(MONDAY):
            action = version.with_user(self.manager).action_open_signing()
        page = Form(
            self.env["sale.regulation.sign"]
            .with_user(self.manager)
            .with_context(action["context"])
        ).save()
        with self.refused("2 rules are left"):
            page.action_sign()
        page.line_ids.is_read = True
        with self.at(MONDAY + timedelta(minutes=5)):
            page.action_sign()
        signature = version.signature_ids
        self.assertEqual(
            (signature.user_id, signature.read_seconds, signature.digest),
            (self.manager, 300, version.digest),
        )
        self.assertNotIn(self.manager, version.unsigned_ids)
        with self.refused("signed .* already"):
            page.action_sign()

    def test_nobody_signs_for_another(self):
        version = self.approve({"kind": "stage_time", "limit_minutes": 60})
        signatures = self.env["sale.regulation.signature"].with_user(self.owner)
        with self.assertRaises(AccessError):
            signatures.create({"regulation_id": version.id, "user_id": self.manager.id})

    def test_what_changed(self):
        self.approve({"kind": "stage_time", "limit_minutes": 60})
        version = self.approve({"kind": "stage_time", "limit_minutes": 120})
        added, dropped = version._get_changes()
        self.assertIn("2 h", added[0])
        self.assertIn("1 h", dropped[0])

    # === FIRST START === #

    def test_first_start(self):
        for structure in ("line", "island", "pod"):
            form = Form(self.env["sale.regulation.start"].with_user(self.owner))
            form.structure = structure
            form.team_id = self.team
            action = form.save().action_create()
            draft = self.env["sale.regulation"].browse(action["res_id"])
            self.assertEqual((draft.state, draft.structure), ("draft", structure))
            self.assertIn(self.new, draft.rule_ids.stage_ids)
            draft.with_user(self.owner).action_approve()
            self.assertEqual(draft.state, "in_force")

    def test_norms_from_the_own_past(self):
        """The proposed limit is what 65 of 100 past visits kept."""
        lead = self.new_lead()
        row = self.history(lead)
        self.env.cr.execute(
            "INSERT INTO crm_lead_interval (lead_id, company_id, visit_no, stage_id, stage_seq,"
            " entered_at, left_at, exit_kind, work_minutes, cohort_on, reached_before, origin)"
            " SELECT %s, %s, n, %s, 0, %s, %s, 'forward', n, now(), -1, 'import'"
            " FROM generate_series(0, 100) n",
            [row.lead_id.id, self.company.id, self.new.id, MONDAY, MONDAY],
        )
        start = self.env["sale.regulation.start"].new({"company_id": self.company.id})
        self.assertEqual(start._get_past_minutes(self.new), {self.new.id: 65})
