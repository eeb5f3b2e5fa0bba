from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyUnits(WarrantyCommon):
    """Delivered by the dozen, claimed by the piece: no piece is lost in a rounded dozen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a delivery then keeps the unit of its order
        cls.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        cls.pump.uom_ids = cls.dozen
        cls.pump.invoice_policy = "delivery"

    @classmethod
    def _new_dozen(cls):
        line = {"product_id": cls.pump.id, "product_uom_id": cls.dozen.id, "price_unit": 125.0}
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [Command.create({**line, "product_uom_qty": 1, "tax_ids": False})],
            }
        )
        order.action_confirm()
        return order

    def _sell_dozen(self):
        order = self._new_dozen()
        move = self._deliver(order).move_ids
        self.assertEqual((move.product_uom, move.quantity), (self.dozen, 1))
        return order, move

    def test_return_and_replacement(self):
        _order, move = self._sell_dozen()
        claim = self._accept(4, move=move)
        returned = self._return(claim)
        returned.action_confirm()
        back = returned._get_warranty_returns().move_ids
        self.assertRecordValues(
            back, [{"product_uom": self.unit.id, "product_uom_qty": 4, "product_qty": 4}]
        )
        back.picked = True
        back.picking_id._action_done()
        line = claim.line_ids
        self.assertRecordValues(line, [{"returned_qty": 4, "received_qty": 4}])
        self._dispose(claim, "stock", 4)
        replacement = self._replace(claim)
        replacement.action_confirm()
        self._deliver(replacement)
        self.assertEqual(sum(replacement.picking_ids.move_ids.mapped("product_qty")), 4)
        self.assertEqual(line.replaced_qty, 4)
        self.assertFalse(claim.can_return or claim.can_compensate)
        claim.action_settle()
        self.assertEqual(claim.state, "settled")

    def test_every_piece_of_a_dozen_comes_back(self):
        _order, move = self._sell_dozen()
        for pieces in (1, 5, 6):
            claim = self._accept(pieces, move=move)
            self._receive(self._return(claim))
            self.assertEqual(claim.line_ids.received_qty, pieces)
        self.assertEqual(move.warranty_returned_qty, 12)
        with self.assertRaisesRegex(UserError, "accept 13 together"):
            self._accept(1, move=move)

    def test_credit_note(self):
        """In pieces at the price of a piece; in dozens where they come out even."""
        order, move = self._sell_dozen()
        invoice = order._create_invoices()
        invoice.action_post()
        for pieces, unit, quantity, amount in (
            (4, self.unit, 4, 41.67),
            (6, self.dozen, 0.5, 62.5),
            (2, self.unit, 2, 20.83),
        ):
            claim = self._accept(pieces, move=move)
            credit = self.env["account.move"].browse(claim.action_create_credit()["res_id"])
            self.assertRecordValues(
                credit.invoice_line_ids,
                [{"product_uom_id": unit.id, "quantity": quantity, "price_subtotal": amount}],
            )
            credit.action_post()
            self.assertEqual(claim.line_ids.credited_qty, pieces)
            claim.action_settle()
        self.assertEqual(invoice.invoice_line_ids._get_uncredited_qty(), 0)

    def test_what_is_left_reads_well(self):
        """No rest of a rounded number in a message."""
        _order, move = self._sell_dozen()
        claim = self._accept(4, move=move)
        order = self._return(claim)
        order.order_line.write({"product_uom_id": self.dozen.id, "product_uom_qty": 0.33})
        self._receive(order)
        self._dispose(claim, "stock", claim.line_ids.received_qty)
        with self.assertRaises(UserError) as refusal:
            claim.action_settle()
        self.assertIn("0.04 Units", str(refusal.exception))
        # and the rest may still come back
        self.assertTrue(claim.can_return)
        self._receive(self._return(claim))
        self._dispose(claim, "stock", 0.04)
        claim.action_settle()
