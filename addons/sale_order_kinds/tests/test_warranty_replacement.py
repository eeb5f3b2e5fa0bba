from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyReplacement(WarrantyCommon):
    """What is accepted is replaced for nothing or credited, never both."""

    def test_order(self):
        claim = self._accept()
        order = self._replace(claim)
        self._assert_claim_order(order, claim, self.replacement_kind, product_uom_qty=4)
        self.assertEqual(claim.line_ids.replaced_qty, 4)

    def test_goods_leave(self):
        order = self._replace(self._accept())
        order.action_confirm()
        move = order.picking_ids.move_ids
        location = self.company.warranty_customer_location_id
        self.assertEqual(move.location_dest_id, location)
        self.assertRecordValues(
            location,
            [
                {
                    "usage": "customer",
                    "company_id": self.company.id,
                    "valuation_account_id": self.expense.id,
                }
            ],
        )
        self._deliver(order)
        self.assertEqual(order.order_line.qty_delivered, 4)

    def test_nothing_to_invoice(self):
        for policy in ("order", "delivery"):
            self.pump.invoice_policy = policy
            order = self._replace(self._accept(1))
            order.action_confirm()
            self.assertEqual(order.invoice_status, "no")
            self._deliver(order)
            self.assertIn(order.invoice_status, ("no", "invoiced"))
            self.assertEqual(order.order_line.qty_to_invoice, 0)
            with self.assertRaises(UserError), self.cr.savepoint():
                order._create_invoices()

    def test_never_more_than_accepted(self):
        claim = self._accept(4, 3)
        order = self._replace(claim)
        with (
            self.assertRaisesRegex(UserError, "4 cannot be replaced and credited"),
            self.cr.savepoint(),
        ):
            order.order_line.product_uom_qty = 4
        with self.assertRaisesRegex(UserError, "already"), self.cr.savepoint():
            claim.action_create_replacement()
        dozen = {"product_uom_id": self.dozen.id, "product_uom_qty": 0.5}
        self.pump.uom_ids = self.dozen
        with self.assertRaisesRegex(UserError, "6 cannot be replaced"), self.cr.savepoint():
            order.order_line.write(dozen)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "5 cannot be replaced"), self.cr.savepoint():
            order.order_line.product_uom_qty = 5

    def test_delivered_more(self):
        order = self._replace(self._accept())
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "5 cannot be replaced"), self.cr.savepoint():
            self._move_part(order.picking_ids, 5)

    def test_cancelled_after_delivery(self):
        """What left has replaced, whatever becomes of its order."""
        claim = self._accept()
        order = self._replace(claim)
        order.action_confirm()
        self._move_part(order.picking_ids, 3)
        order._action_cancel()
        self.assertEqual(claim.line_ids.replaced_qty, 3)
        self.assertEqual(self._replace(claim).order_line.product_uom_qty, 1)

    def test_cancelled(self):
        claim = self._accept()
        order = self._replace(claim)
        with (
            self.assertRaisesRegex(UserError, "is returned, replaced or credited"),
            self.cr.savepoint(),
        ):
            claim.action_cancel()
        order._action_cancel()
        self.assertEqual(claim.line_ids.replaced_qty, 0)
        self._replace(claim).unlink()
        self.assertEqual(claim.line_ids.replaced_qty, 0)
        claim.action_cancel()
        with self.assertRaisesRegex(UserError, "is not accepted"), self.cr.savepoint():
            order.action_draft()
            order.action_confirm()

    def test_drawn_twice(self):
        """A cancelled replacement that comes back counts again."""
        claim = self._accept()
        order = self._replace(claim)
        order._action_cancel()
        self._replace(claim)
        with self.assertRaisesRegex(UserError, "8 cannot be replaced"), self.cr.savepoint():
            order.action_draft()

    def test_accepted_is_not_lowered_below(self):
        claim = self._accept()
        self._replace(claim).order_line.product_uom_qty = 3
        with self.assertRaisesRegex(UserError, "3 cannot be replaced"), self.cr.savepoint():
            claim.line_ids.accepted_qty = 2
        claim.line_ids.accepted_qty = 3

    def test_copy(self):
        """A copy of an order for a claim serves no claim, and says so."""
        order = self._replace(self._accept())
        with (
            self.assertRaisesRegex(ValidationError, "make it from an accepted"),
            self.cr.savepoint(),
        ):
            order.copy()

    def test_replacement_is_defective_too(self):
        order = self._replace(self._accept())
        order.action_confirm()
        delivery = self._deliver(order)
        claim = self._accept(1, move=delivery.move_ids)
        picking = self._receive(self._return(claim))
        location = self.company.warranty_customer_location_id
        self.assertEqual(picking.move_ids.location_id, location)

    def test_account_changes(self):
        self._replace(self._accept()).action_confirm()
        other = self._new_account("Goodwill", "678902", "expense")
        self.company.warranty_expense_account_id = other
        location = self.company.warranty_customer_location_id
        self.assertEqual(location.valuation_account_id, other)

    def test_account_is_missing(self):
        self._assert_account_is_missing("action_create_replacement", "action_create_credit")

    # -- credited --------------------------------------------------------------------------------

    def _credit(self, claim):
        return self.env["account.move"].browse(claim.action_create_credit()["res_id"])

    def test_credit(self):
        self.pump.invoice_policy = "delivery"
        invoice = self.order._create_invoices()
        invoice.action_post()
        claim = self._accept()
        replacement = self._replace(claim)
        replacement.order_line.product_uom_qty = 1
        credit = self._credit(claim)
        self.assertRecordValues(
            credit,
            [
                {
                    "move_type": "out_refund",
                    "state": "draft",
                    "reversed_entry_id": invoice.id,
                    "warranty_claim_id": claim.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        line = credit.invoice_line_ids
        self.assertRecordValues(
            line, [{"product_id": self.pump.id, "quantity": 3, "price_unit": 10}]
        )
        self.assertEqual(line.tax_ids, invoice.invoice_line_ids.tax_ids)
        self.assertEqual(claim.line_ids.credited_qty, 3)
        with self.assertRaisesRegex(UserError, "5 cannot be replaced"), self.cr.savepoint():
            line.quantity = 4
        with self.assertRaisesRegex(UserError, "5 cannot be replaced"), self.cr.savepoint():
            replacement.order_line.product_uom_qty = 2
        credit.action_post()
        self.assertEqual(self.order.invoice_status, "invoiced")
        self.assertEqual(self.order.order_line.qty_to_invoice, 0)

    def test_credit_cancelled(self):
        self.pump.invoice_policy = "delivery"
        self.order._create_invoices().action_post()
        claim = self._accept()
        credit = self._credit(claim)
        credit.button_cancel()
        self.assertEqual(claim.line_ids.credited_qty, 0)
        replacement = self._replace(claim)
        with self.assertRaisesRegex(UserError, "8 cannot be replaced"), self.cr.savepoint():
            credit.button_draft()
        replacement.unlink()
        self._credit(claim).unlink()
        self.assertEqual(claim.line_ids.credited_qty, 0)

    def test_credit_of_another(self):
        self.pump.invoice_policy = "delivery"
        self.order._create_invoices().action_post()
        claim = self._accept()
        credit = self._credit(claim)
        with (
            self.assertRaisesRegex(ValidationError, "by a credit note for Bergmann"),
            self.cr.savepoint(),
        ):
            credit.partner_id = self.partner
        with (
            self.assertRaisesRegex(ValidationError, "does not belong to the claim"),
            self.cr.savepoint(),
        ):
            credit.invoice_line_ids.product_id = self.motor

    def test_not_invoiced_yet(self):
        with self.assertRaisesRegex(UserError, "are on no posted invoice"), self.cr.savepoint():
            self._accept().action_create_credit()
