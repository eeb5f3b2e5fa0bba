"""Count where the time of a day went, each minute once.

What somebody does at the same time is counted for the entry that began later: a call during a
meeting interrupts it, and the meeting goes on after it.
"""

from itertools import pairwise


def count_minutes(entries):
    """Share out the time among entries that overlap.

    :param entries: ``[(start, stop, key), …]`` with comparable moments, whose differences are
        timedeltas
    :return: ``{key: minutes}``, for each key that has any

    >>> from datetime import datetime
    >>> at = lambda hour, minute=0: datetime(2026, 3, 2, hour, minute)
    >>> count_minutes([(at(9), at(11), "meeting"), (at(10), at(10, 15), "call")])
    {'meeting': 105.0, 'call': 15.0}
    >>> count_minutes([(at(9), at(10), "a"), (at(9), at(10), "b")])
    {'b': 60.0}
    """
    moments = sorted({moment for start, stop, _key in entries for moment in (start, stop)})
    found = {}
    for begin, end in pairwise(moments):
        running = [
            (start, number, key)
            for number, (start, stop, key) in enumerate(entries)
            if start <= begin and stop >= end
        ]
        if running:
            key = max(running, key=lambda one: one[:2])[2]
            found[key] = found.get(key, 0) + (end - begin).total_seconds() / 60
    return found
