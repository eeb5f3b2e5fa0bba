from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.payment.tests.common import PaymentCommon

from .test_approval_confirmed import ConfirmedCommon


class InvoicingCommon(ConfirmedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.order.with_user(cls.seller)
        cls.line = cls.order.order_line[0]

    def _invoice(self):
        self._commit(self.order)
        return self.order._create_invoices(final=True).sudo()

    def _new_down_payment(self, amount=5):
        wizard = self.env["sale.advance.payment.inv"].with_user(self.seller)
        wizard.with_context(active_ids=self.order.ids, active_model="sale.order").create(
            {"advance_payment_method": "fixed", "fixed_amount": amount}
        ).create_invoices()
        self.order.sudo().invoice_ids.action_post()
        self._commit(self.order)
        return self.order.order_line.filtered("is_downpayment").filtered("price_unit")


@tagged("post_install", "-at_install")
class TestApprovalInvoicing(InvoicingCommon):
    """An order of 60 is invoiced with 60, whatever its seller writes into it later."""

    def _assert_taken_back(self):
        with self.assertRaises(UserError) as refusal:
            self._invoice()
        self.assertIn(
            f"Order {self.order.name}: the invoice would take back", str(refusal.exception)
        )

    def test_a_down_payment_that_nobody_paid(self):
        line = self.line.create(
            {
                "order_id": self.order.id,
                "name": "Down payment",
                "is_downpayment": True,
                "price_unit": 50,
                "product_uom_qty": 0,
            }
        )
        self._commit(self.order)
        line.qty_to_invoice = -1
        self.assertEqual(self._invoice().amount_untaxed, 60)

    def test_a_down_payment_is_deducted(self):
        self._new_down_payment()
        paid = self.order.invoice_ids
        self.assertEqual(self._invoice().amount_untaxed, 60 - paid.amount_untaxed)

    def test_a_down_payment_raised_after_its_invoice(self):
        line = self._new_down_payment()
        paid = line.price_unit
        line.price_unit = 50
        self._assert_taken_back()
        line.price_unit = paid
        self.assertAlmostEqual(self._invoice().amount_untaxed, 60 - paid, 2)

    def test_a_down_payment_of_another_order(self):
        """Nobody chooses the invoices of a line; what was paid is deducted once."""
        paid = self._new_down_payment(50).invoice_lines
        row = Command.link(paid.ids[0])
        line = self.line
        for choose in (
            lambda: line.write({"invoice_lines": [row]}),
            lambda: self.order.write(
                {"order_line": [Command.update(line.id, {"invoice_lines": [row]})]}
            ),
            lambda: line.create(
                {"order_id": self.order.id, "name": "x", "display_type": "line_note"}
                | {"invoice_lines": [row]}
            ),
            lambda: line.with_context(default_invoice_lines=[row]).create(
                {"order_id": self.order.id, "name": "x", "display_type": "line_note"}
            ),
        ):
            with self.assertRaises(UserError) as refusal:
                choose()
            self.assertIn("nobody chooses those of a line", str(refusal.exception))

    def test_another_payer_after_the_down_payment(self):
        paid = self._new_down_payment().price_unit
        self.order.partner_invoice_id = self.env["res.partner"].create({"name": "Leasing"})
        self.assertAlmostEqual(self._invoice().amount_untaxed, 60 - paid, 2)

    def test_goods_are_not_given_money_for(self):
        self.line.qty_to_invoice = -4
        self.assertEqual(self._invoice().amount_untaxed, 60)
        self.line.write({"qty_to_invoice": -3, "qty_invoiced": 8})
        with self.assertRaises(UserError):
            self._invoice()

    def test_an_agreed_discount_is_given_once(self):
        self.line.sudo().create(
            {"order_id": self.order.id, "product_id": self.seal.id, "price_unit": -5}
        )
        discount = self.order.order_line[-1]
        self.assertEqual(self._invoice().amount_untaxed, 55)
        self._commit(self.order)
        discount.sudo().qty_to_invoice = 8
        with self.assertRaises(UserError) as refusal:
            self.order.sudo()._create_invoices(final=True)
        self.assertIn("the invoice would take back", str(refusal.exception))

    def test_a_written_amount_is_not_believed(self):
        self._invoice()
        self.line.write({"product_uom_qty": 0, "price_unit": 20})
        self.line.price_subtotal = -100
        self._assert_taken_back()

    def test_what_was_invoiced_is_taken_back(self):
        self._invoice()
        self.line.sudo().product_uom_qty = 2
        self.assertEqual(self._invoice().amount_untaxed, 30)

    def test_a_quantity_and_a_price_exchanged(self):
        """Fewer at a higher price are no worse by any figure; the credit would be twice."""
        self._invoice()
        self.line.write({"product_uom_qty": 0, "price_unit": 20})
        self._assert_taken_back()

    def test_more_is_invoiced_than_was_ordered(self):
        """Below the limit of a tier as it was ordered, above it as it was delivered."""
        self.bearing.invoice_policy = "delivery"
        self._new_tier("Amount", self.head, definition_domain="[('offer_amount', '>', 100)]")
        line = self.line.sudo()
        line.qty_delivered = 6
        self.assertEqual(self._invoice().amount_untaxed, 70)
        self._commit(self.order)
        line.qty_delivered = 60
        with self.assertRaises(UserError) as refusal:
            self._invoice()
        self.assertIn("would be invoiced, while", str(refusal.exception))
        self.assertIn("Amount", str(refusal.exception))
        line.product_uom_qty = 60
        self._commit(self.order)
        line.qty_delivered = 60
        self.assertEqual(self._invoice().amount_untaxed, 540)

    def test_discount_line_follows_its_goods(self):
        """Core would put all of it on the first invoice, of a part of the order."""
        service = self.env["product.product"].create(
            {"name": "Commissioning", "type": "service", "invoice_policy": "delivery"}
        )
        self.seal.invoice_policy = "order"
        lines = [
            (self.bearing, 6, 10),
            (service, 1, 1000),
            (self.seal, 1, -55),
        ]
        order = self._new_discounted_offer(
            0,
            order_line=[
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
                for product, quantity, price in lines
            ],
        ).with_user(self.seller)
        service.list_price = 1000
        self._commit(order)
        order.action_confirm()
        self._commit(order)
        goods, work, _cut = order.order_line
        goods.sudo().qty_delivered = 6
        self._commit(order)
        first = order._create_invoices()
        self.assertEqual(first.amount_untaxed, 60)
        self.assertIn("is not on the invoice yet", order.message_ids[0].body)
        work.qty_delivered = 1
        self._commit(order)
        self.assertEqual(order._create_invoices().amount_untaxed, 945)

    def _new_cut_order(self, cut, domain, cost=0):
        """An order of ten at 100, invoiced as delivered, with a discount on its own line."""
        (self.tier_head + self.tier_manager).active = False
        self._new_tier("Own", self.head, definition_domain=domain)
        goods = self.env["product.product"].create(
            {
                "name": "Coupling",
                "type": "service",
                "invoice_policy": "delivery",
                "list_price": 100,
                "standard_price": cost,
            }
        )
        self.seal.invoice_policy = "order"
        order = self._new_discounted_offer(
            0,
            order_line=[
                Command.create(
                    {"product_id": goods.id, "product_uom_qty": 10, "tax_ids": [Command.clear()]}
                ),
                Command.create(
                    {
                        "product_id": self.seal.id,
                        "product_uom_qty": 1,
                        "price_unit": -cut,
                        "tax_ids": [Command.clear()],
                    }
                ),
            ],
        ).with_user(self.seller)
        order.action_confirm()
        order.order_line[0].qty_delivered = 4
        return self._commit(order)

    def test_discount_line_and_the_margin(self):
        """The whole earns enough; its first part would not."""
        order = self._new_cut_order(400, "[('offer_worst_margin', '<', 15)]", cost=50)
        self.assertEqual(order._create_invoices().amount_untaxed, 400)
        order.order_line[0].qty_delivered = 10
        self._commit(order)
        self.assertEqual(order._create_invoices().amount_untaxed, 200)

    def test_discount_line_and_a_tier_on_lines(self):
        order = self._new_cut_order(400, "[('order_line.discount', '>', 10)]")
        self.assertEqual(order._create_invoices().amount_untaxed, 400)

    def test_discount_line_and_no_tier_for_it(self):
        order = self._new_cut_order(90, "[('offer_amount', '>', 10000)]")
        self.assertEqual(order._create_invoices().amount_untaxed, 310)

    def test_only_the_discount_is_left(self):
        """The error says what waits and what to do; who decides about it may invoice it."""
        order = self._new_cut_order(90, "[('offer_worst_discount', '>', 10)]")
        self.assertEqual(order._create_invoices().amount_untaxed, 400)
        self._commit(order)
        with self.assertRaises(UserError) as refusal:
            order._create_invoices()
        self.assertIn("only the discount of", str(refusal.exception))
        self.assertIn("90.00", str(refusal.exception))
        self._commit(order)
        credit = order.with_user(self.head)._create_invoices(final=True)
        self.assertEqual((credit.move_type, credit.amount_untaxed), ("out_refund", 90))

    def test_down_payment_in_parts(self):
        """Core takes back all of it with each final invoice."""
        order = self._new_cut_order(0, "[('offer_amount', '>', 10000)]")
        wizard = self.env["sale.advance.payment.inv"].with_user(self.seller)
        wizard.create(
            {
                "advance_payment_method": "percentage",
                "amount": 100,
                "sale_order_ids": [Command.set(order.ids)],
            }
        ).create_invoices()
        paid = order.sudo().invoice_ids
        paid.action_post()
        self.assertEqual(paid.amount_untaxed, 1000)
        self._commit(order)
        part = order._create_invoices(final=True).sudo()
        rows = part.invoice_line_ids.filtered(lambda row: row.sale_line_ids.is_downpayment)
        # the accountant takes back as much as was delivered
        rows.quantity *= 0.4
        self.assertEqual(part.amount_untaxed, 0)
        part.action_post()
        self._commit(order)
        order.order_line[0].qty_delivered = 10
        self._commit(order)
        last = order._create_invoices(final=True).sudo()
        row = last.invoice_line_ids.filtered(lambda row: row.sale_line_ids.is_downpayment)
        self.assertEqual((abs(row.quantity), last.amount_untaxed), (0.6, 0))

    def test_no_question_without_tiers(self):
        (self.tier_head + self.tier_manager).active = False
        self.line.qty_to_invoice = -4
        self.assertEqual(self._invoice().amount_untaxed, 30)

    def test_an_expense_made_by_a_person(self):
        self.seal.expense_policy = "cost"
        self._assert_refused(
            lambda: self.line.create(
                {
                    "order_id": self.order.id,
                    "product_id": self.seal.id,
                    "is_expense": True,
                    "price_unit": 1,
                }
            )
        )

    def test_a_bill_is_charged(self):
        self.seal.expense_policy = "cost"
        self._new_tier("Amount", self.head, definition_domain="[('offer_amount', '>', 10)]")
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.seal.id, "price_unit": 3, "tax_ids": [], "quantity": 1}
                    )
                ],
            }
        )
        groups = "account.group_account_invoice,sales_team.group_sale_salesman_all_leads"
        clerk = self._new_user("ap_clerk", groups)
        row = bill.invoice_line_ids.with_user(clerk)
        orders = {row.id: self.order.with_user(clerk)}
        with patch.object(type(row), "_sale_determine_order", lambda rows: orders):
            line = row._sale_create_reinvoice_sale_line()[row.id]
        self.assertEqual(line.price_unit, 3)
        self.assertTrue(line.is_expense)
        self.assertNotIn("reinvoiced", line.env.context)


