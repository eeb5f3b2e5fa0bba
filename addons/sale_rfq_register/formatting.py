"""Numbers in messages as their reader writes them: 100.5 in English is 100,5 in Russian."""

from odoo.tools import float_compare, float_round, formatLang


def format_number(env, value, digits):
    """A number with at most so many digits after the point, and no needless zeros."""
    value = float_round(value, precision_digits=digits)
    shown = next(
        fewer
        for fewer in range(digits + 1)
        if float_compare(float_round(value, fewer), value, precision_digits=digits) == 0
    )
    return formatLang(env, value, digits=shown)


def format_quantity(env, quantity):
    """A quantity, as exact as units are."""
    return format_number(env, quantity, env["decimal.precision"].precision_get("Product Unit"))
