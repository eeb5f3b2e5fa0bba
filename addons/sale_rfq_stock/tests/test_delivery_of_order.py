from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.common import ApprovalCommon

FOLLOWS = "Change the order instead"


@tagged("post_install", "-at_install")
class TestDeliveryOfOrder(ApprovalCommon):
    """What a seller may do with the deliveries of an order that tiers look at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.bearing + cls.motor).write({"is_storable": True, "invoice_policy": "delivery"})
        stock = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        for product in cls.bearing + cls.motor:
            cls.env["stock.quant"]._update_available_quantity(product, stock.lot_stock_id, 100)
        cls.order = cls._new_discounted_offer(0).with_user(cls.seller)
        cls.order.action_confirm()
        cls.picking = cls.order.sudo().picking_ids.with_user(cls.seller)
        cls.move = cls.order.sudo().order_line[1].move_ids.with_user(cls.seller)
        cls.elsewhere = cls.env["stock.location"].create({"name": "Elsewhere"})

    def _new_picking(self, **values):
        """A delivery of a motor that no order asked for."""
        picking, move = self.picking, self.move
        places = {
            "location_id": move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
        }
        return picking.create(
            {
                "partner_id": self.partner.id,
                "picking_type_id": picking.picking_type_id.id,
                "move_ids": [
                    Command.create({"product_id": self.motor.id, "product_uom_qty": 40, **places})
                ],
                **places,
                **values,
            }
        )

    def _assert_follows(self, record, values):
        with self.subTest(values=values), self.assertRaises(UserError) as refusal:
            record.write(values)
            self.env.cr.flush()
        self.assertIn(FOLLOWS, str(refusal.exception))

    def _ship(self, picking, user=None):
        picking = picking.with_user(user) if user else picking
        for move in picking.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        picking.button_validate()
        self._commit(self.order)

    def test_a_move_to_come(self):
        other = self._new_discounted_offer(0)
        for values in (
            {"sale_line_id": False},
            {"sale_line_id": other.order_line[1].id},
            {"location_dest_id": self.elsewhere.id},
            {"product_id": self.bearing.id},
            {"product_uom": self.env.ref("uom.product_uom_dozen").id},
            {"product_uom_qty": 2},
            {"product_uom_qty": -50},
            {"rule_id": False},
            {"propagate_cancel": True},
            {"quantity": 50, "picked": True},
            {"origin_returned_move_id": self.order.sudo().order_line[0].move_ids.id},
            {"to_refund": True},
            {"state": "cancel"},
            {"picking_id": False},
        ):
            self._assert_follows(self.move, values)

    def test_by_another_record(self):
        move, picking, line = self.move, self.picking, self.order.order_line[1]
        for record, values in (
            (picking, {"sale_id": False}),
            (picking, {"location_dest_id": self.elsewhere.id}),
            (picking, {"move_ids": [Command.update(move.id, {"quantity": 50})]}),
            (self.order, {"picking_ids": [Command.unlink(picking.id)]}),
            (self.order, {"picking_ids": [Command.update(picking.id, {"sale_id": False})]}),
            (line, {"move_ids": [Command.unlink(move.id)]}),
            (move.move_line_ids, {"quantity": 50}),
            (move.move_line_ids, {"location_dest_id": self.elsewhere.id}),
            (move.move_line_ids, {"quantity_product_uom": 50}),
        ):
            self._assert_follows(record, values)

    def test_a_row_of_its_own(self):
        move = self.move
        with self.assertRaisesRegex(UserError, FOLLOWS):
            move.move_line_ids.create(
                {
                    "move_id": move.id,
                    "picking_id": move.picking_id.id,
                    "product_id": move.product_id.id,
                    "quantity": 50,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )

    def test_a_delivery_of_its_own(self):
        """It is made, since core allows it; but joins no order, and does not leave the house."""
        with self.assertRaisesRegex(UserError, FOLLOWS):
            self._new_picking(sale_id=self.order.id)
        picking = self._new_picking()
        for record, values in (
            (picking, {"sale_id": self.order.id}),
            (picking.move_ids, {"picking_id": self.picking.id}),
            (picking.move_ids, {"sale_line_id": self.order.order_line[1].id}),
            (self.order.order_line[1], {"move_ids": [Command.link(picking.move_ids.id)]}),
        ):
            self._assert_follows(record, values)
        with self.assertRaisesRegex(UserError, "ordered by nobody"):
            self._ship(picking)
        self._ship(picking, self._new_user("ap_keeper", "stock.group_stock_user"))
        self.assertEqual(picking.state, "done")

    def test_a_receipt_is_no_return(self):
        """Goods that a vendor sent, booked as a return of the customer's."""
        supplier = self.env.ref("stock.stock_location_suppliers")
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.motor.id,
                "product_uom_qty": 1,
                "location_id": supplier.id,
                "location_dest_id": self.move.location_id.id,
                "quantity": 1,
                "picked": True,
            }
        )
        receipt._action_done()
        self._assert_follows(
            receipt.with_user(self.seller),
            {"sale_line_id": self.order.order_line[1].id, "to_refund": True},
        )

    def test_out_of_the_store_by_another_way(self):
        """A transfer within the store whose rows leave it, and ends that are no customer's."""
        keep = {"location_dest_id": self.move.location_id.id}
        inside = self._new_picking(move_ids=[], **keep)
        lost = self.env["stock.location"].search([("usage", "=", "inventory")], limit=1)
        places = {"location_id": self.move.location_id.id, **keep}
        moves = self.move.create(
            [
                {
                    "product_id": self.motor.id,
                    "product_uom_qty": 40,
                    "picking_id": inside.id,
                    **places,
                }
            ]
        )
        moves.write({"quantity": 40, "picked": True})
        moves.move_line_ids.location_dest_id = self.move.location_dest_id
        for end in (moves.move_line_ids, moves):
            with self.assertRaises(UserError) as refusal:
                inside.button_validate()
            self.assertIn("ordered by nobody", str(refusal.exception))
            moves.move_line_ids.location_dest_id = end.location_dest_id = lost
        moves.location_dest_id = moves.move_line_ids.location_dest_id = self.move.location_id
        inside.button_validate()
        self.assertEqual(inside.state, "done")

    def test_core_counts_what_is_shipped_already(self):
        """Another route makes core forget the moves of the first one, and ship again."""
        self._ship(self.picking)
        rule = self.move.sudo().rule_id
        route = rule.route_id.copy({"name": "By another way", "sale_selectable": True})
        rule.copy({"route_id": route.id})
        line = self.order.order_line[0]
        line.route_ids = route
        for quantity in (6, 6, 8):
            line.product_uom_qty = quantity
            self._commit(self.order)
            self.assertEqual(sum(line.sudo().move_ids.mapped("product_uom_qty")), quantity)

    def test_a_delivery_that_core_cannot_lower(self):
        """What differs in a date is not lowered, and a receipt of the rest would be made."""
        line = self.order.order_line[0]
        line.sudo().move_ids.date_deadline = "2031-01-01 00:00:00"
        with self.assertRaises(UserError) as refusal:
            line.product_uom_qty = 1
        self.assertIn("5.00 of", str(refusal.exception))
        self.assertIn("while 1.00 are left to ship", str(refusal.exception))

    def test_order_up_and_down(self):
        """In parts, with goods in hand, returned and shipped again."""
        line = self.order.order_line[0]
        for quantity in (7, 4, 2, 6):
            line.product_uom_qty = quantity
            self._commit(self.order)
            move = line.sudo().move_ids.filtered(lambda move: move.state != "cancel")
            self.assertEqual(sum(move.mapped("product_uom_qty")), quantity)
        move.write({"quantity": 4, "picked": True})
        self.move.sudo().write({"quantity": 1, "picked": True})
        self.picking.sudo().with_context(skip_backorder=True).button_validate()
        self._commit(self.order)
        line.product_uom_qty = 8
        coming = line.sudo().move_ids.filtered(lambda move: move.state != "done")
        self.assertEqual(sum(coming.mapped("product_uom_qty")), 4)
        wizard = self.env["stock.return.picking"].with_context(
            active_id=self.picking.id, active_ids=self.picking.ids, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": self.picking.id})
        wizard.product_return_moves.filtered(
            lambda row: row.product_id == self.bearing
        ).quantity = 3
        back = wizard._create_return()
        back.move_ids.write({"to_refund": True, "picked": True})
        back.button_validate()
        self._commit(self.order)
        self.assertEqual(line.qty_delivered, 1)
        line.product_uom_qty = 9
        coming = line.sudo().move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        self.assertEqual(sum(coming.mapped("product_uom_qty")), 8)

    def test_what_sellers_do_with_transfers(self):
        goods = self.order.sudo().order_line[0].move_ids.with_user(self.seller)
        goods.write({"quantity": 2, "picked": True})
        self.move.write({"quantity": 0})
        self.picking.action_split_transfer()
        self.assertEqual(len(self.order.sudo().picking_ids), 2)
        empty = self._new_picking(move_ids=[]).sudo()
        empty.sale_id = self.order
        empty.with_user(self.seller).action_cancel()
        self.assertEqual(empty.state, "cancel")
        self.picking.button_validate()
        self.picking.date_done = "2026-01-01 08:00:00"
        self.assertEqual(goods.date, self.picking.date_done)

    def test_what_is_bought_for_the_order(self):
        """Who buys too receives goods that have the order's reference."""
        places = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.move.location_id.id,
        }
        values = {
            "product_id": self.motor.id,
            "product_uom_qty": 1,
            "reference_ids": [Command.set(self.order.sudo().stock_reference_ids.ids)],
        }
        receipt = self.move.create({**values, **places})
        self.assertTrue(receipt.reference_ids.sale_ids)
        places["location_dest_id"] = self.move.location_dest_id.id
        with self.assertRaisesRegex(UserError, FOLLOWS):
            self.move.create({**values, **places})

    def test_what_is_ordered_is_shipped(self):
        """The seller of a small company ships himself, in parts too."""
        self.picking.write({"scheduled_date": "2030-01-02 08:00:00", "note": "By lorry"})
        goods = self.order.sudo().order_line[0].move_ids.with_user(self.seller)
        goods.write({"quantity": 2, "picked": True})
        self.move.write({"quantity": 1, "picked": True})
        self.picking.with_context(skip_backorder=True).button_validate()
        self._commit(self.order)
        self.assertEqual(self.order.order_line.mapped("qty_delivered"), [2, 1])
        rest = (self.order.picking_ids - self.picking).with_user(self.seller)
        self.assertEqual(rest.move_ids.product_uom_qty, 3)
        rest.action_cancel()
        self.assertEqual(rest.state, "cancel")

    def test_less_is_ordered_of_what_is_in_hand(self):
        """Core lowers what is to be shipped, and leaves what was picked for it."""
        line = self.order.order_line[0]
        move = line.sudo().move_ids
        move.write({"quantity": 5, "picked": True})
        line.product_uom_qty = 2
        self._commit(self.order)
        self.assertEqual((move.product_uom_qty, move.quantity), (2, 2))
        line.product_uom_qty = 0
        self._commit(self.order)
        self.move.sudo().write({"quantity": 1, "picked": True})
        self.picking.sudo().with_context(skip_backorder=True).button_validate()
        self._commit(self.order)
        self.assertEqual(self.order.order_line.mapped("qty_delivered"), [0, 1])

    def test_without_tiers(self):
        (self.tier_head + self.tier_manager).active = False
        self.move.write({"quantity": 50, "picked": True})
        self.assertEqual(self.move.quantity, 50)

    # === CANCELLED AFTER THE DELIVERY === #

    def _redraft(self):
        self._ship(self.picking)
        self.order.locked = False
        self.order.action_cancel()
        self.order.action_draft()
        return self.order.order_line[1]

    def test_the_customer_does_not_lower_it(self):
        """His page writes with all rights."""
        line = self._redraft()
        for quantity in (0, None, 0.5):
            with (
                self.subTest(quantity=quantity),
                self.assertRaisesRegex(UserError, "stay ordered"),
            ):
                line.sudo().product_uom_qty = quantity
        self.order.action_confirm()
        self.assertEqual(line.product_uom_qty, 1)

    def test_it_is_not_revised(self):
        self._redraft()
        with self.assertRaisesRegex(UserError, "is delivered in part"):
            self.order._revise()

    def test_it_is_not_deleted(self):
        self._redraft()
        admin = self._new_user("ap_admin", "sales_team.group_sale_manager")
        for cancel in (False, True):
            if cancel:
                self.order.action_cancel()
            with self.assertRaisesRegex(UserError, "stay ordered"):
                self.order.with_user(admin).unlink()

    def test_what_the_warehouse_added_stays(self):
        """Its line was ordered for nothing, and is invoiced for what was delivered."""
        both = self._new_user("ap_both", "stock.group_stock_user,sales_team.group_sale_salesman")
        self.seal.invoice_policy = "delivery"
        self.order.user_id = both
        move = self.move.with_user(both).create(
            {
                "product_id": self.seal.id,
                "product_uom_qty": 3,
                "picking_id": self.picking.id,
                "location_id": self.move.location_id.id,
                "location_dest_id": self.move.location_dest_id.id,
            }
        )
        self._ship(self.picking, both)
        line = move.sale_line_id
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (0, 3))
        order = self.order.with_user(both)
        order.locked = False
        order.action_cancel()
        order.action_draft()
        with self.assertRaisesRegex(UserError, "stay ordered"):
            line.with_user(both).unlink()
