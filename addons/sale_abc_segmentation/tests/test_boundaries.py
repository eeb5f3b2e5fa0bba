"""The cases in which systems of classes go wrong."""

from datetime import date

from odoo.tests import tagged

from .common import AbcCommon

MONTHS = [date(2025, month, 10) for month in range(1, 13)]


@tagged("post_install", "-at_install")
class TestBoundaries(AbcCommon):
    def _sell_all(self, **amounts):
        """Customers by name with one sale each, in two months so that none is one-off."""
        return {
            name: self._sell_twice(self._new_partner(name), amount)
            for name, amount in amounts.items()
        }

    def _sell_twice(self, partner, amount, days=(MONTHS[3], MONTHS[10])):
        for day in days:
            self._sell(partner, day, amount / len(days))
        return partner

    def _abc(self, run):
        return {result.partner_id.name: result.abc_class for result in run.result_ids}

    # === VOLUME === #

    def test_one_customer_is_a(self):
        self._sell_all(only=100)
        self.assertEqual(self._abc(self._run()), {"only": "A"})

    def test_all_equal_are_a(self):
        self._sell_all(a=50, b=50, c=50)
        run = self._run()
        self.assertEqual(self._abc(run), {"a": "A", "b": "A", "c": "A"})
        self.assertEqual(set(run.result_ids.mapped("rank")), {1})

    def test_a_giant_is_a(self):
        self._sell_all(giant=910, **{f"small{n}": 10 for n in range(9)})
        classes = self._abc(self._run())
        self.assertEqual(classes.pop("giant"), "A")
        # 91 % are taken: the others together cross the limit of B and share a class
        self.assertEqual(set(classes.values()), {"B"})

    def test_those_who_cross_a_limit_together_share_the_higher_class(self):
        # 70 | 80 85 90 | …: both customers of 10 stand at 70 % before themselves
        self._sell_all(first=70, second=10, third=10, fourth=6, fifth=4)
        self.assertEqual(
            self._abc(self._run()),
            {"first": "A", "second": "A", "third": "A", "fourth": "B", "fifth": "C"},
        )

    def test_the_limit_itself_is_passed(self):
        self._sell_all(first=80, second=15, third=5)
        self.assertEqual(self._abc(self._run()), {"first": "A", "second": "B", "third": "C"})

    def test_only_credit_notes(self):
        self._sell_all(good=100)
        self._sell(self._new_partner("back"), MONTHS[5], -40)
        run = self._run()
        self.assertEqual(self._classes(run)["back"], ("C", False, "refunds"))
        result = run.result_ids.filtered("is_negative")
        self.assertEqual((result.value, result.share), (-40, 0))
        self.assertEqual(run.total_value, 100, "who brings less than nothing takes nothing off")

    def test_negative_and_zero_totals_are_marked(self):
        self._sell_all(good=100)
        minus, nothing = self._sell_all(minus=20, nothing=30).values()
        self._sell(minus, MONTHS[11], -50)
        self._sell(nothing, MONTHS[11], -30)
        run = self._run()
        marked = run.result_ids.filtered("is_negative")
        self.assertEqual(
            {result.partner_id.name: (result.value, result.abc_class) for result in marked},
            {"minus": (-30, "C"), "nothing": (0, "C")},
        )
        self.assertEqual(set(marked.mapped("rank")), {2})
        self.assertEqual(run.total_value, 100)

    def test_nobody_bought(self):
        run = self._run()
        self.assertRecordValues(run, [{"state": "done", "subject_count": 0, "total_value": 0}])
        self.assertFalse(run.pareto)

    # === REGULARITY === #

    def test_statuses(self):
        steady, fresh, once, lost, gone = (
            self._new_partner(name) for name in ("steady", "fresh", "once", "lost", "gone")
        )
        for day in MONTHS:
            self._sell(steady, day, 100)
        self._sell_twice(fresh, 100, (MONTHS[10], MONTHS[11]))
        self._sell(once, MONTHS[6], 100)
        self._sell_twice(lost, 100, (MONTHS[1], MONTHS[5]))
        self._sell_twice(gone, 100, (date(2023, 5, 3), date(2024, 2, 1)))
        self.assertEqual(
            self._classes(self._run()),
            {
                "steady": ("A", "X", "regular"),
                "fresh": ("B", False, "new"),
                "once": ("B", False, "one_off"),
                "lost": ("B", False, "lost"),
                "gone": ("C", False, "lost"),
            },
        )

    def test_the_last_period_before_it_is_lost(self):
        kept, lost = self._new_partner("kept"), self._new_partner("lost")
        self._sell_twice(kept, 100, (MONTHS[0], MONTHS[6]))
        self._sell_twice(lost, 100, (MONTHS[0], MONTHS[5]))
        classes = self._classes(self._run())
        self.assertEqual(classes["kept"][2], "regular")
        self.assertEqual(classes["lost"][2], "lost")

    def test_a_quarterly_buyer_by_month_and_by_quarter(self):
        buyer = self._new_partner("buyer")
        for day in (MONTHS[0], MONTHS[3], MONTHS[6], MONTHS[9]):
            self._sell(buyer, day, 100)
        monthly = self._run().result_ids
        self.assertRecordValues(monthly, [{"xyz_class": "Z", "bucket_count": 12}])
        self.assertAlmostEqual(monthly.variation, 141.4214, 4)
        self.profile.bucket = "quarter"
        quarterly = self._run().result_ids
        self.assertRecordValues(
            quarterly, [{"xyz_raw": "X", "variation": 0, "bucket_count": 4, "mean": 100}]
        )

    def test_a_year_before_the_window_counts_as_known(self):
        """Whoever bought before the window is not new, and all periods of it count."""
        buyer = self._new_partner("buyer")
        self._sell(buyer, date(2022, 3, 1), 100)
        self._sell(buyer, MONTHS[11], 100)
        result = self._run().result_ids
        self.assertRecordValues(
            result, [{"status": "regular", "bucket_count": 12, "value": 100, "xyz_class": "Z"}]
        )

    def test_who_bought_long_ago_is_not_new_in_a_short_window(self):
        buyer = self._new_partner("buyer")
        self._sell(buyer, date(2022, 3, 1), 100)
        self._sell(buyer, MONTHS[8], 100)
        self._sell(buyer, MONTHS[11], 100)
        self.profile.write({"window_months": 6, "bucket": "quarter"})
        result = self._run().result_ids
        self.assertRecordValues(result, [{"status": "regular", "bucket_count": 2}])

    def test_an_invoice_of_many_lines_counts_once(self):
        buyer = self._new_partner("buyer")
        move = self._sell(buyer, MONTHS[3], 100)
        move.button_draft()
        move.invoice_line_ids = [
            (0, 0, {"product_id": self.product.id, "price_unit": 5, "tax_ids": False})
        ]
        move.action_post()
        for values in ({"subject": "product"}, {"measure": "margin"}):
            run = self._run(self._new_profile("Lines", is_published=False, **values))
            self.assertRecordValues(run.result_ids, [{"invoice_count": 1, "value": 105}])

    def test_an_unfinished_month_does_not_count(self):
        buyer = self._new_partner("buyer")
        self._sell(buyer, date(2025, 12, 31), 100)
        self._sell(buyer, date(2026, 1, 1), 900)
        run = self._run(day=date(2026, 1, 20))
        self.assertEqual((run.date_from, run.date_to), (date(2025, 1, 1), date(2025, 12, 31)))
        self.assertEqual(run.result_ids.value, 100)

    def test_season_is_divided_out(self):
        ice, coal = self._new_partner("ice"), self._new_partner("even")
        for day in MONTHS:
            self._sell(ice, day, 300 if day.month in (6, 7, 8) else 100)
            self._sell(coal, day, 100)
        self.assertEqual(self._classes(self._run())["ice"][1], "Z")
        self.profile.use_season = True
        self.profile.season_ids = [
            (0, 0, {"month": f"{month:02}", "factor": 3 if month in (6, 7, 8) else 1})
            for month in range(1, 13)
        ]
        self.profile.agreeing_runs = 1
        classes = self._classes(self._run())
        self.assertEqual((classes["ice"][1], classes["even"][1]), ("X", "Z"))

    # === WHOSE === #

    def test_contacts_count_as_their_company(self):
        company = self._new_partner("Works", is_company=True)
        contact = self._new_partner("Buyer", parent_id=company.id)
        self._sell(company, MONTHS[2], 100)
        self._sell(contact, MONTHS[8], 50)
        run = self._run()
        self.assertRecordValues(run.result_ids, [{"partner_id": company.id, "value": 150}])
        self.assertEqual(company.abc_class, "A")

    def test_a_contact_that_changed_its_company_counts_as_of_today(self):
        old, new = (self._new_partner(name, is_company=True) for name in ("Old", "New"))
        contact = self._new_partner("Buyer", parent_id=old.id)
        self._sell(contact, MONTHS[8], 50)
        contact.parent_id = new
        self.assertEqual(self._run().result_ids.partner_id, new)

    def test_two_companies_in_two_currencies(self):
        other = self._create_company(name="Other", currency_id=self.env.ref("base.EUR").id)
        home, rate = self.company.currency_id, self.env["res.currency.rate"]
        euro = self.env.ref("base.EUR")
        euro.active = True
        rate.search([]).unlink()
        for company in (self.company, other):
            for currency, value in ((euro, 0.5), (home, 1)):
                rate.create(
                    {
                        "name": "2020-01-01",
                        "currency_id": currency.id,
                        "rate": value,
                        "company_id": company.id,
                    }
                )
        both, here = self._new_partner("both"), self._new_partner("here")
        self._sell(both, MONTHS[3], 100)
        self._sell(here, MONTHS[3], 150)
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "partner_id": both.id,
                "invoice_date": MONTHS[8],
                "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 100, "tax_ids": False})],
            }
        ).action_post()
        # one company each: its own currency
        abroad = self._new_profile("Abroad", company_id=other.id)
        self.assertEqual(
            {result.partner_id.name: result.value for result in self._run().result_ids},
            {"both": 100, "here": 150},
        )
        run = self._run(abroad)
        self.assertEqual(run.currency_id, euro)
        self.assertEqual(run.result_ids.mapped("value"), [100])
        # together, at a stated day
        (self.profile | abroad).is_published = False
        together = self._new_profile(
            "Together",
            company_id=False,
            company_ids=[(6, 0, (self.company | other).ids)],
            currency_id=home.id,
        )
        values = {
            result.partner_id.name: result.value for result in self._run(together).result_ids
        }
        self.assertEqual(values, {"both": 300, "here": 150})

    def test_a_merged_partner_keeps_both_histories(self):
        one, two = self._new_partner("one"), self._new_partner("two")
        self._sell_twice(one, 100)
        self._sell_twice(two, 60)
        first = self._run()
        self.env["sale.abc.override"].create(
            [
                {
                    "partner_id": partner.id,
                    "abc_class": abc,
                    "reason": "x",
                    "date_to": date(2099, 1, 1),
                }
                for partner, abc in ((one, "B"), (two, "C"))
            ]
        )
        self.env["base.partner.merge.automatic.wizard"]._merge((one | two).ids, one)
        self.assertEqual(first.result_ids.partner_id, one)
        self.assertEqual(sorted(first.result_ids.mapped("subject_id")), sorted([one.id, two.id]))
        self.assertEqual(one.abc_class, "C", "the later of the two decisions")
        second = self._run()
        self.assertRecordValues(
            second.result_ids, [{"partner_id": one.id, "value": 160, "abc_before": "A"}]
        )
