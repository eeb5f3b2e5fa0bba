"""The numbered cases of money: discounts, write-offs, netting, currencies, advances, notes."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import FEBRUARY, JANUARY, CommissionCommon


@tagged("post_install", "-at_install")
class TestMoney(CommissionCommon):
    def both(self, moves=None):
        return self.sums(moves=moves)[0], self.sums("payable", moves=moves)[0]

    def test_19_cash_discount(self):
        """115 settled by 112.70: 98 %, with the tax in the discount."""
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100})],
            }
        )
        tax = self.env["account.tax"].create({"name": "15 %", "amount": 15})
        move = self.new_invoice(
            {"price_unit": 100, "tax_ids": [Command.set(tax.ids)]},
            invoice_payment_term_id=term.id,
        )
        self.pay(move)
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self.both(), (4.9, 4.9))

    def test_20_one_payment_of_two_with_a_write_off(self):
        moves = self.new_invoice(100) | self.new_invoice(50)
        self.pay(moves, 147, write_off=True, group_payment=True)
        for move, amount in zip(moves, (4.9, 2.45), strict=True):
            self.assertEqual(self.both(move), (amount, amount))

    def test_22_netted_with_a_bill(self):
        move = self.new_invoice(100)
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_date": JANUARY,
                "date": JANUARY,
                "invoice_line_ids": [
                    Command.create({"name": "Rent", "price_unit": 40, "tax_ids": False})
                ],
            }
        )
        bill.action_post()
        receivable, payable = (
            one.line_ids.filtered(
                lambda line: (
                    line.account_id.account_type in ("asset_receivable", "liability_payable")
                )
            )
            for one in (move, bill)
        )
        entry = self.env["account.move"].create(
            {
                "date": JANUARY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": line.account_id.id,
                            "partner_id": self.customer.id,
                            "debit": debit,
                            "credit": credit,
                        }
                    )
                    for line, debit, credit in ((payable, 40, 0), (receivable, 0, 40))
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids.filtered("credit")).reconcile()
        self.assertEqual(self.both(), (5, 2))

    def test_23_exchange_difference_is_no_commission(self):
        for later in (2.5, 1.25):
            with self.subTest(later=later), self.env.cr.savepoint() as point:
                currency = self.foreign({"2026-01-01": 0.5, "2026-02-01": 1 / later})
                move = self.new_invoice(100, currency_id=currency.id)
                self.pay(move, day=FEBRUARY, currency_id=currency.id)
                self.assertEqual(move.amount_residual, 0)
                self.assertEqual(self.both(), (10, 10))
                point.rollback()

    def test_24_half_paid_in_another_currency(self):
        currency = self.foreign({"2026-01-01": 0.5, "2026-02-01": 0.4})
        move = self.new_invoice(100, currency_id=currency.id)
        self.pay(move, 125, day=FEBRUARY, currency_id=self.company.currency_id.id)
        self.assertEqual(self.both(), (10, 5))

    def test_33_a_full_refund_at_another_rate(self):
        currency = self.foreign({"2026-01-01": 0.5, "2026-02-01": 0.4})
        move = self.new_invoice(100, 60, currency_id=currency.id)
        self.pay(move, day=JANUARY, currency_id=currency.id)
        self.assertEqual(self.both(), (16, 16))
        self.refund(move, 60, day=FEBRUARY, line=1)
        self.assertEqual(self.sums(), [10, 0, 0])
        self.refund(move, 100, day=FEBRUARY)
        self.assertEqual(self.sums(), [0, 0, 0])

    def advance_of(self, order, percent):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": percent,
            }
        )
        advance = wizard._create_invoices(order)
        advance.write({"invoice_date": JANUARY, "date": JANUARY})
        advance.action_post()
        return advance

    def test_30_advances(self):
        for kind, wanted in (("final", [0, 50]), ("invoiced", [15, 35])):
            with self.subTest(kind=kind), self.env.cr.savepoint() as point:
                self.plan.sudo().advance = kind
                order = self.new_order(1000)
                advance = self.advance_of(order, 30)
                final = self.invoice_orders(order, day=FEBRUARY)
                self.assertEqual([self.sums(moves=one)[0] for one in (advance, final)], wanted)
                point.rollback()

    def test_31_bounced(self):
        move = self.new_invoice(100)
        payment = self.pay(move)
        self.assertEqual(self.both(), (5, 5))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self.both(), (5, 0))

    def test_32_instalments(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        move = self.new_invoice(100, invoice_payment_term_id=term.id)
        self.pay(move, 50)
        self.assertEqual(self.both(), (5, 2.5))
        self.pay(move, 50, day=date(2026, 5, 1))
        self.assertEqual(self.both(), (5, 5))

    def test_38_a_note_pays_another_invoice(self):
        first, second = self.new_invoice(100), self.new_invoice(100)
        self.pay(first)
        note = self.refund(first)
        (second | note).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self.both(second), (5, 5))
        self.assertEqual(self.both(note), (-5, -5))
        self.assertEqual(self.both(), (5, 5))

    def test_42_refund_and_invoice_anew(self):
        move = self.invoice_orders(self.new_order(200))
        payment = self.pay(move)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"date": JANUARY, "journal_id": move.journal_id.id})
        )
        anew = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        anew.write({"invoice_date": JANUARY, "date": JANUARY})
        anew.action_post()
        earned = [self.sums(moves=one)[0] for one in (move, move.reversal_move_ids, anew)]
        self.assertEqual(earned, [10, -10, 10])
        self.assertEqual(self.sums("payable")[0], 0, "the old payment is free again")
        (anew.line_ids | payment.move_id.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self.both(), (10, 10))

    def test_79_merged_people(self):
        """Two who both have rows are refused; one of them keeps all rows."""
        agents = self.env["res.partner"].create([{"name": "Agent A"}, {"name": "Agent B"}])
        other = self.env["res.partner"].create({"name": "Agent A, again"})
        for agent in agents:
            move = self.new_invoice(100)
            sharing = {
                "participant_ids": [
                    Command.create({"person_id": agent.id, "role_id": self.roles["closer"].id})
                ]
            }
            self.share(self.deal_of(move), **sharing)
        rows = len(self.entries())
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with self.assertRaisesRegex(UserError, "both have rows"), self.cr.savepoint():
            wizard._merge(agents.ids, agents[1], extra_checks=False)
        wizard._merge((agents[0] | other).ids, other, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(len(self.entries()), rows)
        merged = self.entries().filtered(lambda one: one.person_id == other)
        self.assertEqual(sum(merged.mapped("earned")), 5)

    def test_journals_left_out(self):
        self.company.commission_split_journal_ids = self.company_data["default_journal_sale"]
        move = self.new_invoice(100)
        self.assertEqual(self.sums(moves=move), [0, 0, 0])
