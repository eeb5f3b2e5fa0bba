from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command, Date
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOfferProbability(OfferCommon):
    def test_base_chance_times_the_customers_own(self):
        self.assertRecordValues(self.offer, [{"offer_probability": 50, "expected_amount": 280}])
        self.env.company.offer_base_chance = 40
        self.partner.commercial_partner_id.offer_chance = 150
        contact = self.env["res.partner"].create({"name": "P", "parent_id": self.partner.id})
        self.assertEqual(self._new_plain_offer().offer_probability, 60)
        self.assertEqual(self._new_plain_offer(partner_id=contact.id).offer_probability, 60)
        self.partner.offer_chance = 1000
        self.assertEqual(self._new_plain_offer().offer_probability, 100)

    def test_by_hand_and_kept(self):
        with Form(self.offer) as form:
            form.offer_probability = 80
        self.offer.action_quotation_sent()
        self.assertRecordValues(self.offer, [{"offer_probability": 80, "expected_amount": 448}])
        self.first.product_uom_qty = 10
        self.assertEqual(self.offer.expected_amount, self.offer.amount_untaxed * 0.8)

    def test_by_hand_and_kept_by_a_revision(self):
        self.offer.offer_probability = 80
        self.assertEqual(self.offer._revise().offer_probability, 80)

    def test_where_the_offer_stands_decides(self):
        self.offer.offer_probability = 80
        self.offer._action_cancel()
        self.assertRecordValues(self.offer, [{"offer_probability": 0, "expected_amount": 0}])
        self.offer.action_draft()
        self.assertEqual(self.offer.offer_probability, 80)
        self.offer.action_confirm()
        self.assertRecordValues(self.offer, [{"offer_probability": 100, "expected_amount": 560}])

    def test_company_currency(self):
        krone = self.env.ref("base.DKK")
        krone.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": krone.id, "rate": 4, "name": Date.today() - timedelta(days=1)}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Krone", "currency_id": krone.id}
        )
        order = self._new_plain_offer(
            pricelist_id=pricelist.id,
            order_line=[Command.create({"product_id": self.seal.id, "price_unit": 400})],
        )
        self.assertEqual((order.currency_id, order.amount_untaxed), (krone, 400))
        self.assertEqual(order.expected_amount, 50)

    def test_choice_of_a_term(self):
        self._add_terms(self.offer)
        self.first.term_ids[1].action_select()
        self.assertEqual(self.offer.expected_amount, 305)

    @mute_logger("odoo.sql_db")
    def test_limits(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.offer.offer_probability = 101
            self.env.flush_all()

    def test_sum_for_pivot(self):
        ((expected,),) = self.env["sale.order"]._read_group(
            [("id", "in", (self.offer + self._new_plain_offer()).ids)],
            [],
            ["expected_amount:sum"],
        )
        self.assertEqual(expected, 560)

    def test_sum_of_what_the_rows_show(self):
        """Rounded to the currency of each company, as the rows are."""
        francs = self.env.ref("base.CHF")
        francs.write({"active": True, "rounding": 0.05})
        company = self.env["res.company"].create({"name": "Francs", "currency_id": francs.id})
        own = self.env["sale.order"]
        for number in range(24):
            own += self._new_plain_offer(
                order_line=[
                    Command.create(
                        {"product_id": self.seal.id, "price_unit": 1.37 * number, "name": "x"}
                    )
                ],
                offer_probability=100 / (1 + number % 7),
            )
        seal = self.seal.copy({"company_id": False, "taxes_id": False})
        foreign = own.with_company(company).create(
            [
                {
                    "partner_id": self.partner.id,
                    "company_id": company.id,
                    "offer_probability": 5 * number + 0.31,
                    "order_line": [
                        Command.create(
                            {"product_id": seal.id, "price_unit": 10.11 + number, "name": "x"}
                        )
                    ],
                }
                for number in range(19)
            ]
        )
        orders = own + foreign
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("id", "in", orders.ids)]
        groups = own._read_group(
            domain,
            ["company_id"],
            ["expected_amount:sum", "company_currency_id:array_agg_distinct"],
        )
        for some, (_company, amount, currencies) in zip((own, foreign), groups, strict=True):
            self.assertEqual(currencies, some.company_currency_id.ids)
            self.assertAlmostEqual(amount, sum(some.mapped("expected_amount")), 6)
        self.assertTrue(any(order.expected_amount * 20 % 1 > 0.01 for order in own))
        self.assertEqual(
            own.search(domain, order="expected_amount desc, id").ids,
            orders.sorted(lambda order: (-order.expected_amount, order.id)).ids,
        )
        for limit in (0, 5, foreign[7].expected_amount, 1000):
            for operator in ("=", "!=", "<", "<=", ">", ">=", "in"):
                value = [limit, 7] if operator == "in" else limit
                condition = domain + [("expected_amount", operator, value)]
                self.assertEqual(
                    own.search(condition, order="id"), orders.filtered_domain(condition)
                )

    def test_sum_in_lists_and_pivots(self):
        shown = self.env["sale.order"].fields_get(["expected_amount"])["expected_amount"]
        self.assertEqual(
            (shown["aggregator"], shown["sortable"], shown["searchable"]), ("sum", True, True)
        )

    def test_sum_is_not_for_customers(self):
        customer = self._new_user("chance_customer", "base.group_portal")
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(customer)._read_group([], [], ["expected_amount:sum"])
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(customer).search([("expected_amount", ">", 1)])

    def test_partners_and_users_made_without_rights_in_sales(self):
        clerk = self._new_user("clerk", "base.group_erp_manager,base.group_partner_manager")
        user = self.env["res.users"].with_user(clerk).create({"name": "New", "login": "new"})
        self.assertEqual(user.sudo().partner_id.offer_chance, 100)

    def test_whoever_may_not_see_the_chance_copies_contacts(self):
        accountant = self._new_user("chance_accountant", "account.group_account_invoice")
        accountant.group_ids += self.env.ref("base.group_partner_manager")
        self.partner.offer_chance = 150
        copied = self.partner.with_user(accountant).copy()
        self.assertEqual(copied.sudo().offer_chance, 100)
