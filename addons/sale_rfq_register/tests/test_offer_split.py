from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOfferSplit(OfferCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_terms(cls.offer)

    def test_same_term_is_no_split(self):
        self.offer.action_confirm()
        self.assertFalse(self.offer.split_order_ids)
        self.assertEqual(self.offer._get_delivery_term_label(), "EXW Prague")
        if "incoterm" in self.offer:
            self.assertRecordValues(
                self.offer, [{"incoterm": self.exw.id, "incoterm_location": "Prague"}]
            )

    def test_each_term_gets_its_order(self):
        self.second.term_ids[1].action_select()
        amounts = self.offer.amount_untaxed, self.offer.amount_total
        self.offer.client_order_ref = "PO-7"
        self.offer.action_confirm()
        part = self.offer.split_order_ids
        self.assertRecordValues(
            self.offer + part,
            [
                {"state": "sale", "order_line": self.first.ids, "client_order_ref": "PO-7"},
                {"state": "sale", "order_line": self.second.ids, "client_order_ref": "PO-7"},
            ],
        )
        self.assertEqual(part.origin, self.offer.name)
        self.assertEqual(part._get_delivery_term_label(), "FCA Prague")
        self.assertEqual(sum((self.offer + part).mapped("amount_untaxed")), amounts[0])
        self.assertAlmostEqual(sum((self.offer + part).mapped("amount_total")), amounts[1], 2)
        self.assertEqual(part.term_ids, self.second.term_ids)
        self.assertIn(part.name, self.offer.message_ids.filtered("body")[0].body)
        self.assertTrue(
            any(self.offer.name in (body or "") for body in part.message_ids.mapped("body"))
        )
        if "incoterm" in part:
            self.assertEqual((self.offer + part).mapped("incoterm"), self.exw + self.fca)
        self.assertEqual(
            part.action_view_split_orders()["domain"], [("id", "in", (self.offer + part).ids)]
        )

    def test_requests_follow_their_lines(self):
        request = self._new_request(
            {"product_id": self.bearing.id}, {"product_id": self.seal.id, "quantity": 2}
        )
        request.action_check()
        request.action_create_offer()
        order = request.order_ids
        self._add_terms(order)
        order.order_line[1].term_ids[1].action_select()
        order.action_confirm()
        part = order.split_order_ids
        self.assertEqual(request.order_ids, order + part)
        self.assertEqual(part.order_line.request_line_id, request.line_ids[1])
        self.assertEqual(request.state, "won")

    def test_headings_notes_and_lines_without_a_term(self):
        self.offer.order_line.unlink()
        rows = [
            {"display_type": "line_section", "name": "Pumps"},
            {"product_id": self.bearing.id},
            {"display_type": "line_note", "name": "Painted"},
            {"product_id": self.seal.id},
            {"display_type": "line_section", "name": "Drives"},
            {"product_id": self.motor.id},
            {"display_type": "line_note", "name": "With oil"},
            {"display_type": "line_section", "name": "Services"},
            {"product_id": self.seal.id, "name": "Assembly"},
        ]
        self.offer.order_line = [
            Command.create({"sequence": place, **row}) for place, row in enumerate(rows)
        ]
        lines = self.offer.order_line
        for line, incoterm in ((lines[1], self.exw), (lines[3], self.fca), (lines[5], self.fca)):
            self._new_term(line, incoterm, 10)
        self.offer.action_confirm()
        kept = ["Pumps", lines[1].name, "Painted", "Services", "Assembly"]
        moved = ["Pumps", lines[3].name, "Drives", lines[5].name, "With oil"]
        self.assertEqual(self.offer.order_line.mapped("name"), kept)
        self.assertEqual(self.offer.split_order_ids.order_line.mapped("name"), moved)

    def test_refused_offer_is_not_split(self):
        self.second.term_ids[1].action_select()
        self.offer.validity_date = "2020-01-01"
        with self.assertRaisesRegex(UserError, "was valid until"):
            self.offer.action_confirm()
        self.assertFalse(self.offer.split_order_ids)
        self.assertEqual(len(self.offer.order_line), 2)

    def test_confirmed_configuration_covers_all_parts(self):
        self.offer.confirmation_required = True
        self.env["sale.configuration.confirmation"].create(
            {"order_id": self.offer.id, "signed_by": "P. Novak"}
        )
        self.second.term_ids[1].action_select()
        self.offer.action_confirm()
        self.env.invalidate_all()
        part = self.offer.split_order_ids
        self.assertEqual(self.offer.configuration_state, "confirmed")
        self.assertEqual((part.state, part.configuration_state), ("sale", "none"))

    def test_signed_offer(self):
        self.second.term_ids[1].action_select()
        self.offer.write(
            {"signed_by": "P. Novak", "signature": b"R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="}
        )
        self.offer._validate_order()
        self.assertRecordValues(
            self.offer.split_order_ids, [{"signed_by": "P. Novak", "state": "sale"}]
        )
        self.assertTrue(self.offer.split_order_ids.signature)

    def test_salesperson_confirms(self):
        seller = self._new_user("seller", "sales_team.group_sale_salesman")
        self.offer.user_id = seller
        self.second.term_ids[1].action_select()
        self.offer.with_user(seller).action_confirm()
        self.assertEqual(self.offer.split_order_ids.user_id, seller)
        self.assertEqual(self.offer.split_order_ids.state, "sale")

    def test_place_in_other_letters_is_the_same_place(self):
        self.second.term_ids[0].place = " prague"
        self.offer.action_confirm()
        self.assertFalse(self.offer.split_order_ids)


@tagged("post_install", "-at_install")
class TestOfferArithmetic(OfferCommon):
    """Whatever the prices, quantities, discounts and currency: nothing is lost in cents."""

    @settings(
        max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
    )
    @given(
        st.lists(
            st.tuples(
                st.floats(0.001, 9999, allow_nan=False).map(lambda number: round(number, 3)),
                st.floats(0.01, 99999, allow_nan=False).map(lambda number: round(number, 2)),
                st.floats(0, 100).map(lambda number: round(number, 2)),
                st.booleans(),
            ),
            min_size=2,
            max_size=5,
        ),
        st.sampled_from(["round_per_line", "round_globally"]),
        st.sampled_from([0.01, 1.0]),
    )
    def check(self, rows, method, rounding):
        self.env.company.tax_calculation_rounding_method = method
        with self.env.cr.savepoint() as savepoint:
            self.offer.currency_id.rounding = rounding
            order = self._new_plain_offer(
                order_line=[
                    Command.create(
                        {
                            "product_id": self.bearing.id,
                            "product_uom_qty": quantity,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                    for quantity, *_rest in rows
                ]
            )
            for line, (_quantity, price, discount, is_fca) in zip(
                order.order_line, rows, strict=True
            ):
                self._new_term(line, self.fca if is_fca else self.exw, price, discount=discount)
                self._assert_same_amounts(line)
            self._assert_parts_add_up(order, method, rounding)
            savepoint.close(rollback=True)
        self.env.invalidate_all()

    def _assert_same_amounts(self, line):
        term = line.offer_term_id
        self.assertEqual(
            (term.price_subtotal, term.price_total), (line.price_subtotal, line.price_total)
        )

    def _assert_parts_add_up(self, order, method, rounding):
        lines = order.order_line
        before = lines.mapped("price_subtotal"), order.amount_untaxed, order.amount_total
        order.action_confirm()
        orders = order + order.split_order_ids
        self.assertEqual(set(orders.order_line), set(lines))
        self.assertEqual(lines.mapped("price_subtotal"), before[0])
        untaxed, total = (sum(orders.mapped(name)) for name in ("amount_untaxed", "amount_total"))
        # Taxes of a whole document are rounded for each document.
        margin = 0 if method == "round_per_line" else rounding * (len(orders) - 1)
        self.assertLessEqual(round(abs(untaxed - before[1]), 4), margin)
        self.assertLessEqual(round(abs(total - before[2]), 4), margin * 2)

    def test_split_adds_up(self):
        self.check()
