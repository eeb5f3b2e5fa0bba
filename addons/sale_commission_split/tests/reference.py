"""The ledger in plain Python with fractions: what the engine is compared with.

It knows invoices and credit notes of one pot, their payments by month, and sharings by weights.
Amounts are whole cents; a month is a number.
"""

from fractions import Fraction

from ..largest_remainder import round_half_away, split_units


class Document:
    """An invoice, or a credit note of one: its lines in cents and what was settled by month."""

    def __init__(self, lines, rate, month, weights, origin=None):
        self.lines, self.rate, self.month = lines, Fraction(str(rate)), month
        self.weights, self.origin = weights, origin
        self.settled = {}  # month: cents of money
        self.is_posted = True

    @property
    def total(self):
        return sum(self.lines)

    @property
    def raw(self):
        """The commission of all lines, unrounded."""
        return self.total * self.rate / 100

    def shares(self):
        """What each person earns by an invoice, in cents."""
        if not sum(self.weights):
            return [0] * len(self.weights)
        return split_units(round_half_away(self.raw), self.weights)


def earned(documents):
    """Compute what each person has earned by each document, in cents."""
    found, given = {}, {}
    for document in documents:
        if not document.is_posted:
            found[document] = [0] * len(document.weights)
        elif document.origin is None:
            found[document] = document.shares()
        else:
            origin = document.origin
            before = given.get(origin, Fraction(0))
            after = before + document.raw
            given[origin] = after
            whole = origin.raw if origin.is_posted else 0
            found[document] = [
                -(_part(share, after, whole) - _part(share, before, whole))
                for share in (origin.shares() if whole else [0] * len(document.weights))
            ]
    return found


def _part(share, given, whole):
    """Which part of a share was given back once so much of the whole was."""
    return round_half_away(share * min(Fraction(1), given / whole))


def payable(documents):
    """Compute what of it each person may be paid by month: ``{month: [cents, …]}``."""
    found = {}
    for document, shares in earned(documents).items():
        before = Fraction(0)
        for month in sorted(document.settled):
            ratio = min(Fraction(1), before + Fraction(document.settled[month], document.total))
            parts = [
                round_half_away(share * ratio) - round_half_away(share * before)
                for share in shares
            ]
            known = found.setdefault(month, [0] * len(shares))
            found[month] = [one + other for one, other in zip(known, parts, strict=True)]
            before = ratio
    return found
