"""Delivery schedules as curves of cumulative quantities, and what may change between two.

A schedule is compared by what is asked for in all until a day: a delivery that moves by a week
changes the days between and nothing after them, whatever its lines look like.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from .quantities import DIGITS  # quantities that differ less are the same


class Curve:
    """Quantities by day, summed up.

    >>> curve = Curve({date(2030, 1, 10): 40, date(2030, 1, 3): 100})
    >>> [curve.at(date(2030, 1, day)) for day in (1, 3, 9, 10, 20)]
    [0.0, 100.0, 100.0, 140.0, 140.0]
    """

    def __init__(self, quantities):
        self.days = sorted(quantities)
        self.totals, total = [], 0.0
        for day in self.days:
            total += quantities[day]
            self.totals.append(round(total, DIGITS))

    def at(self, day):
        """What is asked for until a day, the day included."""
        position = bisect_right(self.days, day)
        return self.totals[position - 1] if position else 0.0


@dataclass(frozen=True)
class Zones:
    """How much a schedule may change without anybody's approval.

    ``frozen_until`` and ``firm_until`` are the last days of their zones, or None. Before the one
    every change is asked about; after the other none is. In between a quantity may differ by
    ``percent`` and come ``days`` earlier or later.
    """

    frozen_until: date | None = None
    firm_until: date | None = None
    percent: float = 0.0
    days: int = 0

    def judge(self, old, new, day):
        """The verdict on what two curves ask for until a day.

        >>> old = Curve({date(2030, 1, 10): 100, date(2030, 1, 20): 100})
        >>> new = Curve({date(2030, 1, 12): 105, date(2030, 1, 20): 120})
        >>> zones = Zones(date(2030, 1, 5), date(2030, 1, 31), percent=5, days=2)
        >>> [zones.judge(old, new, date(2030, 1, day)) for day in (1, 10, 12, 20)]
        ['same', 'tolerated', 'tolerated', 'excess']
        >>> zones.judge(old, Curve({date(2030, 1, 4): 1}), date(2030, 1, 4))
        'frozen'
        >>> zones.judge(old, Curve({date(2030, 2, 1): 900}), date(2030, 2, 1))
        'planning'
        """
        wanted = new.at(day)
        if wanted == old.at(day):
            return "same"
        if self.frozen_until and day <= self.frozen_until:
            return "frozen"
        if self.firm_until and day > self.firm_until:
            return "planning"
        later = day + timedelta(days=self.days)
        least = round(old.at(day) * (1 - self.percent / 100), DIGITS)
        most = round(old.at(later) * (1 + self.percent / 100), DIGITS)
        return "tolerated" if wanted <= most and new.at(later) >= least else "excess"


def compare(old, new, zones):
    """Day by day what two schedules ask for in all.

    :param old: quantities by day
    :param new: quantities by day
    :param zones: None where there is nothing to compare with
    :return: tuples of day, cumulative quantity before and now, and verdict

    >>> rows = compare({date(2030, 1, 1): 10}, {date(2030, 1, 2): 10}, Zones(days=1))
    >>> [(day.day, before, now, verdict) for day, before, now, verdict in rows]
    [(1, 10.0, 0.0, 'tolerated'), (2, 10.0, 10.0, 'same')]
    >>> compare({}, {date(2030, 1, 2): 10}, None)
    [(datetime.date(2030, 1, 2), 0.0, 10.0, 'new')]
    """
    before, now = Curve(old), Curve(new)
    return [
        (day, before.at(day), now.at(day), zones.judge(before, now, day) if zones else "new")
        for day in sorted({*old, *new})
    ]
