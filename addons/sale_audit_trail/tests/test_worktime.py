import random
from datetime import datetime, timedelta

import pytz

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

ZONES = ["America/Los_Angeles", "UTC", "Europe/Moscow", "Europe/Berlin", "Pacific/Auckland"]
# around switches to summer and winter time, north and south, and an ordinary week
STARTS = [
    datetime(2026, 3, 4),
    datetime(2026, 3, 25),
    datetime(2026, 9, 22),
    datetime(2026, 10, 21),
]
MINUTE = timedelta(minutes=1)
CALENDARS = 300
# local clocks show these hours twice or never on the day of a switch: no shift begins there
SHIFTS = [(0, 6), (4, 9.5), (8, 12), (8.25, 17), (13, 17.75), (9, 18), (12, 20), (18, 24)]


class RandomCalendar:
    """A weekly calendar with a resource and leaves, as records and as plain values."""

    def __init__(self, env, dice):
        self.dice = dice
        self.zone = dice.choice(ZONES)
        self.shifts = {day: self._shifts() for day in dice.sample(range(7), dice.randint(2, 7))}
        self.calendar = env["resource.calendar"].create(
            {
                "name": "Random",
                "tz": dice.choice(ZONES),
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": "morning",
                        }
                    )
                    for day, shifts in self.shifts.items()
                    for start, end in shifts
                ],
            }
        )
        self.resource = env["resource.resource"].create(
            {"name": "Random", "tz": self.zone, "calendar_id": self.calendar.id}
        )
        self.start = dice.choice(STARTS) + MINUTE * dice.randint(0, 7 * 1440)
        self.leaves = [self._leave() for _number in range(dice.randint(0, 3))]
        for number, (start, end) in enumerate(self.leaves):
            env["resource.calendar.leaves"].create(
                {
                    "name": "Leave",
                    "calendar_id": self.calendar.id,
                    "company_id": self.calendar.company_id.id,
                    "resource_id": number % 2 and self.resource.id,
                    "date_from": start,
                    "date_to": end,
                }
            )

    def _shifts(self):
        first = self.dice.choice(SHIFTS)
        second = self.dice.choice(SHIFTS)
        apart = first[1] <= second[0] or second[1] <= first[0]
        return [first, second] if apart else [first]

    def _leave(self):
        start = self.start + MINUTE * self.dice.randint(-1440, 5 * 1440)
        return start, start + MINUTE * self.dice.randint(30, 3 * 1440)

    def is_work(self, moment):
        """Whether the minute that begins at a moment in UTC is worked, by the wall clock."""
        local = pytz.utc.localize(moment).astimezone(pytz.timezone(self.zone))
        hour = local.hour + local.minute / 60
        on_shift = any(start <= hour < end for start, end in self.shifts.get(local.weekday(), ()))
        return on_shift and not any(start <= moment < end for start, end in self.leaves)

    def count_to(self, minutes):
        """The end of the working minute with that number, counted one by one."""
        moment = self.start
        while minutes:
            minutes -= self.is_work(moment)
            moment += MINUTE
        return moment


@tagged("post_install", "-at_install")
class TestWorktime(TransactionCase):
    def test_deadlines_of_random_calendars(self):
        """They equal a count minute by minute, and core's plan_hours."""
        dice = random.Random(2026)
        for number in range(CALENDARS):
            case = RandomCalendar(self.env, dice)
            minutes = dice.choice([1, 15, 60, 240, 480, 1441, 2880])
            found = case.calendar._get_work_deadline(case.start, minutes, case.resource.id)
            with self.subTest(number=number, zone=case.zone, start=case.start, minutes=minutes):
                self.assertLess(abs(found - case.count_to(minutes)), timedelta(seconds=1))
                planned = case.calendar.plan_hours(
                    minutes / 60,
                    pytz.utc.localize(case.start),
                    compute_leaves=True,
                    resource=case.resource,
                )
                planned = planned.astimezone(pytz.utc).replace(tzinfo=None)
                self.assertLess(abs(found - planned), timedelta(seconds=1))
                worked = case.calendar._get_work_minutes(case.start, found, case.resource.id)
                self.assertAlmostEqual(worked, minutes, 1)

    def test_no_working_time(self):
        calendar = self.env["resource.calendar"].create({"name": "None", "attendance_ids": []})
        self.assertIsNone(calendar._get_work_deadline(datetime(2026, 3, 4), 60))

    def test_what_is_in_memory_follows_a_leave(self):
        calendar = self.env["resource.calendar"].create({"name": "Plain", "tz": "UTC"})
        monday = datetime(2026, 3, 2, 9)
        self.assertEqual(calendar._get_work_deadline(monday, 60), monday + timedelta(hours=1))
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 3, 2),
                "date_to": datetime(2026, 3, 3),
            }
        )
        tuesday = monday + timedelta(days=1)
        self.assertEqual(calendar._get_work_deadline(monday, 60), tuesday)
        leave.unlink()
        self.assertEqual(calendar._get_work_deadline(monday, 60), monday + timedelta(hours=1))

    def test_spans_of_a_deadline(self):
        calendar = self.env["resource.calendar"].create({"name": "Plain", "tz": "UTC"})
        start, end = datetime(2026, 2, 27, 16), datetime(2026, 3, 2, 9)
        self.assertEqual(
            calendar._get_work_spans(start, end),
            [(start, datetime(2026, 2, 27, 17)), (datetime(2026, 3, 2, 8), end)],
        )
