"""Quantities that come of several units, compared without rounding them in one of these.

A release of 1,004 kg is more than a contract over 1 t, though both show as 1.00 t. All that is
passed over is the noise of floats: thirds of a dozen add up to one.
"""

from math import isclose

DIGITS = 9  # of sums and differences; what is less is noise


def compare_exact(one, other):
    """Compare two quantities in one unit: -1, 0 or 1.

    >>> compare_exact(1.004, 1.0), compare_exact(0.1 + 0.2, 0.3), compare_exact(1 / 3, 0.34)
    (1, 0, -1)
    >>> compare_exact(sum([1 / 3] * 3000), 1000), compare_exact(1000.000001, 1000)
    (0, 1)
    """
    if isclose(one, other, rel_tol=1e-12, abs_tol=10**-DIGITS):
        return 0
    return 1 if one > other else -1


def difference(one, other):
    """What one quantity has more than the other.

    >>> difference(0.3, 0.1), difference(1, 1 / 3)
    (0.2, 0.666666667)
    """
    return round(one - other, DIGITS)
