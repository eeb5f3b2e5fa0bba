"""When an amount of working time is over. Plain Python: moments with a time zone, hours."""

from bisect import bisect_right
from datetime import timedelta

HOUR = timedelta(hours=1)


def end_of_hours(periods, start, hours):
    """The moment at which ``hours`` of work after ``start`` are over.

    ``periods`` are ``(begin, end)`` of the working time, in order and apart from each other.

    >>> from datetime import datetime
    >>> def day(number):
    ...     return [
    ...         (datetime(2026, 3, number, 8), datetime(2026, 3, number, 12)),
    ...         (datetime(2026, 3, number, 13), datetime(2026, 3, number, 17)),
    ...     ]
    >>> friday_and_monday = day(6) + day(9)
    >>> str(end_of_hours(friday_and_monday, datetime(2026, 3, 6, 11), 3))
    '2026-03-06 15:00:00'
    >>> str(end_of_hours(friday_and_monday, datetime(2026, 3, 6, 16), 3))
    '2026-03-09 10:00:00'

    The last minute still belongs to the day, and outside of working time none passes:

    >>> str(end_of_hours(friday_and_monday, datetime(2026, 3, 6, 13), 4))
    '2026-03-06 17:00:00'
    >>> str(end_of_hours(friday_and_monday, datetime(2026, 3, 7, 3), 1))
    '2026-03-09 09:00:00'

    ``None`` where the periods do not suffice:

    >>> end_of_hours(friday_and_monday, datetime(2026, 3, 6, 8), 17)
    """
    first = bisect_right(periods, start, key=lambda period: period[1])
    for begin, end in periods[first:]:
        begin = max(begin, start)
        if hours * HOUR <= end - begin:
            return begin + hours * HOUR
        hours -= (end - begin) / HOUR
    return None
