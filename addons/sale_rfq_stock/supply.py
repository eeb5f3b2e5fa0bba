"""When a quantity can leave a store without what others wait for. Plain Python, no Odoo."""


def first_day(stock, changes, wanted, today):
    """The first day from which on the wanted quantity is there, and is not missed later.

    What is due is taken to come, or to leave, today.

    :param stock: on hand now
    :param changes: ``{day: quantity}`` that comes, or leaves where it is negative
    :return: a day, or ``None`` where all that is planned does not cover it

    >>> first_day(5, {}, 5, 1)
    1
    >>> first_day(5, {4: 10}, 6, 1)
    4
    >>> first_day(5, {3: -2, 7: 4}, 5, 1)
    7
    >>> first_day(0, {-2: 5}, 5, 1)
    1
    >>> first_day(5, {4: 10, 6: -12}, 4, 1) is None
    True
    """
    day, free = today, stock
    found = today if free >= wanted else None
    for day in sorted(changes):
        free += changes[day]
        if free < wanted:
            found = None
        elif found is None:
            found = max(day, today)
    return found
