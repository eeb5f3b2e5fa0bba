from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestDiscountOfTerms(OfferCommon):
    """A discount on a line with several delivery terms (O3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_terms(cls.offer)
        cls.env.user.group_ids += cls.env.ref("sale.group_discount_per_so_line")

    def _discounts(self, line):
        return line.term_ids.mapped("discount")

    def test_all_terms_by_default(self):
        self.first.discount = 10
        self.assertEqual(self._discounts(self.first), [10, 10])
        self.assertEqual(self._discounts(self.second), [0, 0])
        self.assertEqual(self.first.discount, 10)

    def test_selected_term_only(self):
        self.first.write({"discount": 10, "discount_scope": "selected"})
        self.assertEqual(self._discounts(self.first), [10, 0])
        self.assertEqual(self.first.discount_scope, "all", "asked anew the next time")
        self.first.discount = 5
        self.assertEqual(self._discounts(self.first), [5, 5])

    def test_own_discount_of_a_term(self):
        exw, fca = self.first.term_ids
        exw.discount = 10
        self.assertEqual((self.first.discount, fca.discount), (10, 0))
        fca.discount = 7
        self.assertEqual((self.first.discount, exw.discount), (10, 10))

    def test_choice_of_a_term_changes_no_other(self):
        exw, fca = self.first.term_ids
        fca.discount = 7
        fca.action_select()
        self.assertEqual((self.first.discount, exw.discount, fca.discount), (7, 0, 7))

    def test_in_the_form(self):
        with Form(self.offer) as form:
            with form.order_line.edit(0) as line:
                self.assertTrue(line.has_several_terms)
                self.assertEqual(line.discount_scope, "all")
                line.discount = 10
            with form.order_line.edit(1) as line:
                line.discount_scope = "selected"
                line.discount = 20
        self.assertEqual(self._discounts(self.first), [10, 10])
        self.assertEqual(self._discounts(self.second), [20, 0])

    def test_notice(self):
        line = self.offer.order_line.new(origin=self.first)
        self.assertFalse(line._onchange_discount_of_terms())
        line.discount = 10
        notice = line._onchange_discount_of_terms()["warning"]
        self.assertIn("all 2 delivery terms", notice["message"])
        line.discount_scope = "selected"
        self.assertFalse(line._onchange_discount_of_terms())
        plain = self._new_plain_offer().order_line[0]
        plain = plain.new(origin=plain)
        plain.discount = 10
        self.assertFalse(plain._onchange_discount_of_terms())

    def _apply_wizard(self, **values):
        wizard = self.env["sale.order.discount"].create(
            {"sale_order_id": self.offer.id, "discount_percentage": 0.15, **values}
        )
        wizard.action_apply_discount()
        return wizard

    def test_discount_dialog(self):
        wizard = self._apply_wizard()
        self.assertTrue(wizard.has_several_terms)
        self.assertEqual(self._discounts(self.first) + self._discounts(self.second), [15] * 4)
        self._apply_wizard(discount_percentage=0.2, discount_scope="selected")
        self.assertEqual(self._discounts(self.first), [20, 15])
        self.assertEqual(self._discounts(self.second), [20, 15])

    def test_terms_of_another_product_keep_theirs(self):
        known = self.first.term_ids
        self._new_alternative(self.first, self.motor).action_take()
        self.first.discount = 10
        self.assertEqual(known.mapped("discount"), [0, 0])

    def test_closed_offer(self):
        self.offer.action_confirm()
        self.first.discount = 10
        self.assertEqual(self._discounts(self.first), [0, 0])
        with self.assertRaises(UserError):
            self.first.term_ids[1].discount = 10
