from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalOfOptions(ApprovalCommon):
    """Terms and alternatives are approved with the offer; choosing one changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.offer.order_line
        cls.exw = cls._new_term(cls.first, "EXW", 10.0, discount=20)
        cls.dap = cls._new_term(cls.first, "DAP", 11.0, discount=20)
        cls._new_term(cls.second, "EXW", 10.0)
        cls.alternative = cls.env["sale.offer.alternative"].create(
            {"order_line_id": cls.second.id, "product_id": cls.seal.id, "price_unit": 9.5}
        )
        cls._commit(cls.offer)

    @classmethod
    def _new_term(cls, line, code, price, **values):
        return cls.env["sale.offer.term"].create(
            {
                "order_line_id": line.id,
                "incoterm_id": cls.env.ref(f"account.incoterm_{code}").id,
                "place": "Brno",
                "price_unit": price,
                **values,
            }
        )

    def _send(self):
        self._approve()
        self.offer.with_user(self.seller).action_quotation_sent()
        self._commit(self.offer)
        self.assertEqual(self.offer.approval_state, "approved")

    def test_the_customers_choice_keeps_the_approval(self):
        self._send()
        self.offer._choose_for_customer(self.dap, self.partner)
        self._commit(self.offer)
        self.assertEqual(self.first.price_unit, 11)
        self.assertEqual(self.offer.approval_state, "approved")
        self.offer._choose_for_customer(self.alternative, self.partner)
        self._commit(self.offer)
        self.assertEqual(self.second.product_id, self.seal)
        self.assertEqual(self.offer.approval_state, "approved")
        self.assertNotIn("voided", self._events(self.offer))
        self.assertFalse(self.offer._get_release_refusal())

    def test_a_term_that_nobody_chose_is_approved_too(self):
        self._send()
        self.dap.with_user(self.seller).price_unit = 10.5
        self._commit(self.offer)
        self.assertEqual(self.offer.approval_state, "voided")
        with self.assertRaisesRegex(UserError, f"{self.offer.name} was changed since"):
            self.offer.action_confirm()

    def test_an_alternative_that_nobody_took_is_approved_too(self):
        self._send()
        self.alternative.with_user(self.seller).discount = 5
        self._commit(self.offer)
        self.assertEqual(self.offer.approval_state, "voided")

    def test_the_dearest_concession_asks_for_the_approval(self):
        offer = self._new_discounted_offer(0)
        self.assertEqual(offer.approval_state, "none")
        self._new_term(offer.order_line[0], "EXW", 10.0)
        hidden = self._new_term(offer.order_line[0], "FCA", 7.0)
        self.assertEqual(offer.offer_worst_discount, 30)
        self.assertEqual(offer.approval_state, "required")
        hidden.unlink()
        self.assertEqual(offer.offer_worst_discount, 0)
        self.assertEqual(offer.approval_state, "none")

    def test_the_margin_of_an_alternative_is_tested(self):
        offer = self._new_discounted_offer(0)
        self.seal.standard_price = 9
        self.env["sale.offer.alternative"].create(
            {"order_line_id": offer.order_line[0].id, "product_id": self.seal.id}
        )
        self.assertEqual(offer.offer_worst_margin, 10)

    def test_a_term_of_a_product_that_is_put_back_later(self):
        """Taken back on the portal, it would bring a price that nobody looked at."""
        offer = self._new_discounted_offer(0)
        line = offer.order_line[0]
        own = self._new_term(line, "EXW", 10.0)
        hidden = self._new_term(line, "DAP", 1.0)
        alternative = self.env["sale.offer.alternative"].create(
            {"order_line_id": line.id, "product_id": self.seal.id}
        )
        alternative.action_take()
        self.assertFalse((own + hidden).filtered("is_applicable"))
        self.assertEqual(offer.offer_worst_discount, 90)
        self.assertEqual(offer.approval_state, "required")

    def test_an_option_of_a_quantity_that_changes_later(self):
        """The price of a thousand pieces is no price of one."""
        offer = self._new_discounted_offer(0)
        line = offer.order_line[0]
        offer.pricelist_id = self._new_price_break(self.bearing, 1000, 5)
        line.product_uom_qty = 1000
        self._new_term(line, "DAP", 5.0)
        self.assertEqual(offer.offer_worst_discount, 0)
        line.product_uom_qty = 1
        self.assertEqual(offer.offer_worst_discount, 50)

    def test_parts_of_an_approved_offer_are_orders(self):
        self._send()
        self.offer._choose_for_customer(self.dap, self.partner)
        self.offer.with_user(self.seller).action_confirm()
        self._commit(self.offer)
        part = self.offer.split_order_ids
        self.assertEqual(self.offer.state, "sale")
        self.assertEqual(part.mapped("state"), ["sale"])

    def test_the_mark_of_the_gate_cannot_be_sent(self):
        seller = self.offer.with_user(self.seller).with_context(offer_gate_passed=True)
        with self.assertRaisesRegex(UserError, "needs an approval"):
            seller.write({"state": "sale"})
