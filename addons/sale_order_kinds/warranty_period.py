"""The length of a warranty, in plain Python."""

from dateutil.relativedelta import relativedelta


def warranty_end(start, length, unit):
    """Return the last day on which a complaint is inside the warranty.

    :param start: the day of the delivery, from which the warranty counts
    :param length: how many units the warranty lasts; with 0 there is none
    :param unit: ``day`` or ``month``
    :return: a day, or None where there is no warranty

    >>> from datetime import date
    >>> warranty_end(date(2026, 1, 31), 1, "month")
    datetime.date(2026, 2, 28)
    >>> warranty_end(date(2026, 1, 31), 10, "day")
    datetime.date(2026, 2, 10)
    >>> warranty_end(date(2024, 2, 29), 12, "month")
    datetime.date(2025, 2, 28)
    >>> warranty_end(date(2026, 1, 31), 0, "month")
    >>> warranty_end(None, 1, "month")
    """
    if not start or length <= 0:
        return None
    step = relativedelta(days=length) if unit == "day" else relativedelta(months=length)
    return start + step
