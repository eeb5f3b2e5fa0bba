from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyReturn(WarrantyCommon):
    """Goods come back against their delivery, never more than was delivered and accepted."""

    def test_order(self):
        claim = self._accept()
        order = self._return(claim)
        self._assert_claim_order(order, claim, self.return_kind, product_uom_qty=4)

    def test_goods_come_back(self):
        claim = self._accept()
        order = self._return(claim)
        order.action_confirm()
        self.assertFalse(order.picking_ids)
        back = order._get_warranty_returns().move_ids
        quarantine = self.company.warranty_quarantine_location_id
        self.assertRecordValues(
            back,
            [
                {
                    "origin_returned_move_id": self.move.id,
                    "location_id": self.move.location_dest_id.id,
                    "location_dest_id": quarantine.id,
                    "to_refund": False,
                    "product_uom_qty": 4,
                }
            ],
        )
        self.assertEqual((quarantine.usage, quarantine.company_id), ("internal", self.company))
        self.assertFalse(quarantine.warehouse_id)
        back.picked = True
        back.picking_id._action_done()
        self.assertEqual(self._stock_of(self.pump, quarantine), 4)
        self.assertRecordValues(
            claim.line_ids, [{"returned_qty": 4, "received_qty": 4, "waits_for_decision": True}]
        )
        self.assertEqual(back.picking_id.warranty_claim_id, claim)

    def test_nothing_is_refunded(self):
        self.pump.invoice_policy = "delivery"
        self.order._create_invoices().action_post()
        order = self._return(self._accept())
        self._receive(order)
        self.assertEqual(order.invoice_status, "no")
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertEqual(self.order.order_line.qty_delivered, 10)
        self.assertEqual(self.order.invoice_status, "invoiced")

    def test_needs_an_accepted_claim(self):
        claim = self._new_claim()
        with (
            self.assertRaisesRegex(UserError, "possible only for “Accepted”"),
            self.cr.savepoint(),
        ):
            claim.action_create_return()
        accepted = self._accept()
        values = accepted._prepare_claim_order_values("receive")
        orders = self.env["sale.order"]
        for wrong, wanted in (
            ({"warranty_claim_id": False, "order_line": []}, "make it from an accepted"),
            ({"warranty_claim_id": claim.id, "order_line": []}, "is not accepted"),
            ({"partner_id": self.partner.id}, "make it for the customer of the claim"),
            ({"kind_id": self.standard.id}, "its kind stays one for warranty claims|belongs to"),
            (
                {"order_line": [Command.create({"product_id": self.pump.id})]},
                "belongs to claim",
            ),
        ):
            with self.assertRaisesRegex(ValidationError, wanted), self.cr.savepoint():
                orders.create({**values, **wrong})

    def test_confirmed_by_writing(self):
        claim = self._accept()
        order = self._return(claim)
        order.action_cancel()
        claim.action_cancel()
        with self.assertRaisesRegex(UserError, "is not accepted"), self.cr.savepoint():
            order.write({"state": "sale"})

    def test_free(self):
        order = self._return(self._accept())
        with (
            self.assertRaisesRegex(ValidationError, "Its discount stays 100"),
            self.cr.savepoint(),
        ):
            order.order_line.discount = 50
        with self.assertRaisesRegex(ValidationError, "is about Pump"), self.cr.savepoint():
            order.order_line.product_id = self.motor

    def test_never_more_than_accepted(self):
        claim = self._accept(4, 3)
        order = self._return(claim)
        with self.assertRaisesRegex(UserError, "4 cannot come back"), self.cr.savepoint():
            order.order_line.product_uom_qty = 4
        with (
            self.assertRaisesRegex(UserError, "is returned, replaced or credited already"),
            self.cr.savepoint(),
        ):
            claim.action_create_return()
        order.order_line.product_uom_qty = 1
        second = self._return(claim)
        self.assertEqual(second.order_line.product_uom_qty, 2)
        with self.assertRaisesRegex(UserError, "3 Units|4 cannot"), self.cr.savepoint():
            second.order_line.product_uom_qty = 3
        second.action_cancel()
        order.order_line.product_uom_qty = 3
        self.assertEqual(claim.line_ids.returned_qty, 3)

    def test_received_more(self):
        order = self._return(self._accept())
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "5 cannot come back"), self.cr.savepoint():
            self._move_part(order._get_warranty_returns(), 5)

    def _return_by_core(self, quantity):
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=self.delivery.id,
                active_ids=self.delivery.ids,
                active_model="stock.picking",
            )
        ).save()
        wizard.product_return_moves.quantity = quantity
        return self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])

    def test_returned_before(self):
        """What came back otherwise cannot come back under warranty: drafts are counted."""
        self._return_by_core(8)
        order = self._return(self._accept())
        with (
            self.assertRaisesRegex(UserError, "brought 10 Units of Pump, so that 12 cannot"),
            self.cr.savepoint(),
        ):
            order.action_confirm()

    def test_returned_afterwards(self):
        order = self._return(self._accept())
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "12 cannot come back"), self.cr.savepoint():
            self._return_by_core(8)
        other = self._return_by_core(6)
        with self.assertRaisesRegex(UserError, "11 cannot come back"), self.cr.savepoint():
            self._move_part(other, 7)
        order._get_warranty_returns().action_cancel()
        self._move_part(other, 7)

    def test_ordinary_return(self):
        """Core accepts any quantity, and without a claim it still does."""
        back = self._return_by_core(11)
        self._move_part(back, 11)
        self.assertEqual(back.state, "done")

    def test_lot(self):
        delivery = self._deliver(self._new_sale(self.numbered, 2), self.serials[:2])
        claim = self._accept(1, move=delivery.move_ids, lot=self.serials[1])
        order = self._return(claim)
        order.action_confirm()
        back = order._get_warranty_returns()
        self.assertEqual(back.move_line_ids.lot_id, self.serials[1])
        back.move_line_ids.lot_id = self.serials[0]
        back.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "is about lot M-2"), self.cr.savepoint():
            back._action_done()
        back.move_line_ids.lot_id = self.serials[1]
        back._action_done()
        self.assertEqual(claim.line_ids.received_qty, 1)

    def test_received_in_parts(self):
        claim = self._accept()
        order = self._return(claim)
        order.action_confirm()
        first = order._get_warranty_returns()
        self._move_part(first, 1)
        self.assertEqual(claim.line_ids.received_qty, 1)
        rest = order._get_warranty_returns() - first
        self.assertEqual(rest.move_ids.warranty_order_line_id, order.order_line)
        rest.move_ids.picked = True
        rest._action_done()
        self.assertEqual(claim.line_ids.received_qty, 4)

    def test_links_are_not_typed(self):
        claim = self._accept()
        order = self._return(claim)
        order.action_confirm()
        back = order._get_warranty_returns().move_ids
        for move, values in (
            (back, {"warranty_order_line_id": False}),
            (self.move, {"warranty_order_line_id": order.order_line.id}),
            (self.move, {"warranty_returned_qty": 0}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                move.write(values)
        made_up = back.copy({"warranty_order_line_id": order.order_line.id})
        made_up._action_confirm()
        made_up.picked = True
        made_up.quantity = 1
        with self.assertRaisesRegex(UserError, "Make the return from the claim"):
            made_up._action_done()

    def test_cancelled_on_the_way(self):
        claim = self._accept()
        order = self._return(claim)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "are on their way back"), self.cr.savepoint():
            order.order_line.product_uom_qty = 2
        first = order._get_warranty_returns()
        self._move_part(first, 1)
        rest = order._get_warranty_returns() - first
        order._action_cancel()
        self.assertEqual(rest.state, "cancel")
        self.assertRecordValues(claim.line_ids, [{"returned_qty": 0, "received_qty": 1}])
        self.assertEqual(self._return(claim).order_line.product_uom_qty, 3)

    def test_account_is_missing(self):
        self._assert_account_is_missing("action_create_return")

    def test_several_steps(self):
        """Picked, packed and shipped: the last step is what comes back."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._new_sale(self.pump, 2)
        for _step in range(2):
            waiting = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
            self._finish(waiting)
        shipped = order.picking_ids.filtered(lambda one: one.picking_type_code == "outgoing")
        claim = self._accept(2, move=shipped.move_ids)
        self._receive(self._return(claim))
        self.assertEqual(
            self._stock_of(self.pump, self.company.warranty_quarantine_location_id), 2
        )

    def test_delivery_without_an_order(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.plant.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.move.location_dest_id.id,
                "move_ids": [Command.create(self._prepare_free_move())],
            }
        )
        picking.action_confirm()
        claim = self._accept(1, move=self._finish(picking).move_ids)
        self.assertFalse(claim.order_id)
        self._receive(self._return(claim))
        self.assertEqual(claim.line_ids.received_qty, 1)
        with self.assertRaisesRegex(UserError, "are on no posted"):
            claim.action_create_credit()

    def _prepare_free_move(self):
        return {
            "product_id": self.pump.id,
            "product_uom_qty": 1,
            "location_id": self.warehouse.lot_stock_id.id,
            "location_dest_id": self.move.location_dest_id.id,
        }
