from datetime import date, datetime, timedelta

from odoo import SUPERUSER_ID
from odoo.fields import Command, Datetime
from odoo.tests import Form, HttpCase, freeze_time, tagged

from .common import RequestCommon
from .test_expiry import CommitInTests

LOS_ANGELES, AUCKLAND, VLADIVOSTOK = "America/Los_Angeles", "Pacific/Auckland", "Asia/Vladivostok"
DAY = date(2026, 12, 30)


class DayCommon(RequestCommon):
    """Companies on both sides of Greenwich, and people in other zones than theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.west = cls._new_user("day_west", "sales_team.group_sale_manager", tz=LOS_ANGELES)
        cls.east = cls._new_user("day_east", "sales_team.group_sale_manager", tz=AUCKLAND)
        cls.nowhere = cls._new_user("day_nowhere", "sales_team.group_sale_manager", tz=False)
        cls.robot = cls.env["res.users"].browse(SUPERUSER_ID)
        cls.users = cls.west | cls.east | cls.nowhere | cls.robot

    def _move_to(self, zone):
        self.company.partner_id.tz = zone

    def _day_shown(self, moment, zone):
        return Datetime.context_timestamp(self.env.user.with_context(tz=zone), moment).date()


@tagged("post_install", "-at_install")
class TestCompanyDay(CommitInTests, DayCommon):
    """A day is the company's day: whoever asks and whatever job runs."""

    def test_zone(self):
        self.company.partner_id.tz = False
        calendar = self.company.resource_calendar_id
        calendar.tz = VLADIVOSTOK
        self.assertEqual(self.company.day_zone, VLADIVOSTOK)
        self.company.resource_calendar_id = False
        self.assertEqual(self.company.day_zone, "UTC")
        self._move_to(AUCKLAND)
        self.assertEqual(self.company.day_zone, AUCKLAND)

    def test_settings_show_the_zone_and_keep_what_is_proposed(self):
        self.company.partner_id.tz = False
        self.company.resource_calendar_id.tz = VLADIVOSTOK
        with Form(self.env["res.config.settings"]) as settings:
            self.assertEqual(settings.day_zone, VLADIVOSTOK)
        settings.record.execute()
        self.assertFalse(self.company.partner_id.tz)
        with Form(self.env["res.config.settings"]) as settings:
            settings.day_zone = LOS_ANGELES
        settings.record.execute()
        self.assertEqual(self.company.partner_id.tz, LOS_ANGELES)

    def test_bounds_of_a_day(self):
        self._move_to(LOS_ANGELES)
        self.assertEqual(self.company._get_day_start(DAY), datetime(2026, 12, 30, 8))
        end = self.company._get_day_end(DAY)
        self.assertEqual(self.company._get_day(end), DAY)
        self.assertEqual(end.replace(microsecond=0), datetime(2026, 12, 31, 7, 59, 59))

    def test_today_where_each_company_is(self):
        other = self.env["res.company"].create({"name": "Day East"})
        other.partner_id.tz = AUCKLAND
        self._move_to(LOS_ANGELES)
        with freeze_time("2026-12-30 12:00:00"):
            self.assertEqual(self.company._get_today(), DAY)
            self.assertEqual(other._get_today(), date(2026, 12, 31))
            found = self.env["res.company"]._get_all_by_today()
        self.assertIn(self.company, found[DAY])
        self.assertIn(other, found[date(2026, 12, 31)])

    @freeze_time("2026-12-01 12:00:00")
    def test_promised_day(self):
        """Wanted by 30 December is 30 December in the company, and where UTC prints."""
        for zone in (LOS_ANGELES, AUCKLAND, VLADIVOSTOK, "Pacific/Kiritimati"):
            self._move_to(zone)
            for user in self.users:
                request = self._new_request(
                    {"product_id": self.bearing.id, "quantity": 5}, delivery_date_to=DAY
                )
                request = request.with_user(user).with_context(tz=user.tz)
                request.action_check()
                promised = request._create_offers().commitment_date
                with self.subTest(zone=zone, user=user.login):
                    self.assertEqual(self._day_shown(promised, zone), DAY)
                    self.assertEqual(promised.date(), DAY)

    @freeze_time("2026-12-31 02:00:00")
    def test_promised_today(self):
        """In Los Angeles the last day is not over yet; in Vladivostok it is."""
        request = self._new_request(
            {"product_id": self.bearing.id, "quantity": 5}, delivery_date_to=DAY
        )
        for user in self.users:
            request = request.with_user(user).with_context(tz=user.tz)
            self._move_to(LOS_ANGELES)
            self.assertTrue(request._get_promised_date(), user.login)
            self._move_to(VLADIVOSTOK)
            self.assertFalse(request._get_promised_date(), user.login)

    def test_printed_and_portal_day(self):
        """Whoever prints and whoever looks at the link reads the company's day."""
        order = self._new_offer()
        for zone in (LOS_ANGELES, AUCKLAND):
            self._move_to(zone)
            # late on the day and early on it: in UTC these are other days
            for start in (self.company._get_day_start(DAY), self.company._get_day_end(DAY)):
                order.commitment_date = start.replace(microsecond=0)
                for user in self.users | self.env.ref("base.public_user"):
                    with self.subTest(zone=zone, user=user.login):
                        qweb = self.env["ir.qweb.field.date"].with_user(user).sudo()
                        shown = qweb.with_context(tz=user.tz, lang="en_US").record_to_html(
                            order, "commitment_date", {}
                        )
                        self.assertEqual(shown, "12/30/2026")

    def test_printed_offer(self):
        self._move_to(AUCKLAND)
        order = self._new_offer()
        order.commitment_date = self.company._get_day_start(DAY)  # 29 December in UTC
        for user in self.robot | self.west:
            report = self.env["ir.actions.report"].with_user(user).with_context(tz=user.tz)
            page, _type = report._render_qweb_html("sale.report_saleorder", order.ids)
            self.assertIn("12/30/2026", page.decode())
            self.assertNotIn("12/29/2026", page.decode())

    def test_expiry(self):
        order = self._new_offer(validity_date=DAY)
        order.action_quotation_sent()
        everyone = self.users | self.env.ref("base.public_user")
        for moment, zone, is_over in (
            ("2026-12-31 02:00:00", LOS_ANGELES, False),
            ("2026-12-31 08:00:01", LOS_ANGELES, True),
            ("2026-12-30 10:59:59", AUCKLAND, False),
            ("2026-12-30 11:00:01", AUCKLAND, True),
        ):
            self._move_to(zone)
            for user in everyone:
                self.env.invalidate_all()
                with freeze_time(moment), self.subTest(moment=moment, user=user.login):
                    seen = order.with_user(user).with_context(tz=user.tz).sudo()
                    self.assertEqual(seen.is_expired, is_over)
                    self.assertEqual(seen._has_to_be_signed(), not is_over)

    def test_job_expires_by_the_companys_day(self):
        order = self._new_offer(validity_date=DAY)
        self._move_to(LOS_ANGELES)
        with freeze_time("2026-12-31 02:00:00"):
            self.env.invalidate_all()
            self.env["sale.order"].with_user(self.robot)._cron_expire_offers()
            self.assertEqual(order.offer_state, "draft")
        self._move_to(AUCKLAND)
        with freeze_time("2026-12-30 11:00:01"):
            self.env.invalidate_all()
            self.env["sale.order"].with_user(self.robot)._cron_expire_offers()
            self.assertIn(order, order.search([("offer_state", "=", "expired")]))

    def test_job_reminds_by_the_companys_day(self):
        self.company.offer_expiry_reminder_days = 2
        order = self._new_offer(validity_date=date(2027, 1, 1), user_id=self.west.id)
        order.action_quotation_sent()
        kind = ["sale_rfq_register.mail_activity_offer_expiry"]
        self._move_to(LOS_ANGELES)
        with freeze_time("2026-12-30 07:00:00"):  # still the 29th
            self.env["sale.order"].with_user(self.robot)._cron_expire_offers()
        self.assertFalse(order.activity_search(kind))
        with freeze_time("2026-12-30 08:00:00"):
            self.env["sale.order"].with_user(self.robot)._cron_expire_offers()
        self.assertTrue(order.activity_search(kind))

    @freeze_time("2026-12-31 02:00:00")
    def test_proposed_days(self):
        """Validity, ship date and days of a deputy start from the company's today."""
        self.company.quotation_validity_days = 10
        self._move_to(LOS_ANGELES)
        for user in self.users:
            order = (
                self.env["sale.order"]
                .with_user(user)
                .with_context(tz=user.tz)
                .create(
                    {
                        "partner_id": self.partner.id,
                        "order_line": [Command.create({"product_id": self.bearing.id})],
                    }
                )
            )
            with self.subTest(user=user.login):
                self.assertEqual(order.validity_date, date(2027, 1, 9))
                self.assertEqual(order.order_line.offer_ship_date, DAY)
        delegation = (
            self.env["sale.approval.delegation"]
            .with_user(self.east)
            .create({"deputy_id": self.west.id, "date_to": DAY})
        )
        self.assertEqual(delegation.date_from, DAY)
        self.assertTrue(delegation.is_running)
        self.assertEqual(self.east._get_approval_deputies(), self.west)
        self._move_to(VLADIVOSTOK)
        self.env.invalidate_all()
        self.assertFalse(delegation.is_running)
        self.assertFalse(self.east._get_approval_deputies())

    def test_receipt(self):
        self.company.receipt_days = 0
        self._move_to(LOS_ANGELES)
        order = self._new_offer()
        with freeze_time("2026-12-31 02:00:00"):
            row = self.env["sale.dispatch"].create(
                {
                    "order_id": order.id,
                    "company_id": self.company.id,
                    "partner_id": self.partner.id,
                    "kind": "offer",
                    "channel": "email",
                    "document_name": order.name,
                    "receipt_requested": True,
                }
            )
            self.assertEqual(row.receipt_due, DAY)
            self.assertEqual(row.receipt_state, "waiting")
            self.assertIn("12/30/2026", row.with_context(lang="en_US").display_name)
        with freeze_time("2026-12-31 08:00:01"):
            row.invalidate_recordset(["receipt_state"])
            self.assertEqual(row.receipt_state, "overdue")
            self.assertIn(row, row.search([("receipt_state", "=", "overdue")]))

    def test_what_is_overdue(self):
        """Filters and colours: the same for everybody, by the company's day."""
        request = self._new_request({"product_id": self.bearing.id, "quantity": 5}, date_due=DAY)
        line = self._new_offer().order_line
        line.offer_ship_date = DAY
        delegation = self.env["sale.approval.delegation"].create(
            {"deputy_id": self.west.id, "user_id": self.east.id, "date_to": DAY, "date_from": DAY}
        )
        rows = (
            (request, "is_answer_overdue"),
            (line, "is_ship_date_over"),
            (delegation, "is_over"),
        )
        for moment, zone, is_over in (
            ("2026-12-31 07:59:59", LOS_ANGELES, False),
            ("2026-12-31 08:00:00", LOS_ANGELES, True),
            ("2026-12-30 11:00:00", AUCKLAND, True),
        ):
            self._move_to(zone)
            for user in self.users:
                self.env.invalidate_all()
                for record, name in rows:
                    seen = record.with_user(user).with_context(tz=user.tz).sudo()
                    with freeze_time(moment), self.subTest(moment=moment, name=name):
                        self.assertEqual(seen[name], is_over)
                        for value in (True, False):
                            found = seen.search([(name, "=", value), ("id", "=", seen.id)])
                            self.assertEqual(bool(found), is_over == value)


@tagged("post_install", "-at_install")
class TestCompanyDayPortal(DayCommon, HttpCase):
    def test_page_of_the_customer(self):
        """Who has the link only, from whatever zone, reads the company's day."""
        order = self._new_offer()
        order.validity_date = DAY + timedelta(days=60)  # the only other date of the page
        order.action_quotation_sent()
        for zone in (LOS_ANGELES, AUCKLAND):
            self._move_to(zone)
            for moment in (self.company._get_day_start(DAY), self.company._get_day_end(DAY)):
                order.commitment_date = moment.replace(microsecond=0)
                for cookie in (LOS_ANGELES, AUCKLAND):
                    page = self.url_open(order.get_portal_url(), cookies={"tz": cookie}).text
                    with self.subTest(zone=zone, moment=moment, cookie=cookie):
                        self.assertIn("12/30/2026", page)
                        self.assertNotIn("12/29/2026", page)
                        self.assertNotIn("12/31/2026", page)
