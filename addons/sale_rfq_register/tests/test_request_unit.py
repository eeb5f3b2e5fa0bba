from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestRequestUnit(OfferCommon):
    """A quantity goes into another unit by conversion, or waits for a person with the reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.bearing.uom_id
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.kilogram = cls.env.ref("uom.product_uom_kgm")
        cls.gram = cls.env.ref("uom.product_uom_gram")
        cls.grease = cls._new_product("Grease", "GRE-1", False, uom_id=cls.kilogram.id)

    def _check(self, *lines, **values):
        request = self._new_request(*lines, **values)
        request.action_check()
        return request

    def _assert_waits(self, line, reason):
        self.assertEqual(line.verdict, "sellable")
        self.assertIn(reason, line.problem)
        self.assertNotIn(line, line.request_id._get_offerable_lines())
        self.assertIn(line, line.search(line._get_open_domain()))
        with self.assertRaisesRegex(UserError, reason):
            line.action_settle()

    def test_a_known_unit_of_the_same_kind(self):
        request = self._check(
            {"product_id": self.bearing.id, "quantity": 2, "uom_text": "doz"},
            {"product_id": self.grease.id, "quantity": 500, "uom_id": self.gram.id},
        )
        self.assertFalse(any(request.line_ids.mapped("problem")))
        order = request._create_offers()
        self.assertRecordValues(
            order.order_line,
            [
                {"product_uom_qty": 2, "product_uom_id": self.dozen.id, "price_unit": 120},
                {"product_uom_qty": 500, "product_uom_id": self.gram.id, "price_unit": 0.01},
            ],
        )

    def test_a_known_unit_of_another_kind(self):
        for unit in ({"uom_id": self.kilogram.id}, {"uom_text": "kg"}):
            with self.subTest(unit=unit):
                request = self._check({"product_id": self.bearing.id, "quantity": 5, **unit})
                self._assert_waits(request.line_ids, "5 kg are asked for")
                with self.assertRaisesRegex(UserError, f"{request.name}: 5 kg"):
                    request._create_offers()

    def test_an_unknown_unit(self):
        request = self._check(
            {"product_id": self.bearing.id, "quantity": 5, "uom_text": "bundle"},
            {"product_id": self.seal.id, "quantity": 3},
        )
        line = request.line_ids[0]
        self.assertFalse(line.uom_id)
        self._assert_waits(line, "The unit “bundle” is not known")
        self.assertEqual(request._create_offers().order_line.product_id, self.seal)

    def test_found_by_its_code(self):
        """The product is found by itself, after the line was read."""
        request = self._check(
            {"name": "Bearing", "customer_code": "BRG-6204", "quantity": 5, "uom_text": "kg"}
        )
        self.assertEqual(request.line_ids.product_id, self.bearing)
        self._assert_waits(request.line_ids, "5 kg are asked for")

    def test_the_unit_is_chosen_by_hand(self):
        request = self._check({"product_id": self.bearing.id, "quantity": 5, "uom_text": "KGM"})
        line = request.line_ids
        with Form(line) as form:
            form.uom_id = self.unit
            form.quantity = 40
        self.assertFalse(line.problem)
        order = request._create_offers()
        self.assertRecordValues(
            order.order_line, [{"product_uom_qty": 40, "product_uom_id": self.unit.id}]
        )

    def test_the_quantity_alone_does_not_settle_it(self):
        line = self._check(
            {"product_id": self.bearing.id, "quantity": 5, "uom_id": self.kilogram.id}
        ).line_ids
        line.quantity = 7
        self._assert_waits(line, "kg are asked for")

    def test_what_else_is_noted_stays(self):
        line = self._check(
            {
                "product_id": self.bearing.id,
                "quantity": 5,
                "uom_text": "bundle",
                "problem": "The date “soon” is not understood.",
            }
        ).line_ids
        self._assert_waits(line, "is not known")
        line.uom_id = self.unit
        self.assertEqual(line.problem, "The date “soon” is not understood.")

    def test_another_product_settles_it(self):
        line = self._check(
            {"product_id": self.bearing.id, "quantity": 5, "uom_id": self.kilogram.id}
        ).line_ids
        line.product_id = self.grease
        self.assertFalse(line.problem)
        line.product_id = self.seal
        self.assertIn("is counted in Units", line.problem)

    def test_from_a_spreadsheet(self):
        content = "Item;Article;Qty;Unit\nBearing;BRG-6204;5;kg\nSeal;SEA-35;3;bundle"
        request = self.env["sale.material.request"]._create_from_files(
            [("wanted.csv", content.encode())], {"partner_id": self.partner.id}
        )
        request.action_check()
        self._assert_waits(request.line_ids[0], "5 kg are asked for")
        self._assert_waits(request.line_ids[1], "The unit “bundle” is not known.")
        self.assertEqual(request.line_ids[1].problem.count("bundle"), 1)

    def test_merged(self):
        """5 kg and 5 pieces of one product are two lines."""
        kept = self._check({"product_id": self.bearing.id, "quantity": 5})
        other = self._check(
            {"product_id": self.bearing.id, "quantity": 5, "uom_id": self.kilogram.id},
            {"product_id": self.bearing.id, "quantity": 5, "uom_text": "pcs"},
        )
        other._merge_into(kept)
        self.assertEqual(len(kept.line_ids), 2)
        kept.action_check()
        self._assert_waits(kept.line_ids[1], "5 kg are asked for")

    def test_in_mass(self):
        request = self._check(
            {"product_id": self.bearing.id, "quantity": 5, "uom_id": self.kilogram.id}
        )
        self.assertTrue(request._get_mass_obstacle())

    def test_an_alternative_in_another_kind_of_unit(self):
        with self.assertRaisesRegex(UserError, "enter the quantity of the alternative"):
            self._new_alternative(self.first, self.grease)
        found = self._new_alternative(self.first, self.grease, product_uom_qty=2)
        self.assertEqual(found.product_uom_id, self.kilogram)
        self.assertEqual(self._new_alternative(self.first, self.seal).product_uom_qty, 5)

    def test_alternatives_are_proposed_where_their_quantity_is_known(self):
        request = self._check({"product_id": self.bearing.id, "quantity": 5})
        self.env["sale.material.request.candidate"].create(
            [
                {"line_id": request.line_ids.id, "product_id": product.id, "method": "similar"}
                for product in (self.grease, self.seal)
            ]
        )
        order = request._create_offers()
        order.action_propose_alternatives()
        self.assertEqual(order.alternative_ids.product_id, self.seal)

    def test_demand_counts_no_unknown_unit(self):
        lines = self._check(
            {"product_id": self.bearing.id, "quantity": 5, "uom_text": "bundle"},
            {"product_id": self.bearing.id, "quantity": 1, "uom_text": "doz"},
        ).line_ids
        self.env.flush_all()
        rows = self.env["sale.material.demand"].search([("product_id", "=", self.bearing.id)])
        rows = rows.filtered(lambda row: row.request_id == lines.request_id)
        self.assertEqual(sorted(rows.mapped("quantity")), [0, 12])
