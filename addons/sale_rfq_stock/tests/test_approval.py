from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCommon):
    def test_delivery_term_is_approved_too(self):
        self._approve()
        for values in (
            {"incoterm": self.env.ref("account.incoterm_EXW").id},
            {"incoterm_location": "Essen"},
        ):
            with self.subTest(values=values):
                self.offer.with_user(self.seller).write(values)
                self._commit(self.offer)
                self.assertEqual(self.offer.approval_state, "voided")
                self._approve()

    def _add_terms(self, order, codes, lines=None):
        """Delivery terms at the price of the line; the first of each line is chosen."""
        for line in lines or order.order_line:
            for code in codes:
                self.env["sale.offer.term"].create(
                    {
                        "order_line_id": line.id,
                        "incoterm_id": self.env.ref(f"account.incoterm_{code}").id,
                        "place": "Prague",
                        "price_unit": line.price_unit,
                        "discount": line.discount,
                    }
                )
            line.term_ids[0].action_select()
        return order

    def test_approved_offer_with_one_delivery_term(self):
        """The order gets the delivery term of its lines, which is no change of the offer."""
        for codes, some in ((["EXW"], False), (["EXW"], True), (["EXW", "FCA"], False)):
            offer = self._new_discounted_offer(20)
            self._add_terms(offer, codes, some and offer.order_line[:1])
            self._approve(offer)
            with self.subTest(codes=codes, some=some):
                offer.with_user(self.seller).action_quotation_sent()
                offer.with_user(self.seller).action_confirm()
                self.assertEqual(offer.state, "sale")
                self.assertEqual(offer.incoterm.code, "EXW")

    def test_customer_takes_another_delivery_term(self):
        offer = self._add_terms(self._new_discounted_offer(20), ["EXW", "FCA"])
        self._approve(offer)
        offer.with_user(self.seller).action_quotation_sent()
        offer.order_line.term_ids.filtered(lambda term: not term.selected).action_select()
        self._commit(offer)
        offer.with_user(self.seller).action_confirm()
        self.assertEqual((offer.state, offer.incoterm.code), ("sale", "FCA"))

    def test_unapproved_offer_with_one_delivery_term(self):
        offer = self._add_terms(self._new_discounted_offer(20), ["EXW"])
        with self.assertRaisesRegex(UserError, "needs an approval"):
            offer.with_user(self.seller).action_confirm()

    def test_delivery_stays_with_its_line(self):
        self.bearing.is_storable = True
        offer = self._new_discounted_offer(
            0,
            order_line=[Command.create({"product_id": self.bearing.id, "product_uom_qty": 5})],
        ).with_user(self.seller)
        offer.action_confirm()
        move = offer.sudo().order_line.move_ids.with_user(self.seller)
        move.sudo().write({"quantity": 5, "picked": True})
        move.sudo()._action_done()
        self.assertEqual(offer.order_line.qty_delivered, 5)
        with self.assertRaisesRegex(UserError, f"sold by order {offer.name}"):
            move.write({"sale_line_id": False})
        with self.assertRaisesRegex(UserError, "follows from its deliveries"):
            offer.order_line.write({"qty_delivered": 0})

    def test_what_is_delivered_stays_delivered(self):
        """Salespeople may write moves in core; not those that are done of approved orders."""
        self.bearing.is_storable = True
        offer = self._new_discounted_offer(
            0,
            order_line=[Command.create({"product_id": self.bearing.id, "product_uom_qty": 5})],
        ).with_user(self.seller)
        offer.action_confirm()
        line = offer.order_line
        move = line.sudo().move_ids.with_user(self.seller)
        # what is to come may change, core does so with the order
        line.product_uom_qty = 6
        self.assertEqual(move.product_uom_qty, 6)
        move.sudo().write({"quantity": 6, "picked": True})
        move.sudo()._action_done()
        elsewhere = move.location_id.id
        for values in (
            {"state": "cancel"},
            {"location_dest_id": elsewhere},
            {"quantity": 0},
            {"move_line_ids": [Command.clear()]},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "only the warehouse"),
            ):
                move.write(values)
        with self.assertRaisesRegex(UserError, "only the warehouse"):
            move.move_line_ids.write({"quantity": 0})
        for values, words in (
            ({"product_uom_id": self.env.ref("uom.product_uom_dozen").id}, "its unit"),
            ({"qty_delivered": 0}, "follows from its deliveries"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, words):
                line.write(values)
        line.write({"qty_delivered_method": "manual", "is_expense": True, "is_downpayment": True})
        self._commit(offer)
        self.assertEqual(line.qty_delivered_method, "stock_move")
        self.assertEqual((line.is_expense, line.is_downpayment), (False, False))
        keeper = self._new_user(
            "ap_keeper", "stock.group_stock_user,sales_team.group_sale_salesman_all_leads"
        )
        move.with_user(keeper).write({"quantity": 4})
        self.assertEqual(self._commit(offer).order_line.qty_delivered, 4)

    def _deliver(self, order):
        moves = order.sudo().order_line.move_ids
        for move in moves:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        moves._action_done()
        return self._commit(order)

    def test_cancelled_and_made_again_for_less(self):
        self.bearing.is_storable = self.motor.is_storable = True
        order = self._new_discounted_offer(0).with_user(self.seller)
        order.action_confirm()
        self._deliver(order)
        order.locked = False
        order.action_cancel()
        order.action_draft()
        motor = order.order_line[1]
        other = self._new_discounted_offer(0)
        for change, words in (
            (lambda: motor.write({"product_uom_qty": 0}), "are delivered: they stay ordered"),
            (motor.unlink, "are delivered: they stay ordered"),
            (lambda: motor.write({"order_id": other.id}), "stays in order"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                change()
        motor.product_uom_qty = 3
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_more_is_shipped_than_ordered(self):
        self.bearing.is_storable = True
        order = self._new_discounted_offer(0).with_user(self.seller)
        order.action_confirm()
        move = order.sudo().order_line[0].move_ids.with_user(self.seller)
        with self.assertRaisesRegex(UserError, "Change the order instead"):
            move.product_uom_qty = 500
        with self.assertRaisesRegex(UserError, "Change the order instead"):
            move.create(
                {
                    "product_id": self.motor.id,
                    "product_uom_qty": 100,
                    "picking_id": move.picking_id.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )
        order.order_line[0].product_uom_qty = 7
        self.assertEqual(sum(order.sudo().order_line[0].move_ids.mapped("product_uom_qty")), 7)
        order.order_line[0].product_uom_qty = 6
        self.assertEqual(sum(order.sudo().order_line[0].move_ids.mapped("product_uom_qty")), 6)

    def test_no_context_hides_a_delivery(self):
        """What core leaves out for its own lines, and what it reads as of another day."""
        self.bearing.is_storable = True
        order = self._new_discounted_offer(0).with_user(self.seller)
        order.action_confirm()
        line = order.order_line[0]
        for key, quantity in (
            ({"accrual_entry_date": "2020-01-01"}, 3),
            ({"skip_procurement": True}, 2),
        ):
            with self.subTest(key=key):
                line.with_context(**key).product_uom_qty = quantity
                self.assertEqual(sum(line.sudo().move_ids.mapped("product_uom_qty")), quantity)
        order.with_context(skip_procurement=True).write(
            {"order_line": [Command.update(line.id, {"product_uom_qty": 1})]}
        )
        self.assertEqual(sum(line.sudo().move_ids.mapped("product_uom_qty")), 1)

    def test_delivered_quantity_is_that_of_now(self):
        self.bearing.is_storable = True
        order = self._new_discounted_offer(0).with_user(self.seller)
        order.action_confirm()
        line = order.order_line[0].with_context(accrual_entry_date="2020-01-01")
        move = line.sudo().move_ids
        move.write({"quantity": move.product_uom_qty, "picked": True})
        move._action_done()
        self.env.add_to_compute(line._fields["qty_delivered"], line)
        self.assertEqual(line.qty_delivered, move.quantity)
        self.assertEqual(line.qty_delivered_at_date, 0)
        order.locked = False
        order.action_cancel()
        order.action_draft()
        order.with_context(accrual_entry_date="2020-01-01").action_confirm()
        self.assertEqual(line.sudo().move_ids, move)
