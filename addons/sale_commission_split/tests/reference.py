"""The ledger in plain Python with fractions: what the engine is compared with.

It knows invoices and credit notes, their payments by month, sharings by weights, pots with
versions, plans of persons with steps, and months that are closed. Amounts are whole units of the
currency; a month is a number.
"""

from collections import Counter, defaultdict
from fractions import Fraction

from ..largest_remainder import round_half_away, split_units


class Document:
    """An invoice, or a credit note that gives back one line of its invoice.

    :param number: tells which of two notes of a month came first
    :param lines: ``{line: units}``
    :param weights: of the sharing, a list that an invoice has in common with its notes
    """

    def __init__(self, number, lines, month, weights, origin=None):
        self.number, self.lines, self.month = number, dict(lines), month
        self.weights, self.origin = weights, origin
        self.settled = {}  # month: units of money
        self.is_posted, self.is_settled = True, False
        self.credits = {}  # (component, line): (percent, version, units)

    def __repr__(self):
        return f"{'note' if self.origin else 'invoice'} {self.number}"

    @property
    def total(self):
        return sum(self.lines.values())


class Component:
    """What pays a percentage: a pot, or one person the whole or his part of the basis.

    :param versions: ``{month: percent}`` from which month on; later ones may be added
    :param holder: the person's position; none for a pot
    :param steps: ``[(from, percent), …]`` by month, of slices or of the whole
    :param cap: the most that a month pays, in units
    """

    def __init__(
        self, versions, holder=None, part=False, on_paid=True, steps=(), whole=False, cap=0
    ):
        self.versions, self.holder, self.part, self.on_paid = versions, holder, part, on_paid
        self.steps, self.whole, self.cap = steps, whole, cap

    def __repr__(self):
        return "pot" if self.holder is None else f"plan {self.holder}"

    def rate(self, month):
        """Return the key of the version that holds in a month."""
        return max(start for start in self.versions if start <= month)

    def pays(self, basis, documents_pay):
        """Compute what a window pays in all, in units; its documents alone pay so much."""
        if not self.steps:
            return documents_pay
        steps = [(start, Fraction(str(percent)) / 100) for start, percent in self.steps]
        if self.whole:
            total = basis * [rate for start, rate in steps if start <= basis][-1]
        else:
            ends = [start for start, _rate in steps[1:]] + [basis]
            total = sum(
                max(0, min(basis, end) - start) * rate
                for (start, rate), end in zip(steps, ends, strict=True)
            )
        return min(round_half_away(total), self.cap or float("inf"))


