from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestExpiry(ContractCommon):
    """The daily job warns once, and brings versions into force on their day."""

    def _review(self, times=1):
        for _time in range(times):
            self.env["sale.supply.contract"]._cron_review()
        return self.contract.activity_ids

    def test_nothing_to_warn_of(self):
        self.assertFalse(self._review())

    def test_end_is_warned_of_once(self):
        with freeze_time(self._in_days(271)):
            activity = self._review(2)
        self.assertRecordValues(
            activity,
            [
                {
                    "user_id": self.contract.user_id.id,
                    "date_deadline": self.contract.date_end,
                    "activity_type_id": self.env.ref(
                        "sale_order_kinds.mail_activity_supply_contract"
                    ).id,
                }
            ],
        )

    def test_done_warning_does_not_come_back(self):
        with freeze_time(self._in_days(271)):
            self._review().action_done()
            self.assertFalse(self._review())

    def test_the_warning_speaks_the_language_of_who_is_warned(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms(["sale_order_kinds"], ["ru_RU"])
        self.contract.user_id.lang = "ru_RU"
        self._new_release(95).action_confirm()
        with freeze_time(self._in_days(271)):
            summaries = self._review(2).mapped("summary")
        self.assertTrue(any("договор" in summary.lower() for summary in summaries), summaries)
        self.assertFalse(any("Nearly" in summary for summary in summaries), summaries)

    def test_new_end_is_warned_of_anew(self):
        with freeze_time(self._in_days(271)):
            self._review()
            self._new_version(date_end=self.today + timedelta(days=400)).action_approve()
        with freeze_time(self._in_days(380)):
            self.assertEqual(len(self._review(2)), 2)

    def test_no_warning_wanted(self):
        self.company.supply_contract_expiry_days = 0
        self.company.supply_contract_exhaustion_percent = 0
        self._new_release(95).action_confirm()
        with freeze_time(self._in_days(299)):
            self.assertFalse(self._review())

    def test_used_up_is_warned_of_once(self):
        self._new_release(89).action_confirm()
        self.assertFalse(self._review())
        self._new_release(1).action_confirm()
        self.assertEqual(self._review(2).summary, "Nearly used up: Bearing 6204")

    def test_expires_after_its_last_day(self):
        with freeze_time(self._in_days(300)):
            self._review()
            self.assertEqual(self.contract.state, "in_force")
        with freeze_time(self._in_days(301)):
            self._review(2)
            self.assertEqual(self.contract.state, "expired")

    def test_version_comes_into_force_on_its_day(self):
        version = self._new_version(10, line_values={"price_unit": 9})
        version.action_approve()
        self._review()
        self.assertEqual(self.bearing_line.price_unit, 8)
        with freeze_time(self._in_days(10)):
            self._review(2)
        self.assertEqual(self.bearing_line.price_unit, 9)
        self.assertTrue(version.applied)
