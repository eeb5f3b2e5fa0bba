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
