"""Quotas from the past: so that a wanted share of people reaches them."""


def percentile(values, part):
    """Return the value below which a part of the values lies, interpolated.

    It is `percentile_cont` of SQL: the position is part × (count − 1) among the sorted values.

    :param values: numbers, at least one
    :param part: from 0 to 1

    >>> round(percentile(range(40, 131, 10), 0.35), 2)
    71.5
    >>> percentile([7], 0.5)
    7
    """
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def get_reached(values, quota):
    """Return which share of the values reaches a quota, from 0 to 1.

    >>> get_reached(range(40, 131, 10), 71.5)
    0.6
    """
    return sum(value >= quota for value in values) / len(list(values))
