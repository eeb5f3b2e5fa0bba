"""The same classes in plain Python and decimals, row by row, to hold the SQL against."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from ..periods import MONTHS


@dataclass
class Settings:
    """What a run knows; limits as fractions."""

    start: object
    count: int
    bucket: str
    a: Decimal = Decimal("0.8")
    b: Decimal = Decimal("0.95")
    x: Decimal = Decimal("0.1")
    y: Decimal = Decimal("0.25")
    new: int = 3
    lost: int = 6
    margin: Decimal = Decimal("0.02")
    agreeing: int = 2
    previous: dict = field(default_factory=dict)

    def number(self, day):
        """The number of the period of a day, negative before the window."""
        if self.bucket == "week":
            return (day - self.start).days // 7
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        return months // MONTHS[self.bucket]


def classify(facts, settings):
    """Classes of ``(subject, day, amount, is_sale)`` rows.

    :return: ``{subject: dict(value, abc_raw, abc_class, xyz_raw, xyz_class, status, rank, …)}``
    """
    with localcontext() as context:
        context.prec = 60
        subjects = _sum_up(facts, settings)
        whole = sum(max(one["value"], 0) for one in subjects.values())
        for one in subjects.values():
            weight = max(one["value"], 0)
            larger = [max(other["value"], 0) for other in subjects.values()]
            larger = [other for other in larger if other > weight]
            before = one["before"] = sum(larger)
            one["rank"] = len(larger) + 1
            one["abc_raw"] = _abc(weight, before, whole, settings.a, settings.b)
            one["xyz_raw"] = _xyz(one, settings.x, settings.y)
        for subject, one in subjects.items():
            _follow(one, settings.previous.get(subject), whole, settings)
        _join_peers(subjects)
        return subjects


def _sum_up(facts, settings):
    series, dates = defaultdict(lambda: defaultdict(Decimal)), defaultdict(list)
    for subject, day, amount, is_sale in facts:
        series[subject][settings.number(day)] += amount
        if is_sale:
            dates[subject].append(day)
    return {subject: _describe(sums, dates[subject], settings) for subject, sums in series.items()}


def _describe(sums, days, settings):
    levels = [sums.get(number, Decimal(0)) for number in range(settings.count)]
    first, last = min(days, default=None), max(days, default=None)
    since = max(0, settings.number(first)) if days else 0
    periods = settings.count - since
    silent = settings.count - 1 - settings.number(last) if days else 0
    if not days:
        status = "refunds"
    elif settings.count - settings.number(first) < settings.new:
        status = "new"
    elif first == last:
        status = "one_off"
    else:
        status = "lost" if silent >= settings.lost else "regular"
    return {
        "value": sum(levels),
        "status": status,
        "periods": periods,
        "squares": sum(level * level for level in levels),
    }


def _abc(weight, before, whole, a, b):
    if weight == 0:
        return "C"
    if before < a * whole:
        return "A"
    return "B" if before < b * whole else "C"


def _xyz(one, x, y):
    total = one["value"]
    if one["status"] != "regular" or total <= 0:
        return None
    spread = one["periods"] * one["squares"] - total * total
    for name, limit in (("X", x), ("Y", y)):
        if limit >= 0 and spread <= limit * limit * total * total:
            return name
    return "Z"


def _follow(one, former, whole, settings):
    """The former class holds until the change is sure."""
    m = settings.margin
    one["abc_class"], one["xyz_class"] = one["abc_raw"], one["xyz_raw"]
    if not former:
        return
    old, weight, before = former["abc_class"], max(one["value"], 0), one["before"]
    agreed = former["abc_raw"] == one["abc_raw"] and settings.agreeing <= 2
    sure = settings.agreeing <= 1 or agreed or before == 0
    if not sure and old != one["abc_raw"]:
        a = settings.a + (m if old == "A" else -m)
        b = settings.b + (-m if old == "C" else m)
        one["abc_class"] = _abc(weight, before, whole, a, b)
    old = former["xyz_class"]
    sure = settings.agreeing <= 1 or (
        former["xyz_raw"] == one["xyz_raw"] and settings.agreeing <= 2
    )
    if old and one["xyz_raw"] and not sure and old != one["xyz_raw"]:
        x = settings.x + (m if old == "X" else -m)
        y = settings.y + (-m if old == "Z" else m)
        one["xyz_class"] = _xyz(one, x, y)


def _join_peers(subjects):
    best = {}
    for one in subjects.values():
        weight = max(one["value"], 0)
        best[weight] = min(best.get(weight, "C"), one["abc_class"])
    for one in subjects.values():
        one["abc_class"] = best[max(one["value"], 0)]
