from odoo.tests import HttpCase, tagged

from .common import RpcCommon
from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestSchedulePortal(ScheduleCommon, RpcCommon, HttpCase):
    """The customer sees his contracts and schedules, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._new_buyer("portal_buyer")
        rival = cls.env["res.partner"].create(
            {"name": "Rival", "is_company": True, "email": "rival@example.com"}
        )
        cls.rival = cls._new_buyer("portal_rival", rival)
        cls.contract.write({"schedule_tolerance": 1000, "schedule_tolerance_days": 5})
        cls.first = cls._new_schedule({5: 10}, customer_number="LAB 16")
        cls.schedule = cls._new_schedule({0: 10, 5: 30}, customer_number="LAB 17")
        cls.draft = cls._new_schedule({9: 10}, release=False)

    def _open(self, url):
        response = self.url_open(url)
        response.raise_for_status()
        return response

    def test_contracts(self):
        self._log_in(self.buyer)
        self.assertIn(self.contract.name, self._open("/my/contracts").text)
        self._new_version(line_values={"quantity": 120}).action_approve()
        release = self._new_release(7)
        release.action_confirm()
        page = self._open(f"/my/contracts/{self.contract.id}").text
        for shown in ("Bearing 6204", "113.0", "Changes and Extensions", self.schedule.name):
            self.assertIn(shown, page)

    def test_schedules(self):
        self._run()
        self._log_in(self.buyer)
        page = self._open("/my/schedules").text
        for schedule in (self.first, self.schedule):
            self.assertIn(schedule.name, page)
        self.assertNotIn(self.draft.name, page)
        page = self._open(f"/my/schedules/{self.schedule.id}").text
        for shown in ("LAB 17", "Bearing 6204", "40.0", self.schedule.line_ids[0].order_id.name):
            self.assertIn(shown, page)
        orders = self._open("/my/orders").text
        self.assertIn("Schedule Release", orders)

    def test_counters(self):
        self._log_in(self.buyer)
        counted = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["supply_contract_count", "delivery_schedule_count"]}
        )
        self.assertEqual(counted, {"supply_contract_count": 1, "delivery_schedule_count": 2})

    def test_rival_over_http(self):
        self._log_in(self.rival)
        self.assertNotIn(self.contract.name, self._open("/my/contracts").text)
        self.assertNotIn(self.schedule.name, self._open("/my/schedules").text)
        for url in (f"/my/contracts/{self.contract.id}", f"/my/schedules/{self.schedule.id}"):
            response = self._open(url)
            self.assertFalse(response.url.endswith(url))
            self.assertNotIn(self.contract.name, response.text)

    def test_nobody_over_http(self):
        for url in ("/my/contracts", f"/my/schedules/{self.schedule.id}"):
            self.assertIn("/web/login", self._open(url).url)

    def test_draft_over_http(self):
        self._log_in(self.buyer)
        response = self._open(f"/my/schedules/{self.draft.id}")
        self.assertTrue(response.url.endswith("/my/schedules"))

    def test_rival_over_rpc(self):
        self._log_in(self.rival)
        for model, records in self._get_documents():
            self.assertEqual(self._call(model, "search", []), [])
            self._assert_denied(model, "read", records.ids, ["id", "display_name"])

    def test_buyer_over_rpc(self):
        self._log_in(self.buyer)
        found = self._call("sale.delivery.schedule", "search", [])
        self.assertEqual(sorted(found), sorted((self.first + self.schedule).ids))
        self._assert_denied("sale.delivery.schedule", "read", self.draft.ids, ["name"])
        for model, records in self._get_documents():
            for call in (("write", records.ids, {"write_uid": 1}), ("unlink", records.ids)):
                self.assertIn(self._call(model, *call), self.REFUSALS, (model, call))
        for method in ("action_release", "action_approve", "action_back_to_draft"):
            refused = self._call("sale.delivery.schedule", method, self.draft.ids)
            self.assertIn(refused, self.REFUSALS, method)
        self.assertEqual(self.draft.state, "draft")

    REFUSALS = ("odoo.exceptions.AccessError", "odoo.exceptions.UserError")

    def _get_documents(self):
        return [
            ("sale.delivery.schedule", self.schedule),
            ("sale.delivery.schedule.line", self.schedule.line_ids),
            ("sale.delivery.schedule.change", self.schedule.change_ids),
        ]
