from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ApprovalCommon


class FiguresCommon(ApprovalCommon):
    """Offers that a seller makes look harmless, over RPC or with what core lets him edit."""

    def _new_plain_offer(self):
        return self._new_discounted_offer(0).with_user(self.seller)

    def _assert_refused(self, offer, **figures):
        """The figures are as given when they are read anew, and the offer is used on no way."""
        self._commit(offer)
        self.assertEqual({name: offer[name] for name in figures}, figures)
        for use in (offer.action_confirm, offer.action_quotation_sent):
            with self.assertRaisesRegex(UserError, f"{offer.name} needs an approval"):
                use()


@tagged("post_install", "-at_install")
class TestComparedPrices(FiguresCommon):
    """Discounts are measured at the price list, not at what the offer says of it."""

    FORGED = {"price_unit": 5, "technical_price_unit": 5}

    def _get_ways(self):
        product = {"product_id": self.bearing.id}
        compute = {"sale_write_from_compute": True}
        return {
            "written together": lambda offer: offer.order_line[0].write({**self.FORGED}),
            "list price of nothing": lambda offer: offer.order_line[0].write(
                {**self.FORGED, "technical_price_unit": 0}
            ),
            "as if computed": lambda offer: (
                offer.order_line[0].write({"price_unit": 5}),
                offer.order_line[0].with_context(**compute).write({"technical_price_unit": 5}),
            ),
            "price of a new line": lambda offer: offer.write(
                {"order_line": [Command.create({**product, "price_unit": 5})]}
            ),
            "both of a new line": lambda offer: offer.write(
                {"order_line": [Command.create({**product, **self.FORGED})]}
            ),
            "price by default": lambda offer: offer.order_line.with_context(
                default_price_unit=5
            ).create({**product, "order_id": offer.id}),
            "figures read before": lambda offer: (
                offer.offer_worst_discount,
                offer.order_line[0].write({**self.FORGED}),
            ),
            "while cancelled": lambda offer: (
                offer._action_cancel(),
                offer.order_line[0].write({**self.FORGED}),
                offer.action_draft(),
            ),
            "as a down payment": lambda offer: offer.order_line[0].write(
                {**self.FORGED, "is_downpayment": True}
            ),
            "as an expense": lambda offer: offer.order_line[0].write(
                {**self.FORGED, "is_expense": True}
            ),
        }

    def test_a_price_that_brings_its_own_list_price(self):
        """Core believes a price over RPC that says that the price list has the same."""
        for name, way in self._get_ways().items():
            offer = self._new_plain_offer()
            way(offer)
            with self.subTest(way=name):
                self.assertEqual(offer.offer_worst_discount, 50)
                self._assert_refused(offer, offer_worst_discount=50)

    def test_confirmed_from_cancelled(self):
        offer = self._new_plain_offer()
        offer._action_cancel()
        offer.order_line[0].write({**self.FORGED})
        with self.assertRaisesRegex(UserError, "needs an approval"):
            offer.write({"state": "sale"})

    def test_price_of_another_quantity(self):
        """A price by hand stays when the quantity falls below the price break."""
        offer = self._new_plain_offer()
        offer.pricelist_id = self._new_price_break(self.bearing, 1000, 5)
        line = offer.order_line[0]
        line.product_uom_qty = 1000
        self.assertEqual(line.price_unit, 5)
        line.price_unit = 4.99
        self.assertEqual(offer.offer_worst_discount, 0.2)
        line.product_uom_qty = 1
        self.assertEqual(line.price_unit, 4.99)
        self._assert_refused(offer, offer_worst_discount=50.1)

    def test_price_of_another_product(self):
        offer = self._new_plain_offer()
        cheap = self._new_product("Washer", "WSH", False, list_price=1.0)
        line = offer.order_line[0]
        line.product_id = cheap
        line.price_unit = 0.99
        line.product_id = self.bearing
        self.assertEqual(line.price_unit, 0.99)
        self._assert_refused(offer, offer_worst_discount=90.1)

    def test_price_of_another_unit(self):
        offer = self._new_plain_offer()
        line = offer.order_line[0]
        line.price_unit = 9.6
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(line.price_unit, 9.6)
        self._assert_refused(offer, offer_worst_discount=92)

    def test_price_of_another_price_list(self):
        offer = self._new_plain_offer()
        cheap = self._new_price_break(self.bearing, 0, 5)
        usual, offer.pricelist_id = offer.pricelist_id, cheap
        offer.order_line[0].product_uom_qty = 7
        self.assertEqual(offer.order_line[0].price_unit, 5)
        self.assertEqual(offer.offer_worst_discount, 0)
        offer.pricelist_id = usual
        self._assert_refused(offer, offer_worst_discount=50)

    def test_price_of_another_day(self):
        """The date of the offer is set to that of a sale which is over, or not begun."""
        today = fields.Datetime.now()
        for days in (-30, 30):
            offer = self._new_plain_offer()
            prices = self._new_price_break(self.bearing, 0, 5)
            prices.item_ids.write(
                {
                    "date_start": today + timedelta(days=days - 1),
                    "date_end": today + timedelta(days=days + 1),
                }
            )
            offer.write({"pricelist_id": prices.id, "date_order": today + timedelta(days=days)})
            offer.order_line[0].product_uom_qty = 7
            with self.subTest(days=days):
                self.assertEqual(offer.order_line[0].price_unit, 5)
                self._assert_refused(offer, offer_worst_discount=50)

    def test_price_with_the_tax_in_it(self):
        """The customer pays less when a tax that comes on top is made a part of the price."""
        taxes = self.env["account.tax"].create(
            [
                {"name": f"25 % {way}", "amount": 25, "price_include_override": way}
                for way in ("tax_excluded", "tax_included")
            ]
        )
        self.bearing.taxes_id = taxes[0]
        offer = self._new_plain_offer()
        self.assertEqual(offer.order_line[0].tax_ids, taxes[0])
        self.assertEqual(offer.offer_worst_discount, 0)
        offer.order_line[0].tax_ids = taxes[1]
        self._assert_refused(offer, offer_worst_discount=20)
        offer.order_line[0].price_unit = 12.5
        self.assertEqual(offer.offer_worst_discount, 0)
        offer.order_line[0].tax_ids = False
        offer.order_line[0].price_unit = 10
        self.assertEqual(offer.offer_worst_discount, 0)

    def test_discount_as_a_quantity_below_zero(self):
        offer = self._new_plain_offer()
        offer.order_line = [
            Command.create({"product_id": self.motor.id, "product_uom_qty": -3, "price_unit": 10})
        ]
        self._assert_refused(offer, offer_worst_discount=50)

    def test_discount_that_the_price_list_shows(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.seller.group_ids += self.env.ref("sale.group_discount_per_so_line")
        prices = self.env["product.pricelist"].create(
            {
                "name": "Shown",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 20})],
            }
        )
        offer = self._new_discounted_offer(0, pricelist_id=prices.id).with_user(self.seller)
        offer.action_update_prices()
        self.assertEqual((offer.order_line[0].price_unit, offer.order_line[0].discount), (10, 20))
        self._assert_refused(offer, offer_worst_discount=20)
        offer.order_line.write({"price_unit": 8, "technical_price_unit": 8, "discount": 0})
        self._assert_refused(offer, offer_worst_discount=20)

    def test_a_price_list_that_rises_after_the_sending_is_no_discount(self):
        offer = self._new_plain_offer()
        offer.action_quotation_sent()
        self.bearing.list_price = 100
        self._commit(offer)
        self.assertEqual(offer.offer_worst_discount, 0)
        self.assertEqual(offer.approval_state, "none")
        with self.cr.savepoint() as savepoint:
            offer.order_line[0].product_uom_qty = 4
            offer.order_line[0].write({**self.FORGED})
            self.assertEqual(offer.offer_worst_discount, 95)
            with self.assertRaisesRegex(UserError, "needs an approval"):
                offer.action_confirm()
            savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        offer.action_confirm()
        self.assertEqual(offer.state, "sale")

    def test_a_price_list_that_rises_before_the_sending(self):
        """An old quotation goes out at the prices of today, or somebody approves the old ones."""
        offer = self._new_plain_offer()
        self.bearing.list_price = 100
        self._assert_refused(offer, offer_worst_discount=90)
        offer.action_update_prices()
        offer.action_quotation_sent()
        self.assertEqual(offer.state, "sent")

    def test_a_price_list_that_falls_is_no_discount(self):
        offer = self._new_plain_offer()
        self.bearing.list_price = 5
        offer.order_line[0].price_unit = 9
        self.assertEqual(offer.offer_worst_discount, 0)

    def test_a_copy_and_a_revision_are_compared_anew(self):
        offer = self._new_plain_offer()
        offer.action_quotation_sent()
        self.assertTrue(offer.released_fingerprint)
        self.bearing.list_price = 100
        for newer in (offer.copy(), offer._revise()):
            self.assertFalse(newer.released_fingerprint)
            self._assert_refused(newer, offer_worst_discount=90)

    def test_rules_of_many_lines_are_those_of_core(self):
        """Core asks line by line; here it is one query, with the same result."""
        prices = self._new_price_break(self.bearing, 3, 7)
        now = fields.Datetime.now()
        for start, end, price in ((-9, -2, 1), (-1, 1, 6), (2, 9, 2)):
            prices.item_ids = [
                Command.create(
                    {
                        "applied_on": "0_product_variant",
                        "product_id": self.motor.id,
                        "compute_price": "fixed",
                        "fixed_price": price,
                        "date_start": now + timedelta(days=start),
                        "date_end": now + timedelta(days=end),
                    }
                )
            ]
        offers = self.env["sale.order"]
        for days, quantity in ((-5, 2), (0, 3), (5, 4)):
            offers += self._new_discounted_offer(
                0, pricelist_id=prices.id, date_order=now + timedelta(days=days)
            )
            offers[-1].order_line.product_uom_qty = quantity
        lines = offers.order_line
        self.env.flush_all()
        lines.invalidate_recordset()
        together = lines.mapped(lambda line: line.pricelist_item_id.fixed_price)
        lines.invalidate_recordset(["pricelist_item_id"])
        alone = []
        for line in lines:
            line._compute_pricelist_item_id()
            alone.append(line.pricelist_item_id.fixed_price)
        self.assertEqual(together, [0, 1, 7, 6, 7, 2])
        self.assertEqual(together, alone)


