"""Which policy holds for whom, and what profiles ask before they run."""

from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import AbcCommon


@tagged("post_install", "-at_install")
class TestPolicy(AbcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policies = cls.env["sale.service.policy"]
        policies.search([]).active = False
        cls.env.flush_all()
        cls.cell, cls.letter, cls.rest, cls.own = policies.create(
            [
                {"name": "AX", "abc_class": "A", "xyz_class": "X"},
                {"name": "A", "abc_class": "A"},
                {"name": "All"},
                {"name": "Own A", "abc_class": "A", "company_id": cls.company.id},
            ]
        )
        cls.steady, cls.once = cls._new_partner("steady"), cls._new_partner("once")
        for month in range(1, 13):
            cls._sell(cls.steady, date(2025, month, 5), 100)
        cls._sell(cls.once, date(2025, 2, 5), 300)
        cls.nobody = cls._new_partner("nobody")

    def _on_the_day(self):
        companies = self.registry["res.company"]
        return patch.object(companies, "_get_today", lambda _company: self.TODAY)

    def test_the_most_specific_policy_holds(self):
        self.profile.threshold_a = 90
        self.profile._run_for(self.TODAY)
        contact = self._new_partner("contact", parent_id=self.steady.id)
        self.assertEqual(self.steady.service_policy_id, self.cell)
        self.assertEqual(contact.service_policy_id, self.cell)
        self.assertEqual(self.once.service_policy_id, self.own)
        self.assertEqual(self.nobody.service_policy_id, self.rest)
        self.own.active = False
        self.env.invalidate_all()
        self.assertEqual(self.once.service_policy_id, self.letter)
        archived_too = self.once.with_context(active_test=False)
        self.assertEqual(archived_too.service_policy_id, self.letter)
        self.assertEqual((self.cell | self.letter).mapped("partner_count"), [1, 1])
        found = self.env["res.partner"].search(self.letter.action_open_partners()["domain"])
        self.assertEqual(found, self.once)

    def test_a_cell_has_one_policy(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "policy for this cell|cell_unique"),
            self.cr.savepoint(),
        ):
            self.env["sale.service.policy"].create({"name": "Again", "abc_class": "A"})

    # === PROFILES === #

    def test_preview_counts_without_writing(self):
        with self._on_the_day():
            form = Form(
                self.env["sale.abc.preview"].with_context(default_profile_id=self.profile.id)
            )
            rows = {row["bucket"]: row["cells"] for row in form.counts}
            nothing = dict.fromkeys(rows["month"], 0)
            self.assertEqual(rows["month"], {**nothing, "AX": 1, "none": 1})
            form.bucket = "quarter"
            preview = form.save()
        self.assertEqual(set(rows), {"week", "month", "quarter"})
        self.assertFalse(self.profile.run_ids)
        preview.action_take()
        self.assertEqual(self.profile.bucket, "quarter")

    def test_season_is_measured_on_whole_years(self):
        with self._on_the_day():
            self._sell(self.steady, date(2025, 7, 9), 200)
            self.profile.action_measure_season()
        factors = {season.month: season.factor for season in self.profile.season_ids}
        # 300 in July and 400 in February of 1,700 in a year
        self.assertEqual(len(factors), 12)
        self.assertAlmostEqual(factors["07"], 300 * 12 / 1700, 4)
        self.assertAlmostEqual(factors["02"], 400 * 12 / 1700, 4)
        self.assertAlmostEqual(sum(factors.values()), 12, 3)

    def test_season_needs_a_whole_year(self):
        fresh = self._new_profile("Fresh", is_published=False, subject="product")
        fresh.company_id = self._create_company(name="Fresh")
        with self.assertRaisesRegex(UserError, "by hand"):
            fresh.action_measure_season()

    # === SCHEDULE === #

    def _run_job(self):
        """What the scheduler calls; a test commits nothing."""
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=1.0):
            self.env["sale.abc.run"]._cron_run()

    def test_the_job_runs_what_is_due_once(self):
        self.profile.write({"interval": "month", "next_date": date(2025, 10, 1)})
        self._run_job()
        self._run_job()
        self.assertEqual(self.profile.run_ids.mapped("state"), ["done"])
        self.assertGreater(self.profile.next_date, fields.Date.today())
        self.assertEqual(self.profile.next_date.day, 1)

    def test_what_fails_is_kept_with_its_reason_and_tried_again(self):
        run = self.profile._create_run(self.TODAY)
        model = type(run)
        with (
            patch.object(model, "_classify", side_effect=ValueError("no such rate")),
            mute_logger("odoo.addons.sale_abc_segmentation.models.sale_abc_run_cron"),
        ):
            self._run_job()
        self.assertRecordValues(run, [{"state": "failed", "problem": "no such rate"}])
        run.action_retry()
        self._run_job()
        self.assertRecordValues(run, [{"state": "done", "problem": False}])
        with self.assertRaisesRegex(UserError, "has not failed"):
            run.action_retry()

    def test_bad_settings_are_refused(self):
        for values in (
            {"threshold_a": 96},
            {"threshold_x": 30},
            {"window_months": 0},
            {"agreeing_runs": 0},
            {"company_id": False},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(Exception),  # noqa: B017
                self.cr.savepoint(),
            ):
                self.profile.write(values)
                self.env.flush_all()
