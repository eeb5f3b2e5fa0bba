from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestContractConditions(ScheduleCommon):
    """An order takes currency and delivery terms of its contract, whoever makes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.env.ref("base.CHF")
        cls.currency.active = True
        cls.incoterm = cls.env.ref("account.incoterm_FCA")
        cls.own, cls.foreign = cls.env["product.pricelist"].create(
            [
                {"name": "Own", "currency_id": cls.company.currency_id.id},
                {"name": "Foreign", "currency_id": cls.currency.id, "sequence": 99},
            ]
        )
        cls.env["product.pricelist"].search(
            [("currency_id", "=", cls.currency.id), ("id", "!=", cls.foreign.id)]
        ).active = False
        cls.customer.property_product_pricelist = cls.own
        cls.contract.action_close()
        cls.contract = cls._new_contract(
            {"product_id": cls.bearing.id, "quantity": 100, "price_unit": 3.0},
            currency_id=cls.currency.id,
            incoterm_id=cls.incoterm.id,
            incoterm_location="Basel",
        )
        cls.contract.action_put_in_force()

    def _assert_conditions(self, order):
        self.assertRecordValues(
            order,
            [
                {
                    "currency_id": self.currency.id,
                    "pricelist_id": self.foreign.id,
                    "incoterm": self.incoterm.id,
                    "incoterm_location": "Basel",
                    "contract_id": self.contract.id,
                }
            ],
        )
        self.assertEqual(order.order_line.price_unit, 3.0)

    def test_by_the_schedule(self):
        self._new_schedule({0: 2})
        order = self._run()
        self._assert_conditions(order)
        self.assertEqual(order.state, "sale")

    def test_by_hand(self):
        self._assert_conditions(self._new_release())
        self._assert_conditions(self._new_release(contract_id=self.contract.id))

    def test_in_the_form(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.customer
        self.assertEqual(form.pricelist_id, self.own)
        form.kind_id = self.additional
        self.assertEqual(form.pricelist_id, self.foreign)
        with form.order_line.new() as line:
            line.product_id = self.bearing
            self.assertEqual(line.price_unit, 3.0)
        self._assert_conditions(form.save())

    def test_on_an_order_that_is_there(self):
        order = self._new_release(kind_id=self.standard.id)
        self.assertEqual(order.pricelist_id, self.own)
        order.write({"kind_id": self.additional.id, "contract_id": self.contract.id})
        self.assertEqual(order.currency_id, self.currency)
        self.assertEqual(order.order_line.price_unit, 3.0)

    def test_own_delivery_terms_stay(self):
        other = self.env.ref("account.incoterm_EXW")
        order = self._new_release(incoterm=other.id, incoterm_location="Prague")
        self.assertRecordValues(order, [{"incoterm": other.id, "incoterm_location": "Prague"}])

    def test_the_customers_own_list_in_the_currency(self):
        theirs = self.foreign.copy({"name": "Theirs"})
        self.customer.property_product_pricelist = theirs
        self.assertEqual(self._new_release().pricelist_id, theirs)

    def test_no_list_in_the_currency(self):
        self.foreign.active = False
        with self.assertRaisesRegex(UserError, "give Bergmann a price list in CHF"):
            self._new_release()
        schedule = self._new_schedule({0: 2})
        self.assertFalse(self._run())
        self.assertIn("give Bergmann a price list in CHF", schedule.line_ids.problem)

    def test_a_list_for_other_countries_is_none(self):
        group = self.env["res.country.group"].create(
            {"name": "Japan", "country_ids": [Command.link(self.env.ref("base.jp").id)]}
        )
        self.foreign.country_group_ids = group
        self.customer.country_id = self.env.ref("base.de")
        with self.assertRaisesRegex(UserError, "give Bergmann a price list"):
            self._new_release()

    def test_another_list_is_refused(self):
        order = self._new_release()
        with self.assertRaisesRegex(UserError, "Choose a price list in CHF"):
            order.pricelist_id = self.own
