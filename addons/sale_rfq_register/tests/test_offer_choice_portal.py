from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Date
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .offer_common import OfferCommon


class OfferPortalCommon(OfferCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_terms(cls.offer)
        cls.alternative = cls._new_alternative(
            cls.second, cls.motor, price_unit=15, reason="In stock"
        )
        cls.offer.action_quotation_sent()
        cls.offer._portal_ensure_token()
        cls.term = cls.first.term_ids[1]


@tagged("post_install", "-at_install")
class TestOfferChoicePortal(OfferPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._new_user("buyer", "base.group_portal", password="buyer-pass")
        cls.buyer.partner_id.parent_id = cls.partner
        cls._new_user("stranger", "base.group_portal", password="stranger-pass")

    def _choose(self, option=None, order=None, **params):
        option = option or self.term
        kind = "term" if option._name == "sale.offer.term" else "alternative"
        return self.make_jsonrpc_request(
            f"/my/orders/{(order or self.offer).id}/choose",
            {
                "kind": kind,
                "option_id": option.id,
                "access_token": self.offer.access_token,
                **params,
            },
        )

    def _get_note(self):
        return self.offer.message_ids.filtered(lambda note: "on the portal" in (note.body or ""))

    def _assert_refused(self, words, *args, **params):
        amounts = self.offer.amount_total
        self.assertIn(words, self._choose(*args, **params)["error"])
        self.env.invalidate_all()
        self.assertEqual(self.offer.amount_total, amounts)
        self.assertFalse(self.term.selected)

    def test_term_with_the_link(self):
        answer = self._choose()
        self.assertIn(f"/my/orders/{self.offer.id}", answer["redirect_url"])
        self.assertEqual(self.first.offer_term_id, self.term)
        self.assertEqual(self.offer.amount_untaxed, 610)
        self.assertEqual(self._get_note().author_id, self.partner)
        self.assertTrue(self.offer.offer_choice_date)

    def test_alternative_by_a_colleague(self):
        self.authenticate("buyer", "buyer-pass")
        self.assertIn("redirect_url", self._choose(self.alternative, access_token=None))
        self.assertEqual(self.second.product_id, self.motor)
        self.assertEqual(self.offer.amount_untaxed, 545)
        self.assertEqual(self._get_note().author_id, self.buyer.partner_id)
        self._choose(self.alternative, access_token=None)
        self.env.invalidate_all()
        self.assertEqual(self.second.product_id, self.seal)

    def test_price_is_the_servers(self):
        with mute_logger("odoo.http"):
            self._choose(price_unit=1, discount=99, order_line_id=self.second.id)
        self.assertRecordValues(self.first, [{"price_unit": 110, "discount": 0}])

    def test_strangers(self):
        self._assert_refused("Invalid order", access_token="0" * 36)
        self._assert_refused("Invalid order", access_token=None)
        self.authenticate("stranger", "stranger-pass")
        self._assert_refused("Invalid order", access_token=None)

    def test_option_of_another_offer(self):
        other = self._new_plain_offer()
        self._add_terms(other)
        foreign = other.order_line[0].term_ids[1]
        self._assert_refused("not offered any more", foreign)
        self.assertFalse(foreign.selected)
        self._assert_refused("Invalid order", foreign, order=other)

    def test_nonsense(self):
        for params in (
            {"kind": "order_line", "option_id": self.first.id},
            {"kind": None},
            {"option_id": "1 OR 1=1"},
            {"option_id": [self.term.id]},
            {"option_id": None},
        ):
            self._assert_refused("not offered any more", **params)

    def test_term_of_a_product_that_was_replaced(self):
        self.second.write({"product_id": self.motor.id})
        self._assert_refused("not offered any more", self.second.term_ids[1])

    def test_when_it_is_not_open(self):
        self.offer.validity_date = Date.today() - timedelta(days=1)
        self._assert_refused("has expired")
        self.offer.validity_date = False
        self.offer.state = "draft"
        self._assert_refused("not open for a choice")
        self.offer.state = "cancel"
        self._assert_refused("not open for a choice")

    def test_after_the_signature(self):
        self.offer.signature = b"R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="
        self._assert_refused("not open for a choice")

    def test_after_the_order(self):
        self.offer.action_confirm()
        self._assert_refused("not open for a choice")

    def test_the_orders_of_one_offer_name_each_other(self):
        self.term.action_select()
        self.offer.action_confirm()
        part = self.offer.split_order_ids
        for order, other in ((self.offer, part), (part, self.offer)):
            page = self.url_open(order.get_portal_url()).text
            self.assertIn("stands in several orders", page)
            self.assertIn("See also <a", page)
            self.assertIn(other.get_portal_url(), page.replace("&amp;", "&"))

    def test_after_the_configuration_was_confirmed(self):
        self.env["sale.configuration.confirmation"].create(
            {"order_id": self.offer.id, "signed_by": "P. Novak"}
        )
        self._assert_refused("confirmed the configuration")

    def test_gate(self):
        """The words of the gate are for colleagues; the customer is told to wait."""
        with patch.object(
            type(self.env["sale.order"]), "_get_release_refusal", lambda order: "Margin of 2 %"
        ):
            self._assert_refused("is being revised")

    def test_no_quantity_below_zero(self):
        """Core takes what the page sends; the rest of the order would cost less."""
        optional = self.env["sale.order.line"].create(
            [
                {
                    "order_id": self.offer.id,
                    "display_type": "line_section",
                    "name": "Spares",
                    "is_optional": True,
                    "sequence": 90,
                },
                {
                    "order_id": self.offer.id,
                    "product_id": self.seal.id,
                    "product_uom_qty": 0,
                    "sequence": 91,
                },
            ]
        )[1]
        amount = self.offer.amount_total
        for sent, taken in ((-10, 0), (3, 3), ("-1", 0), ("nan", 0), ("much", 0), ("inf", 0)):
            with self.subTest(sent=sent):
                self.make_jsonrpc_request(
                    f"/my/orders/{self.offer.id}/update_line_dict",
                    {
                        "line_id": optional.id,
                        "input_quantity": sent,
                        "access_token": self.offer.access_token,
                    },
                )
                self.env.invalidate_all()
                self.assertEqual(optional.product_uom_qty, taken)
        self.assertEqual(self.offer.amount_total, amount)

    def test_page(self):
        page = self.url_open(self.offer.get_portal_url()).text
        self.assertIn('data-kind="term"', page)
        self.assertIn("Take This Instead", page)
        self.assertIn("FCA Prague", page)
        self.offer.validity_date = Date.today() - timedelta(days=1)
        page = self.url_open(self.offer.get_portal_url()).text
        self.assertIn("FCA Prague", page)
        self.assertNotIn('data-kind="term"', page)

    def test_page_of_an_ordinary_offer(self):
        order = self._new_plain_offer()
        order.action_quotation_sent()
        self.assertNotIn("offer_choices_table", self.url_open(order.get_portal_url()).text)
        self.assertNotIn("Delivery Terms and Alternatives", self._print(order))

    def test_printed(self):
        text = self._print(self.offer)
        self.assertIn("EXW Prague", text)
        self.assertIn("(chosen)", text)
        self.assertIn("Gear motor", text)
        self.assertIn("In stock", text)
        self.assertNotIn("data-kind", text)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.offer.action_confirm()
        self.assertNotIn("(chosen)", self._print(self.offer))

    def _print(self, order):
        return (
            self.env["ir.actions.report"]
            ._render_qweb_html("sale.action_report_saleorder", order.ids)[0]
            .decode()
        )

    def test_nothing_over_rpc(self):
        """A customer sees his options on the page only, and not what we expect of him."""
        self.authenticate("buyer", "buyer-pass")
        self.assertTrue(self._rpc("sale.order", "read", [self.offer.ids, ["amount_total"]]))
        for model, method, args in (
            ("sale.offer.term", "search_read", [[], ["price_unit"]]),
            ("sale.offer.term", "read", [self.term.ids, ["price_unit"]]),
            ("sale.offer.term", "action_select", [self.term.ids]),
            ("sale.offer.term", "write", [self.term.ids, {"selected": True}]),
            ("sale.offer.alternative", "action_take", [self.alternative.ids]),
            ("sale.order", "read", [self.offer.ids, ["term_ids"]]),
            ("sale.order", "read", [self.offer.ids, ["offer_probability"]]),
            ("sale.order", "read", [self.offer.ids, ["expected_amount"]]),
            ("sale.order", "read", [self.offer.ids, ["offer_chance"]]),
            ("sale.order.line", "read", [self.first.ids, ["term_prices"]]),
            ("res.partner", "read", [self.buyer.partner_id.ids, ["offer_chance"]]),
            ("sale.order", "_choose_for_customer", [self.offer.ids, 1, 1]),
            ("sale.order", "action_propose_alternatives", [self.offer.ids]),
        ):
            with self.subTest(model=model, method=method), self.assertRaises(JsonRpcException):
                self._rpc(model, method, args)
        self.assertFalse(self.term.selected)

    @mute_logger(
        "odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule"
    )
    def _rpc(self, model, method, args):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": {}},
        )


@tagged("post_install", "-at_install")
class TestOfferChoiceTours(OfferPortalCommon):
    def test_customer(self):
        """The customer picks the other term and takes the alternative; the totals change."""
        self.start_tour(self.offer.get_portal_url(), "sale_rfq_register_choose_option", login=None)
        self.assertEqual(self.first.offer_term_id, self.term)
        self.assertEqual(self.second.product_id, self.motor)
        self.assertEqual(self.offer.amount_untaxed, 595)

    def test_manager(self):
        """An offer of a request gets two terms and an alternative, and goes out."""
        self._new_user(
            "desk",
            "sales_team.group_sale_manager",
            password="desk-pass",
        )
        request = self._new_request(
            {"product_id": self.bearing.id, "quantity": 5}, {"product_id": self.seal.id}
        )
        request.action_check()
        self.start_tour(
            f"/odoo/material-requests/{request.id}", "sale_rfq_register_offer_desk", login="desk"
        )
        order = request.order_ids
        self.assertEqual(order.term_ids.mapped("display_name"), ["EXW Prague", "FCA Brno"] * 2)
        self.assertEqual(order.order_line.offer_term_id, order.term_ids.filtered("selected"))
        self.assertEqual(order.order_line[0].offer_term_id.display_name, "FCA Brno")
        self.assertEqual(order.alternative_ids.product_id, self.motor)
        self.assertEqual(order.offer_state, "sent")
