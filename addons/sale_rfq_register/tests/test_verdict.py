from freezegun import freeze_time

from odoo.fields import Datetime
from odoo.tests import tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestVerdict(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drives = cls.env["product.category"].create({"name": "Drives"})
        cls.motors = cls.env["product.category"].create(
            {"name": "Motors", "parent_id": cls.drives.id}
        )

    def _verdict(self, **line):
        request = self._new_request(line)
        request.action_check()
        return request.line_ids.verdict, request.line_ids.verdict_reason

    def test_product(self):
        self.assertEqual(self._verdict(product_id=self.seal.id), ("sellable", "sold"))
        self.seal.sale_ok = False
        self.assertEqual(self._verdict(product_id=self.seal.id), ("not_sold", "not_for_sale"))
        self.seal.active = False
        self.assertEqual(self._verdict(product_id=self.seal.id), ("not_sold", "archived"))

    def test_product_of_another_company(self):
        request = self._new_request({"product_id": self.seal.id})
        self.seal.product_tmpl_id.company_id = self.env["res.company"].create({"name": "B"})
        request.action_check()
        self.assertEqual(request.line_ids.verdict_reason, "other_company")

    def test_group(self):
        self.assertEqual(self._verdict(categ_id=self.drives.id), ("not_sold", "empty_group"))
        self.motor.categ_id = self.motors
        self.assertEqual(
            self._verdict(categ_id=self.drives.id), ("group_match", "choose_of_group")
        )

    def test_words_only(self):
        self.assertEqual(self._verdict(name="Хлеб"), ("unknown", "nothing_alike"))
        self.assertEqual(
            self._verdict(name="Shaft seal 35x52x7 brown"), ("unknown", "accept_suggestion")
        )

    def test_stored_with_who_and_when_and_kept(self):
        manager = self._new_user("judge", "sales_team.group_sale_salesman_all_leads")
        request = self._new_request({"product_id": self.seal.id})
        with freeze_time("2026-03-02 08:00:00"):
            request.with_user(manager).action_check()
        self.seal.sale_ok = False
        self.assertRecordValues(
            request.line_ids,
            [
                {
                    "verdict": "sellable",
                    "verdict_user_id": manager.id,
                    "verdict_date": Datetime.to_datetime("2026-03-02 08:00:00"),
                }
            ],
        )

    def test_only_a_new_check_changes_it(self):
        request = self._new_request({"product_id": self.seal.id})
        with freeze_time("2026-03-02 08:00:00"):
            request.action_check()
        request.action_check()
        self.assertEqual(str(request.line_ids.verdict_date), "2026-03-02 08:00:00")
        self.seal.sale_ok = False
        with freeze_time("2026-03-09 08:00:00"):
            request.action_check()
        self.assertRecordValues(
            request.line_ids,
            [
                {
                    "verdict": "not_sold",
                    "verdict_date": Datetime.to_datetime("2026-03-09 08:00:00"),
                }
            ],
        )
