from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.sale_rfq_register.models.account_tax import GivenTaxes

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalInputs(ApprovalCommon):
    """What else goes into the price of an offer, and can be written over RPC, is looked at too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls._new_discounted_offer(0).with_user(cls.seller)
        cls.line = cls.plain.order_line[0]

    def _assert_asked_for(self, offer):
        """The offer is not confirmed without an approval."""
        self._commit(offer)
        with self.assertRaisesRegex(UserError, "approval|approved"):
            offer.action_confirm()
        self.assertNotEqual(offer.state, "sale")

    def _confirm(self, offer):
        offer.action_confirm()
        return self._commit(offer)

    def _new_ring(self):
        """A product whose coating costs 90 more and makes no variant."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Coating",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": "none"}), Command.create({"name": "gold"})],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Ring",
                "type": "service",
                "list_price": 10,
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
        none, gold = template.attribute_line_ids.product_template_value_ids
        gold.price_extra = 90
        return template.product_variant_id, none, gold

    def _new_ring_offer(self, ring, value, **values):
        line = {
            "product_id": ring.id,
            "product_uom_qty": 100,
            "product_no_variant_attribute_value_ids": [Command.set(value.ids)],
            **values,
        }
        self.plain.order_line = [Command.clear(), Command.create(line)]
        return self._commit(self.plain)

    def test_promised_dates(self):
        offer = self.offer
        line = offer.order_line[0].with_user(self.seller)
        for values in ({"customer_lead": 90}, {"offer_ship_date": "2100-01-01"}):
            with self.subTest(values=values):
                self._approve(offer)
                line.write(values)
                self.assertEqual(self._commit(offer).approval_state, "voided")

    # === ATTRIBUTES === #

    def test_an_attribute_changed_after_the_sending(self):
        ring, none, gold = self._new_ring()
        offer = self._new_ring_offer(ring, none)
        offer.action_quotation_sent()
        self._commit(offer)
        offer.order_line.product_no_variant_attribute_value_ids = gold
        self._assert_asked_for(offer)

    def test_an_attribute_changed_after_the_approval(self):
        ring, none, gold = self._new_ring()
        offer = self._new_ring_offer(ring, none, discount=20)
        self._approve(offer)
        offer.order_line.product_no_variant_attribute_value_ids = gold
        self.assertEqual(self._commit(offer).approval_state, "voided")
        self._assert_asked_for(offer)

    def test_an_attribute_of_a_confirmed_order_that_comes_back(self):
        ring, none, gold = self._new_ring()
        order = self._confirm(self._new_ring_offer(ring, gold))
        order.order_line.product_no_variant_attribute_value_ids = none
        self._commit(order)
        order.order_line.price_unit = 10
        self._commit(order)
        with self.assertRaisesRegex(UserError, "is confirmed"):
            order.order_line.product_no_variant_attribute_value_ids = gold

    # === AMOUNTS BESIDE THE PRICE === #

    def _given_amount(self, line, total):
        """What core's wizards give beside the price of a line, with an amount of one's own."""
        return {
            "manual_tax_amounts": {**{str(tax.id): {} for tax in line.tax_ids}, "0": {}},
            "currency_id": line.currency_id.id,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "quantity": line.product_uom_qty,
            "manual_total_excluded_currency": total,
            "manual_total_excluded": total,
        }

    def test_an_amount_given_beside_the_price(self):
        self.line.write({"extra_tax_data": GivenTaxes(self._given_amount(self.line, 1.0))})
        self._assert_asked_for(self.plain)
        self.assertEqual(self.line.price_subtotal, 1.0)
        self.assertEqual(self.plain.offer_worst_discount, 98.0)

    def test_an_amount_given_after_the_approval(self):
        offer = self._new_discounted_offer(20).with_user(self.seller)
        self._approve(offer)
        line = offer.order_line[0]
        line.write({"extra_tax_data": GivenTaxes(self._given_amount(line, 1.0))})
        self._assert_asked_for(offer)

    def test_an_amount_given_to_a_confirmed_order(self):
        line = self._confirm(self.plain).order_line[0]
        with self.assertRaisesRegex(UserError, "is confirmed"):
            line.write({"extra_tax_data": GivenTaxes(self._given_amount(line, 1.0))})

    def test_an_amount_of_a_person(self):
        """It would count for one quantity, such as the part that is invoiced first."""
        line, given = self.line, self._given_amount(self.line, 1.0)
        line.extra_tax_data = given
        self.plain.write({"order_line": [Command.update(line.id, {"extra_tax_data": given})]})
        made = line.with_context(default_extra_tax_data=given).create(
            [
                {
                    "order_id": self.plain.id,
                    "product_id": self.bearing.id,
                    "extra_tax_data": given,
                },
                {"order_id": self.plain.id, "product_id": self.bearing.id},
            ]
        )
        copied = self.plain.copy(
            {"order_line": [Command.create(line.copy_data()[0] | {"extra_tax_data": given})]}
        )
        self._commit(self.plain)
        for record in (line, *made, copied.order_line):
            self.assertFalse(record.extra_tax_data)

    def test_amounts_of_core(self):
        """A discount of core's wizard has amounts beside its price, and so has its copy."""
        self.env["res.company"].browse(
            self.plain.company_id.id
        ).sale_discount_product_id = self.env["product.product"].create(
            {"name": "Discount", "type": "service"}
        )
        self.env["sale.order.discount"].with_user(self.seller).create(
            {
                "sale_order_id": self.plain.id,
                "discount_type": "amount",
                "discount_amount": 1.0,
            }
        ).action_apply_discount()
        for order in (self.plain, self.plain.copy()):
            data = order.order_line[-1].extra_tax_data
            self.assertTrue(data and data["computation_key"], order.order_line.mapped("name"))

    def test_only_money_is_given(self):
        for values in ({"price_unit": -500}, {"product_uom_qty": -50}):
            with self.subTest(values=values):
                offer = self._new_discounted_offer(0).with_user(self.seller)
                offer.order_line[1].unlink()
                offer.order_line.write(values)
                self._assert_asked_for(offer)
                self.assertEqual(offer.offer_worst_discount, 100.0)
                self.assertEqual(offer.offer_worst_margin, -100.0)

    # === THE SAME FIGURES, ELSEWHERE === #

    def test_a_price_of_many_digits(self):
        self.bearing.list_price = 0.02
        self.line.write({"product_uom_qty": 1000000, "price_unit": 0.0149})
        self.plain.order_line[1].product_uom_qty = 0
        self._approve(self.plain)
        self.line.price_unit = 0.0051
        self.assertEqual(self._commit(self.plain).approval_state, "voided")

    def test_line_and_alternative_change_their_prices(self):
        offer = self.plain
        offer.pricelist_id = self._new_price_break(self.bearing, 1000, 5)
        self.line.write({"product_uom_qty": 10, "price_unit": 8.5})
        alternative = self.env["sale.offer.alternative"].with_user(self.seller)
        alternative = alternative.create(
            {
                "order_line_id": self.line.id,
                "product_id": self.bearing.id,
                "product_uom_qty": 1000,
            }
        )
        self.assertEqual(alternative.price_unit, 5)
        self._approve(offer)
        self.assertEqual(offer.approval_state, "approved")
        self.line.price_unit, alternative.price_unit = 5, 8.5
        self.assertEqual(self._commit(offer).approval_state, "voided")
        self._assert_asked_for(offer)

    def test_the_alternative_is_taken_as_it_was_approved(self):
        offer = self.offer
        line = offer.order_line[0]
        alternative = self.env["sale.offer.alternative"].create(
            {"order_line_id": line.id, "product_id": line.product_id.id, "product_uom_qty": 1000}
        )
        self._approve(offer)
        alternative.action_take()
        self.assertEqual(line.product_uom_qty, 1000)
        self.assertEqual(self._commit(offer).approval_state, "approved")

    # === COMBOS === #

    def _new_combo_offer(self, *parts, **values):
        """An offer of combos for 300, bearing and motor, with the parts that are given."""
        self.motor.list_price = 1000
        combos = self.env["product.combo"].create(
            [
                {
                    "name": product.name,
                    "combo_item_ids": [Command.create({"product_id": product.id})],
                }
                for product in (self.bearing, self.motor)
            ]
        )
        kit = self.env["product.product"].create(
            {
                "name": "Drive",
                "type": "combo",
                "list_price": 300,
                "combo_ids": [Command.set(combos.ids)],
            }
        )
        offer = self.plain
        offer.order_line = [
            Command.clear(),
            Command.create({"product_id": kit.id, "product_uom_qty": 2, **values}),
        ]
        items = {combo.combo_item_ids.product_id: combo.combo_item_ids for combo in combos}
        for product, quantity in parts:
            self.line.create(
                {
                    "order_id": offer.id,
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "linked_line_id": offer.order_line[0].id,
                    "combo_item_id": items[product].id,
                }
            )
        return self._commit(offer)

    def test_a_whole_combo(self):
        offer = self._new_combo_offer((self.bearing, 2), (self.motor, 2))
        self.assertEqual(offer.amount_untaxed, 600)
        self.assertEqual(offer.offer_worst_discount, 0)
        self._confirm(offer)
        self.assertEqual(offer.state, "sale")

    def test_a_combo_that_is_none(self):
        bearing, motor = self.bearing, self.motor
        kinds = {
            "alone": [],
            "a part": [(motor, 2)],
            "more of a part": [(bearing, 2), (motor, 50)],
            "a part twice": [(bearing, 2), (motor, 2), (motor, 2)],
        }
        for name, parts in kinds.items():
            with self.subTest(combo=name):
                self._assert_asked_for(self._new_combo_offer(*parts))

    def test_a_combo_by_the_dozen(self):
        offer = self._new_combo_offer((self.bearing, 2), (self.motor, 2))
        offer.order_line[2].product_uom_id = self.env.ref("uom.product_uom_dozen")
        self._assert_asked_for(offer)

    def test_a_combo_of_a_confirmed_order(self):
        offer = self._confirm(self._new_combo_offer((self.bearing, 2), (self.motor, 2)))
        with self.assertRaisesRegex(UserError, "is confirmed"):
            offer.order_line[2].product_uom_qty = 50

    # === CURRENCY AND DATE === #

    def test_a_currency_is_not_written(self):
        other = self.env["res.currency"].search(
            [("id", "!=", self.plain.currency_id.id), ("active", "in", [True, False])], limit=1
        )
        for offer in (self.plain, self._confirm(self._new_discounted_offer(0))):
            with self.assertRaisesRegex(UserError, "currency of"):
                offer.with_user(self.seller).currency_id = other
        (self.tier_head + self.tier_manager).active = False
        self.plain.currency_id = other
        self.assertEqual(self.plain.currency_id, other)
        (self.tier_head + self.tier_manager).active = True
        vals = {"partner_id": self.partner.id, "currency_id": other.id}
        made = self.env["sale.order"].with_user(self.seller).create(vals)
        made._check_offer_releasable()
        self.assertEqual(made.currency_id, made.company_id.currency_id)

    def test_an_archived_price_list(self):
        prices = self._new_price_break(self.bearing, 0, 1)
        prices.active = False
        self.plain.pricelist_id = prices
        self.plain.order_line._compute_price_unit()
        self._commit(self.plain)
        with self.assertRaisesRegex(UserError, "archived"):
            self.plain.action_confirm()

    def test_a_price_list_archived_after_the_sending(self):
        prices = self._new_price_break(self.bearing, 0, 9)
        self.plain.pricelist_id = prices
        self.plain.action_quotation_sent()
        prices.active = False
        self._confirm(self.plain)
        self.assertEqual(self.plain.state, "sale")

    def _new_finished_sale(self):
        """A price list with 5 instead of 10, from six until four days ago."""
        prices = self._new_price_break(self.bearing, 0, 5)
        now = fields.Datetime.now()
        prices.item_ids.write(
            {"date_start": now - timedelta(days=6), "date_end": now - timedelta(days=4)}
        )
        return prices

    def _make_old(self, offer):
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = now() - interval '10 days' WHERE id = %s",
            [offer.id],
        )
        return self._commit(offer)

    def test_a_date_between_the_making_and_today(self):
        offer = self.plain
        offer.pricelist_id = self._new_finished_sale()
        self._make_old(offer)
        offer.date_order = fields.Datetime.now() - timedelta(days=5)
        self._commit(offer)
        self.line.write({"price_unit": 5, "technical_price_unit": 5})
        self._assert_asked_for(offer)

    def test_the_date_of_a_confirmed_order(self):
        order = self.plain
        order.pricelist_id = self._new_finished_sale()
        self._confirm(self._make_old(order))
        order.date_order = fields.Datetime.now() - timedelta(days=5)
        self._commit(order)
        with self.assertRaisesRegex(UserError, "is confirmed"):
            order.order_line[0].price_unit = 5

    # === EXPENSES === #

    def test_an_expense_gives_no_money(self):
        self.seal.expense_policy = "cost"
        order = self._confirm(self.plain)
        for values in ({"price_unit": -50}, {"product_uom_qty": -5}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "is confirmed"):
                self.env["sale.order.line"].with_user(self.seller).create(
                    {
                        "order_id": order.id,
                        "product_id": self.seal.id,
                        "is_expense": True,
                        **values,
                    }
                )

    def test_an_open_offer_has_no_expenses(self):
        self.seal.write({"expense_policy": "cost", "list_price": 10})
        self.env["sale.order.line"].with_user(self.seller).create(
            {
                "order_id": self.plain.id,
                "product_id": self.seal.id,
                "product_uom_qty": 100,
                "is_expense": True,
                "price_unit": 1,
                "technical_price_unit": 1,
            }
        )
        self._assert_asked_for(self.plain)

    # === TIERS === #

    def _new_unsigned_tier(self):
        domain = "[('require_signature', '=', False)]"
        return self._new_tier("Unsigned", self.manager, definition_domain=domain)

    def test_a_tier_that_tests_something_else(self):
        """What it tests is no part of the content that was approved."""
        self._new_unsigned_tier()
        offer = self._new_discounted_offer(20, require_signature=True).with_user(self.seller)
        self._approve(offer)
        offer.require_signature = False
        self.assertEqual(self._commit(offer).approval_state, "voided")
        self._assert_asked_for(offer)

        offer.request_validation()
        for reviewer in (self.manager, self.head, self.manager):
            offer.with_user(reviewer).validate_tier()
        self.assertEqual(self._commit(offer).approval_state, "approved")
        self._confirm(offer)

    def test_such_a_tier_and_a_confirmed_order(self):
        self._new_unsigned_tier()
        self.plain.sudo().require_signature = True
        self._confirm(self.plain)
        with self.assertRaisesRegex(UserError, "is confirmed"):
            self.plain.require_signature = False

    def test_a_harmless_change_is_none_where_another_tier_asks(self):
        self.plain.company_id.sudo().offer_approval_keep_harmless = True
        self._new_tier(
            "No prepayment", self.manager, definition_domain="[('require_payment', '=', False)]"
        )
        offer = self._new_discounted_offer(20, require_payment=True, prepayment_percent=1.0)
        self._approve(offer)
        offer = offer.with_user(self.seller)
        offer.require_payment = False
        self._assert_asked_for(offer)

    # === WHO APPROVES === #

    def test_nobody_makes_himself_a_deputy(self):
        delegations = self.env["sale.approval.delegation"].with_user(self.seller)
        own = delegations.create({"deputy_id": self.manager.id, "date_to": "2100-01-01"})
        with self.assertRaises(AccessError):
            own.write({"user_id": self.head.id, "deputy_id": self.seller.id})
        own.invalidate_recordset()
        self.assertEqual(own.user_id, self.seller)

    def test_no_word_in_the_context_makes_two_eyes_of_four(self):
        self.tier_manager.active = False
        offer = self._new_discounted_offer(20)
        offer.with_user(self.seller).request_validation()
        offer.user_id = self.head
        own = offer.with_user(self.head).with_context(
            approval_without_deputies=True, approval_deputies=True
        )
        with self.assertRaises(UserError):
            own.validate_tier()

    def test_whoever_made_an_order_does_not_hand_it_over_to_change_it(self):
        self.tier_manager.active = False
        order = self.plain.with_user(self.head).copy({"user_id": self.head.id})
        self._confirm(order)
        order.user_id = self.seller
        with self.assertRaisesRegex(UserError, "is confirmed"):
            order.order_line[0].discount = 90

    # === CANCELLED, DRAFT === #

    def test_a_cancelled_offer_is_not_sent_meanwhile(self):
        offer = self.offer.with_user(self.seller)
        offer._action_cancel()
        self._commit(offer)
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        template = self.env.ref("sale.email_template_edi_sale").with_user(self.seller)
        share = self.env["portal.share"].with_user(self.seller)
        values = {"res_model": "sale.order", "res_id": offer.id}
        link = share.create({**values, "partner_ids": [Command.set(self.partner.ids)]})
        sendings = (
            lambda: template.send_mail(offer.id),
            offer.action_quotation_send,
            link.action_send_mail,
        )
        for send in sendings:
            with self.assertRaisesRegex(UserError, "needs an approval"):
                send()

    def test_a_draft_is_not_invoiced_before_its_approval(self):
        wizard = self.env["sale.advance.payment.inv"].with_user(self.seller)
        wizard = wizard.create(
            {
                "advance_payment_method": "fixed",
                "fixed_amount": 20,
                "sale_order_ids": [Command.set(self.offer.ids)],
            }
        )
        with self.assertRaisesRegex(UserError, "needs an approval"):
            wizard.create_invoices()
        self.assertFalse(self.offer.invoice_ids)

    # === PARTS === #

    def _add_term(self, line, code):
        self.env["sale.offer.term"].create(
            {
                "order_line_id": line.id,
                "incoterm_id": self.env.ref(f"account.incoterm_{code}").id,
                "place": "Brno",
                "price_unit": 10.0,
            }
        )

    def test_a_part_of_an_earlier_confirmation_comes_to_the_gate(self):
        offer = self.plain
        self._add_term(offer.order_line[0], "EXW")
        self._add_term(offer.order_line[1], "DAP")
        part = self._confirm(offer).split_order_ids.with_user(self.seller)
        for order in (part, offer):
            order._action_cancel()
            order.action_draft()
        part.order_line[0].discount = 90
        self._commit(part)
        self.env["sale.order.line"].create(
            {"order_id": offer.id, "product_id": self.seal.id, "product_uom_qty": 1}
        )
        self._add_term(offer.order_line[-1], "FCA")
        self._confirm(offer)
        self.assertEqual(part.state, "draft")
        self._assert_asked_for(part)


