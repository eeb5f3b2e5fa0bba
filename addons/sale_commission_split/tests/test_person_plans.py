"""The numbered cases of plans by agreement: parts, wholes, steps, quotas and windows."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FEBRUARY, JANUARY, MARCH, CommissionCommon

YEAR = date(2026, 1, 1)


class PersonPlanCommon(CommissionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.sudo().date_from = date(2030, 1, 1)  # no pots here
        cls.team = cls.env["crm.team"].create({"name": "Pod", "company_id": cls.company.id})

    def person_plan(self, name="Personal", percent=5, steps=(), rates=None, **values):
        """Put a personal plan in force with one component."""
        plan = self.env["commission.split.plan"].create(
            {
                "name": name,
                "kind": "person",
                "date_from": YEAR,
                "component_ids": [
                    Command.create(
                        {
                            "name": name,
                            "event": "invoiced",
                            "credit": "whole",
                            "rate_ids": [
                                Command.create(rate)
                                for rate in (
                                    rates
                                    or ([{"percent": percent}] if percent is not None else [])
                                )
                            ],
                            "step_ids": [
                                Command.create({"from_value": start, "value": value})
                                for start, value in steps
                            ],
                            **values,
                        }
                    )
                ],
            }
        )
        plan.action_approve()
        return plan

    def executive_plan(self):
        """Target by quota is the rate; more than the quota is multiplied."""
        return self.person_plan(
            "AE",
            None,
            steps=((0, 100), (100, 150), (120, 200)),
            pays="quota",
            window_kind="quarter",
            step_values="multipliers",
            step_unit="quota",
        )

    def agree(self, plan, person=0, **values):
        """Put an agreement of a seller in force."""
        agreement = self.env["commission.split.agreement"].create(
            {
                "person_id": self.persons[person].id,
                "plan_id": plan.id,
                "date_from": YEAR,
                **values,
            }
        )
        agreement.action_activate()
        return agreement

    def quota(self, agreement, amount, day=YEAR, **values):
        return self.env["commission.split.quota"].create(
            {
                "agreement_id": agreement.id,
                "component_id": agreement.plan_id.component_ids.id,
                "window_date": day,
                "amount": amount,
                **values,
            }
        )

    def kinds(self, person=0, field="earned"):
        """What documents and what windows have earned."""
        self.run_engine()
        entries = self.entries().filtered(lambda one: one.person_id == self.persons[person])
        return [
            round(sum(entries.filtered(lambda one, k=kind: one.kind == k).mapped(field)), 2)
            for kind in ("doc", "scope")
        ]


@tagged("post_install", "-at_install")
class TestPersonPlans(PersonPlanCommon):
    def test_11_12_parts_of_the_basis(self):
        """60/40 of 100,000 at 5 and 3 %; without a plan of the second: nothing, and no more."""
        first, second = self.person_plan("Five", 5, credit="basis"), None
        self.agree(first, 0)
        move = self.new_invoice(100000)
        self.share(self.deal_of(move), 60, 40)
        self.assertEqual(self.sums()[:2], [3000, 0])
        second = self.person_plan("Three", 3, credit="basis")
        self.agree(second, 1)
        self.assertEqual(self.sums()[:2], [3000, 1200])
        self.assertEqual(self.sums("basis")[:2], [60000, 40000])

    def test_13_the_whole_for_each(self):
        for person, percent in enumerate((1, 4, 1)):
            self.agree(self.person_plan(f"Plan {person}", percent), person)
        move = self.new_invoice(100000)
        self.share(self.deal_of(move), 1, 1, 1)
        self.assertEqual(self.sums(), [1000, 4000, 1000])

    def test_14_a_pod_reaches_its_goal_together(self):
        plan = self.person_plan(
            "Pod",
            1.5,
            steps=((0, 100), (100, 120)),
            who="team",
            window_kind="quarter",
            step_mode="whole",
            step_values="multipliers",
            step_unit="quota",
        )
        for person in range(3):
            self.agree(plan, person, team_id=self.team.id)
        self.env["commission.split.quota"].create(
            {
                "team_id": self.team.id,
                "component_id": plan.component_ids.id,
                "window_date": YEAR,
                "amount": 100000,
            }
        )
        move = self.new_invoice(100000, post=False)
        move.team_id = self.team
        move.action_post()
        for person in range(3):
            self.assertEqual(self.kinds(person), [1500, 300])

    def step_plan(self, mode="marginal", **values):
        return self.person_plan(
            "Steps",
            5,
            steps=((0, 5), (100000, 8)),
            step_mode=mode,
            **{"window_kind": "quarter", **values},
        )

    def test_44_steps_in_either_order(self):
        self.agree(self.step_plan())
        self.new_invoice(60000)
        self.new_invoice(60000, day=FEBRUARY)
        self.assertEqual(self.kinds(), [6000, 600])

    def test_45_whole_period(self):
        self.agree(self.step_plan("whole"))
        self.new_invoice(60000)
        self.run_engine()
        self.new_invoice(60000, day=FEBRUARY)
        self.assertEqual(self.kinds(), [6000, 3600])

    def test_46_exactly_at_the_step(self):
        self.agree(self.step_plan())
        self.agree(self.step_plan("whole"), 1)
        self.new_invoice(100000)
        self.new_invoice(100000, seller=1)
        self.assertEqual((sum(self.kinds(0)), sum(self.kinds(1))), (5000, 8000))

    def test_47_refunds_in_the_window_and_after_it(self):
        self.agree(self.step_plan())
        self.new_invoice(60000)
        move = self.new_invoice(60000, day=FEBRUARY)
        self.run_engine()
        self.refund(move, day=MARCH)
        self.assertEqual(self.kinds(), [3000, 0])

    def test_47b_in_the_next_quarter(self):
        self.agree(self.step_plan())
        self.new_invoice(60000)
        move = self.new_invoice(60000, day=FEBRUARY)
        self.run_engine()
        later = date(2026, 4, 10)
        self.refund(move, day=later)
        self.new_invoice(100000, day=later)
        self.assertEqual(self.kinds(), [3000 + 5000, 300], "the next quarter is untouched")

    def test_48_account_executive(self):
        """Target by quota is the rate: x1 to 100 %, x1.5 to 120 %, x2 beyond."""
        plan = self.executive_plan()
        self.quota(self.agree(plan, target_year=1200000), 6000000)
        self.new_invoice(8000000)
        self.assertEqual(sum(self.kinds()), 300000 + 90000 + 80000)

    def test_49_leads_of_an_sdr(self):
        """25 of 20 pay 15,000 of 12,000; 40 are capped at 18,000."""
        plan = self.person_plan("SDR", None, pays="attainment", window_kind="month", cap=18000)
        for person in (0, 1):
            self.quota(self.agree(plan, person, target_year=144000), 20)
        self.new_invoice(25)
        self.new_invoice(40, seller=1)
        self.assertEqual((sum(self.kinds(0)), sum(self.kinds(1))), (15000, 18000))

    def test_50_renewals_of_a_csr(self):
        plan = self.person_plan(
            "CSR",
            None,
            steps=((0, 0), (70, 50), (100, 100), (115, 150)),
            pays="attainment",
            window_kind="year",
            step_mode="interpolated",
        )
        self.quota(self.agree(plan, target_year=150000), 8500000)
        self.new_invoice(7000000)
        self.assertEqual(sum(self.kinds()), 105882.35)

    def test_51_threshold(self):
        plan = self.person_plan("Half", 5, window_kind="quarter", threshold=50)
        self.quota(self.agree(plan), 100000)
        self.new_invoice(40000)
        self.assertEqual(self.kinds(), [2000, -2000])
        self.new_invoice(10000)
        self.assertEqual(self.kinds(), [2500, 0])

    def test_52_size_of_the_deal(self):
        self.agree(self.step_plan("whole", window_kind="deal"))
        order = self.new_order(60000, 60000)
        order.order_line[0].qty_delivered = 1
        first = order._create_invoices()
        first.write({"invoice_date": JANUARY, "date": JANUARY})
        self.cut_to(first, order.order_line[0])
        first.action_post()
        self.assertEqual(self.kinds(), [3000, 0])
        second = self.invoice_orders(order, day=FEBRUARY)
        self.assertEqual(self.kinds(), [6000, 3600])
        self.refund(second, 30000, day=MARCH)
        self.assertEqual(sum(self.kinds()), 9600 - 2400)

    def cut_to(self, move, order_line):
        """Leave on a draft what one order line is invoiced for."""
        keep = move.invoice_line_ids.filtered(lambda line: line.sale_line_ids == order_line)
        (move.invoice_line_ids - keep).unlink()

    def test_53_quotas_made_to_measure(self):
        plan = self.person_plan("Quota", None, pays="quota", window_kind="quarter")
        agreement = self.agree(plan)
        quota = self.quota(agreement, 6000000, ramp=50, active_days=46, total_days=92)
        self.assertEqual(quota.effective, 1500000)
        driver = {"planned": 200, "elastic_min": 0.6, "elastic_max": 1.2}
        for number, (actual, effective) in enumerate(((140, 4200000), (100, 3600000)), start=1):
            day = date(2026, 1 + 3 * number, 1)
            quota = self.quota(agreement, 6000000, day=day, actual=actual, **driver)
            self.assertEqual(quota.effective, effective)
        with self.assertRaisesRegex(ValidationError, "begins on"):
            self.quota(agreement, 1, day=date(2026, 2, 1))

    def test_55_attainment_of_the_window_it_is_booked_in(self):
        self.agree(self.step_plan(window_kind="month"))
        self.new_invoice(100000, day=MARCH)
        self.close(JANUARY, FEBRUARY)
        self.new_invoice(20000, day=JANUARY)
        self.assertEqual(self.kinds(), [6000, 600])
        last = self.entries()[-1]
        self.assertEqual((last.window_date, last.period_id.date_from), (date(2026, 3, 1),) * 2)

    def test_57_a_version_for_closed_months(self):
        """The version of the day holds; the retroactive wizard is in test_control."""
        plan = self.person_plan("Later", 5)
        self.agree(plan)
        self.new_invoice(100000)
        draft = self.env["commission.split.plan"].browse(plan.action_new_version()["res_id"])
        draft.component_ids.rate_ids.percent = 6
        draft.date_from = MARCH.replace(day=1)
        draft.action_approve()
        self.new_invoice(100000, day=MARCH)
        self.assertEqual(self.kinds(), [5000 + 6000, 0])

    def test_64_after_leaving(self):
        plan = self.person_plan("Paid", 5, event="paid")
        self.agree(plan, date_to=date(2026, 5, 31), after_leaving="days", after_days=60)
        first, second = (self.new_invoice(1000, day=date(2026, 5, 10)) for _number in "ab")
        self.pay(first, day=date(2026, 7, 1))
        self.pay(second, day=date(2026, 9, 1))
        self.assertEqual((self.sums()[0], self.sums("payable")[0]), (100, 50))

    def test_64_who_gets_another_agreement_has_not_left(self):
        plan = self.person_plan("Paid", 5, event="paid")
        self.agree(plan, date_to=date(2026, 3, 31), after_leaving="forfeit")
        self.agree(plan, date_from=date(2026, 4, 1), after_leaving="forfeit")
        move = self.new_invoice(1000, day=date(2026, 5, 10))
        self.pay(move, day=date(2026, 6, 15))
        self.assertEqual((self.sums()[0], self.sums("payable")[0]), (50, 50))

    def test_a_quota_that_comes_after_the_documents(self):
        """It pays at once; lowered, it pays more; Control names each window that lacks one."""
        plan = self.person_plan("SDR", None, pays="attainment", window_kind="month")
        agreement = self.agree(plan, target_year=144000, date_from=date(2026, 1, 10))
        self.new_invoice(20)
        self.new_invoice(20, day=FEBRUARY)
        self.assertEqual(self.kinds(), [0, 0])
        for month in (1, 2):
            self.env.invalidate_all()
            missing = self.env["commission.split.problem"].search(
                [("kind", "=", "quota"), ("company_id", "=", self.company.id)]
            )
            self.assertEqual(missing.day, date(2026, month, 1))
            quota = self.quota(agreement, 20, day=missing.day)
            self.assertEqual(self.kinds(), [0, 12000 * month])
        quota.with_user(self.env.user).write({"amount": 10, "reason": "A short month"})
        self.assertEqual(self.kinds(), [0, 36000])

    def test_73_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        plan = self.person_plan("Pieces", rates=[{"amount": 1.5}], pays="unit", basis="quantity")
        self.agree(plan)
        self.new_invoice({"quantity": 2, "product_uom_id": dozen.id, "price_unit": 120})
        self.assertEqual(self.sums()[0], 36)

    def test_74_margin_below_zero(self):
        self.plan.sudo().date_from = YEAR
        self.plan.sudo().component_ids.write({"basis": "margin", "event": "invoiced"})
        self.plan.sudo().component_ids.rate_ids.percent = 10
        self.goods.standard_price = 150
        move = self.new_invoice(100)
        self.share(self.deal_of(move), 1, 1)
        self.assertEqual(self.sums()[:2], [-2.5, -2.5])
        self.goods.standard_price = 10
        self.env["commission.split.todo"]._run_all(self.company)
        self.assertEqual(self.sums()[:2], [-2.5, -2.5], "the cost is pinned")

    def test_75_line_of_business(self):
        other = self.env["product.product"].create({"name": "Service"})
        self.agree(
            self.person_plan(
                "Business",
                rates=[
                    {"percent": 10, "business": "new"},
                    {"percent": 5, "business": "upsell"},
                    {"percent": 1, "business": "renewal"},
                ],
            )
        )
        order = self.new_order(100, 100)
        self.put_deal(order, JANUARY)
        order.order_line[0].qty_delivered = 1
        first = order._create_invoices()
        self.cut_to(first, order.order_line[0])
        first.write({"invoice_date": JANUARY, "date": JANUARY})
        first.action_post()
        self.run_engine()
        second = self.invoice_orders(order, day=FEBRUARY)
        self.run_engine()
        again = self.new_order(100)
        again.order_line = [
            Command.create({"product_id": other.id, "price_unit": 100, "tax_ids": False})
        ]
        self.put_deal(again, MARCH)
        third = self.invoice_orders(again, day=MARCH)
        found = [self.sums(moves=move)[0] for move in (first, second, third)]
        self.assertEqual(found, [10, 10, 1 + 5])
        credits = self.env["commission.split.credit"].search([("source_id", "=", third.id)])
        self.assertEqual(set(credits.mapped("business")), {"renewal", "upsell"})

    def put_deal(self, order, day):
        """Put the day of a deal back, which is read at its confirmation."""
        deal = self.env["commission.split.deal"].search([("order_id", "=", order.id)])
        deal.sudo().date = day

    def test_account_list(self):
        plan = self.person_plan("List", 2, who="customers")
        agreement = self.agree(plan, 2, customer_ids=[Command.set(self.customer.ids)])
        self.new_invoice(100)
        self.assertEqual(self.sums(), [0, 0, 2])
        other = self.agree(plan, 1, customer_ids=[Command.set(self.customer.ids)])
        self.assertEqual((agreement | other).overlap_ids, self.customer)

    def test_orders_as_a_basis(self):
        self.agree(self.person_plan("Orders", 3, event="ordered"))
        order = self.new_order(1000)
        self.put_deal(order, JANUARY)
        self.assertEqual((self.sums()[0], self.sums("payable")[0]), (30, 30))
        self.invoice_orders(order)
        self.assertEqual(self.sums()[0], 30, "the invoice pays nothing more")
        order._action_cancel()
        self.assertEqual(self.sums()[0], 0)

    def test_what_cannot_hold(self):
        for words, values in (
            ("quota needs a window", {"pays": "quota", "percent": None}),
            ("choose the window", {"threshold": 5}),
            ("first step begins at 0", {"steps": ((10, 5),), "window_kind": "month"}),
            ("give it a rate", {"percent": None}),
            ("amounts as steps", {"pays": "amounts", "window_kind": "month"}),
            ("pots belong to", {"credit": "pot"}),
            ("counts quantities", {"pays": "unit", "rates": [{"amount": 1}]}),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self.person_plan(f"Wrong {words}", **values)

    def test_an_agreement_in_force_is_not_changed(self):
        agreement = self.agree(self.person_plan())
        with self.assertRaisesRegex(UserError, "is in force"):
            agreement.rate_factor = 2
        with (
            self.assertRaisesRegex(ValidationError, "has an agreement on this plan"),
            self.cr.savepoint(),
        ):
            self.agree(agreement.plan_id)
        self.new_invoice(100)
        self.assertEqual(self.sums()[0], 5)
        agreement.action_cancel()
        self.assertEqual(self.sums()[0], 0)

    def test_amounts_by_steps(self):
        """A norm of twenty closings: a penalty below ten, a bonus from twenty on."""
        plan = self.person_plan(
            "Norm",
            None,
            steps=((0, -500), (10, 0), (20, 1000)),
            pays="amounts",
            window_kind="month",
            basis="quantity",
        )
        self.agree(plan)
        self.new_invoice({"quantity": 5, "price_unit": 1})
        self.assertEqual(sum(self.kinds()), -500)
        self.new_invoice({"quantity": 15, "price_unit": 1})
        self.assertEqual(sum(self.kinds()), 1000)

    def test_another_quota_has_a_reason(self):
        plan = self.person_plan("AE", None, pays="quota", window_kind="quarter")
        quota = self.quota(self.agree(plan, target_year=12000), 100000)
        self.new_invoice(1000)
        self.assertEqual(self.sums()[0], 30)
        with self.assertRaisesRegex(UserError, "Say why"):
            quota.amount = 50000
        quota.write({"amount": 50000, "reason": "Half of the region went to a colleague."})
        self.assertEqual(self.sums()[0], 60)
        former = self.env["commission.split.quota"].search(
            [("agreement_id", "=", quota.agreement_id.id), ("is_current", "=", False)]
        )
        self.assertEqual(former.amount, 100000)
        self.close(JANUARY, FEBRUARY, MARCH)
        with self.assertRaisesRegex(UserError, "is closed"):
            quota.write({"amount": 1, "reason": "Too late."})
