from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.sale_rfq_register.models.account_tax import GivenTaxes

from .common import ApprovalCommon, RpcCommon
from .test_approval_confirmed import REFUSED, ConfirmedCommon

FORGED = {"price_unit": 1, "technical_price_unit": 1}


@tagged("post_install", "-at_install")
class TestApprovalNested(ConfirmedCommon):
    """A confirmed order is measured, whatever record the write of a person begins with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.order.with_user(cls.seller)
        cls.line = cls.order.order_line[0]
        cls.draft = cls._new_discounted_offer(0).with_user(cls.seller)

    def _get_ways(self):
        order, line = self.order.id, self.line.id
        cut = {"order_line": [Command.update(line, {"discount": 90})]}
        forged = {"product_id": self.bearing.id, "order_id": order, **FORGED}
        draft_line = self.draft.order_line[0].id
        return {
            "line of another order": cut,
            "order made from it": {"split_order_ids": [Command.update(order, cut)]},
            "line linked to another": {
                "order_line": [
                    Command.update(draft_line, {"linked_line_ids": [Command.create(forged)]})
                ]
            },
        }

    def test_nested_writes(self):
        for name, values in self._get_ways().items():
            with self.subTest(way=name):
                self._assert_refused(lambda values=values: self.draft.write(values))
        self.assertEqual(self.line.discount, 0)
        self.assertEqual(len(self.order.order_line), 2)

    def test_goods_taken_away_from_their_discount(self):
        self.line.sudo().create(
            {"order_id": self.order.id, "product_id": self.seal.id, "price_unit": -5}
        )
        take = Command.link(self.line.id)
        with self.assertRaisesRegex(UserError, "stays in order"):
            self.draft.write({"order_line": [take]})

    def test_lines_that_are_deleted(self):
        self.line.sudo().create(
            {"order_id": self.order.id, "product_id": self.seal.id, "price_unit": -5}
        )
        section = self.line.create(
            {"order_id": self.order.id, "display_type": "line_section", "name": "Goods"}
        )
        # core would let it go
        self.line.sudo().is_downpayment = True
        self._assert_refused(self.line.unlink)
        # the database would delete it with the section
        self.line.linked_line_id = section
        self._assert_refused(section.unlink)
        self.line.sudo().is_downpayment = False
        with self.assertRaisesRegex(UserError, "can't remove one of its lines"):
            section.unlink()
        self.line.linked_line_id = False
        section.unlink()

    def test_content_beside_a_state(self):
        offer = self.draft
        line = offer.order_line[0]
        cut = {"order_line": [Command.update(line.id, FORGED)]}
        ways = (
            {"state": "sale", **cut},
            {"state": "sale", "split_order_ids": [Command.update(offer.id, cut)]},
            {"state": "sent", **cut},
        )
        for values in ways:
            with self.subTest(values=values), self.assertRaises(UserError):
                offer.write(values)
            self.assertEqual(offer.state, "draft")
        with self.assertRaises(UserError) as refusal:
            offer.create(
                {
                    "partner_id": self.partner.id,
                    "state": "sale",
                    "order_line": [Command.create({"product_id": self.bearing.id, **FORGED})],
                }
            )
        self.assertIn("need an approval", str(refusal.exception))

    def test_a_state_beside_what_harms_nobody(self):
        self.draft.write({"state": "sale", "client_order_ref": "7"})
        self.assertEqual(self.draft.state, "sale")


@tagged("post_install", "-at_install")
class TestApprovalNestedRpc(ConfirmedCommon, RpcCommon, HttpCase):
    def test_over_rpc(self):
        draft = self._new_discounted_offer(0)
        self.authenticate("ap_seller", "ap_seller")
        values = {"order_line": [[1, self.line.id, {"discount": 90}]]}
        for method, more in (("write", []), ("web_save", [{"name": {}}])):
            for context in ({}, {"confirmed_guard": self.order.ids}):
                error = self._call("sale.order", method, draft.ids, values, *more, context=context)
                self.assertEqual(error, REFUSED)
        self.assertEqual(self.line.discount, 0)


@tagged("post_install", "-at_install")
class TestApprovalWithoutQuantity(ApprovalCommon):
    """What has no quantity yet, or no price of its own, is measured all the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls._new_discounted_offer(0).with_user(cls.seller)
        cls.line = cls.plain.order_line[0]

    def _assert_asked_for(self):
        self._commit(self.plain)
        with self.assertRaises(UserError) as refusal:
            self.plain.action_quotation_sent()
        self.assertIn("needs an approval", str(refusal.exception))

    def _new_alternative(self, line, price):
        return (
            self.env["sale.offer.alternative"]
            .with_user(self.seller)
            .create(
                {
                    "order_line_id": line.id,
                    "product_id": self.motor.id,
                    "product_uom_qty": 50,
                    "price_unit": price,
                }
            )
        )

    def test_margin_of_one_unit(self):
        (self.tier_head + self.tier_manager).active = False
        self._new_tier("Margin", self.head, definition_domain="[('offer_worst_margin', '<', 15)]")
        self.bearing.standard_price = 9
        self.line.write({"product_uom_qty": 0, "price_unit": 9.5})
        self._assert_asked_for()
        self.assertEqual(self.plain.offer_worst_margin, 5.26)
        self.line.price_unit = 20
        self._commit(self.plain).action_quotation_sent()

    def test_an_amount_for_a_later_quantity(self):
        self.line.write({"product_uom_qty": 0, "extra_tax_data": GivenTaxes(quantity=5)})
        self._assert_asked_for()

    def test_alternative_of_a_line_without_a_list_price(self):
        for values in ({"price_unit": -0.01}, {"is_downpayment": True, "product_uom_qty": 0}):
            with self.subTest(values=values):
                offer = self.plain = self._new_discounted_offer(0).with_user(self.seller)
                self._new_alternative(offer.order_line[0], 1)
                offer.order_line[0].write(values)
                self._assert_asked_for()

    def test_term_of_a_line_without_a_list_price(self):
        for name, price in (("EXW", 10), ("FCA", 1)):
            self.env["sale.offer.term"].with_user(self.seller).create(
                {
                    "order_line_id": self.line.id,
                    "incoterm_id": self.env.ref(f"account.incoterm_{name}").id,
                    "price_unit": price,
                }
            )
        self.line.write({"price_unit": -0.01, "technical_price_unit": 1})
        self._assert_asked_for()

    def test_term_of_a_product_that_comes_back(self):
        """It is priced for its own quantity, not for that of what the line holds meanwhile."""
        self.plain.pricelist_id = self._new_price_break(self.bearing, 1000, 5)
        self.env["sale.offer.term"].with_user(self.seller).create(
            {
                "order_line_id": self.line.id,
                "incoterm_id": self.env.ref("account.incoterm_EXW").id,
                "price_unit": 5,
            }
        )
        alternative = self._new_alternative(self.line, 10)
        alternative.product_uom_qty = 1000
        alternative.action_take()
        self._assert_asked_for()

    def test_values_of_one_attribute(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Without",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": name}) for name in ("box", "grease")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Ring",
                "list_price": 100,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        values = template.attribute_line_ids.product_template_value_ids
        values.price_extra = -30
        ring = {"product_id": template.product_variant_id.id, "order_id": self.plain.id}
        one = {"product_no_variant_attribute_value_ids": [Command.set(values[0].ids)]}
        self.line.create({**ring, **one})
        self.assertEqual(self._commit(self.plain).approval_state, "none")
        both = {"product_no_variant_attribute_value_ids": [Command.set(values.ids)]}
        self.line.create({**ring, **both})
        self._assert_asked_for()

    def test_a_harmless_change_gives_no_more(self):
        self.plain.company_id.sudo().offer_approval_keep_harmless = True
        offer = self._approve(self._new_discounted_offer(20)).with_user(self.seller)
        offer.order_line[1].write({"discount": 20, "product_uom_qty": 0.5})
        self.assertEqual(self._commit(offer).approval_state, "voided")


@tagged("post_install", "-at_install")
class TestApprovalChangedPage(ApprovalCommon, HttpCase):
    def test_a_sent_offer_made_cheaper(self):
        """The link that the customer has shows what he was sent, or nothing."""
        offer = self._new_discounted_offer(0)
        offer.action_quotation_sent()
        page = f"/my/orders/{offer.id}?access_token={offer._portal_ensure_token()}"
        self.assertIn("BRG-6204", self.url_open(page).text)
        offer.order_line[0].discount = 90
        self._commit(offer)
        for suffix in ("", "&report_type=html"):
            self.assertNotIn("BRG-6204", self.url_open(page + suffix).text)
