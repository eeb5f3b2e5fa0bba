from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import KpiCommon

TARGETS = ["revenue", "deals", "opportunities", "meetings", "calls", "leads"]


@tagged("post_install", "-at_install")
class TestPlan(KpiCommon):
    def past(self, won=10, lost=30, user=None):
        """Deals of the past year: a win of 2,000 for three that are lost, two calls each."""
        for number in range(won + lost):
            lead = self.past_lead(
                self.days_ago(100),
                self.days_ago(60 + number % 20),
                "won" if number < won else "lost",
                user=user,
                expected_revenue=2000,
            )
            for channel, count in (("call", 2), ("meeting", number % 2)):
                for _number in range(count):
                    self.log(
                        lead,
                        user=self.head,
                        channel=channel,
                        outcome="held" if channel == "meeting" else "answered",
                        user_id=lead.user_id.id,
                        started_at=self.days_ago(90),
                        no_next_reason="Later",
                    )
        for _number in range(40):
            self.past_lead(self.days_ago(80), type="lead", user=user)

    def plan(self, amount=20_000, **values):
        plan = (
            self.env["sale.plan"]
            .with_user(self.head)
            .create(
                {
                    "company_id": self.company.id,
                    "team_id": self.team.id,
                    "amount": amount,
                    "date_from": self.today.replace(day=1),
                    **values,
                }
            )
        )
        plan.action_measure()
        return plan

    def targets(self, plan):
        lines = {line.measure: line for line in plan._get_main_lines()}
        return [lines[measure].target for measure in TARGETS]

    def test_a_target_becomes_a_day(self):
        self.past()
        plan = self.plan()
        self.assertEqual(self.targets(plan), [20_000, 10, 40, 20, 80, 80])
        lines = {line.measure: line for line in plan.line_ids}
        self.assertEqual(
            [(lines[name].ratio, lines[name].sample) for name in TARGETS[1:]],
            [(2000, 10), (0.25, 40), (0.5, 40), (2, 40), (0.5, 80)],
        )
        self.assertIn("small sample: 10 cases", lines["deals"].note)
        self.assertEqual(lines["opportunities"].note, "40 cases (Team's)")
        days = plan.days_left
        self.assertEqual(lines["calls"].day_norm, -(-80 // days) if days else 0)
        plan.action_set()
        self.assertEqual(plan.state, "set")

    def test_what_is_done_promises_an_amount(self):
        """Two deals' worth of calls so far: red or not weeks before the amount is."""
        self.past()
        plan = self.plan()
        plan.invalidate_recordset()
        for line in plan.line_ids:
            per_unit = {
                "revenue": 1,
                "deals": 2000,
                "opportunities": 500,
                "meetings": 1000,
                "calls": 250,
                "leads": 250,
            }[line.measure]
            self.assertAlmostEqual(line.promised, line.expected * per_unit, 2, line.measure)

    def test_each_ratio_and_each_fact_opens_its_records(self):
        self.past()
        self.past_lead(self.days_ago(0, 0), self.days_ago(0, 0), "won")
        plan = self.plan()
        for line in plan.line_ids:
            action = line.action_open_records()
            records = self.env[action["res_model"]].search(action["domain"])
            fact = (
                sum(records.mapped("won_revenue")) if line.measure == "revenue" else len(records)
            )
            self.assertEqual(line.fact, fact, line.measure)
            if line.measure != "revenue":
                action = line.action_open_sample()
                found = self.env[action["res_model"]].search_count(action["domain"])
                self.assertEqual(found, line.sample, line.measure)

    def test_a_person_with_few_cases_is_measured_by_the_team(self):
        self.past()
        plan = self.plan(user_id=self.junior.id)
        lines = {line.measure: line for line in plan.line_ids}
        self.assertEqual(lines["opportunities"].sample_of, "team")
        self.assertEqual(lines["opportunities"].ratio, 0.25)
        own = {
            line.measure: line.sample_of for line in self.plan(user_id=self.manager.id).line_ids
        }
        self.assertEqual(own["opportunities"], "person")

    def test_a_typed_ratio_stays_and_is_told(self):
        self.past()
        plan = self.plan()
        with Form(plan) as form, form.line_ids.edit(2) as line:
            line.ratio = 0.5
        self.assertEqual(self.targets(plan), [20_000, 10, 20, 10, 40, 40])
        line = plan.line_ids.filtered(lambda one: one.measure == "opportunities")
        self.assertEqual((line.ratio_source, line.note), ("typed", "typed; measured 0.25"))
        plan.action_measure()
        self.assertEqual(line.ratio, 0.5)

    def test_nothing_is_known_yet(self):
        plan = self.plan()
        with self.refused("Type its ratio"):
            plan.action_set()
        for line in plan.line_ids:
            if line.measure != "revenue":
                line.ratio = 1
        plan.action_set()
        self.assertEqual(self.targets(plan), [20_000, 20_000, 20_000, 20_000, 20_000, 20_000])

    def test_a_revision_keeps_the_plan(self):
        self.past()
        plan = self.plan()
        plan.action_set()
        with self.refused("press Revise"):
            plan.amount = 1
        with self.refused("press Revise"):
            plan.line_ids[:1].ratio = 3
        with self.refused("press Revise"):
            plan.unlink()
        revision = plan.browse(plan.action_revise()["res_id"])
        revision.amount = 10_000
        revision.action_measure()
        with self.refused("why the plan is revised"):
            revision.action_set()
        self.assertTrue(plan.is_current)
        revision.reason = "Two people are ill."
        revision.action_set()
        self.assertEqual((plan.is_current, plan.amount, plan.state), (False, 20_000, "set"))
        self.assertEqual(self.targets(revision)[:2], [10_000, 5])

    def test_another_target_is_decomposed_at_once(self):
        """Whoever revises the amount alone gets its lines, those by source too."""
        self.past()
        for name in ("A fair", "A site"):
            source = self.env["utm.source"].create({"name": name})
            self.past_lead(self.days_ago(50), source_id=source.id)
        plan = self.plan(by_source=True)
        plan.action_set()
        revision = plan.browse(plan.action_revise()["res_id"])
        revision.write({"amount": 10_000, "reason": "Half the people"})
        revision.action_set()
        self.assertEqual(self.targets(revision)[:3], [10_000, 5, 20])
        leads = self.targets(revision)[-1]
        parts = revision.line_ids.filtered("source_id").mapped("target")
        self.assertEqual(parts, [leads / 2, leads / 2])

    def test_parts_go_over_to_the_revision(self):
        self.past()
        plan = self.plan(10_000)
        plan.action_set()
        plan.action_share_out()
        parts = plan.child_ids
        parts.action_set()
        part = parts[0].browse(parts[0].action_revise()["res_id"])
        part.write({"amount": parts[0].amount - 1000, "reason": "On leave"})
        self.assertEqual(plan.child_ids, parts, "a draft takes no place yet")
        part.action_set()
        plan.invalidate_recordset()
        self.assertEqual(plan.child_ids, parts[1:] | part)
        revision = plan.browse(plan.action_revise()["res_id"])
        revision.write({"amount": 12_000, "reason": "A large order"})
        revision.action_set()
        self.env.invalidate_all()
        self.assertEqual((revision.child_ids, plan.child_ids.ids), (parts[1:] | part, []))
        with self.refused("no part of it yet"):
            revision.action_share_out()

    def test_a_member_sees_what_the_team_has_reached(self):
        self.past()
        for user in (self.manager, self.colleague):
            self.past_lead(self.days_ago(0, 0), self.days_ago(0, 0), "won", user=user)
        plan = self.plan(2_000)
        plan.action_set()
        self.env.invalidate_all()
        seen = plan.with_user(self.manager)
        self.assertEqual((seen.fact, seen.reached_share), (2000, 100))
        self.assertEqual(seen.line_ids.filtered(lambda one: one.measure == "deals").fact, 2)

    def test_today_is_no_day_of_the_pace(self):
        self.past()
        plan = self.plan(date_from=self.today - timedelta(days=14), period="quarter")
        lead = self.new_lead()
        for day in (7, 0):
            for _number in range(5):
                self.log(
                    lead,
                    user=self.head,
                    channel="call",
                    user_id=self.manager.id,
                    started_at=self.days_ago(day, 0),
                    no_next_reason="Later",
                )
        self.env.invalidate_all()
        calls = plan.line_ids.filtered(lambda one: one.measure == "calls")
        whole = plan.days_done + plan.days_left
        self.assertEqual(calls.fact, 10)
        self.assertAlmostEqual(calls.expected, 5 * whole / plan.days_done, 1)

    def test_what_if_changes_nothing_until_it_is_taken_over(self):
        self.past()
        plan = self.plan()
        plan.action_set()
        whatif = self.env["sale.plan.whatif"].browse(plan.action_whatif()["res_id"])
        whatif.amount = 40_000
        rate = whatif.line_ids.filtered(lambda line: line.measure == "opportunities")
        rate.ratio = 0.5
        self.assertEqual(whatif.line_ids.mapped("after"), [40_000, 20, 40, 20, 80, 80])
        self.assertEqual(self.targets(plan), [20_000, 10, 40, 20, 80, 80])
        revision = plan.browse(whatif.action_take_over()["res_id"])
        self.assertEqual(revision.revision_of_id, plan)
        self.assertEqual(self.targets(revision), [40_000, 20, 40, 20, 80, 80])

    def test_it_is_shared_out(self):
        self.past()
        plan = self.plan(10_000)
        plan.action_share_out()
        self.assertEqual(plan.child_ids.user_id, self.manager | self.colleague | self.junior)
        self.assertEqual(sum(plan.child_ids.mapped("amount")), 10_000)
        with self.refused("no part of it yet"):
            plan.action_share_out()

    def test_by_source(self):
        self.past()
        fair, site = self.env["utm.source"].create([{"name": "A fair"}, {"name": "A site"}])
        for source, count in ((fair, 3), (site, 1)):
            for _number in range(count):
                self.past_lead(self.days_ago(50), source_id=source.id)
        plan = self.plan(by_source=True)
        shares = {line.source_id: line.target for line in plan.line_ids if line.source_id}
        leads = self.targets(plan)[-1]
        self.assertEqual(shares, {fair: leads * 3 / 4, site: leads / 4})

    def test_by_category(self):
        """The target by what was invoiced before, and its fact with what it opens."""
        self.env["account.chart.template"].try_loading(
            "generic_coa", self.company, install_demo=False
        )
        self.past()
        pumps, valves = self.env["product.category"].create(
            [{"name": "Pumps"}, {"name": "Valves"}]
        )
        for category, amount, day in (
            (pumps, 3000, self.days_ago(60)),
            (valves, 1000, self.days_ago(60)),
            (pumps, 700, self.days_ago(0)),
        ):
            product = self.env["product.product"].create(
                {"name": category.name, "categ_id": category.id}
            )
            self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_user_id": self.manager.id,
                    "team_id": self.team.id,
                    "invoice_date": day.date(),
                    "date": day.date(),
                    "invoice_line_ids": [
                        Command.create(
                            {"product_id": product.id, "price_unit": amount, "tax_ids": []}
                        )
                    ],
                }
            ).action_post()
        plan = self.plan(by_category=True)
        lines = {line.category_id: line for line in plan.line_ids if line.category_id}
        self.assertEqual(
            {one: line.target for one, line in lines.items()}, {pumps: 15_000, valves: 5_000}
        )
        self.assertEqual((lines[pumps].fact, lines[valves].fact), (700, 0))
        with self.assertRaises(AccessError):
            lines[pumps].action_open_records()
        action = lines[pumps].sudo().action_open_records()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(rows.mapped("price_subtotal")), 700)

    def test_pace_turns_red_before_the_month_does(self):
        self.past()
        start = self.today.replace(day=1) - timedelta(days=1)
        plan = self.plan(date_from=start.replace(day=1))
        self.assertEqual(plan.days_left, 0)
        self.assertTrue(plan.line_ids.filtered(lambda one: one.measure == "calls").is_behind)
        plan.action_set()
        plan.action_close()
        self.assertEqual(plan.state, "closed")
        running = self.plan(date_from=date(self.today.year + 1, 1, 1))
        running.action_set()
        with self.refused("runs until"):
            running.action_close()

    def test_a_member_sees_his_own_and_common_plans(self):
        self.past()
        team, own = self.plan(), self.plan(user_id=self.manager.id)
        others = self.plan(user_id=self.colleague.id)
        seen = self.env["sale.plan"].with_user(self.manager).search([])
        self.assertEqual(seen & (team | own | others), team | own)
        self.assertTrue(team.with_user(self.manager).line_ids.mapped("fact"))

    def test_the_target_is_above_zero(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.env["sale.plan"].create({"amount": 0, "company_id": self.company.id})
            self.env.flush_all()

    def test_a_plan_of_another_companys_team_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["crm.team"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaises(UserError):
            self.env["sale.plan"].create(
                {"amount": 5, "company_id": self.company.id, "team_id": team.id}
            )

    def test_shares_of_the_members_are_not_made_twice(self):
        self.past()
        plan = self.plan(9_000)
        self.team.crm_team_member_ids = [
            Command.create({"user_id": self.head.id, "role_id": self.roles["senior"].id})
        ]
        plan.action_share_out()
        self.assertEqual(len(plan.child_ids), 4)
