"""What customers and products carry, what people set over it, and what undoing brings back."""

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import AbcCommon


@tagged("post_install", "-at_install")
class TestPublish(AbcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.large, cls.small = cls._new_partner("large"), cls._new_partner("small")
        cls._sell(cls.large, date(2025, 3, 1), 900)
        cls._sell(cls.small, date(2025, 6, 1), 20)
        cls.middle = cls._new_partner("middle")
        cls._sell(cls.middle, date(2025, 6, 1), 80)
        cls.later = fields.Date.today() + timedelta(days=30)

    def _override(self, partner, abc_class, **values):
        return self.env["sale.abc.override"].create(
            {
                "partner_id": partner.id,
                "abc_class": abc_class,
                "reason": "new plant",
                "date_to": self.later,
                **values,
            }
        )

    # === WHAT RUNS WRITE === #

    def test_records_carry_the_classes_of_the_last_run(self):
        run = self._run()
        self.assertEqual(run.published_count, 3)
        self.assertRecordValues(
            self.large | self.middle | self.small,
            [
                {"abc_class": "A", "xyz_class": False, "abc_status": "one_off"},
                {"abc_class": "B", "xyz_class": False, "abc_status": "one_off"},
                {"abc_class": "C", "xyz_class": False, "abc_status": "one_off"},
            ],
        )
        self.assertEqual(self.env["res.partner"].search([("abc_class", "=", "A")]), self.large)
        groups = self.env["res.partner"]._read_group(
            [("id", "in", (self.large | self.small).ids)], ["abc_class"], ["__count"]
        )
        self.assertEqual(groups, [("A", 1), ("C", 1)])

    def test_the_same_figures_write_nothing_twice(self):
        first = self._run()
        second = self._run()
        self.assertEqual(second.published_count, 0)
        self.assertEqual(second.changed_count, 0)
        names = ["subject_id", "value", "rank", "abc_class", "xyz_class", "variation", "status"]
        self.assertEqual(
            [[result[name] for name in names] for result in first.result_ids],
            [[result[name] for name in names] for result in second.result_ids],
        )

    def test_another_company_has_classes_of_its_own(self):
        self._run()
        other = self._create_company(name="Other")
        self.assertFalse(self.large.with_company(other).abc_class)
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.small.id,
                "invoice_date": date(2025, 5, 5),
                "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 9, "tax_ids": False})],
            }
        ).action_post()
        self._run(self._new_profile("Other", company_id=other.id))
        self.assertEqual(self.small.with_company(other).abc_class, "A")
        self.assertEqual(self.small.abc_class, "C")
        self.assertFalse(self.large.with_company(other).abc_class)

    def test_a_profile_that_is_not_shown_writes_nothing(self):
        self.profile.is_published = False
        self.assertEqual(self._run().published_count, 0)
        self.assertFalse(self.large.abc_class)

    def test_a_profile_that_is_shown_no_longer_takes_its_classes_along(self):
        self._run()
        self._override(self.small, "B")
        self.profile.is_published = False
        self.assertEqual((self.large.abc_class, self.small.abc_class), (False, "B"))
        self.profile.is_published = True
        self.assertEqual((self.large.abc_class, self.small.abc_class), ("A", "B"))
        self.profile.active = False
        self.assertFalse(self.large.abc_class)

    def test_one_profile_is_shown_for_a_company(self):
        with self.assertRaisesRegex(UserError, "Customers"), self.cr.savepoint():
            self._new_profile("Rival")
        self._new_profile("Products", subject="product")
        self._new_profile("Aside", is_published=False)

    def test_undo_brings_back_what_held(self):
        first = self._run()
        self._sell(self.small, date(2025, 12, 5), 5_000)
        second = self._run()
        self.assertEqual(self.small.abc_class, "A")
        with self.assertRaisesRegex(UserError, "is not the last one"), self.cr.savepoint():
            first.action_undo()
        second.action_undo()
        self.assertEqual((second.state, self.small.abc_class), ("undone", "C"))
        self.assertEqual(len(second.result_ids), 3, "what was found stays for the record")
        first.action_undo()
        self.assertFalse((self.large | self.small).filtered("abc_class"))
        with self.assertRaisesRegex(UserError, "is not done"), self.cr.savepoint():
            first.action_undo()

    def test_products_are_classed_alike(self):
        other = self.env["product.product"].create({"name": "Seal", "taxes_id": False})
        self._sell(self.large, date(2025, 7, 1), 30, product_id=other.id)
        run = self._run(self._new_profile("Products", subject="product"))
        self.assertEqual(
            {result.product_tmpl_id: result.value for result in run.result_ids},
            {self.product.product_tmpl_id: 1000, other.product_tmpl_id: 30},
        )
        self.assertEqual((self.product.abc_class, other.abc_class), ("A", "C"))

    def test_other_measures(self):
        self.product.standard_price = 10
        self._sell(self.small, date(2025, 7, 1), 25)
        self._sell(self.small, date(2025, 8, 1), -5)
        (margin, number) = (
            self._run(self._new_profile(measure, measure=measure, is_published=False))
            for measure in ("margin", "invoices")
        )
        values = {one.partner_id.name: one.value for one in margin.result_ids}
        # 20 - 10 + 25 - 10 - (5 - 10)
        self.assertEqual(values, {"large": 890, "middle": 70, "small": 30})
        values = {one.partner_id.name: one.value for one in number.result_ids}
        self.assertEqual(values, {"large": 1, "middle": 1, "small": 2})

    # === WHAT PEOPLE SET === #

    def test_set_by_hand_holds_over_the_runs(self):
        self._run()
        override = self._override(self.small, "A", xyz_class="X")
        self.assertEqual((self.small.abc_class, self.small.xyz_class), ("A", "X"))
        self.assertEqual(self.small.abc_override_id, override)
        run = self._run()
        self.assertEqual(self.small.abc_class, "A")
        self.assertEqual(
            run.result_ids.filtered(lambda one: one.partner_id == self.small).abc_class, "C"
        )
        override.action_end()
        self.assertEqual((self.small.abc_class, self.small.xyz_class), ("C", False))
        self.assertRecordValues(override, [{"ended_by_id": self.env.uid}])

    def test_set_before_any_run(self):
        override = self._override(self.small, "B")
        self.assertEqual(self.small.abc_class, "B")
        override.action_end()
        self.assertFalse(self.small.abc_class)

    def test_it_expires(self):
        self._run()
        override = self._override(self.small, "A")
        override._set({"date_to": fields.Date.today() - timedelta(days=1)})
        self.env["sale.abc.override"]._end_expired()
        self.assertEqual(self.small.abc_class, "C")
        self.assertTrue(override.ended_on)
        self.assertFalse(override.is_valid)

    def test_a_new_decision_replaces_the_former(self):
        self._run()
        former = self._override(self.small, "A")
        self._override(self.small, "B")
        self.assertEqual(self.small.abc_class, "B")
        self.assertTrue(former.ended_on)

    def test_it_needs_a_day_to_come_a_class_and_the_company_of_a_contact(self):
        contact = self._new_partner("Buyer", parent_id=self.large.id)
        self.large.is_company = True
        with self.assertRaisesRegex(ValidationError, "is over"), self.cr.savepoint():
            self._override(self.small, "A", date_to=date(2020, 1, 1))
        with self.assertRaisesRegex(ValidationError, "contact of"), self.cr.savepoint():
            self._override(contact, "A")

    def test_it_stays_for_the_record(self):
        override = self._override(self.small, "A")
        for refused in (lambda: override.write({"abc_class": "B"}), override.sudo().unlink):
            with self.assertRaisesRegex(UserError, "stays for the record"), self.cr.savepoint():
                refused()

    # === NOBODY ELSE WRITES THEM === #

    def test_classes_are_not_written_by_hand(self):
        self._run()
        self.small.write({"abc_class": "A", "xyz_class": "X", "ref": "x"})
        self.assertEqual((self.small.abc_class, self.small.ref), ("C", "x"))
        made = self._new_partner("made", abc_class="A")
        self.assertFalse(made.abc_class)
        partners = self.env["res.partner"].with_context(default_abc_class="A")
        self.assertFalse(partners.create({"name": "by context"}).abc_class)
        self.assertFalse(self.large.copy().abc_class)

    def test_results_and_runs_stay_as_they_are(self):
        run = self._run()
        for refused in (
            lambda: run.result_ids[0].write({"abc_class": "C"}),
            lambda: run.result_ids[0].unlink(),
            lambda: self.env["sale.abc.result"].create({"run_id": run.id, "subject_id": 1}),
            lambda: run.write({"threshold_a": 50}),
            lambda: run.write({"state": "queued"}),
            run.copy,
            lambda: run.create(self.profile._prepare_run_values()),
            lambda: self.profile.write({"subject": "product"}),
            lambda: run.write({"matrix": []}),
            run.unlink,
            self.profile.unlink,
        ):
            with self.assertRaises(Exception), self.cr.savepoint():  # noqa: B017
                refused()
        self.assertTrue(run.exists())
        forged = (
            self.env["sale.abc.run"].sudo().with_context(default_state="done", default_matrix=[1])
        )
        made = forged.create({**self.profile._prepare_run_values(), "state": "done"})
        self.assertRecordValues(made, [{"state": "queued", "matrix": False}])

    # === SALES === #

    def test_orders_and_reports_are_grouped_by_the_customers_class(self):
        self._run()
        self.env.user.group_ids += self.env.ref("sales_team.group_sale_manager")
        orders = self.env["sale.order"].create(
            [{"partner_id": partner.id} for partner in (self.large, self.small, self.large)]
        )
        self.assertEqual(
            self.env["sale.order"]._read_group(
                [("id", "in", orders.ids)], ["partner_abc_class"], ["__count"]
            ),
            [("A", 2), ("C", 1)],
        )
        self.assertEqual(
            self.env["sale.order"].search(
                [("id", "in", orders.ids), ("partner_abc_class", "=", "C")]
            ),
            orders[1],
        )
        self.env["sale.report"]._read_group(
            [], ["partner_abc_class", "product_abc_class"], ["__count"]
        )
