from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.common import ApprovalCommon

from .common import PolicyCommon


@tagged("post_install", "-at_install")
class TestOfferPolicy(PolicyCommon, ApprovalCommon):
    """Tiers may ask whether an offer is beyond what the policy leaves to a salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_policies()
        (cls.tier_head | cls.tier_manager).active = False
        cls.tier = cls.env.ref("sale_rfq_abc.tier_definition_service_policy")

    def _new(self, discount=0, price=10, partner=None, **values):
        partner = partner or self.key
        line = {"product_id": self.bearing.id, "price_unit": price, "discount": discount}
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.seller.id,
                "order_line": [Command.create(line)],
                **values,
            }
        )

    def _new_approved(self):
        """An offer beyond the policy, which the head of sales has approved."""
        self.tier.write({"active": True, "review_type": "individual"})
        self.tier.reviewer_id = self.head
        order = self._new(discount=20)
        order.with_user(self.seller).request_validation()
        order.with_user(self.head).validate_tier()
        return self._commit(order)

    def _facts(self, order):
        return order.is_over_policy_discount, order.is_over_policy_amount

    def test_discount(self):
        self.assertEqual(self._facts(self._new(discount=10)), (False, False))
        self.assertEqual(self._facts(self._new(discount=10.01)), (True, False))

    def test_price_lowered_by_hand(self):
        order = self._new()
        order.order_line.price_unit = 8
        self.assertTrue(order.is_over_policy_discount)

    def test_amount(self):
        self.assertEqual(self._facts(self._new(price=1000)), (False, False))
        self.assertEqual(self._facts(self._new(price=1000.01)), (False, True))

    def test_nothing_is_over_without_a_limit_or_a_policy(self):
        self.assertEqual(
            self._facts(self._new(discount=90, price=99999, partner=self.plain)), (False, False)
        )
        self.policy.write({"discount_limit": 0, "amount_limit": 0})
        self.assertEqual(self._facts(self._new(discount=90, price=99999)), (False, False))

    def test_amount_in_another_currency(self):
        """At the rate of the order's day, which nobody improves by dating it back."""
        name = "EUR" if self.company.currency_id.name != "EUR" else "USD"
        currency = self.env.ref(f"base.{name}")
        currency.active = True
        today = fields.Date.today()
        for rate, old, over in ((2.0, 4.0, True), (4.0, 8.0, False)):
            currency.rate_ids = [
                Command.clear(),
                Command.create({"rate": old, "name": today - timedelta(days=100)}),
                Command.create({"rate": rate, "name": today}),
            ]
            pricelist = self.env["product.pricelist"].create(
                {"name": "Foreign", "currency_id": currency.id}
            )
            order = self._new(price=3999, pricelist_id=pricelist.id)
            self.assertEqual(order.is_over_policy_amount, over)
            order.date_order -= timedelta(days=50)
            self.assertEqual(order.is_over_policy_amount, over)

    def test_confirmed_order_goes_no_further_beyond(self):
        """That it is beyond was approved, and stays true however far it goes."""
        order = self._new_approved()
        order.with_user(self.seller).action_confirm()
        line = order.order_line.with_user(self.seller)
        line.discount = 19
        with self.assertRaisesRegex(UserError, "is confirmed, .*Beyond the Service Policy"):
            line.discount = 20

    def test_policy_of_the_company_of_the_order(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.policy.copy({"company_id": other.id, "abc_class": "B", "discount_limit": 50})
        self._set_class(self.key, "B", other)
        orders = self._new(discount=20) | self._new(discount=20, company_id=other.id)
        for company in (self.company, other):
            self.env.invalidate_all()
            self.assertEqual(
                orders.with_company(company).mapped("is_over_policy_discount"), [True, False]
            )

    def test_open_offers_are_found(self):
        over, fine = self._new(discount=20), self._new(discount=5)
        orders = self.env["sale.order"]
        for operator, value in (("=", True), ("!=", False)):
            found = orders.search([("is_over_policy_discount", operator, value)])
            self.assertIn(over, found)
            self.assertNotIn(fine, found)
        self.assertIn(fine, orders.search([("is_over_policy_discount", "=", False)]))
        self.assertFalse(
            orders.search([("is_over_policy_amount", "=", True)]) & (over | fine),
        )

    def test_queries_do_not_grow_with_the_offers(self):
        orders = self.env["sale.order"].concat(*(self._new(discount=20) for _n in range(12)))
        counts = []
        orders.mapped("is_over_policy_discount")  # what the registry caches is no matter here
        for ones in (orders[:3], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertTrue(all(ones.mapped("is_over_policy_discount")))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    # === APPROVAL === #

    def test_tier_waits_switched_off(self):
        self.assertFalse(self.tier.active)
        self.assertEqual(self._new(discount=20).approval_state, "none")

    def test_approval_is_demanded(self):
        self.tier.active = True
        for name, order in (
            ("discount", self._new(discount=20)),
            ("amount", self._new(price=5000)),
        ):
            with self.subTest(limit=name):
                offer = order.with_user(self.seller)
                self.assertEqual(offer.approval_state, "required")
                for use in (offer.action_quotation_send, offer.action_confirm):
                    with self.assertRaisesRegex(UserError, "Beyond the Service Policy"):
                        use()

    def test_approval_is_given(self):
        order = self._new_approved()
        # the class does not belong to what was approved
        self._set_class(self.key, "C")
        self.assertEqual(order.approval_state, "approved")
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_within_the_policy_nobody_is_asked(self):
        self.tier.active = True
        order = self._new(discount=10, price=100).with_user(self.seller)
        self.assertEqual(order.approval_state, "none")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_change_that_leads_beyond(self):
        self.tier.active = True
        order = self._new(discount=5)
        self.assertEqual(order.approval_state, "none")
        order.order_line.discount = 11
        self.assertEqual(order.approval_state, "required")

    def test_customer_who_turns_out_to_belong_to_a_key_customer(self):
        self.tier.active = True
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        order = self._new(discount=20, partner=buyer)
        self.assertEqual(order.approval_state, "none")
        buyer.parent_id = self.key
        self.assertEqual(order.approval_state, "required")

    def test_nobody_writes_the_facts(self):
        order = self._new(discount=20).with_user(self.seller)
        for name in ("is_over_policy_discount", "is_over_policy_amount", "service_policy_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                order.write({name: False})

    # === THE CUSTOMER WHOSE POLICY IT IS === #

    def test_a_customer_beside_the_one_who_is_invoiced(self):
        """Neither a customer without a policy nor one with a better one lends his limits."""
        self.tier.active = True
        for customer, payer in ((self.plain, self.key), (self.key, self.plain)):
            with self.subTest(customer=customer.name):
                order = self._new(discount=20, partner=customer, partner_invoice_id=payer.id)
                self.assertTrue(order.is_over_policy_discount)
                self.assertEqual(order.approval_state, "required")

    def test_another_payer_of_a_confirmed_order(self):
        self.tier.active = True
        order = self._new(discount=20, partner=self.plain).with_user(self.seller)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "is confirmed, .*Beyond the Service Policy"):
            order.partner_invoice_id = self.key

    def _assert_stays(self, order, change):
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        with self.assertRaises(UserError) as refusal:
            change()
        self.assertIn(f"{order.name} would come under", str(refusal.exception))

    def _new_buyer(self, parent):
        return self.env["res.partner"].create({"name": "Buyer", "parent_id": parent.id})

    def _merge(self, *partners):
        """Into the last one."""
        wizards = self.env["base.partner.merge.automatic.wizard"].with_user(self.seller)
        wizards.create(
            {
                "partner_ids": [Command.set([partner.id for partner in partners])],
                "dst_partner_id": partners[-1].id,
            }
        ).action_merge()

    def test_nobody_borrows_a_customer(self):
        """For the moment of the confirmation, or back after it."""
        self.tier.active = True
        self.policy.copy({"abc_class": "C", "discount_limit": 50})
        generous = self.env["res.partner"].create({"name": "Generous", "is_company": True})
        self._set_class(generous, "C")
        buyer = self._new_buyer(self.key)
        offer = self._new(discount=20, partner=buyer).with_user(self.seller)
        person = buyer.with_user(self.seller)
        changes = (
            {"parent_id": generous.id},
            {"parent_id": False},
            {"is_company": True},
            {"commercial_partner_id": buyer.id},
        )
        for state in ("draft", "cancel"):
            if state == "cancel":
                offer._action_cancel()
            for values in changes:
                with self.subTest(state=state, values=values):
                    self._assert_stays(offer, lambda values=values: person.write({**values}))

        guest = self._new_buyer(generous)
        order = self._new(discount=20, partner=guest).with_user(self.seller)
        order.action_confirm()
        self._assert_stays(
            order, lambda: guest.with_user(self.seller).write({"parent_id": self.key.id})
        )

    def test_nobody_merges_customers_for_it(self):
        self.tier.active = True
        offer = self._new(discount=20, partner=self._new_buyer(self.key))
        self._assert_stays(offer, lambda: self._merge(offer.partner_id, self.plain))
        guest = self.env["res.partner"].create({"name": "Guest"})
        order = self._new(discount=20, partner=guest).with_user(self.seller)
        order.action_confirm()
        self._assert_stays(order, lambda: self._merge(guest, self._new_buyer(self.key)))

    def test_contacts_move_where_no_limit_is_met(self):
        """Most offers are within both policies."""
        self.tier.active = True
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        contact = self.env["res.partner"].create({"name": "New"}).with_user(self.seller)
        self._new(discount=5, partner=contact)
        order = self._new(discount=5, partner=contact).with_user(self.seller)
        order.action_confirm()
        contact.parent_id = self.key
        self.assertEqual(contact.commercial_partner_id, self.key)
        contact.parent_id = False
        self._merge(contact, self.env["res.partner"].create({"name": "New"}))
        self.assertFalse(contact.exists())

    def test_an_offer_may_come_under_a_stricter_policy(self):
        self.tier.active = True
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        contact = self.env["res.partner"].create({"name": "New"}).with_user(self.seller)
        offer = self._new(discount=20, partner=contact)
        contact.parent_id = self.key
        self.assertEqual(offer.approval_state, "required")

    def test_contacts_move_where_no_tier_asks(self):
        contact = self._new_buyer(self.key)
        self._new(discount=20, partner=contact)
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        contact.with_user(self.seller).parent_id = self.plain
        self.assertEqual(contact.commercial_partner_id, self.plain)

    def test_a_sales_administrator_moves_a_contact(self):
        self.tier.active = True
        contact = self._new_buyer(self.key)
        self._new(discount=20, partner=contact)
        self.seller.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        contact.with_user(self.seller).parent_id = self.plain
        self.assertEqual(contact.commercial_partner_id, self.plain)
