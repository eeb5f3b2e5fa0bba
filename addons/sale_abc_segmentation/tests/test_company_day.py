from datetime import date

from odoo import SUPERUSER_ID
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AbcCommon

LOS_ANGELES, AUCKLAND = "America/Los_Angeles", "Pacific/Auckland"
ADMINISTRATOR = "sale_abc_segmentation.sale_abc_segmentation_group_administrator"


@tagged("post_install", "-at_install")
class TestCompanyDay(AbcCommon):
    """Runs are due and overrides end by the company's day, whoever asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.abc.profile"].search([]).interval = False
        groups = f"{ADMINISTRATOR},sales_team.group_sale_manager"
        cls.users = cls.env["res.users"].browse(SUPERUSER_ID)
        for login, zone in (("abc_west", LOS_ANGELES), ("abc_east", AUCKLAND), ("abc_no", False)):
            cls.users |= new_test_user(cls.env, login, groups, tz=zone)
        cls.partner = cls._new_partner("Day customer")

    def _move_to(self, zone):
        self.company.partner_id.tz = zone

    def _as_everybody(self, records):
        for user in self.users:
            yield records.with_user(user).with_context(tz=user.tz)

    def test_run_is_due(self):
        self.profile.write({"interval": "month", "next_date": date(2027, 1, 1)})
        for moment, zone, is_due in (
            ("2027-01-01 07:59:59", LOS_ANGELES, False),
            ("2026-12-31 10:59:59", AUCKLAND, False),
            ("2026-12-31 11:00:00", AUCKLAND, True),
        ):
            self._move_to(zone)
            with freeze_time(moment):
                self.env["sale.abc.profile"].with_user(SUPERUSER_ID)._queue_due()
            self.assertEqual(bool(self.profile.run_ids), is_due, (moment, zone))
        self.assertEqual(self.profile.run_ids.date_to, date(2026, 12, 31))
        self.assertEqual(self.profile.next_date, date(2027, 2, 1))

    @freeze_time("2027-01-01 07:00:00")
    def test_window(self):
        """In Los Angeles the year is not over: December is not counted yet."""
        self._move_to(LOS_ANGELES)
        for profile in self._as_everybody(self.profile):
            self.assertEqual(profile.sudo()._prepare_run_values()["date_to"], date(2026, 11, 30))

    def test_override(self):
        values = {"partner_id": self.partner.id, "abc_class": "A", "reason": "Strategic"}
        values.update(company_id=self.company.id, date_to=date(2026, 12, 30))
        self._move_to(LOS_ANGELES)
        with freeze_time("2026-12-31 07:59:59"):
            for overrides in self._as_everybody(self.env["sale.abc.override"]):
                override = overrides.sudo().create(values)
                self.assertEqual(override.date_from, date(2026, 12, 30))
                self.assertTrue(override.is_valid)
                self.assertIn(override, overrides.sudo().search([("is_valid", "=", True)]))
            overrides._end_expired()
            self.assertFalse(override.ended_on)
        with freeze_time("2026-12-31 08:00:00"):
            override.invalidate_recordset()
            self.assertFalse(override.is_valid)
            override._end_expired()
            self.assertEqual(override.ended_on, date(2026, 12, 31))
        self._move_to(AUCKLAND)
        with freeze_time("2026-12-30 11:00:00"), self.assertRaises(ValidationError):
            override.create(values)
