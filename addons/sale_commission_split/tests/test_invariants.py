"""Random histories against the plain reference, and what has to hold whatever happened."""

import random
from datetime import date

from odoo.tests import tagged

from .common import CommissionCommon
from .reference import Document, earned, payable

MONTHS = [date(2026, number, 15) for number in (1, 2, 3, 4)]


@tagged("post_install", "-at_install")
class TestInvariants(CommissionCommon):
    def play(self, chosen):
        """Play a history; returns pairs of a document and its reference."""
        pairs = []
        for _number in range(chosen.randint(2, 4)):
            weights = [chosen.choice((0, 1, 2, 3.5)) for _person in self.persons]
            if not sum(weights):
                weights[0] = 1
            lines = [chosen.randint(1, 99999) for _line in range(chosen.randint(1, 4))]
            month = chosen.randrange(len(MONTHS))
            move = self.new_invoice(*[cents / 100 for cents in lines], day=MONTHS[month])
            self.share(self.deal_of(move), *weights)
            document = Document(lines, 5, month, weights)
            pairs.append((move, document))
            self.play_events(chosen, move, document, pairs)
            if chosen.random() < 0.3:
                self.run_engine()
        return pairs

    def play_events(self, chosen, move, document, pairs):
        for _number in range(chosen.randint(0, 4)):
            event = chosen.choice(("pay", "note", "reset", "run", "split"))
            month = chosen.randrange(document.month, len(MONTHS))
            left = document.total - sum(document.settled.values())
            if event == "pay" and left > 0:
                cents = chosen.randint(1, left)
                self.pay(move, cents / 100, day=MONTHS[month])
                document.settled[month] = document.settled.get(month, 0) + cents
            elif event == "note":
                cents = chosen.randint(1, document.total)
                note = self.refund(move, cents / 100, day=MONTHS[month])
                later = Document([cents], 5, month, document.weights, document)
                pairs.append((note, later))
                # core matches a note with what it reverses, as far as that is open
                if matched := min(cents, left):
                    for one in (document, later):
                        one.settled[month] = one.settled.get(month, 0) + matched
            elif event == "reset" and not document.settled:
                move.button_draft()
                if chosen.random() < 0.5:
                    self.run_engine()
                move.action_post()
            elif event == "split":
                document.weights = [chosen.choice((1, 2, 5)) for _person in self.persons]
                for _note, other in pairs:
                    if other.origin is document:
                        other.weights = document.weights
                self.share(self.deal_of(move), *document.weights)
            elif event == "run":
                self.run_engine()

    def assert_follows(self, pairs):
        """The ledger is what the reference says, however it came there."""
        # notes give back in the order of their days, then of their numbers
        ordered = sorted(pairs, key=lambda pair: (pair[1].month, pair[0].id))
        wanted = earned([document for _move, document in ordered])
        for move, document in pairs:
            cents = [round(100 * amount) for amount in self.sums(moves=move)]
            self.assertEqual(cents, wanted[document], document.lines)
        by_month = payable([document for _move, document in ordered])
        for number, day in enumerate(MONTHS):
            cents = [
                round(100 * amount) for amount in self.sums("payable", origin=day.replace(day=1))
            ]
            self.assertEqual(cents, by_month.get(number, [0] * len(cents)))

    def test_random_histories(self):
        for seed in range(8):
            with self.subTest(seed=seed), self.env.cr.savepoint() as point:
                pairs = self.play(random.Random(seed))
                self.assert_follows(pairs)
                rows = len(self.entries())
                self.env["commission.split.todo"]._run_all(self.company)
                self.assertEqual(len(self.entries()), rows, "a second run adds nothing")
                self.assert_sums_to_pots(pairs)
                self.assert_full_refund(pairs)
                point.rollback()

    def assert_sums_to_pots(self, pairs):
        """The shares of an invoice add up to its pot."""
        for move, document in pairs:
            if document.origin is None:
                pot = sum(document.shares())
                self.assertEqual(round(100 * sum(self.sums(moves=move))), pot)

    def assert_full_refund(self, pairs):
        """What is left of all invoices is given back: everybody is at zero."""
        for move, document in list(pairs):
            if document.origin is None:
                self.refund(move, document.total / 100, day=MONTHS[-1])
        self.assertEqual(self.sums(), [0, 0, 0])

    def test_from_scratch_is_step_by_step(self):
        chosen = random.Random(99)
        self.play(chosen)
        self.run_engine()
        stepwise = (self.sums(), self.sums("payable"))
        self.env.cr.execute("DELETE FROM commission_split_entry")
        self.env.invalidate_all()
        self.env["commission.split.todo"]._run_all(self.company)
        self.assertEqual((self.sums(), self.sums("payable")), stepwise)
