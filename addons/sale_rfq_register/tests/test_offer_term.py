from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOfferTerm(OfferCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_terms(cls.offer)
        cls.first_exw, cls.first_fca = cls.first.term_ids

    def test_first_term_is_chosen_and_prices_follow(self):
        self.assertRecordValues(
            self.offer.term_ids,
            [
                {"display_name": "EXW Prague", "price_unit": 100, "selected": True},
                {"display_name": "FCA Prague", "price_unit": 110, "selected": False},
                {"display_name": "EXW Prague", "price_unit": 20, "selected": True},
                {"display_name": "FCA Prague", "price_unit": 22, "selected": False},
            ],
        )
        self.assertEqual(self.first.offer_term_id, self.first_exw)
        self.assertEqual(self.first_fca.price_subtotal, 550)
        self.assertAlmostEqual(self.first_fca.price_total, 665.5)

    def test_a_delivery_term_is_found_by_its_code(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        incoterm = self.env.ref("account.incoterm_EXW")
        incoterm.with_context(lang="ru_RU").name = "С завода"
        for text in ("EXW", "завод"):
            found = incoterm.with_context(lang="ru_RU").name_search(text)
            self.assertIn(incoterm.id, [row[0] for row in found])

    def test_choice_writes_the_line(self):
        self.first_fca.write({"discount": 5, "tax_ids": [Command.clear()]})
        self.first_fca.action_select()
        self.assertRecordValues(
            self.first,
            [
                {
                    "offer_term_id": self.first_fca.id,
                    "price_unit": 110,
                    "discount": 5,
                    "tax_ids": [],
                    "customer_lead": 10,
                    "offer_ship_date": Date.today() + timedelta(days=10),
                    "price_subtotal": self.first_fca.price_subtotal,
                }
            ],
        )
        self.assertFalse(self.first_exw.selected)
        self.assertIn("FCA Prague chosen", self.offer.message_ids[0].body)
        count = len(self.offer.message_ids)
        self.first_fca.action_select()
        self.assertEqual(len(self.offer.message_ids), count, "a second click says nothing new")

    def test_quantity_keeps_the_price(self):
        """Also where the term's price is what core had computed, as in odoo#278444."""
        self.partner.specific_property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Bulk",
                "item_ids": [
                    Command.create(
                        {"compute_price": "fixed", "fixed_price": 7, "min_quantity": 50}
                    )
                ],
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [Command.create({"product_id": self.motor.id})],
            }
        )
        line = order.order_line
        self._new_term(line, self.exw, line.price_unit)
        self.assertEqual(line.price_unit, 10)
        line.product_uom_qty = 60
        self.assertEqual(line.price_unit, 10)
        with Form(order) as form, form.order_line.edit(0) as row:
            row.product_uom_qty = 70
            self.assertEqual(row.price_unit, 10)
        self.assertEqual(line.price_unit, 10)
        order.action_update_prices()
        self.assertEqual(line.price_unit, 10)
        line.term_ids.unlink()
        order.action_update_prices()
        self.assertEqual(line.price_unit, 7)

    def test_price_list_discount_leaves_the_term_alone(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.first_exw.discount = 12
        self.first.product_uom_qty = 50
        self.assertEqual(self.first.discount, 12)
        self.offer.action_update_prices()
        self.assertEqual(self.first.discount, 12)

    def test_line_and_chosen_term_stay_the_same(self):
        self.first_exw.price_unit = 95
        self.assertEqual(self.first.price_unit, 95)
        self.first.write({"price_unit": 90, "discount": 3, "tax_ids": [Command.clear()]})
        self.assertRecordValues(self.first_exw, [{"price_unit": 90, "discount": 3, "tax_ids": []}])
        self.assertEqual(self.first_fca.price_unit, 110)

    def test_another_product_is_no_longer_priced_by_the_terms(self):
        with Form(self.offer) as form, form.order_line.edit(0) as row:
            row.product_id = self.motor
        self.assertFalse(self.first.offer_term_id)
        self.assertEqual(self.first.price_unit, 10)
        self.assertFalse(self.first_exw.is_applicable or self.first_exw.selected)
        with self.assertRaisesRegex(UserError, "holds another product"):
            self.first_fca.action_select()

    def test_exactly_one_is_chosen(self):
        with self.assertRaisesRegex(UserError, "choose another one instead"):
            self.first_exw.selected = False
        self.first_fca.selected = True
        self.assertEqual(self.first.term_ids.mapped("selected"), [False, True])
        self.first_fca.unlink()
        self.assertTrue(self.first_exw.selected)
        self.assertEqual(self.first.price_unit, 100)
        new = self.env["sale.offer.term"].create(
            [
                {
                    "order_line_id": self.first.id,
                    "incoterm_id": self.fca.id,
                    "place": place,
                    "price_unit": 1,
                    "selected": True,
                }
                for place in ("Brno", "Plzen")
            ]
        )
        self.assertEqual(new.mapped("selected"), [False, True])
        self.first.term_ids.unlink()
        self.assertFalse(self.first.offer_term_id)

    @mute_logger("odoo.sql_db")
    def test_database_keeps_it_at_one(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE sale_offer_term SET selected = TRUE WHERE id = %s", [self.first_fca.id]
            )
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._new_term(self.first, self.exw, 1)

    def test_dialog_changes_a_term_that_is_there(self):
        self.env["sale.offer.term.add"].create(
            {
                "order_id": self.offer.id,
                "line_ids": [Command.set(self.second.ids)],
                "incoterm_id": self.fca.id,
                "place": "Prague",
                "surcharge_amount": 1.5,
            }
        ).action_add()
        self.assertEqual(self.second.term_ids.mapped("price_unit"), [20, 21.5])
        self.assertEqual(self.first_fca.price_unit, 110)

    def test_dialog_takes_products_only(self):
        self.offer.order_line = [
            Command.create({"display_type": "line_section", "name": "Spare parts"}),
            Command.create({"display_type": "line_note", "name": "As agreed"}),
        ]
        wizard = self.env["sale.offer.term.add"].create({"order_id": self.offer.id})
        self.assertEqual(wizard.line_ids, self.first + self.second)
        with self.assertRaisesRegex(UserError, "Choose the Incoterm"):
            wizard.action_add()
        with self.assertRaisesRegex(UserError, "no product with a price"):
            self._new_term(self.offer.order_line[2], self.exw, 1)

    def test_frozen_after_signature_and_confirmation(self):
        self.offer.signed_by = "P. Novak"
        self.offer.signature = b"R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="
        self._assert_frozen("is signed by P. Novak")
        self.offer.signature = False
        self.offer.action_confirm()
        self._assert_frozen("is no open offer")

    def _assert_frozen(self, words):
        for attempt in (
            self.first_fca.action_select,
            lambda: self.first_exw.write({"price_unit": 1}),
            self.first_fca.unlink,
            lambda: self._new_term(self.first, self.fca, 1, place="Brno"),
            self.offer.action_add_terms,
        ):
            with self.assertRaisesRegex(UserError, words):
                attempt()

    def test_confirmed_line_may_still_be_corrected(self):
        self.offer.action_confirm()
        self.first.price_unit = 99
        self.assertEqual(self.first_exw.price_unit, 100, "what was offered stays")

    def test_term_stays_with_its_line(self):
        other = self._new_plain_offer()
        self.first_fca.write(
            {"order_line_id": other.order_line[0].id, "order_id": other.id, "place": "Brno"}
        )
        self.assertRecordValues(
            self.first_fca,
            [{"order_line_id": self.first.id, "order_id": self.offer.id, "place": "Brno"}],
        )
        term = self._new_term(self.first, self.exw, 1, order_id=other.id, place="Brno")
        self.assertEqual(term.order_id, self.offer)
        with self.assertRaisesRegex(ValidationError, "is not the selected delivery term"):
            other.order_line[0].offer_term_id = self.first_exw

    def test_copy_takes_the_terms_along(self):
        self.first_fca.action_select()
        self.first_exw.ship_date = Date.today() - timedelta(days=3)
        self.first_fca.ship_date = Date.today() + timedelta(days=99)
        copy = self.offer.copy()
        self.assertEqual(copy.term_ids.sorted("id").mapped("price_unit"), [100, 110, 20, 22])
        self.assertEqual(copy.order_line[0].offer_term_id.incoterm_id, self.fca)
        self.assertEqual(len(copy.order_line[0].term_ids), 2)
        self.assertEqual(copy.term_ids.sorted("id")[0].ship_date, Date.today())
        self.assertEqual(copy.order_line[0].offer_ship_date, Date.today() + timedelta(days=99))
        self.assertEqual(copy.amount_total, self.offer.amount_total)

    def test_revision_takes_the_terms_along_and_freezes_the_old_ones(self):
        self.first_fca.action_select()
        newer = self.offer._revise("Cheaper")
        self.assertEqual(newer.order_line[0].offer_term_id.display_name, "FCA Prague")
        self.assertEqual(len(newer.term_ids), 4)
        with self.assertRaisesRegex(UserError, "is no open offer"):
            self.first_exw.action_select()
        self.assertTrue(self.offer._get_customer_choice_refusal())

    def test_taxes_of_a_new_fiscal_position(self):
        self.bearing.taxes_id = self.tax
        self.seal.taxes_id = self.tax
        export = self.env["account.tax"].create({"name": "Export", "amount": 0})
        self.offer.fiscal_position_id = self.env["account.fiscal.position"].create(
            {"name": "Export", "tax_ids": [Command.set(export.ids)]}
        )
        export.original_tax_ids = self.tax
        self.offer.action_update_taxes()
        self.assertEqual(self.offer.order_line.tax_ids, export)
        self.assertEqual(self.offer.term_ids.tax_ids, export)

    def test_salesperson_of_another_offer(self):
        owner = self._new_user("owner", "sales_team.group_sale_salesman")
        mate = self._new_user("mate", "sales_team.group_sale_salesman")
        self.offer.user_id = owner
        self.first_fca.with_user(owner).action_select()
        self.assertTrue(self.first_fca.selected)
        for attempt in (
            lambda term: term.read(["price_unit"]),
            lambda term: term.action_select(),
            lambda term: term.write({"price_unit": 1}),
            lambda term: term.unlink(),
            lambda term: term.copy({"place": "Brno"}),
        ):
            with self.assertRaises(AccessError):
                attempt(self.first_exw.with_user(mate))

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        tax = (
            self.env["account.tax"]
            .with_company(other)
            .create(
                {
                    "name": "Other",
                    "amount": 5,
                    "company_id": other.id,
                    "country_id": self.tax.country_id.id,
                    "tax_group_id": self.env["account.tax.group"]
                    .create({"name": "Other", "company_id": other.id})
                    .id,
                }
            )
        )
        with self.assertRaisesRegex(UserError, "ompan"):
            self.first_fca.tax_ids = tax
        seller = self._new_user(
            "seller", "sales_team.group_sale_manager", company_id=other.id, company_ids=other.ids
        )
        with self.assertRaises(AccessError):
            self.first_fca.with_user(seller).read(["price_unit"])

    def test_ordinary_order_costs_no_query_more(self):
        order = self._new_plain_offer()
        self.env.flush_all()
        self.env.invalidate_all()
        order.order_line.mapped("price_unit")
        with self.assertQueryCount(0):
            self.assertFalse(order._get_delivery_groups())
            order.order_line._filter_priced_by_list()
            self.assertFalse(order.order_line.filtered("offer_term_id"))

    def test_many_lines_cost_no_more_queries(self):
        counts = []
        for number in (3, 30):
            order = self._new_plain_offer(
                order_line=[Command.create({"product_id": self.bearing.id}) for _ in range(number)]
            )
            self._add_terms(order)
            self._new_alternative(order.order_line[0], self.motor)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for choice in order._get_offer_choices():
                choice["terms"].mapped("price_subtotal")
                choice["terms"].mapped("display_name")
            order.order_line.mapped("term_prices")
            order._get_offer_terms_content()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_positions_list(self):
        row = Form(self.first, "sale_rfq_register.sale_order_line_view_list_position")
        chosen, other = row.term_prices.split("\n")
        self.assertIn("● EXW Prague", chosen)
        self.assertIn("○ FCA Prague", other)
        self.assertEqual(self.first.action_view_offer()["res_id"], self.offer.id)

    def test_ship_date_is_proposed_and_may_be_changed(self):
        line = self._new_plain_offer().order_line[0]
        self.assertEqual(line.offer_ship_date, Date.today())
        line.customer_lead = 14
        self.assertEqual(line.offer_ship_date, Date.today() + timedelta(days=14))
        line.offer_ship_date = Date.today() + timedelta(days=3)
        self.assertEqual(line.offer_ship_date, Date.today() + timedelta(days=3))

    def test_offer_of_a_request_has_a_validity(self):
        self.env.company.quotation_validity_days = 12
        self.assertEqual(self._new_offer().validity_date, Date.today() + timedelta(days=12))
