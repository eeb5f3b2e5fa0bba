from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.common import ApprovalCommon

FOLLOWS = "Change the order instead"
LEFT = "left to the warehouse"
MOVES = "odoo.addons.sale_rfq_stock.models.stock_move"


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
        cls.keeper = cls._new_user("ap_keeper", "stock.group_stock_user")
        cls.elsewhere = cls.env["stock.location"].create({"name": "Elsewhere"})

    def _new_picking(self, user=None, **values):
        """A delivery of motors that no order asked for."""
        picking, move = self.picking.with_user(user or self.seller), self.move
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

    def _assert_refused(self, action, words=FOLLOWS):
        with self.assertRaises(UserError) as refusal:
            action()
            self.env.cr.flush()
        self.assertIn(words, str(refusal.exception))

    def _assert_follows(self, record, values, words=FOLLOWS):
        with self.subTest(values=values):
            self._assert_refused(lambda: record.write(values), words)

    def _get_quantity_to_come(self, line):
        moves = line.sudo().move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        return sum(moves.mapped("product_uom_qty"))

    def _take_back(self, picking, quantity, refund=True, method="_create_return"):
        """Bearings of a delivery, announced to come back."""
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": picking.id})
        rows = wizard.product_return_moves
        rows.filtered(lambda row: row.product_id == self.bearing).quantity = quantity
        before = picking.return_ids
        getattr(wizard, method)()
        back = (picking.return_ids - before).sudo()
        back.move_ids.to_refund = refund
        return back

    def _ship(self, picking, user=None):
        picking = picking.with_user(user or self.keeper)
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
            {"quantity": 5},
            {"picked": True},
            {"lot_ids": []},
            {"move_line_ids": [Command.clear()]},
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
            (picking, {"partner_id": self.env.company.partner_id.id}),
            (picking, {"owner_id": self.partner.id}),
            (self.order.sudo().stock_reference_ids.with_user(self.seller), {"move_ids": []}),
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

    def test_a_transfer_of_his_own(self):
        """What no order asked for is the warehouse's, within the store too."""
        stock = {"location_dest_id": self.move.location_id.id}
        for values in ({}, {"sale_id": self.order.id}, {"move_ids": []}, stock):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._new_picking(**values)
        places = {"location_id": self.move.location_id.id, **stock}
        move = {"product_id": self.motor.id, "product_uom_qty": 40, **places}
        for model, values in (
            ("stock.move", move),
            ("stock.move", {**move, "state": "done", "quantity": 40}),
            ("stock.move", {**move, "reference_ids": self.order.sudo().stock_reference_ids.ids}),
            (
                "stock.move.line",
                {
                    "product_id": self.motor.id,
                    "quantity": 40,
                    "company_id": self.env.company.id,
                    **places,
                },
            ),
        ):
            with self.subTest(values=values):
                self._assert_refused(
                    lambda model=model, values=values: self.move.env[model].create(values), LEFT
                )
        self._assert_refused(lambda: self.picking.copy())

    def test_a_transfer_of_the_warehouse(self):
        """It joins no order by a seller's hand, and is not carried out by him."""
        kept = self._new_picking(self.keeper)
        picking = kept.with_user(self.seller)
        reference = self.order.sudo().stock_reference_ids.with_user(self.seller)
        for record, values in (
            (picking, {"sale_id": self.order.id}),
            (picking.move_ids, {"picking_id": self.picking.id}),
            (picking.move_ids, {"sale_line_id": self.order.order_line[1].id}),
            (self.order.order_line[1], {"move_ids": [Command.link(picking.move_ids.id)]}),
            (reference, {"move_ids": [Command.link(picking.move_ids.id)]}),
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                record.write(values)
                self.env.cr.flush()
        kept.action_confirm()
        kept.move_ids.write({"quantity": 40, "picked": True})
        self._assert_refused(picking.button_validate, LEFT)
        kept.button_validate()
        self.assertEqual(kept.state, "done")
        for record, values in (
            (picking.move_ids, {"quantity": 50}),
            (picking.move_ids.move_line_ids, {"quantity": 50}),
            (picking.move_ids.move_line_ids, {"location_dest_id": self.elsewhere.id}),
        ):
            self._assert_follows(record, values, LEFT)

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
            LEFT,
        )

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
        self.assertIn("5 of", str(refusal.exception))
        self.assertIn("while 1 are left to ship", str(refusal.exception))

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
        self.assertEqual(self._get_quantity_to_come(line), 4)
        self._ship(self._take_back(self.picking, 3))
        self.assertEqual(line.qty_delivered, 1)
        line.product_uom_qty = 9
        self.assertEqual(self._get_quantity_to_come(line), 8)

    def test_sent_again_after_a_return_that_was_not_credited(self):
        line = self.order.order_line[0]
        self._ship(self.picking)
        back = self._take_back(self.picking, 2, refund=False)
        self._ship(back)
        again = self._take_back(back, 2, refund=False)
        line.product_uom_qty = 6
        self._ship(again)
        line.product_uom_qty = 7
        self._commit(self.order)
        self._ship(self.order.sudo().picking_ids.filtered(lambda p: p.state == "assigned"))
        self.assertEqual(line.qty_delivered, 7)

    def test_sent_again_in_two_steps(self):
        """Core counts what came back once, and what was sent again not at all."""
        self.order.sudo().warehouse_id.delivery_steps = "pick_ship"
        order = self._new_discounted_offer(0).with_user(self.seller)
        order.action_confirm()
        line = order.order_line[0]

        def ship_all():
            while to_ship := order.sudo().picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            ):
                self._ship(to_ship[:1])

        ship_all()
        out = line.sudo().move_ids.filtered(lambda move: move.location_dest_usage == "customer")
        self._ship(self._take_back(out.picking_id, 2))
        self.assertEqual(line.qty_delivered, 3)
        line.product_uom_qty = 5
        ship_all()
        self.assertEqual(line.qty_delivered, 5)
        for quantity in (6, 9):
            line.product_uom_qty = quantity
            self._commit(order)
            self.assertEqual(self._get_quantity_to_come(line), quantity - 5)
        ship_all()
        self.assertEqual(line.qty_delivered, 9)

    def test_more_is_ordered_while_goods_come_back(self):
        """Core ships again what is announced to come back; so he cannot stop it from coming."""
        line = self.order.order_line[0]
        for method in ("_create_return", "action_create_exchanges"):
            with self.subTest(method=method), self.env.cr.savepoint() as savepoint:
                self._ship(self.picking)
                back = self._take_back(self.picking, 2, method=method).with_user(self.seller)
                line.product_uom_qty = 6
                self._commit(self.order)
                out = line.sudo().move_ids.filtered(
                    lambda move: move.state != "cancel" and move._leads_to_customer()
                )
                self.assertEqual(sum(out.mapped("product_uom_qty")), 5 + 2 + 1)
                self._assert_refused(back.action_cancel)
                self._assert_refused(back.button_validate)
                self._ship(back)
                self._ship((out.picking_id - self.picking).filtered(lambda p: p.state != "done"))
                self.assertEqual(line.qty_delivered, 6)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_order_is_cancelled_with_its_returns(self):
        self._ship(self.picking)
        back = self._take_back(self.picking, 2)
        inside = self._new_picking(self.keeper, location_dest_id=self.move.location_id.id)
        for picking in back + inside:
            with self.assertRaises(UserError):
                picking.with_user(self.seller).action_cancel()
        self.order.locked = False
        self.order.action_cancel()
        self.assertEqual(back.state, "cancel")

    def test_another_date_and_less(self):
        """In a store with two steps core dates the second one only."""
        warehouse = self.order.sudo().warehouse_id
        warehouse.delivery_steps = "pick_ship"
        order = self._new_discounted_offer(0).with_user(self.seller)
        order.action_confirm()
        line = order.order_line[0]
        for date, quantity in (("2031-05-01", 3), ("2031-06-01", 2), (False, 1)):
            order.commitment_date = date and f"{date} 08:00:00"
            line.product_uom_qty = quantity
            self._commit(order)
            self.assertEqual(self._get_quantity_to_come(line), quantity)

    def test_where_it_goes_to(self):
        """To whom the order names, with its dialog or after it."""
        site, other = self.partner.create(
            [{"name": name, "parent_id": self.partner.id} for name in ("Site", "Other")]
        )
        self._assert_follows(self.picking, {"partner_id": site.id})
        self.order.write({"partner_shipping_id": site.id})
        self._commit(self.order)
        self.picking.partner_id = site
        self.assertEqual(self.move.partner_id, site)
        order = self.order.with_context(update_delivery_shipping_partner=True)
        order.write({"partner_shipping_id": other.id})
        self.assertEqual((self.picking.partner_id, self.move.partner_id), (other, other))

    def test_another_company_moves_it(self):
        """Which has no tiers, while the order's has."""
        other = self.env["res.company"].create({"name": "Other"})
        (self.tier_head + self.tier_manager).company_id = self.env.company
        self.seller.company_ids |= other
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        places = {
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": self.move.location_dest_id.id,
        }
        move = {"product_id": self.motor.id, "product_uom_qty": 40, **places}
        move["company_id"] = other.id
        values = {"picking_type_id": warehouse.out_type_id.id, **places}
        companies = (self.env.company + other).ids
        picking = self.picking.with_context(allowed_company_ids=companies)
        picking = picking.create({**values, "move_ids": [Command.create(move)]})
        reference = self.order.sudo().stock_reference_ids
        line = {"sale_line_id": self.order.order_line[1].id}
        for record, new, link in (
            (picking.move_ids, move, line),
            (picking.move_ids, move, {"reference_ids": reference.ids}),
            (picking, values, {"sale_id": self.order.id}),
        ):
            self._assert_follows(record, link)
            with self.assertRaises(UserError) as refusal:
                record.create({**new, **link})
            self.assertIn(FOLLOWS, str(refusal.exception))
        picking.move_ids.write({"quantity": 40, "picked": True})

    def test_company_without_tiers(self):
        tiers = self.tier_head + self.tier_manager
        tiers.company_id = self.env["res.company"].create({"name": "Other"})
        self.move.write({"quantity": 50, "picked": True})
        line = self.order.order_line[0]
        line.sudo().move_ids.write({"quantity": 5, "picked": True})
        line.product_uom_qty = 3
        self.assertEqual((self.move.quantity, line.sudo().move_ids.quantity), (50, 5))

    def test_sellers_ship_nothing(self):
        """Whatever context is sent with it, in which core would split or copy moves."""
        moves = self.order.sudo().order_line.move_ids
        moves[0].write({"quantity": 2, "picked": True})
        dozen = self.env.ref("uom.product_uom_dozen").id
        for context in (
            {},
            {"force_split_uom_id": dozen},
            {"default_state": "done", "default_quantity": 50},
            {"source_location_id": self.elsewhere.id},
            {"shipping": True},
        ):
            picking = self.picking.with_context(skip_backorder=True, **context)
            for action in (picking.button_validate, picking.action_split_transfer):
                with self.subTest(context=context, action=action.__name__):
                    self._assert_refused(action)
        self.assertEqual(self.order.order_line.mapped("qty_delivered"), [0, 0])
        self.assertEqual(self.order.sudo().order_line.move_ids, moves)

    def test_what_sellers_do_with_deliveries(self):
        """Dates and words, and the rest of an order that is not to be shipped."""
        self.picking.write(
            {"scheduled_date": "2030-01-02 08:00:00", "note": "By lorry", "priority": "1"}
        )
        self.move.description_picking = "The blue one"
        goods = self.order.sudo().order_line[0].move_ids
        goods.write({"quantity": 2, "picked": True})
        self.move.sudo().write({"quantity": 1, "picked": True})
        self.picking.with_user(self.keeper).with_context(skip_backorder=True).button_validate()
        self._commit(self.order)
        self.assertEqual(self.order.order_line.mapped("qty_delivered"), [2, 1])
        self.picking.date_done = "2026-01-01 08:00:00"
        self.assertEqual(goods.date, self.picking.date_done)
        rest = (self.order.picking_ids - self.picking).with_user(self.seller)
        self.assertEqual(rest.move_ids.product_uom_qty, 3)
        rest.action_cancel()
        self.assertEqual(rest.state, "cancel")
        empty = self._new_picking(self.keeper, move_ids=[])
        empty.with_user(self.seller).action_cancel()
        self.assertEqual(empty.state, "cancel")

    def test_orders_share_no_transfers(self):
        """One of them cancelled, its goods would be shipped with those of the other."""
        reference = self.order.sudo().stock_reference_ids.with_user(self.seller)
        kept = reference.sudo().create({"name": "Of the warehouse"})
        transfer = self._new_picking(self.keeper)
        transfer.move_ids.reference_ids = kept
        transfer.action_confirm()
        linked = {"stock_reference_ids": [Command.set((reference + kept).ids)]}
        offers = [self._new_discounted_offer(0).with_user(self.seller) for _count in range(3)]
        offers[0].write(linked)
        offers[1] = offers[1].with_context(default_stock_reference_ids=reference.ids).copy()
        reference.write({"sale_ids": [Command.set(offers[2].ids)]})
        before = transfer + self.picking.sudo()
        for offer in offers:
            offer.action_confirm()
            self.assertEqual(len(offer.sudo().picking_ids), 1)
            self.assertFalse(offer.sudo().order_line.move_ids.picking_id & before)
            offer.order_line[0].product_uom_qty += 1
            self._commit(offer)
            self.assertEqual(offer.sudo().order_line.move_ids.picking_id, offer.picking_ids)
        self.assertEqual(transfer.move_ids.sale_line_id, self.order.order_line[:0])

    def test_by_the_dozen(self):
        """Seven of a dozen were shipped, and the rest of two dozen is to come."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.bearing.uom_ids |= dozen
        line = {"product_id": self.bearing.id, "product_uom_id": dozen.id, "product_uom_qty": 1}
        order = self._new_discounted_offer(0, order_line=[Command.create(line)])
        order = order.with_user(self.seller)
        order.action_confirm()
        move = order.sudo().order_line.move_ids
        move.write({"quantity": 7 if move.product_uom != dozen else 7 / 12, "picked": True})
        move.picking_id.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=move.picking_id.ids
        ).button_validate()
        order.order_line.product_uom_qty = 2
        self._commit(order)
        coming = order.sudo().order_line.move_ids.filtered(lambda one: one.state != "done")
        self.assertAlmostEqual(sum(coming.mapped("product_qty")), 17, delta=0.12)

    def test_the_warehouse_added_to_it(self):
        """So who sells does not cancel it."""
        places = {
            "location_id": self.move.location_id.id,
            "location_dest_id": self.move.location_dest_id.id,
        }
        values = {"product_id": self.seal.id, "product_uom_qty": 3, "picking_id": self.picking.id}
        added = self.move.sudo().create({**values, **places})
        self._assert_refused(self.picking.action_cancel)
        added.reference_ids = self.move.sudo().reference_ids
        self.order.order_line[1].product_uom_qty = 2
        self._commit(self.order)
        self.assertEqual(self.order.sudo().picking_ids, self.picking.sudo())
        self.assertEqual(self.move.product_uom_qty, 2)

    def test_a_customer_within_the_store(self):
        places = self.env["stock.location"].search(
            [
                ("usage", "in", ("internal", "supplier", "inventory")),
                ("company_id", "in", (False, self.env.company.id)),
            ]
        )
        self.assertLess({"internal", "supplier"}, set(places.mapped("usage")))
        partner = self.partner.with_user(self.seller)
        for place in places:
            values = {"property_stock_customer": place.id}
            self._assert_follows(partner, values, "no place of customers")
        self._assert_refused(
            lambda: partner.create({"name": "Site", **values}), "no place of customers"
        )
        defaults = {f"default_{name}": value for name, value in values.items()}
        self._assert_refused(
            lambda: partner.with_context(**defaults).create({"name": "Site"}),
            "no place of customers",
        )
        self._assert_follows(partner, {"property_stock_customer": False}, "no place of customers")
        place = self.move.sudo().location_dest_id.copy({"name": "By the ramp"})
        partner.property_stock_customer = place
        self.assertEqual(partner.property_stock_customer, place)

    def test_who_neither_sells_nor_keeps_a_store(self):
        """Core lets accountants write moves, and everybody their rows."""
        clerk = self._new_user("ap_clerk", "account.group_account_invoice")
        self._ship(self.picking)
        move = self.move.sudo().with_user(clerk)
        for record in (move.move_line_ids, move):
            self._assert_refused(
                lambda record=record: record.write({"quantity": 50}), "only the warehouse"
            )
        other = self._new_picking(self.keeper)
        other.action_confirm()
        other.move_ids.move_line_ids.with_user(clerk).write({"quantity": 1})
        self.assertEqual(other.move_ids.quantity, 1)

    def test_what_is_cancelled_may_go(self):
        admin = self._new_user("ap_admin", "sales_team.group_sale_manager")
        picking = self.picking.with_user(admin)
        self._assert_refused(picking.unlink)
        picking.action_cancel()
        self.assertTrue(picking.unlink())

    def test_what_is_moved_for_another_document(self):
        """Who buys too, or produces, moves what his own documents say."""
        values = {
            "product_id": self.motor.id,
            "product_uom_qty": 1,
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.move.location_id.id,
        }
        # a contact, which sellers may change, stands for a line of a purchase
        with patch.object(
            self.registry["stock.move"], "_get_other_causes", lambda self: ["partner_id"]
        ):
            self._assert_refused(lambda: self.move.create(values), LEFT)
            receipt = self.move.create({**values, "partner_id": self.partner.id})
            receipt.write({"quantity": 1, "picked": True})
            receipt._action_done()
        self.assertEqual(receipt.state, "done")

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

    def test_a_shop_hands_out(self):
        """By the kind of transfer that belongs to it, if who sells is its cashier."""
        kind = self.move.sudo().picking_type_id
        warehouses = self.registry["stock.warehouse"]
        with patch.object(warehouses, "pos_type_id", kind.copy(), create=True):
            self._assert_refused(self._new_picking, LEFT)
        with patch.object(warehouses, "pos_type_id", kind, create=True):
            self._assert_refused(self._new_picking, LEFT)
            with patch(f"{MOVES}.CASHIER", "base.group_user"):
                picking = self._new_picking()
        self.assertTrue(picking)

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