class Ledger:
    """What ought to stand in the ledger, entered month by month as the documents change."""

    def __init__(self, components):
        self.components, self.documents, self.closed = components, [], 0
        # (document, component, version, person, origin) and (component, person, window)
        self.rows = defaultdict(Counter)  # key: {(month booked, figure): units}
        self.windows = {}  # (document, component): month

    def run(self):
        """Enter the difference, first of documents, then of windows."""
        self._pin()
        expected = self._expected()
        places = []
        for key in expected.keys() | self.rows.keys():
            if len(key) == 5:
                due = expected.get(key, {})
                stands = self._net(key)
                names = due.keys() | stands.keys()
                change = {name: due.get(name, 0) - stands[name] for name in names}
                if any(change.values()):
                    places.append((key, max(key[4], self.closed), change))
        self._place(places)
        for key, booked, change in places:
            for name, units in change.items():
                self.rows[key][booked, name] += units
        self._enter_windows()

    def _net(self, key):
        sums = Counter()
        for (_booked, name), units in self.rows[key].items():
            sums[name] += units
        return sums

    def _pin(self):
        """Credit lines that have no credit, and drop credits whose line has changed."""
        for document in self.documents:
            for key, (_percent, _version, units) in list(document.credits.items()):
                if not document.is_posted or document.lines.get(key[1]) != units:
                    del document.credits[key]
            if document.is_posted and not document.origin:
                for component in self.components:
                    version = component.rate(document.month)
                    percent = Fraction(str(component.versions[version]))
                    for line, units in document.lines.items():
                        document.credits.setdefault((component, line), (percent, version, units))

    def _pots(self, document):
        """``{(component, version): [basis, raw]}`` of an invoice, or of what a note gives back."""
        found = defaultdict(lambda: [0, Fraction(0)])
        source = document.origin or document
        for (component, line), (percent, version, units) in source.credits.items():
            if document.origin:
                units = document.lines.get(line, 0) if document.is_posted else 0
            pot = found[component, version]
            pot[0] += units
            pot[1] += units * percent / 100
        return found

    def _shares(self, document):
        """``{(component, version, person): (earned, basis)}`` of an invoice."""
        found = {}
        total = sum(Fraction(weight) for weight in document.weights)
        for (component, version), (basis, raw) in self._pots(document).items():
            if component.holder is None:
                earned = split_units(round_half_away(raw), document.weights)
                parts = split_units(basis, document.weights)
                for person, pair in enumerate(zip(earned, parts, strict=True)):
                    found[component, version, person] = pair
            else:
                weight = Fraction(document.weights[component.holder])
                part = weight / total if component.part else 1
                found[component, version, component.holder] = (
                    round_half_away(raw * part),
                    round_half_away(basis * part),
                )
        return found

    def _given_back(self):
        """``{note: {(component, version, person): (earned, basis)}}``, below zero."""
        before = defaultdict(lambda: [0, Fraction(0)])
        found = {}
        notes = [document for document in self.documents if document.origin]
        for note in sorted(notes, key=lambda one: (one.month, one.number)):
            whole, shares = self._pots(note.origin), self._shares(note.origin)
            found[note] = {}
            for pot, (basis, raw) in self._pots(note).items():
                old = list(before[note.origin, pot])
                new = before[note.origin, pot] = [old[0] + basis, old[1] + raw]
                for key, (earned, counted) in shares.items():
                    if key[:2] == pot:
                        found[note][key] = (
                            part(earned, old[1], whole[pot][1])
                            - part(earned, new[1], whole[pot][1]),
                            part(counted, old[0], whole[pot][0])
                            - part(counted, new[0], whole[pot][0]),
                        )
        return found

    def _expected(self):
        """What ought to stand there by key."""
        found = defaultdict(Counter)
        notes = self._given_back()
        for document in self.documents:
            shares = notes[document] if document.origin else self._shares(document)
            for (component, version, person), (earned, basis) in shares.items():
                base = (document, component, version, person)
                row = found[(*base, document.month)]
                row.update(earned=earned, basis=basis)
                if not component.on_paid:
                    row.update(due=basis, payable=earned)
                    continue
                paid = 0
                for month in sorted(document.settled):
                    before, paid = paid, paid + document.settled[month]
                    row = found[(*base, month)]
                    for name, units in (("payable", earned), ("due", basis)):
                        row[name] += part(units, paid, document.total) - part(
                            units, before, document.total
                        )
                if document.settled and document.is_settled:
                    # what was written off is not earned
                    row["earned"] += part(earned, paid, document.total) - earned
        return found

    def _place(self, places):
        """Give documents that have none the window in which they are counted."""
        first = {}
        for key, booked, _change in places:
            first[key[:2]] = min(booked, first.get(key[:2], booked))
        for pair in sorted(first, key=lambda pair: pair[0].origin is not None):
            document, component = pair
            origin = (document.origin, component)
            self.windows.setdefault(pair, self.windows.get(origin, first[pair]))

    def _enter_windows(self):
        kept = defaultdict(list)
        for key, row in self.rows.items():
            if row and len(key) == 5 and key[1].steps:
                kept[key[1], key[3], self.windows[key[:2]]].append(row)
        for (component, person, window), rows in kept.items():
            sums, inside, booked = Counter(), Counter(), window
            for row in rows:
                for (month, name), units in row.items():
                    booked = max(booked, month)
                    sums[name] += units
                    if month == window:
                        inside[name] += units
            earned = payable = 0
            if inside["basis"] > 0:
                more = component.pays(inside["basis"], inside["earned"]) - inside["earned"]
                earned = payable = round_half_away(Fraction(more * sums["basis"], inside["basis"]))
            if component.on_paid and earned:
                ratio = Fraction(sums["due"], sums["basis"]) if sums["basis"] else 0
                payable = round_half_away(earned * min(1, max(0, ratio)))
            key = (component, person, window)
            stands = self._net(key)
            self.rows[key][max(booked, self.closed), "earned"] += earned - stands["earned"]
            self.rows[key][max(booked, self.closed), "payable"] += payable - stands["payable"]


def part(amount, share, whole):
    """Compute an amount in the measure of a part, at most all of it; of nothing it is all."""
    if share >= whole:
        return amount
    return round_half_away(Fraction(amount) * share / whole)
