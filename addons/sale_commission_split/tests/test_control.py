"""Control, simulation, retroactive change, this offer, quotas from the past, opening balances."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FEBRUARY, JANUARY, MARCH
from .test_person_plans import YEAR, PersonPlanCommon


@tagged("post_install", "-at_install")
class TestControl(PersonPlanCommon):
    def new_version(self, plan, percent, day):
        draft = self.env["commission.split.plan"].browse(plan.action_new_version()["res_id"])
        draft.component_ids.rate_ids.percent = percent
        draft.date_from = day
        return draft

    def simulate(self, plan, **values):
        wizard = self.env["commission.split.simulation"].create(
            {"plan_id": plan.id, "date_from": YEAR, **values}
        )
        wizard.action_simulate()
        return wizard

    def test_57_retroactive(self):
        """5 to 6 % on closed 100,000: previewed, then +1,000 in the open period."""
        plan = self.person_plan("Own", 5)
        self.agree(plan)
        self.new_invoice(100000, day=JANUARY.replace(day=20))
        self.close(JANUARY)
        draft = self.new_version(plan, 6, date(2026, 1, 2))
        before = len(self.entries())
        wizard = self.simulate(draft)
        self.assertEqual((wizard.now, wizard.then, wizard.revenue), (5000, 6000, 100000))
        self.assertEqual(
            [(one.person_id, one.difference) for one in wizard.line_ids],
            [(self.persons[0], 1000)],
        )
        self.assertEqual((len(self.entries()), draft.state), (before, "draft"), "taken back")
        with self.assertRaisesRegex(UserError, "approve it first"):
            wizard.action_apply()
        draft.action_approve()
        self.run_engine()
        self.assertEqual(self.sums()[0], 5000, "what was credited stays, unless it is wanted")
        wizard = self.simulate(draft)
        wizard.action_apply()
        self.assertEqual(self.sums()[0], 6000)
        anew = self.entries().filtered(lambda one: one.cause == "replay")
        self.assertEqual(sum(anew.mapped("earned")), 1000)
        self.assertEqual(set(anew.period_id.mapped("date_from")), {date(2026, 2, 1)})
        self.assertEqual(self.simulate(draft).then, 6000)

    def test_nothing_is_posted_unseen(self):
        wizard = self.env["commission.split.simulation"].create(
            {"plan_id": self.person_plan("Own", 5).id, "date_from": YEAR}
        )
        with self.assertRaisesRegex(UserError, "Simulate first"):
            wizard.action_apply()

    def preview(self, order, user=None, **values):
        records = self.env["commission.split.preview"].with_user(user or self.sellers[0])
        wizard = records.create({"order_id": order.id, **values})
        return wizard, wizard.line_ids.mapped("earned")

    def test_this_offer(self):
        """It tells what the engine would enter, with the next step, and leaves nothing."""
        plan = self.person_plan("Steps", 5, steps=((0, 5), (100000, 8)), window_kind="quarter")
        self.company.commission_split_start = date(2020, 1, 1)
        self.agree(plan)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.sellers[0].id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "price_unit": 120000,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        counts = [self.count(name) for name in ("deal", "credit", "entry")]
        _wizard, earned = self.preview(order)
        self.assertEqual(earned, [6000, 600])
        wizard, earned = self.preview(order, discount=50)
        self.assertEqual((earned, wizard.earned), ([3000], 3000))
        self.assertEqual([self.count(name) for name in ("deal", "credit", "entry")], counts)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.price_subtotal, 120000)
        order.user_id = self.sellers[1]
        wizard, earned = self.preview(order, self.sellers[1])
        self.assertFalse(earned)
        self.assertIn("no part", wizard.reason)

    def count(self, name):
        return self.env[f"commission.split.{name}"].sudo().search_count([])

    def test_standing(self):
        plan = self.person_plan("Steps", 5, steps=((0, 5), (100000, 8)), window_kind="quarter")
        self.quota(self.agree(plan), 200000)
        self.new_invoice(60000)
        self.run_engine()
        self.env.flush_all()
        standing = self.env["commission.split.position"].with_user(self.sellers[0]).search([])
        self.assertEqual((standing.earned, standing.attainment), (3000, 30))
        self.assertIn("40,000", standing.next_step)
        self.assertIn("8 %", standing.next_step)
        action = standing.action_open_entries()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(found.mapped("earned")), 3000)
        self.assertFalse(
            self.env["commission.split.position"].with_user(self.sellers[1]).search([])
        )

    def test_cost_beside_revenue(self):
        """What is paid, by version and month, and the revenue of its documents once."""
        self.plan.sudo().date_from = YEAR
        self.plan.component_ids.sudo().event = "invoiced"
        dollar = self.foreign({"2025-01-01": 0.5})
        self.new_invoice(1000)
        move = self.new_invoice(100, day=FEBRUARY, currency_id=dollar.id)
        self.share(self.deal_of(move), 1, 1, 1)
        draft = self.new_version(self.plan, 10, date(2026, 3, 1))
        draft.action_approve()
        draft.component_ids.sudo().event = "invoiced"
        draft.sudo().pay_currency = "document"
        self.new_invoice(100, day=MARCH, currency_id=dollar.id)
        self.run_engine()
        self.env.flush_all()
        report = self.env["commission.split.report"]
        rows = report._read_group(
            [("company_id", "=", self.company.id)],
            ["plan_id", "origin:month"],
            ["revenue:sum", "earned:sum", "rate:avg"],
        )
        self.assertEqual(
            rows,
            [
                (self.plan, date(2026, 1, 1), 1000, 50, 5),
                (self.plan, date(2026, 2, 1), 200, 10, 5),
                (draft, date(2026, 3, 1), 200, 20, 10),
            ],
        )

    def test_pay_curve_is_the_engine(self):
        """The picture of a plan shows what the engine enters: cases 44, 45 and 48."""
        steps = ((0, 5), (100000, 8))
        curves = {}
        for mode in ("marginal", "whole"):
            plan = self.person_plan("Steps", 5, steps=steps, step_mode=mode, window_kind="quarter")
            curves[mode] = dict(plan.component_ids._get_curve(100))
            self.assertIn("150,000", plan.component_ids.curve)
        self.assertEqual(curves["marginal"], {50000: 2500, 100000: 5000, 150000: 9000})
        self.assertEqual(curves["whole"], {50000: 2500, 100000: 8000, 150000: 12000})
        plan = self.executive_plan()
        curve = dict(plan.component_ids._get_curve(100))
        self.assertEqual((curve[80], curve[100], curve[120], curve[150]), (80, 100, 130, 190))
        self.agree(plan, target_year=4000)
        self.assertEqual(plan.component_ids._get_example_target(), 1000)
        self.assertEqual(
            dict(plan.component_ids._get_curve(1000))[120], 1300, "a quarter of 4,000"
        )
        half = self.person_plan("Half", 5, window_kind="month", threshold=50)
        self.assertEqual(dict(half.component_ids._get_curve(100))[40], 0)
        self.assertTrue(half.component_ids.curve)
        self.assertFalse(self.plan.component_ids.curve, "a straight line needs no picture")

    def test_below_half_of_the_quota_three_times(self):
        plan = self.person_plan("Own", 5, window_kind="month", threshold=1)
        for person in (0, 1):
            agreement = self.agree(plan, person)
            for month in (1, 2, 3):
                self.quota(agreement, 1000, day=date(2026, month, 1))
        self.new_invoice(499)
        self.new_invoice(500, seller=1, day=FEBRUARY)
        self.run_engine()
        self.assertEqual(self.problems("below").partner_id, self.persons[0])

    def problems(self, kind):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["commission.split.problem"].search(
            [("kind", "=", kind), ("company_id", "in", (False, self.company.id))]
        )

    def test_40_43_what_pays_nobody_is_listed(self):
        self.plan.sudo().date_from = YEAR
        self.plan.sudo().clawback_days = 180
        nobody = self.new_invoice(100, post=False)
        nobody.invoice_user_id = False
        nobody.action_post()
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": JANUARY,
                "date": JANUARY,
                "invoice_line_ids": [Command.create({"name": "Rebate", "price_unit": 10})],
            }
        )
        note.action_post()
        late = self.new_invoice(200)
        refund = self.refund(late, day=date(2026, 7, 15))  # day 181
        self.run_engine()
        self.assertEqual(self.sums(moves=refund)[0], 0)
        for kind, move in (("nobody", nobody), ("no_origin", note), ("clawback", refund)):
            found = self.problems(kind)
            self.assertEqual(found.res_id, move.id, kind)
            action = found.action_open()
            self.assertEqual((action["res_model"], action["res_id"]), ("account.move", move.id))
        self.plan.sudo().date_from = date(2030, 1, 1)
        without = self.new_invoice(50)
        self.run_engine()
        self.assertEqual(self.problems("no_plan").res_id, without.id)

    def test_who_has_not_signed_and_what_lacks_a_quota(self):
        plan = self.person_plan("AE", None, pays="quota", window_kind="quarter")
        agreement = self.agree(plan, target_year=12000)
        self.new_invoice(100)
        self.run_engine()
        self.assertEqual(self.problems("unsigned").res_id, agreement.id)
        self.assertEqual(self.problems("quota").res_id, agreement.id)
        agreement.with_user(self.sellers[0]).action_sign()
        self.quota(agreement, 1000)
        self.assertFalse(self.problems("unsigned") | self.problems("quota"))

    def test_54_quotas_that_sixty_five_percent_reach(self):
        plan = self.person_plan("AE", 5, window_kind="month", threshold=1)
        for number, amount in enumerate(range(40, 131, 10)):
            self.new_invoice(amount, seller=number % 3, day=date(2026, 1 + number // 3, 5))
        for person in range(3):
            self.agree(plan, person)
        self.run_engine()
        wizard = self.env["commission.split.quota.propose"].create(
            {"component_id": plan.component_ids.id, "window_date": date(2026, 5, 1), "windows": 4}
        )
        self.assertEqual((wizard.sample, round(wizard.amount, 2)), (10, 71.5))
        self.assertEqual(round(wizard.reached), 60)
        made = self.env["commission.split.quota"].search(wizard.action_create()["domain"])
        self.assertEqual(len(made), 3)

    def test_templates(self):
        for template, _label in self.env["commission.split.start"]._fields["template"].selection:
            with self.subTest(template=template):
                wizard = self.env["commission.split.start"].create({"template": template})
                plan = self.env["commission.split.plan"].browse(wizard.action_create()["res_id"])
                plan.action_approve()
                self.assertEqual(plan.state, "approved")

    def test_opening_balances(self):
        opening = self.env["commission.split.opening"].create(
            {"person_id": self.persons[0].id, "amount": 250, "date": FEBRUARY, "note": "2025"}
        )
        clerk = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "commission_opening",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [
                    Command.link(
                        self.env.ref(
                            "sale_commission_split.commission_split_group_administrator"
                        ).id
                    )
                ],
            }
        )
        own = opening.copy({"amount": 1}).with_user(clerk).copy({"amount": 2})
        with self.assertRaisesRegex(UserError, "somebody else enters it"):
            own.action_enter()
        opening.with_user(clerk).action_enter()
        self.assertEqual(self.sums("payable")[0], 250)
        with self.assertRaisesRegex(UserError, "not changed any more"):
            opening.with_user(clerk).amount = 1

    def test_trace_of_a_window(self):
        self.agree(
            self.person_plan("Steps", 5, steps=((0, 5), (100000, 8)), window_kind="quarter")
        )
        self.new_invoice(120000)
        self.run_engine()
        scope = self.entries().filtered(lambda one: one.kind == "scope")
        trace = str(scope.with_user(self.sellers[0]).trace)
        for text in ("What the Window Adds", "120,000", "8 %", "Each Slice"):
            self.assertIn(text, trace)
