from datetime import date, datetime

from odoo import SUPERUSER_ID
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .schedule_common import ScheduleCommon
from .warranty_common import WarrantyCommon

LOS_ANGELES, AUCKLAND, VLADIVOSTOK = "America/Los_Angeles", "Pacific/Auckland", "Asia/Vladivostok"
DAY = date(2026, 12, 30)


class DayCommon(ScheduleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "sales_team.group_sale_manager"
        cls.users = cls.env["res.users"].browse(SUPERUSER_ID)
        for login, zone in (("day_west", LOS_ANGELES), ("day_east", AUCKLAND), ("day_no", False)):
            cls.users |= cls._new_user(login, group, tz=zone)

    def _move_to(self, zone):
        self.company.partner_id.tz = zone

    def _as_everybody(self, records):
        """The records as each user with his own zone."""
        for user in self.users:
            yield records.with_user(user).with_context(tz=user.tz)


@tagged("post_install", "-at_install")
class TestContractDay(DayCommon):
    """Contracts, versions and schedules begin and end by the company's day."""

    def _new_contract_of(self, date_start, date_end=date(2027, 6, 30)):
        contract = self._new_contract(
            {"product_id": self.bearing.id, "quantity": 100, "price_unit": 7.0},
            date_start=date_start,
            date_end=date_end,
        )
        contract.action_put_in_force()
        return contract

    @freeze_time("2026-12-01 12:00:00")
    def test_contract_that_begins_on_the_ship_date(self):
        self.contract._set({"state": "closed"})
        contract = self._new_contract_of(DAY)
        for zone in (LOS_ANGELES, AUCKLAND, VLADIVOSTOK):
            self._move_to(zone)
            values = {
                "contract_id": contract.id,
                "commitment_date": self.company._get_day_moment(DAY),
            }
            order = self._new_release(1, **values)
            for seen in self._as_everybody(order):
                with self.subTest(zone=zone, user=seen.env.user.login):
                    self.assertEqual(seen._get_ship_date(), DAY)
            order.action_confirm()
            values["commitment_date"] = self.company._get_day_moment(date(2026, 12, 29))
            with self.assertRaises(ValidationError):
                self._new_release(1, **values)

    def test_expiry(self):
        contract = self._new_contract_of(date(2026, 1, 1), DAY)
        for moment, zone, state in (
            ("2026-12-31 07:59:59", LOS_ANGELES, "in_force"),
            ("2026-12-30 10:59:59", AUCKLAND, "in_force"),
            ("2026-12-31 08:00:00", LOS_ANGELES, "expired"),
        ):
            self._move_to(zone)
            with freeze_time(moment):
                for contracts in self._as_everybody(self.env["sale.supply.contract"]):
                    contracts.sudo()._cron_review()
            self.assertEqual(contract.state, state, (moment, zone))

    def test_expiry_in_the_east(self):
        contract = self._new_contract_of(date(2026, 1, 1), DAY)
        self._move_to(AUCKLAND)
        with freeze_time("2026-12-30 11:00:00"):
            self.env["sale.supply.contract"]._cron_review()
        self.assertEqual(contract.state, "expired")

    def test_version_takes_effect(self):
        with freeze_time("2026-12-01 12:00:00"):
            contract = self._new_contract_of(date(2026, 1, 1))
            version = self._new_version(contract=contract, date_from=DAY, tolerance=5)
            version.action_approve()
        self._move_to(LOS_ANGELES)
        review = self.env["sale.supply.contract"]._cron_review
        with freeze_time("2026-12-30 07:59:59"):
            review()
            self.assertFalse(version.applied)
        with freeze_time("2026-12-30 08:00:00"):
            review()
            self.assertTrue(version.applied)

    @freeze_time("2026-12-31 02:00:00")
    def test_proposed_days(self):
        other = self.env["res.company"].create({"name": "Day East"})
        other.partner_id.tz = AUCKLAND
        self._move_to(LOS_ANGELES)
        contract = self._new_contract({"product_id": self.bearing.id, "quantity": 1})
        values = {
            "partner_id": self.customer.id,
            "date_end": date(2027, 6, 30),
            "user_id": False,
        }
        for contracts in self._as_everybody(contract.sudo()):
            contracts = contracts.sudo()
            self.assertEqual(contracts.create(values).date_start, DAY)
            elsewhere = contracts.create({**values, "company_id": other.id})
            self.assertEqual(elsewhere.date_start, date(2026, 12, 31))
        contract.action_put_in_force()
        action = contract.action_new_version()
        version = self.env["sale.supply.contract.version"].browse(action["res_id"])
        self.assertEqual(version.date_from, DAY)
        self.assertEqual(contract.copy({"date_start": date(2026, 5, 1)}).date_start.month, 5)

    def test_due_lines_become_orders(self):
        """The job of OdooBot, at the moment at which the day begins where the company is."""
        self.contract._set({"state": "closed"})
        with freeze_time("2026-12-01 12:00:00"):
            contract = self._new_contract_of(date(2026, 1, 1))
            contract.schedule_lead_days = 0
            schedule = self._new_schedule(release=False, contract_id=contract.id)
            line = self.lines.create(
                {
                    "schedule_id": schedule.id,
                    "product_id": self.bearing.id,
                    "date_due": DAY,
                    "quantity": 2,
                }
            )
            schedule.action_release()
        for zone, before, after in (
            (LOS_ANGELES, "2026-12-30 07:59:59", None),
            (AUCKLAND, "2026-12-29 10:59:59", "2026-12-29 11:00:00"),
        ):
            self._move_to(zone)
            self.env.flush_all()
            with freeze_time(before):
                self.assertFalse(self.lines._find_due(set()), zone)
            if after:
                with freeze_time(after):
                    self.assertEqual(self.lines._find_due(set()), [line])
                    line._create_orders()
        order = line.order_line_ids.order_id
        self.assertEqual(order._get_ship_date(), DAY)
        self.assertEqual(order.commitment_date.date(), DAY)

    @freeze_time("2026-12-30 07:00:00")
    def test_frozen_zone(self):
        self.contract.schedule_frozen_days = 1
        for zone, day in ((LOS_ANGELES, date(2026, 12, 29)), (AUCKLAND, DAY)):
            self._move_to(zone)
            for contract in self._as_everybody(self.contract):
                self.assertEqual(contract._get_schedule_zones().frozen_until, day)


@tagged("post_install", "-at_install")
class TestWarrantyDay(WarrantyCommon):
    """A claim is of the company's day, and the warranty counts from the company's day."""

    def test_claim_date(self):
        self.company.partner_id.tz = LOS_ANGELES
        values = {"partner_id": self.customer.id, "picking_id": self.delivery.id}
        east = self._new_user("day_claim", "sales_team.group_sale_manager", tz=AUCKLAND)
        with freeze_time("2026-12-31 02:00:00"):
            for user in (self.env.user, east, self.env.ref("base.public_user")):
                claims = self.claims.with_user(user).with_context(tz=user.tz).sudo()
                self.assertEqual(claims.create(values).date_complaint, DAY, user.login)

    def test_warranty_begins_on_the_companys_day(self):
        self.move.date = datetime(2026, 12, 31, 2)
        self.company.partner_id.tz = LOS_ANGELES
        self.assertEqual(self.company._get_day(self.move.date), DAY)
        claim = self._new_claim()
        self.assertEqual(claim.line_ids.warranty_until.day, 30)

    def test_day_in_the_analysis(self):
        self.move.date = datetime(2026, 12, 31, 2)
        self.env.flush_all()
        row = self.env["sale.warranty.report"].browse(-self.move.id)
        for zone, day in ((LOS_ANGELES, DAY), (AUCKLAND, date(2026, 12, 31))):
            self.company.partner_id.tz = zone
            row.invalidate_recordset()
            self.assertEqual(row.date, day)

    def test_day_on_pages(self):
        """The day of a release and of a delivery, whoever looks."""
        self.delivery.date_done = datetime(2026, 12, 31, 2)
        self.company.partner_id.tz = LOS_ANGELES
        for zone in (AUCKLAND, False):
            field = self.env["ir.qweb.field.date"].with_context(tz=zone, lang="en_US")
            self.assertEqual(field.record_to_html(self.delivery, "date_done", {}), "12/30/2026")
