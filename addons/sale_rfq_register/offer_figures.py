"""The figures of an offer that approval tiers test: how far prices were cut, what is earned.

Prices and amounts of one call are in one currency. Results are in percent (10.0 is 10 %), rounded
to two decimals; only ``given_amount`` is an amount.
"""

NOTHING_SOLD = 100.0


def whole_discount(lines):
    """What is cut of the whole, in percent; never below zero.

    ``lines`` are ``(list price, price, discount in percent, quantity)``. The whole is asked beside
    the lines, because a discount may stand on a line of its own, with a price or a quantity below
    zero.

    >>> whole_discount([(100, 100, 5, 1), (10, 8, 0, 50)])
    17.5
    >>> whole_discount([(100, 100, 0, 1), (0, -25, 0, 1)])
    25.0
    >>> whole_discount([(100, 100, 0, 1), (50, 50, 0, -0.5)])
    25.0
    >>> whole_discount([(100, 120, 0, 1)]), whole_discount([])
    (0.0, 0.0)

    Money given for nothing is a discount of 100 %:

    >>> whole_discount([(0, -500, 0, 1)])
    100.0

    A price and a quantity that are both below zero are no sale:

    >>> whole_discount([(10, 10, 0, 6), (0, -10, 0, -5), (0, -50, 0, 1)])
    83.33

    Neither a heading nor a down payment counts:

    >>> whole_discount([(100, 95, 0, 1), (0, 0, 0, 0), (0, 30, 0, 0)])
    5.0
    """
    full, asked = _full_and_asked(lines)
    if full > 0:
        return _percentage(100 * (1 - asked / full))
    return 100.0 if round(asked, 6) < 0 else 0.0


def given_amount(lines):
    """How much less is asked for the whole than its list prices.

    What is asked above the list price makes up for nothing; a price without any is its own list
    price.

    >>> given_amount([(100, 100, 5, 1), (10, 8, 0, 50), (0, -7, 0, 1)])
    112.0
    >>> given_amount([(20, 25, 20, 1), (20, 40, 0, 9), (20, 18, 0, 1)])
    2.0
    >>> given_amount([(0, 50, 10, 2)])
    10.0
    """
    full, asked = _full_and_asked(lines)
    return full - asked


def _full_and_asked(lines):
    full = sum(
        max(listed or price, _net(price, cut)) * quantity
        for listed, price, cut, quantity in lines
        if price > 0 and quantity > 0
    )
    return full, sum(_asked(price, cut, quantity) for _listed, price, cut, quantity in lines)


def _asked(price, cut, quantity):
    """What a line asks for; two signs below zero are no sale."""
    amount = _net(price, cut) * quantity
    return amount if quantity > 0 else min(0, amount)


def given_apart(lines):
    """What lines of their own give to the customer, in percent of the list prices.

    >>> given_apart([(100, 90, 0, 1), (50, 50, 0, -0.5), (0, -5, 0, 1)])
    30.0
    >>> given_apart([(100, 90, 0, 1)]), given_apart([(0, -5, 0, 1)])
    (0.0, 100.0)
    """
    full, _asked_for = _full_and_asked(lines)
    given = -sum(min(0, _asked(price, cut, quantity)) for _listed, price, cut, quantity in lines)
    if not given:
        return 0.0
    return _percentage(100 * given / full) if full > 0 else 100.0


def discount_of(listed, price, discount, _quantity):
    """What is cut of a line by itself, in percent; never below zero.

    That is its discount together with what its price was lowered below the list price by hand.

    >>> discount_of(100, 90, 10, 1), discount_of(0, -25, 0, 1)
    (19.0, 0.0)
    """
    if listed <= 0 or price < 0:
        return _percentage(discount)
    return _percentage(max(discount, 100 * (1 - _net(price, discount) / listed)))


def _percentage(cut):
    return round(cut, 2) if cut > 0 else 0.0


def _net(price, discount):
    return price * (1 - discount / 100)


def lowest_margin(rows):
    """The smallest margin of ``(margin, revenue)`` pairs, in percent of the revenue.

    What is given away at a cost counts as −100 %; rows without revenue and cost, and those that
    only lower the revenue, do not count. Nothing sold is 100 %.

    >>> lowest_margin([(40, 100), (3, 20)])
    15.0
    >>> lowest_margin([(40, 100), (-7, 0)])
    -100.0
    >>> lowest_margin([(0, 0), (-5, -5)]), lowest_margin([])
    (100.0, 100.0)
    """
    shares = [_margin_share(margin, revenue) for margin, revenue in rows]
    return round(min((share for share in shares if share is not None), default=NOTHING_SOLD), 2)


def whole_margin(margin, revenue):
    """The margin of a whole offer, in percent of its revenue; −100 % where it only gives money.

    >>> whole_margin(15, 100), whole_margin(-500, -500), whole_margin(0, 0)
    (15.0, -100.0, 100.0)
    """
    return -100.0 if round(revenue, 6) < 0 else lowest_margin([(margin, revenue)])


def _margin_share(margin, revenue):
    if revenue > 0:
        return 100 * margin / revenue
    return -100.0 if revenue == 0 and margin < 0 else None