@tagged("post_install", "-at_install")
class TestApprovalPage(ApprovalCommon, HttpCase):
    """A link that went out with some letter shows no draft whose approval is not given."""

    def test_the_page_of_a_draft(self):
        url = self.offer._portal_ensure_token()
        page = f"/my/orders/{self.offer.id}?access_token={url}"
        for suffix in ("", "&report_type=html"):
            self.assertNotIn("BRG-6204", self.url_open(page + suffix).text)

        self._approve(self.offer)
        self.assertIn("BRG-6204", self.url_open(page).text)

    def test_a_draft_over_rpc(self):
        """The customer follows it, and has rights of his own."""
        customer = self._new_user("ap_customer", "base.group_portal", password="ap_customer")
        offer = self._new_discounted_offer(20, partner_id=customer.partner_id.id)
        offer.message_subscribe(customer.partner_id.ids)
        own = {
            "sale.order": [("id", "=", offer.id)],
            "sale.order.line": [("order_id", "=", offer.id)],
        }

        def seen():
            models = [(self.env[name].with_user(customer), domain) for name, domain in own.items()]
            return [bool(model.search(domain)) for model, domain in models]

        tiers = self.tier_head + self.tier_manager
        other = self.env["res.company"].create({"name": "Other"})
        for company, expected in (
            (other, True),
            (offer.company_id, False),
            (other.browse(), False),
        ):
            tiers.company_id = company.id
            self.assertEqual(seen(), [expected, expected])
        for record, name in ((offer, "amount_total"), (offer.order_line[0], "price_subtotal")):
            with self.assertRaises(AccessError):
                record.with_user(customer).read([name])

        self._approve(offer)
        offer.action_quotation_sent()
        self._commit(offer)
        self.assertEqual(seen(), [True, True])
        self.assertEqual(offer.with_user(customer).amount_total, offer.amount_total)

    def test_whoever_sells_it_looks_at_it(self):
        self.authenticate("ap_seller", "ap_seller")
        self.assertIn(self.offer.name, self.url_open(f"/my/orders/{self.offer.id}").text)
