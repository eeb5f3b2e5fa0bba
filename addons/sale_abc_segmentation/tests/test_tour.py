from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common import AbcCommon


@tagged("post_install", "-at_install")
class TestTour(AbcCommon, HttpCase):
    """What the head of sales does with classes, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = new_test_user(
            cls.env,
            "abc_tour",
            "sales_team.group_sale_manager,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.steady, cls.small = cls._new_partner("Tour steady"), cls._new_partner("Tour small")
        cls.month = fields.Date.today().replace(day=1)
        for months in range(1, 25):
            cls._sell(cls.steady, cls.month - relativedelta(months=months), 1000)
        cls._sell(cls.small, cls.month - relativedelta(months=5), 10)

    def test_profile_with_preview_run_and_matrix(self):
        self.start_tour(
            "/odoo/action-sale_abc_segmentation.sale_abc_profile_action",
            "sale_abc_segmentation_profile",
            login="abc_tour",
        )
        self.env.invalidate_all()
        profile = self.env["sale.abc.profile"].search([("name", "=", "Tour classes")])
        self.assertRecordValues(profile, [{"bucket": "quarter", "is_published": False}])
        self.assertRecordValues(profile.run_ids, [{"state": "done", "subject_count": 2}])

    def test_class_set_by_hand(self):
        self.profile._run_for()
        self.start_tour(
            f"/odoo/res.partner/{self.small.id}",
            "sale_abc_segmentation_override",
            login="abc_tour",
        )
        self.env.invalidate_all()
        override = self.env["sale.abc.override"].search([("partner_id", "=", self.small.id)])
        self.assertRecordValues(
            override, [{"abc_class": "A", "reason": "second plant", "user_id": self.head.id}]
        )
        self.assertTrue(override.ended_on)
        self.assertEqual(self.small.abc_class, "C")

    def test_two_runs_compared(self):
        self.profile._run_for()
        self._sell(self.small, self.month - relativedelta(months=1), 90_000)
        self.profile._run_for()
        self.start_tour(
            "/odoo/action-sale_abc_segmentation.sale_abc_run_action",
            "sale_abc_segmentation_compare",
            login="abc_tour",
        )
