"""Calendar periods into which a time series of sales is cut: weeks, months, quarters.

Only whole periods count: a month that still runs would look like a weak one.
"""

from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3}


def start_of(day, bucket):
    """The first day of the week (from Monday), month or quarter of a day.

    >>> start_of(date(2026, 11, 25), "week"), start_of(date(2026, 11, 25), "quarter")
    (datetime.date(2026, 11, 23), datetime.date(2026, 10, 1))
    """
    if bucket == "week":
        return day - timedelta(days=day.weekday())
    length = MONTHS[bucket]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def add_months(day, months):
    """The first day of the month that lies some months after the month of a day.

    >>> add_months(date(2026, 1, 31), -1)
    datetime.date(2025, 12, 1)
    """
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def window(day, months, bucket):
    """The last whole buckets before a day that make up some months.

    A window is never shorter than one bucket; one of weeks has as many as begin in those months.

    :return: first day, last day and the number of buckets

    >>> window(date(2026, 11, 25), 12, "month")
    (datetime.date(2025, 11, 1), datetime.date(2026, 10, 31), 12)
    >>> window(date(2026, 11, 25), 12, "quarter")
    (datetime.date(2025, 10, 1), datetime.date(2026, 9, 30), 4)
    >>> window(date(2026, 11, 25), 12, "week")
    (datetime.date(2025, 11, 24), datetime.date(2026, 11, 22), 52)
    """
    end = start_of(day, bucket)
    if bucket == "week":
        count = max(1, round(months * 52 / 12))
        start = end - timedelta(weeks=count)
    else:
        count = max(1, months // MONTHS[bucket])
        start = add_months(end, -count * MONTHS[bucket])
    return start, end - timedelta(days=1), count


def starts_of(start, count, bucket):
    """The first days of the buckets of a window.

    >>> starts_of(date(2026, 4, 1), 2, "quarter")
    [datetime.date(2026, 4, 1), datetime.date(2026, 7, 1)]
    """
    if bucket == "week":
        return [start + timedelta(weeks=number) for number in range(count)]
    return [add_months(start, number * MONTHS[bucket]) for number in range(count)]


def season_of(start, count, bucket, factors):
    """How strong each bucket of a window is by the season, from one factor for each month.

    A week has the factor of the month of its Thursday, a quarter the mean of its months.

    :param factors: twelve numbers, January first; 1 is an average month

    >>> season_of(date(2026, 10, 1), 1, "quarter", [1] * 11 + [4])
    [2.0]
    """
    if bucket == "week":
        thursdays = [day + timedelta(days=3) for day in starts_of(start, count, bucket)]
        return [float(factors[day.month - 1]) for day in thursdays]
    length = MONTHS[bucket]
    months = [add_months(start, number).month - 1 for number in range(count * length)]
    return [
        sum(factors[month] for month in months[place : place + length]) / length
        for place in range(0, len(months), length)
    ]
