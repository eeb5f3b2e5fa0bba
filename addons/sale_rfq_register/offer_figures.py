"""The figures of an offer that approval tiers test: how far prices were cut, what is earned.

All results are in percent (10.0 is 10 %), rounded to two decimals. Prices and amounts of one call
are in one currency.
"""

NOTHING_SOLD = 100.0


def highest_discount(lines):
    """The largest cut among the lines and of the whole, in percent; never below zero.

    ``lines`` are ``(list price, price, discount in percent, quantity)``. A line's cut is its
    discount together with what its price was lowered below the list price by hand. The whole is
    asked too, because a discount may stand on a line of its own, with a price or a quantity below
    zero.

    >>> highest_discount([(100, 100, 5, 1), (10, 8, 0, 50)])
    20.0
    >>> highest_discount([(100, 90, 10, 1)])
    19.0
    >>> highest_discount([(100, 100, 0, 1), (0, -25, 0, 1)])
    25.0
    >>> highest_discount([(100, 100, 0, 1), (50, 50, 0, -0.5)])
    25.0
    >>> highest_discount([(100, 120, 0, 1)]), highest_discount([])
    (0.0, 0.0)

    Neither a heading nor a down payment counts:

    >>> highest_discount([(100, 95, 0, 1), (0, 0, 0, 0), (0, 30, 0, 0)])
    5.0
    """
    cuts = [_line_discount(*line) for line in lines]
    full = sum(
        max(listed, price) * quantity
        for listed, price, _cut, quantity in lines
        if price > 0 and quantity > 0
    )
    asked = sum(_net(price, cut) * quantity for _listed, price, cut, quantity in lines)
    if full > 0:
        cuts.append(100 * (1 - asked / full))
    return round(max(cuts, default=0.0), 2) if max(cuts, default=0.0) > 0 else 0.0


def _line_discount(listed, price, discount, _quantity):
    if listed <= 0 or price < 0:
        return discount
    return max(discount, 100 * (1 - _net(price, discount) / listed))


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


def _margin_share(margin, revenue):
    if revenue > 0:
        return 100 * margin / revenue
    return -100.0 if revenue == 0 and margin < 0 else None
