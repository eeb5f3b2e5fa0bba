"""Division of an amount by weights so that the parts add up to it, to the last unit.

Amounts are whole numbers of a currency's unit (cents, yen, thousandths of a dinar, or 0.05).
Each part gets its whole quotient; the units that are left over go one each to the largest
remainders, on a tie to who stands first. It is the method of largest remainder, also Hamilton's.
The engine does the same in SQL; here is what it is compared with.
"""

from fractions import Fraction


def split_units(units, weights):
    """Divide whole units by weights.

    A negative amount is divided like the positive one, with the sign put back.

    :param units: a whole number of units of a currency
    :param weights: numbers that are zero or more, in order of precedence
    :return: a list of whole numbers whose sum is ``units``
    :raise ValueError: where no weight is above zero, or one is below

    >>> split_units(10000, [1, 1, 1])
    [3334, 3333, 3333]
    >>> split_units(-10000, [1, 1, 1])
    [-3334, -3333, -3333]
    >>> split_units(10, [35, 35, 15, 15])
    [4, 4, 1, 1]
    >>> split_units(2, [1, 1, 1])
    [1, 1, 0]
    >>> split_units(100, [0, 1])
    [0, 100]
    """
    exact = [Fraction(weight) for weight in weights]
    total = sum(exact)
    if total <= 0 or min(exact) < 0:
        raise ValueError("one weight has to be above zero, and none below")
    amount, sign = abs(units), 1 if units >= 0 else -1
    quotients = [amount * weight // total for weight in exact]
    remainders = [amount * weight % total for weight in exact]
    left = amount - sum(quotients)
    order = sorted(range(len(exact)), key=lambda number: (-remainders[number], number))
    parts = [quotient + (number in order[:left]) for number, quotient in enumerate(quotients)]
    return [sign * part for part in parts]


def round_half_away(value):
    """Round to a whole number, halves away from zero, as Odoo and PostgreSQL do.

    >>> [round_half_away(Fraction(number, 2)) for number in (5, -5, 3)]
    [3, -3, 2]
    """
    value = Fraction(value)
    whole = (abs(value) + Fraction(1, 2)).__floor__()
    return whole if value >= 0 else -whole
