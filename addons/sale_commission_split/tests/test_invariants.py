"""Random histories against the plain reference, and what has to hold whatever happened."""

import os
from collections import Counter
from datetime import date

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .reference import Component, Document, Ledger
from .test_person_plans import PersonPlanCommon

EXAMPLES = int(os.environ.get("COMMISSION_EXAMPLES", "12"))
MONTHS = [date(2026, number, 15) for number in (1, 2, 3, 4)]
EVENTS = (
    *("invoice", "invoice", "pay", "pay", "unpay", "write_off", "note", "note", "edit", "reset"),
    *("repost", "share", "version", "close"),
)
WEIGHTS = ((1, 0, 0), (1, 1, 1), (1, 2, 5), (3.5, 0, 1), (0, 0.1, 0.7))
FIGURES = ("earned", "payable", "basis", "due")

events = st.lists(
    st.tuples(
        st.sampled_from(EVENTS),
        st.integers(0, 5),  # which document
        st.integers(0, 3),  # month, line, weights
        st.integers(1, 99_999),  # units
    ),
    min_size=1,
    max_size=10,
)


class History:
    """One history, played in the database and in the reference alike."""

    def __init__(self, test, currency):
        self.test, self.unit = test, currency.rounding
        self.moves = {}  # document: account.move
        self.pot = Component({0: 5})
        self.components = {test.plan.component_ids.id: (self.pot, 0)}
        self.add_person_plans()
        self.ledger = Ledger([one for one, _version in self.components.values()])

    def add_person_plans(self):
        test = self.test
        steps = {"window_kind": "month", "step_values": "rates"}
        scaled = [(0, 3), (round(50_000 * self.unit, 3), 7)]
        for person, (component, values) in enumerate(
            (
                (Component({0: 2}, 0, part=True), {"credit": "basis"}),
                (
                    Component({0: 3}, 1, True, on_paid=False, steps=((0, 3), (50_000, 7))),
                    {"credit": "basis", "event": "invoiced", "steps": scaled, **steps},
                ),
                (
                    Component({0: 3}, 2, steps=((0, 3), (50_000, 7)), whole=True, cap=6_001),
                    {"steps": scaled, "step_mode": "whole", "cap": 6_001 * self.unit, **steps},
                ),
            )
        ):
            values = {"event": "paid", "credit": "whole", **values}
            percent = component.versions[0]
            plan = test.person_plan(f"Plan {person}", percent, **values)
            test.agree(plan, person)
            self.components[plan.component_ids.id] = (component, 0)

    def play(self, history):
        for event, which, month, units in history:
            chosen = list(self.moves)[which % len(self.moves)] if self.moves else None
            if event in ("invoice", "share", "version", "close") or not chosen:
                self.run()
            if event == "invoice" or not chosen:
                self.add_invoice(month, units, which)
            elif event in ("version", "close"):
                getattr(self, event)(month)
            else:
                document = chosen.origin or chosen
                getattr(self, event)(document, max(document.month, month), units)
            if units % 3 or event in ("invoice", "share"):  # else it waits for what comes next
                self.run()
        self.run()

    def run(self):
        self.test.run_engine()
        self.ledger.run()

    # === EVENTS === #

    def add_invoice(self, month, units, number):
        amounts = [units, *(1 + units * factor % 7_919 for factor in range(3, 3 + number % 3))]
        move = self.test.new_invoice(
            *(
                {"price_unit": amount * self.unit, "product_id": product.id}
                for amount, product in zip(amounts, self.test.products, strict=False)
            ),
            day=MONTHS[month],
        )
        document = Document(
            move.id, dict(enumerate(amounts)), month, WEIGHTS[number % len(WEIGHTS)]
        )
        self.moves[document] = move
        self.ledger.documents.append(document)
        if not units % 5:
            self.pay(document, min(month + 1, len(MONTHS) - 1), units // 2 + 1)
        self.test.share(self.test.deal_of(move), *document.weights)

    def left(self, document):
        return round(self.moves[document].amount_residual / self.unit)

    def settle(self, document, month, units):
        document.settled[month] = document.settled.get(month, 0) + units
        self.see_settled(document)

    def see_settled(self, document):
        document.is_settled = document.is_posted and not self.left(document)

    def pay(self, document, month, units, write_off=False):
        left = self.left(document) if document.is_posted else 0
        if left:
            units = units % left + 1 if units >= left else units
            self.test.pay(
                self.moves[document], units * self.unit, day=MONTHS[month], write_off=write_off
            )
            self.settle(document, month, units)

    def write_off(self, document, month, units):
        self.pay(document, month, units, write_off=True)

    def unpay(self, document, _month, _units):
        self.moves[document].line_ids.remove_move_reconcile()
        for other in self.ledger.documents:
            if document in (other, other.origin):
                other.settled.clear()
                self.see_settled(other)

    def note(self, document, month, units):
        line = units % len(document.lines)
        given = sum(
            note.lines.get(line, 0) for note in self.ledger.documents if note.origin is document
        )
        left = document.lines[line] - given
        if not document.is_posted or left <= 0:
            return
        units, open_before = units % left + 1, self.left(document)
        move = self.test.refund(
            self.moves[document], units * self.unit, day=MONTHS[month], line=line
        )
        note = Document(move.id, {line: units}, month, document.weights, document)
        self.moves[note] = move
        self.ledger.documents.append(note)
        # core matches a note with what it reverses, as far as that is open
        if matched := min(units, open_before):
            self.settle(document, month, matched)
            self.settle(note, month, matched)

    def edit(self, document, _month, units):
        """Another price on one line, in one transaction."""
        if self.reset(document):
            line = units % len(document.lines)
            given = sum(
                note.lines.get(line, 0)
                for note in self.ledger.documents
                if note.origin is document
            )
            document.lines[line] = units + given
            lines = self.moves[document].invoice_line_ids
            lines[line].price_unit = document.lines[line] * self.unit
            self.repost(document)

    def reset(self, document, *_ignored):
        if document.is_posted and not document.settled:
            self.moves[document].button_draft()
            document.is_posted = False
            return True
        return False

    def repost(self, document, *_ignored):
        if not document.is_posted:
            self.moves[document].action_post()
            document.is_posted = True

    def share(self, document, _month, units):
        if document.is_posted:
            weights = WEIGHTS[units % len(WEIGHTS)]
            for other in self.ledger.documents:
                if document in (other, other.origin):
                    other.weights = weights
            self.test.share(self.test.deal_of(self.moves[document]), *weights)

    def version(self, month):
        """Another percentage of pots from a month on, for what is not credited yet."""
        if month and month not in self.pot.versions:
            self.pot.versions[month] = 5 + month
            plan = self.test.plan.browse(self.test.plan.action_new_version()["res_id"])
            plan.component_ids.rate_ids.percent = 5 + month
            plan.date_from = MONTHS[month].replace(day=1)
            plan.action_approve()
            self.components[plan.component_ids.id] = (self.pot, month)

    def close(self, _month):
        if self.ledger.closed < len(MONTHS) - 1:
            self.test.close(MONTHS[self.ledger.closed])
            self.ledger.closed += 1

    # === WHAT STANDS THERE === #

    def stands(self):
        """The ledger of the database in the words of the reference."""
        documents = {move.id: document for document, move in self.moves.items()}
        found = Counter()
        for entry in self.test.entries():
            component, version = self.components[entry.component_id.id]
            person = self.test.persons.index(entry.person_id)
            booked = entry.period_id.date_from.month - 1
            if entry.kind == "doc":
                key = (
                    *(documents[entry.source_id], component, version, person),
                    entry.origin.month - 1,
                )
            else:
                key = (component, person, entry.window_date.month - 1)
            amounts = (entry.earned, entry.payable, entry.basis, entry.basis_due)
            for name, amount in zip(FIGURES, amounts, strict=True):
                found[key, booked, name] += round(amount / self.unit)
        return {key: units for key, units in found.items() if units}

    def ought(self):
        return {
            (key, booked, name): units
            for key, row in self.ledger.rows.items()
            for (booked, name), units in row.items()
            if units
        }

    def differences(self):
        """What stands and ought to stand, where the two differ."""
        stands, ought = self.stands(), self.ought()
        keys = [key for key in stands | ought if stands.get(key) != ought.get(key)]
        return [{key: each.get(key, 0) for key in keys} for each in (stands, ought)]


@tagged("post_install", "-at_install")
class TestInvariants(PersonPlanCommon):
    """Posting, edit, reset, payment, un-payment, write-off, refund, shares, version, closing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.sudo().date_from = date(2026, 1, 1)
        cls.products = cls.goods + cls.env["product.product"].create(
            [{"name": f"Goods {number}", "taxes_id": [Command.clear()]} for number in (2, 3)]
        )
        currencies = {"USD": 0.01, "JPY": 1, "KWD": 0.001, "CHF": 0.05}
        cls.currencies = [cls.env.ref(f"base.{name}") for name in currencies]
        for currency, rounding in zip(cls.currencies, currencies.values(), strict=True):
            currency.sudo().write({"active": True, "rounding": rounding})

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        # shrinking plays hundreds of histories more
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(history=events, number=st.integers(0, 3))
    # paid before the first run: one window for what it earned and what of it is payable
    @example(history=[("invoice", 0, 0, 70_000)], number=0)
    # 30 of 140 are paid, the rest written off: of 7 units a half more than one
    @example(
        history=[("invoice", 0, 0, 141), ("edit", 0, 0, 140), ("write_off", 0, 0, 30)], number=0
    )
    def test_any_history(self, history, number):
        with self.env.cr.savepoint() as point:
            currency = self.currencies[number]
            self.company.sudo().currency_id = currency
            played = History(self, currency)
            played.play(history)
            self.assertEqual(*played.differences())
            self.assert_nothing_is_left()
            self.assert_shares_are_pots(played)
            self.assert_statements_are_payable()
            self.assert_closed_months_stay(played)
            point.rollback()

    def assert_nothing_is_left(self):
        """A run of all that there is adds no row."""
        rows = len(self.entries())
        self.env["commission.split.todo"]._run_all(self.company)
        self.assertEqual(len(self.entries()), rows)

    def assert_shares_are_pots(self, played):
        """The shares of an invoice that nothing was written off of add up to its pot."""
        for document, move in played.moves.items():
            if document.origin is None and not document.is_settled:
                pots = [
                    raw
                    for (component, _version), (_basis, raw) in played.ledger._pots(
                        document
                    ).items()
                    if component is played.pot
                ]
                entries = self.entries(move).filtered(
                    lambda one: played.components[one.component_id.id][0] is played.pot
                )
                units = round(sum(entries.mapped("earned")) / played.unit)
                self.assertLessEqual(abs(units - sum(pots)), len(pots) / 2)

    def assert_statements_are_payable(self):
        """What statements pay or carry on is what is payable in closed months."""
        entries = self.entries().filtered(lambda one: one.period_id.state == "closed")
        statements = self.env["commission.split.statement"].search(
            [("company_id", "=", self.company.id)], order="date_from"
        )
        self.assertEqual(entries.filtered("payable"), entries.filtered("statement_id"))
        for person in self.persons:
            own = statements.filtered(lambda one, p=person: one.person_id == p)
            due = entries.filtered(lambda one, p=person: one.person_id == p)
            self.assertAlmostEqual(
                sum(own.mapped("amount")) + sum(own[-1:].mapped("carry_out")),
                sum(due.mapped("payable")),
            )

    def assert_closed_months_stay(self, played):
        """What is left of all invoices is given back: all are at zero, closed months as before."""

        def closed():
            return [
                (one.id, one.earned, one.payable)
                for one in self.entries()
                if one.period_id.state == "closed"
            ]

        before = closed()
        for document, move in list(played.moves.items()):
            if document.origin is None and document.is_posted:
                played.moves[document].line_ids.remove_move_reconcile()
                for line, units in document.lines.items():
                    given = sum(
                        note.lines.get(line, 0) for note in played.moves if note.origin is document
                    )
                    if units > given:
                        self.refund(move, (units - given) * played.unit, day=MONTHS[-1], line=line)
        self.run_engine()
        self.assertEqual(closed(), before)
        self.assertEqual([round(amount, 3) for amount in self.sums()], [0, 0, 0])

    def test_from_scratch_is_step_by_step(self):
        """Documents stand by month as they did; windows in all, since they run as they come."""
        played = History(self, self.company.currency_id)
        played.play(
            [
                ("invoice", 2, 0, 70_000),
                ("pay", 0, 1, 30_001),
                ("note", 0, 2, 15_000),
                ("share", 0, 0, 2),
                ("invoice", 1, 1, 41_337),
                ("pay", 1, 3, 41_000),
            ]
        )
        self.assertEqual(*played.differences())
        self.env.cr.execute("DELETE FROM commission_split_entry")
        self.env.invalidate_all()
        self.env["commission.split.todo"]._run_all(self.company)
        totals = []
        for found in (played.stands(), played.ought()):
            total = Counter()
            for (key, booked, name), units in found.items():
                total[key, booked if len(key) == 5 else None, name] += units
            totals.append({key: units for key, units in total.items() if units})
        self.assertEqual(*totals)
