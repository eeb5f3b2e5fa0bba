from odoo.tests import tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOfferTermUnit(OfferCommon):
    """What a delivery term is compared with is in the unit of what it prices."""

    def test_a_term_of_what_was_offered_first_in_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.first.write({"product_uom_id": dozen.id, "product_uom_qty": 1, "price_unit": 120.0})
        term = self._new_term(self.first, self.fca, 60.0)
        unit = self.bearing.uom_id
        other = self._new_alternative(
            self.first, self.motor, product_uom_qty=12, product_uom_id=unit.id, price_unit=10.0
        )
        other.action_take()
        self.assertEqual(self.first.product_uom_id, unit)
        self.assertEqual(term._get_unit(), dozen)
        self.assertEqual(term._get_list_price(), 120.0)
        self.assertEqual(self.offer.offer_worst_discount, 50)

    def test_a_term_of_a_product_of_another_kind(self):
        kilogram = self.env.ref("uom.product_uom_kgm")
        grease = self._new_product("Grease", "GRE-1", False, uom_id=kilogram.id)
        term = self._new_term(self.first, self.fca, 60.0)
        other = self._new_alternative(
            self.first, grease, product_uom_qty=2, product_uom_id=kilogram.id
        )
        other.action_take()
        self.assertEqual(term._get_unit(), self.bearing.uom_id)
