"""Decompose a sales target into what has to be done for it.

The chain is amount → deals (÷ average deal) → opportunities (÷ win rate) → meetings and calls
(× how many an opportunity takes) → leads (÷ share of leads that become an opportunity). Each
number is rounded up, because half a meeting is not held.
"""

from fractions import Fraction
from math import ceil

MEASURES = ("revenue", "deals", "opportunities", "meetings", "calls", "leads")


def decompose(amount, ratios):
    """Compute the target of each measure.

    :param amount: of money to sell
    :param ratios: ``{measure: ratio}``: money a deal, wins an opportunity (0 to 1), meetings and
        calls an opportunity, opportunities a lead (0 to 1)
    :return: ``{measure: number}``; what rests on a ratio that is missing or not above zero is None

    >>> ratios = {"deals": 2000, "opportunities": 0.25, "meetings": 1.5, "calls": 4, "leads": 0.4}
    >>> list(decompose(90_000, ratios).values())
    [90000, 45, 180, 270, 720, 450]
    >>> list(decompose(1, {"deals": 2000, "opportunities": 0, "meetings": 2}).values())
    [1, 1, None, None, None, None]
    """
    deals = _divided(amount, ratios.get("deals"))
    opportunities = _divided(deals, ratios.get("opportunities"))
    return {
        "revenue": amount,
        "deals": deals,
        "opportunities": opportunities,
        "meetings": _times(opportunities, ratios.get("meetings")),
        "calls": _times(opportunities, ratios.get("calls")),
        "leads": _divided(opportunities, ratios.get("leads")),
    }


def worth(measure, number, ratios):
    """Compute what a number of a measure brings in money, through the ratios up the chain.

    :param measure: one of `MEASURES`
    :param ratios: as for `decompose`
    :return: an amount; None where a ratio is missing or not above zero

    >>> ratios = {"deals": 2000, "opportunities": 0.25, "meetings": 1.5, "calls": 4, "leads": 0.4}
    >>> [worth(measure, 60, ratios) for measure in MEASURES]
    [60.0, 120000.0, 30000.0, 20000.0, 7500.0, 12000.0]
    >>> worth("calls", 60, {"deals": 2000, "opportunities": 0.25})
    """
    steps = {
        "revenue": (),
        "deals": ("deals",),
        "opportunities": ("opportunities", "deals"),
    }.get(measure, (measure, "opportunities", "deals"))
    value = _exact(number)
    for step in steps:
        ratio = _exact(ratios.get(step) or 0)
        if ratio <= 0:
            return None
        value = value / ratio if step in ("meetings", "calls") else value * ratio
    return float(value)


def expect(fact, days_done, days_all):
    """Compute what comes out at the pace of today: the fact so far, spread over all days.

    Before the first day is over nothing is known, and the fact stands.

    >>> expect(10, 5, 20)
    40.0
    >>> expect(3, 0, 20)
    3
    """
    return fact * days_all / days_done if days_done else fact


def norm_of_day(target, fact, days_left):
    """Compute what each day that is left has to bring, rounded up; None without such a day.

    >>> norm_of_day(100, 40, 8)
    8
    >>> norm_of_day(100, 120, 8)
    0
    >>> norm_of_day(100, 40, 0)
    """
    if not days_left:
        return None
    return ceil(max(0, _exact(target) - _exact(fact)) / days_left)


def _exact(number):
    return Fraction(str(number))


def _divided(number, ratio):
    return (
        ceil(_exact(number) / _exact(ratio)) if number is not None and (ratio or 0) > 0 else None
    )


def _times(number, ratio):
    return (
        ceil(_exact(number) * _exact(ratio)) if number is not None and (ratio or 0) > 0 else None
    )
