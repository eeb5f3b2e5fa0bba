import doctest
from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.sale_rfq_abc import working_time

from .common import RequestPolicyCommon


class TestEndOfHours(BaseCase):
    def test_examples(self):
        self.assertEqual(doctest.testmod(working_time).failed, 0)


@tagged("post_install", "-at_install")
class TestWorkingTime(RequestPolicyCommon):
    """Hours pass by the company's calendar and in its time zone, five hours before UTC."""

    def _assert_due(self, received, day, hours=4):
        self.policy.response_hours = hours
        request = self._new_request(partner_id=self.key.id, date_received=received)
        self.assertEqual(request.date_due, day)
        if day:
            self.assertEqual(request.date_due, self._get_day_planned(request, hours))

    def test_same_day(self):
        self._assert_due("2026-03-06 03:00:00", date(2026, 3, 6))
        self._assert_due("2026-03-06 08:00:00", date(2026, 3, 6))

    def test_over_the_weekend(self):
        self._assert_due("2026-03-06 11:00:00", date(2026, 3, 9))
        self._assert_due("2026-03-07 11:00:00", date(2026, 3, 9))
        self._assert_due("2026-03-06 03:00:00", date(2026, 3, 10), hours=24 - 4)

    def test_after_work_by_the_clock_of_the_office(self):
        """At 15:00 UTC the office is closed, and soon it is the next day there."""
        self._assert_due("2026-03-04 15:00:00", date(2026, 3, 5))
        self._assert_due("2026-03-04 20:00:00", date(2026, 3, 5))
        self._assert_due("2026-03-05 20:30:00", date(2026, 3, 6))

    def test_holidays_of_the_company_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        for day, company in ((4, other), (9, self.company)):
            holiday = self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "date_from": datetime(2026, 3, day - 1, 19),
                    "date_to": datetime(2026, 3, day, 19),
                }
            )
            # core computes it, by the company that somebody works in
            holiday.company_id = company
        self.policy.response_hours = 4
        for received, day in (("2026-03-04 03:00:00", 4), ("2026-03-06 11:00:00", 10)):
            request = self._new_request(partner_id=self.key.id, date_received=received)
            self.assertEqual(request.date_due, date(2026, 3, day))

    def test_more_hours_than_a_month_has(self):
        self._assert_due("2026-03-06 03:00:00", date(2026, 7, 24), hours=8 * 101)

    def test_without_working_time(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        self._assert_due("2026-03-06 03:00:00", False)
        self.company.resource_calendar_id = False
        self._assert_due("2026-03-06 03:00:00", False)

    def test_many_moments_at_once(self):
        moments = [f"{year}-03-06 11:00:00" for year in (1999, 2025, 2026)]
        requests = self.env["sale.material.request"].create(
            [{"partner_id": self.key.id, "date_received": moment} for moment in moments]
        )
        self._assert_by_policy(requests)
