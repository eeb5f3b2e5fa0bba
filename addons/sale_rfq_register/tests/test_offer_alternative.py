from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOfferAlternative(OfferCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.motor.taxes_id = cls.tax
        cls.alternative = cls._new_alternative(
            cls.first, cls.motor, price_unit=80, product_uom_qty=6, reason="In stock"
        )

    def _assert_line(self, product, quantity, price):
        self.assertRecordValues(
            self.first,
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "price_unit": price,
                    "price_subtotal": quantity * price,
                }
            ],
        )

    def test_counts_in_no_total(self):
        self.assertEqual(self.offer.amount_untaxed, 560)
        self.assertRecordValues(
            self.alternative,
            [
                {
                    "price_subtotal": 480,
                    "price_total": 580.8,
                    "name": "[DRV-055] Gear motor 0.55 kW",
                }
            ],
        )

    def test_defaults(self):
        row = self._new_alternative(self.second, self.motor)
        self.assertRecordValues(
            row,
            [
                {
                    "product_uom_qty": 3,
                    "product_uom_id": self.motor.uom_id.id,
                    "price_unit": 10,
                    "tax_ids": self.tax.ids,
                }
            ],
        )

    def test_taken_and_taken_back(self):
        self.alternative.action_take()
        self._assert_line(self.motor, 6, 80)
        self.assertEqual(len(self.offer.order_line), 2)
        self.assertEqual(self.first.name, "[DRV-055] Gear motor 0.55 kW")
        self.assertEqual(self.first.offer_reason, "In stock")
        self.assertRecordValues(
            self.alternative,
            [
                {
                    "product_id": self.bearing.id,
                    "product_uom_qty": 5,
                    "price_unit": 100,
                    "is_replaced": True,
                    "reason": False,
                }
            ],
        )
        self.assertIn("taken instead of", self.offer.message_ids[0].body)
        self.assertIn(": 6 ", self.offer.message_ids[0].body)
        self.alternative.action_take()
        self._assert_line(self.bearing, 5, 100)
        self.assertRecordValues(
            self.alternative,
            [{"product_id": self.motor.id, "is_replaced": False, "reason": "In stock"}],
        )

    def test_the_one_offered_first_is_known_among_several(self):
        other = self._new_alternative(self.first, self.seal, price_unit=60, reason="Cheaper")
        self.alternative.action_take()
        other.action_take()
        self.assertEqual(self.first.offer_reason, "Cheaper")
        self.assertRecordValues(
            self.alternative + other,
            [
                {"product_id": self.bearing.id, "is_replaced": True, "reason": False},
                {"product_id": self.motor.id, "is_replaced": False, "reason": "In stock"},
            ],
        )
        self.alternative.action_take()
        self._assert_line(self.bearing, 5, 100)
        self.assertFalse(any((self.alternative + other).mapped("is_replaced")))

    def test_price_stays_on_a_change_of_quantity(self):
        self.alternative.action_take()
        self.first.product_uom_qty = 60
        self.assertEqual(self.first.price_unit, 80)

    def test_with_delivery_terms(self):
        self._add_terms(self.offer)
        self.alternative.write({"incoterm_id": self.fca.id, "place": "Prague"})
        self.alternative.action_take()
        self._assert_line(self.motor, 6, 80)
        self.assertEqual(self.first.offer_term_id.display_name, "FCA Prague")
        self.assertEqual(self.first._get_applicable_terms(), self.first.offer_term_id)
        self.assertEqual(self.alternative.display_name, "EXW Prague")
        self.alternative.action_take()
        self._assert_line(self.bearing, 5, 100)
        self.assertEqual(self.first.offer_term_id.display_name, "EXW Prague")
        self.assertEqual(len(self.first.term_ids), 2, "the term of the alternative has gone")
        self.alternative.price_unit = 75
        self.alternative.action_take()
        self._assert_line(self.motor, 6, 75)

    def test_a_revision_keeps_the_product_of_each_term(self):
        self._add_terms(self.offer)
        row = self._new_alternative(self.second, self.motor)
        row.action_take()
        for copy in (self.offer.copy(), self.offer._revise()):
            terms = copy.order_line[1].term_ids
            self.assertEqual(terms.product_id, self.seal + self.motor)
            self.assertEqual(len(terms), len(self.second.term_ids))
            self.assertEqual(copy.order_line[1]._get_applicable_terms().product_id, self.motor)

    def test_new_one_is_offered_for_the_term_of_the_line(self):
        self._add_terms(self.offer)
        self.assertEqual(self._new_alternative(self.second, self.motor).display_name, "EXW Prague")

    def test_a_new_one_costs_what_the_delivery_does(self):
        """The line is 100 at a list price of 10, all of it above the list for its term."""
        self._add_terms(self.offer)
        row = self._new_alternative(self.first, self.motor)
        self.assertEqual(row.price_unit, 10 + 100 - 10)
        fca = self.first.term_ids.filtered(lambda term: term.incoterm_id == self.fca)
        fca._select()
        self.assertEqual(self._new_alternative(self.first, self.motor).price_unit, 10 + 110 - 10)

    def test_a_line_below_the_list_lends_no_discount(self):
        self.first.price_unit = 4
        self._add_terms(self.offer)
        self.assertEqual(self._new_alternative(self.first, self.motor).price_unit, 10)

    def test_the_quantity_follows_that_of_the_line(self):
        same = self._new_alternative(self.first, self.motor)
        priced = self._new_alternative(self.first, self.seal, price_unit=7)
        self.offer.pricelist_id = self._new_price_break(self.motor, 20, 8)
        self.first.product_uom_qty = 25
        self.assertRecordValues(
            same + priced + self.alternative,
            [
                {"product_uom_qty": 25, "price_unit": 8},
                {"product_uom_qty": 25, "price_unit": 7},
                {"product_uom_qty": 6, "price_unit": 80},
            ],
        )

    def test_the_quantity_of_an_alternative_is_never_zero(self):
        row = self._new_alternative(self.first, self.motor)
        self.first.product_uom_qty = 0
        self.assertEqual(row.product_uom_qty, 5)

    def test_what_was_offered_first_keeps_its_quantity(self):
        self._new_alternative(self.first, self.motor).action_take()
        first = self.first.alternative_ids.filtered("is_replaced")
        self.first.product_uom_qty = 25
        self.assertEqual(first.product_uom_qty, 5)

    def test_request_keeps_what_was_asked(self):
        order = self._new_offer()
        asked = order.order_line.request_line_id
        self._new_alternative(order.order_line, self.motor).action_take()
        self.assertEqual(order.order_line.request_line_id, asked)
        self.assertEqual(asked.product_id, self.bearing)
        self.assertIn("now stands for", asked.request_id.message_ids[0].body)

    def test_proposed_from_the_candidates(self):
        self._new_product("Shaft seal 35x52x8", "SEA-8", False)
        self._new_product("Shaft seal 35x52x9", "SEA-9", False)
        request = self._new_request({"name": "Shaft seal 35x52", "quantity": 4})
        request.action_check()
        line = request.line_ids
        found = line.candidate_ids.product_id
        self.assertGreater(len(found), 2)
        line.candidate_ids[0].action_take()
        request.action_create_offer()
        order = request.order_ids
        order.action_propose_alternatives()
        self.assertEqual(order.alternative_ids.product_id, found - line.product_id)
        self.assertEqual(set(order.alternative_ids.mapped("product_uom_qty")), {4})
        with self.assertRaisesRegex(UserError, "no other products to propose"):
            order.action_propose_alternatives()

    def test_what_is_not_sold_any_more(self):
        self.motor.sale_ok = False
        with self.assertRaisesRegex(UserError, "is not sold any more"):
            self.alternative.action_take()

    def test_frozen(self):
        self.offer.action_confirm()
        for attempt in (
            self.alternative.action_take,
            self.alternative.unlink,
            lambda: self._new_alternative(self.first, self.seal),
        ):
            with self.assertRaisesRegex(UserError, "is no open offer"):
                attempt()

    def test_row_in_the_form(self):
        with Form(self.offer) as form, form.alternative_ids.new() as row:
            row.order_line_id = self.second
            row.product_id = self.motor
            self.assertEqual((row.product_uom_qty, row.price_unit), (3, 10))
        self.assertEqual(self.second.alternative_ids.product_id, self.motor)

    def test_confirmed_configuration_is_outdated_by_it(self):
        self.offer.confirmation_required = True
        self.env["sale.configuration.confirmation"].create(
            {"order_id": self.offer.id, "signed_by": "P. Novak"}
        )
        self._add_terms(self.offer)
        self.first.term_ids[1].action_select()
        self.assertEqual(self.offer.configuration_state, "confirmed")
        self.alternative.action_take()
        self.assertEqual(self.offer.configuration_state, "outdated")

    def test_only_for_products(self):
        self.offer.order_line = [Command.create({"display_type": "line_note", "name": "Note"})]
        with self.assertRaisesRegex(UserError, "no product with a price"):
            self._new_alternative(self.offer.order_line[2], self.motor, product_uom_qty=1)

    def test_salesperson_of_another_offer(self):
        mate = self._new_user("mate", "sales_team.group_sale_salesman")
        self.offer.user_id = self._new_user("owner", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.alternative.with_user(mate).action_take()
        self.alternative.with_user(self.offer.user_id).action_take()
        self.assertEqual(self.first.product_id, self.motor)


@tagged("post_install", "-at_install")
class TestOfferedContent(OfferCommon):
    """What an approval covers: all that is offered, and not what is chosen of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_terms(cls.offer)
        cls.alternative = cls._new_alternative(
            cls.first, cls.motor, price_unit=80, product_uom_qty=6, reason="In stock"
        )
        cls.content = cls.offer._get_offer_terms_content()

    def test_choices_leave_it_as_it_is(self):
        for choose in (
            self.first.term_ids[1].action_select,
            self.second.term_ids[1].action_select,
            self.alternative.action_take,
            self.second.term_ids[0].action_select,
            self.alternative.action_take,
        ):
            choose()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self.offer._get_offer_terms_content(), self.content)

    def test_changes_change_it(self):
        def change(what):
            with self.env.cr.savepoint() as savepoint:
                what()
                self.assertNotEqual(self.offer._get_offer_terms_content(), self.content)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

        change(lambda: self.first.term_ids[1].write({"price_unit": 1}))
        change(lambda: self.first.term_ids[1].write({"discount": 1}))
        change(lambda: self.first.term_ids[1].unlink())
        change(lambda: self._new_term(self.first, self.fca, 5, place="Brno"))
        change(lambda: self.alternative.write({"product_uom_qty": 9}))
        change(lambda: self.alternative.unlink())
        change(lambda: self.first.write({"product_uom_qty": 9}))
        change(lambda: self.second.write({"price_unit": 9}))