@tagged("post_install", "-at_install")
class TestApprovalPaid(InvoicingCommon, PaymentCommon):
    def test_a_payment_stands_without_its_invoice(self):
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        self._new_down_payment().price_unit = 50
        order = self._commit(self.order).sudo()
        transaction = self._create_transaction(
            "direct",
            amount=order.amount_total,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[Command.set(order.ids)],
            state="done",
        )
        transaction._post_process()
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertIn("the invoice would take back", order.message_ids[0].body)

        order.order_line.filtered("is_downpayment").price_unit = 0
        transaction._invoice_sale_orders()
        self.assertEqual(len(order.invoice_ids), 2)

    def test_letter_of_a_payment_that_was_given_up(self):
        """Core sends it later; a payment that there is is answered in any case."""
        template = self.env.ref("sale.mail_template_sale_payment_executed")
        for state, sent in (("cancel", False), ("draft", False), ("done", True)):
            offer = self._new_discounted_offer(20)
            self._create_transaction(
                "direct",
                reference=f"{offer.name} {state}",
                amount=offer.amount_total,
                currency_id=offer.currency_id.id,
                partner_id=offer.partner_id.id,
                sale_order_ids=[Command.set(offer.ids)],
                state=state,
            )
            offer.with_user(self.seller).pending_email_template_id = template
            self._commit(offer)
            with (
                self.subTest(state=state),
                patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=100),
            ):
                self.env["sale.order"]._cron_send_pending_emails()
                self.assertEqual(bool(offer.message_ids.attachment_ids), sent)