@tagged("post_install", "-at_install")
class TestTestedMarginsAndAmounts(FiguresCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.tier_head + cls.tier_manager).active = False
        (cls.bearing + cls.motor).standard_price = 8
        cls.tier = cls._new_tier(
            "Margin", cls.head, definition_domain="[('offer_worst_margin', '<', 15)]"
        )

    def test_a_cost_lowered_by_hand(self):
        offer = self._new_plain_offer()
        self.assertEqual(offer.offer_worst_margin, 20)
        offer.order_line.discount = 10
        offer.order_line.purchase_price = 1
        self._assert_refused(offer, offer_worst_margin=11.11)

    def test_a_cost_raised_by_hand_counts(self):
        offer = self._new_plain_offer()
        offer.order_line[0].purchase_price = 9
        self._assert_refused(offer, offer_worst_margin=10)

    def test_a_cost_that_rises_after_the_sending(self):
        offer = self._new_plain_offer()
        offer.action_quotation_sent()
        self.bearing.standard_price = 9.9
        self._commit(offer)
        self.assertEqual(offer.offer_worst_margin, 20)
        offer.action_confirm()
        self.assertEqual(offer.state, "sale")

    def test_a_cost_that_rises_before_the_sending(self):
        offer = self._new_plain_offer()
        self.bearing.standard_price = 9.9
        self._assert_refused(offer, offer_worst_margin=1)

    def test_goods_given_back_earn_nothing(self):
        """A line below zero is money given away; its cost does not come back by itself."""
        offer = self._new_plain_offer()
        offer.order_line = [Command.create({"product_id": self.motor.id, "product_uom_qty": -1})]
        self._assert_refused(offer, offer_worst_margin=4)

    def test_margin_of_the_price_with_the_tax_in_it(self):
        tax = self.env["account.tax"].create(
            {"name": "In", "amount": 25, "price_include_override": "tax_included"}
        )
        offer = self._new_plain_offer()
        offer.order_line[0].tax_ids = tax
        self._assert_refused(offer, offer_worst_margin=0)

    def _new_foreign_offer(self):
        usd = self.env.ref("base.USD")
        if usd == self.env.company.currency_id:
            usd = self.env.ref("base.EUR")
        usd.active = True
        usd.rate_ids.unlink()
        today = fields.Date.today()
        usd.rate_ids = [
            Command.create({"name": today - timedelta(days=day), "rate": rate})
            for day, rate in ((0, 2), (100, 200))
        ]
        prices = self.env["product.pricelist"].create({"name": "USD", "currency_id": usd.id})
        self.tier.definition_domain = "[('offer_amount', '>', 50)]"
        offer = self._new_discounted_offer(0, pricelist_id=prices.id).with_user(self.seller)
        self.assertEqual(offer.amount_untaxed, 120)
        return offer

    def test_amount_at_a_rate_by_hand(self):
        offer = self._new_foreign_offer()
        offer.currency_rate = 200
        self._assert_refused(offer, offer_amount=60)

    def test_amount_at_the_rate_of_another_day(self):
        offer = self._new_foreign_offer()
        offer.date_order = fields.Datetime.now() - timedelta(days=90)
        self._assert_refused(offer, offer_amount=60)
