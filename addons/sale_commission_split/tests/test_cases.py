"""The numbered cases of the design: what a figure has to be."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..largest_remainder import split_units
from .common import FEBRUARY, JANUARY, MARCH, CommissionCommon


@tagged("post_install", "-at_install")
class TestCases(CommissionCommon):
    def shared(self, amount, *weights, **values):
        """An invoice shared by weights."""
        move = self.new_invoice(amount, **values)
        self.share(self.deal_of(move), *weights)
        return move

    # === DIVISION === #

    def test_01_thirds(self):
        self.shared(2000, 1, 1, 1)
        self.assertEqual(self.sums(), [33.34, 33.33, 33.33])
        self.assertEqual(split_units(-10000, [1, 1, 1]), [-3334, -3333, -3333])

    def test_02_odd_cents(self):
        """0.02 to three; 0.10 by 35/35/15/15 is in the doctest of the division."""
        self.shared(0.4, 1, 1, 1)
        self.assertEqual(self.sums(), [0.01, 0.01, 0])

    def test_03_units_of_other_currencies(self):
        self.assertEqual(split_units(100, [1, 1, 1]), [34, 33, 33])  # yen
        self.assertEqual(split_units(1000, [1, 1, 1]), [334, 333, 333])  # 1.000 dinar
        self.assertEqual(split_units(200, [1, 1, 1]), [67, 67, 66])  # 10.00 in units of 0.05

    def test_04_weights_that_are_no_hundred(self):
        self.assertEqual(split_units(100000, ["14.29"] * 6 + ["14.26"]), [14290] * 6 + [14260])

    def test_05_halves_go_away_from_zero(self):
        self.shared(53.5, 1)  # 5 % of it is 2.675
        self.assertEqual(self.sums()[0], 2.68)

    def test_06_a_pot_is_rounded_once(self):
        self.approve_plan(4, name="Four", date_from=date(2026, 1, 2))
        move = self.new_invoice(*[0.1] * 100)
        self.share(self.deal_of(move), 1, 1)
        self.assertEqual(self.sums()[:2], [0.2, 0.2])

    def test_07_rates_by_line(self):
        other = self.env["product.product"].create({"name": "Service"})
        self.approve_plan(
            {"percent": 3, "product_tmpl_id": self.goods.product_tmpl_id.id},
            5,
            name="Two rates",
            date_from=date(2026, 1, 2),
        )
        self.new_invoice(200, {"price_unit": 100, "product_id": other.id})
        self.assertEqual(self.sums()[0], 11)

    def test_08_somebody_has_to_share(self):
        deal = self.deal_of(self.new_invoice(100))
        with self.assertRaisesRegex(UserError, "Nobody shares"):
            self.share(deal, 0, 0)
        self.share(deal, 0, 1)
        self.assertEqual(self.sums()[:2], [0, 5])

    def test_09_one_person_in_two_roles(self):
        deal = self.deal_of(self.new_invoice(2000))
        sharing = self.env["commission.split.sharing"].create(
            {
                "deal_id": deal.id,
                "reason": "Both",
                "participant_ids": [
                    Command.create(
                        {
                            "person_id": self.persons[0].id,
                            "role_id": self.roles[role].id,
                            "weight": weight,
                        }
                    )
                    for role, weight in (("first_contact", 30), ("closer", 70))
                ],
            }
        )
        sharing.action_put_in_force()
        entries = self.entries().filtered(lambda one: one.earned > 0)
        self.assertEqual(
            {one.role_id.code: one.earned for one in entries if one.seq == 1 or one.earned},
            {"first_contact": 30, "closer": 100},
        )
        self.assertEqual(self.sums()[0], 100)

    def test_10_consolidated_invoice(self):
        """Each order's salesperson, though the invoice names the first one only."""
        orders = self.new_order(60000, seller=0) | self.new_order(40000, seller=1)
        self.invoice_orders(orders)
        self.assertEqual(self.sums()[:2], [3000, 2000])

    # === MONEY === #

    def test_15_thirds_of_a_payment(self):
        move = self.new_invoice(200)
        released = []
        for day in (JANUARY, FEBRUARY, MARCH):
            self.pay(move, 66.67 if day != MARCH else 66.66, day=day)
            released.append(self.sums("payable")[0])
        self.assertEqual(released, [3.33, 6.67, 10])

    def test_16_part_payments_over_months(self):
        move = self.new_invoice(100)
        self.pay(move, 30, day=JANUARY)
        self.pay(move, 70, day=FEBRUARY)
        by_month = {
            month: self.sums("payable", origin=month)[0]
            for month in (date(2026, 1, 1), date(2026, 2, 1))
        }
        self.assertEqual(list(by_month.values()), [1.5, 3.5])

    def test_17_un_reconciled_after_closing(self):
        move = self.new_invoice(100)
        payment = self.pay(move, 30, day=JANUARY)
        self.close(JANUARY, FEBRUARY)
        payment.action_draft()
        self.run_engine()
        last = self.entries()[-1]
        self.assertEqual(
            (last.payable, last.origin, last.period_id.date_from),
            (-1.5, date(2026, 1, 1), date(2026, 3, 1)),
        )

    def test_18_written_off(self):
        move = self.new_invoice(200)
        self.pay(move, 190, write_off=True)
        self.assertEqual((self.sums("payable")[0], self.sums()[0]), (9.5, 9.5))
        self.company.commission_split_write_off_is_money = True
        self.env["commission.split.todo"]._run_all(self.company)
        self.assertEqual((self.sums("payable")[0], self.sums()[0]), (10, 10))

    def test_21_bad_debt(self):
        move = self.new_invoice(200)
        receivable = move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        entry = self.env["account.move"].create(
            {
                "date": FEBRUARY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customer.id,
                            "debit": debit,
                            "credit": 200 - debit,
                        }
                    )
                    for account, debit in (
                        (self.company_data["default_account_expense"], 200),
                        (receivable.account_id, 0),
                    )
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids.filtered("credit")).reconcile()
        self.assertEqual((self.sums("payable")[0], self.sums()[0]), (0, 0))

    def test_25_paid_while_draft_is_nothing(self):
        self.new_invoice(100, post=False)
        self.assertEqual(self.sums(), [0, 0, 0])

    def test_26_reset_and_posted_again(self):
        move = self.new_invoice(200)
        self.assertEqual(self.sums()[0], 10)
        move.button_draft()
        self.assertEqual(self.sums()[0], 0)
        move.action_post()
        self.assertEqual(self.sums()[0], 10)
        rows = len(self.entries())
        move.button_draft()
        move.action_post()
        self.run_engine()
        self.assertEqual(len(self.entries()), rows, "both between two runs leave no row")

    def test_27_edited_in_draft(self):
        move = self.new_invoice(100)
        self.run_engine()
        move.button_draft()
        move.invoice_line_ids.price_unit = 120
        move.action_post()
        self.assertEqual(self.sums()[0], 6)

    def test_28_deleted_after_reset(self):
        move = self.new_invoice(100)
        name, number = move.name, move.id
        self.run_engine()
        move.button_draft()
        move.unlink()
        self.assertEqual(self.sums(), [0, 0, 0])
        rows = self.entries().filtered(lambda one: one.source_id == number)
        self.assertEqual(set(rows.mapped("source_name")), {name})

    def test_29_a_document_of_zero_is_settled(self):
        order = self.new_order(1000)
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": 100,
            }
        )
        advance = wizard._create_invoices(order)
        advance.invoice_date = JANUARY
        advance.action_post()
        self.pay(advance)
        self.assertEqual(self.sums()[0], 0, "an advance counts with the final invoice")
        final = self.invoice_orders(order)
        self.assertEqual(final.amount_total, 0)
        self.assertEqual((self.sums()[0], self.sums("payable")[0]), (50, 50))

    # === REFUNDS === #

    def test_33_full_refund(self):
        """In the same month, and after the month is closed, which stays as it was."""
        move = self.shared(2000, 1, 1, 1)
        self.refund(move)
        self.assertEqual(self.sums(), [0, 0, 0])
        late = self.shared(2000, 1, 1, 1, day=FEBRUARY)
        self.close(JANUARY, FEBRUARY)
        closed = self.sums(period_id=self.entries(late)[0].period_id)
        self.refund(late, day=MARCH)
        self.assertEqual(self.sums(), [0, 0, 0])
        self.assertEqual(self.sums(period_id=self.entries(late)[0].period_id), closed)

    def test_34_refund_in_thirds(self):
        move = self.new_invoice(200)
        given = []
        for amount in (66.67, 66.67, 66.66):
            note = self.refund(move, amount)
            given.append(self.sums(moves=note)[0])
        self.assertEqual(given, [-3.33, -3.34, -3.33])
        self.assertEqual(self.sums()[0], 0)

    def test_35_refund_of_a_line_that_pays_nothing(self):
        free = self.env["product.product"].create({"name": "Freight"})
        self.approve_plan(
            {"percent": 0, "product_tmpl_id": free.product_tmpl_id.id},
            5,
            name="Freight pays nothing",
            date_from=date(2026, 1, 2),
        )
        move = self.new_invoice(100, {"price_unit": 40, "product_id": free.id})
        note = self.refund(move, 40, line=1)
        self.assertEqual(self.sums(moves=note)[0], 0)
        self.assertEqual(self.sums()[0], 5)

    def test_36_refund_after_another_sharing(self):
        move = self.shared(2000, 1, 0)
        self.share(self.deal_of(move), 1, 1)
        self.assertEqual(self.sums()[:2], [50, 50])
        self.refund(move)
        self.assertEqual(self.sums()[:2], [0, 0])

    def test_37_a_note_settles_too(self):
        move = self.new_invoice(200)
        note = self.refund(move, 40)
        (move | note).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(
            (self.sums("payable", moves=move)[0], self.sums("payable", moves=note)[0]), (2, -2)
        )
        self.pay(move)
        self.assertEqual(self.sums("payable")[0], 8)

    def test_39_a_lump_sum_is_taken_off_each_share(self):
        rebate = self.env["product.product"].create({"name": "Rebate"})
        move = self.shared(2000, 1, 1)
        note = move._reverse_moves([{"date": JANUARY, "invoice_date": JANUARY}])
        note.invoice_line_ids.write({"product_id": rebate.id, "price_unit": 200})
        note.action_post()
        self.assertEqual(self.sums(moves=note)[:2], [-5, -5])

    def test_41_never_more_than_was_earned(self):
        move = self.new_invoice(100)
        self.refund(move, 120)
        self.assertEqual(self.sums()[0], 0)

    # === TIME === #

    def test_55_posted_after_both_months_were_closed(self):
        self.new_invoice(100, day=JANUARY)
        self.close(JANUARY, FEBRUARY)
        self.new_invoice(200, day=JANUARY)
        self.run_engine()
        last = self.entries()[-1]
        self.assertEqual(
            (last.origin, last.period_id.date_from), (date(2026, 1, 1), date(2026, 3, 1))
        )

    def test_56_the_version_of_the_deals_day(self):
        draft = self.plan.action_new_version()
        later = self.env["commission.split.plan"].browse(draft["res_id"])
        later.component_ids.rate_ids.percent = 6
        later.date_from = date(2026, 4, 1)
        later.action_approve()
        earned = [
            self.sums(moves=self.new_invoice(100, day=day))[0]
            for day in (date(2026, 3, 31), date(2026, 4, 1))
        ]
        self.assertEqual(earned, [5, 6])
        order = self.new_order(100, day=MARCH)
        # the order's day is read when it is confirmed; here it is put back
        self.env["commission.split.deal"].search([("order_id", "=", order.id)]).sudo().date = MARCH
        self.assertEqual(self.sums(moves=self.invoice_orders(order, day=date(2026, 4, 2)))[0], 5)

    def test_58_what_was_credited_does_not_move(self):
        move = self.new_invoice(100)
        self.run_engine()
        self.goods.categ_id = self.env["product.category"].create({"name": "Elsewhere"})
        move.invoice_user_id = self.sellers[1]
        self.pay(move)
        self.env["commission.split.todo"]._run_all(self.company)
        self.assertEqual((self.sums()[:2], self.sums("payable")[:2]), ([5, 0], [5, 0]))

    def test_59_the_users_case(self):
        """60,000 at 5 % paid to the closer in January; who made the first contact claims."""
        order = self.new_order(60000, seller=1)
        self.invoice_orders(order)
        self.close(JANUARY)
        self.share(self.deal_of(order), 30, 70)
        january = date(2026, 1, 1)
        booked = self.env["commission.split.period"].search([("date_from", "=", january)])
        self.assertEqual(self.sums(period_id=booked)[:2], [0, 3000], "January is untouched")
        self.assertEqual(self.sums()[:2], [900, 2100])

    def test_63_handed_over_under_a_running_contract(self):
        order = self.new_order(100, 100)
        first = self.invoice_orders(order, day=JANUARY)
        self.share(self.deal_of(order), 0, 1, date_from=FEBRUARY.replace(day=1))
        self.assertEqual(self.sums(moves=first)[:2], [10, 0])
        order.order_line.product_uom_qty = 2
        second = self.invoice_orders(order, day=FEBRUARY)
        self.assertEqual(self.sums(moves=second)[:2], [0, 10])

    def test_71_within_the_own_companies(self):
        self.customer = self.env["res.company"].create({"name": "Sister"}).partner_id
        move = self.new_invoice(100)
        self.assertEqual(self.sums(), [0, 0, 0])
        self.assertIn("company of this database", move._explain_no_commission())

    def test_80_changed_by_sql(self):
        move = self.new_invoice(100)
        self.run_engine()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = -300 WHERE id = %s",
            [move.invoice_line_ids.id],
        )
        self.env.invalidate_all()
        self.env["commission.split.todo"]._run_all(self.company)
        self.assertEqual(self.sums()[0], 15)
        self.assertEqual(self.entries()[-1].cause, "check")
