from odoo import fields
from odoo.tests import Form, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestAddress(RequestCommon):
    """What is known of the sender and of the delivery reaches customer and offer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany = cls.env.ref("base.de")
        cls.usa = cls.env.ref("base.us")
        cls.california = cls.env.ref("base.state_us_5")
        cls.seller = cls._new_user("address_seller", "sales_team.group_sale_salesman")
        cls.partner.country_id = cls.germany

    def _ask(self, **values):
        request = self._new_request({"product_id": self.bearing.id, "quantity": 5}, **values)
        request.action_check()
        return request

    def _ask_for_delivery(self, **values):
        return self._ask(
            **{
                "delivery_street": "Am Lunedeich 110",
                "delivery_zip": "27572",
                "delivery_city": "Bremerhaven",
                **values,
            }
        )

    def _offer(self, request):
        request.action_create_offer()
        return request.order_ids

    def test_customer_keeps_what_the_sender_said(self):
        request = self._ask(
            partner_id=False,
            sender_name="Bay Pumps Inc.",
            sender_contact="Ada Lovelace",
            sender_email="ada@bay.example.com",
            sender_phone="+1 510 555 0100",
            sender_vat="US123",
            sender_street="1 Harbor Way",
            sender_street2="Dock 7",
            sender_zip="94607",
            sender_city="Oakland",
            sender_state_id=self.california.id,
            sender_country_id=self.usa.id,
        )
        request.user_id = self.seller
        request.with_user(self.seller).action_create_customer()
        customer = request.partner_id
        self.assertRecordValues(
            customer,
            [
                {
                    "name": "Bay Pumps Inc.",
                    "is_company": True,
                    "vat": "US123",
                    "street": "1 Harbor Way",
                    "street2": "Dock 7",
                    "zip": "94607",
                    "city": "Oakland",
                    "state_id": self.california.id,
                    "country_id": self.usa.id,
                    "phone": "+1 510 555 0100",
                }
            ],
        )
        self.assertRecordValues(
            customer.child_ids,
            [
                {
                    "name": "Ada Lovelace",
                    "email": "ada@bay.example.com",
                    "phone": "+1 510 555 0100",
                    "city": "Oakland",
                }
            ],
        )

    def test_lead_keeps_the_address(self):
        request = self._ask(
            partner_id=False,
            sender_name="Bay Pumps Inc.",
            sender_city="Oakland",
            sender_country_id=self.usa.id,
        )
        request.action_make_lead()
        self.assertRecordValues(
            request.opportunity_id, [{"city": "Oakland", "country_id": self.usa.id}]
        )

    def test_taxes_follow_the_country(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "To the USA", "auto_apply": True, "country_id": self.usa.id, "sequence": 0}
        )
        request = self._ask(
            partner_id=False, sender_name="Bay Pumps", sender_country_id=self.usa.id
        )
        request.action_create_customer()
        self.assertEqual(self._offer(request).fiscal_position_id, position)

    def test_delivery_address_is_made_once(self):
        first, second = self._ask_for_delivery(), self._ask_for_delivery(delivery_name="Store 2")
        first.user_id = self.seller
        offer = self._offer(first.with_user(self.seller)).sudo()
        contact = offer.partner_shipping_id
        self.assertRecordValues(
            contact,
            [
                {
                    "type": "delivery",
                    "parent_id": self.partner.id,
                    "street": "Am Lunedeich 110",
                    "zip": "27572",
                    "city": "Bremerhaven",
                    "country_id": self.germany.id,
                }
            ],
        )
        self.assertEqual(self._offer(second).partner_shipping_id, contact)
        self.assertEqual(offer.partner_invoice_id, self.partner)

    def test_known_address_is_used(self):
        known = self.env["res.partner"].create(
            {
                "parent_id": self.partner.id,
                "type": "delivery",
                "name": "Store",
                "street": "am Lunedeich  110",
                "zip": "27572",
                "city": "BREMERHAVEN",
                "country_id": self.germany.id,
            }
        )
        other = known.copy({"street": "Am Lunedeich 112"})
        self.assertEqual(self._offer(self._ask_for_delivery()).partner_shipping_id, known)
        request = self._ask_for_delivery(delivery_country_id=self.usa.id)
        self.assertNotIn(self._offer(request).partner_shipping_id, known | other)

    def test_customer_at_that_address(self):
        self.partner.write({"street": "Am Lunedeich 110", "zip": "27572", "city": "Bremerhaven"})
        before = self.partner.child_ids
        offer = self._offer(self._ask_for_delivery())
        self.assertEqual(offer.partner_shipping_id, self.partner)
        self.assertEqual(self.partner.child_ids, before)

    def test_many_requests_of_one_address_make_one(self):
        requests = self.env["sale.material.request"].union(
            *[self._ask_for_delivery() for _number in range(3)]
        )
        orders = requests._create_offers()
        self.assertEqual(len(orders), 3)
        self.assertEqual(len(orders.partner_shipping_id), 1)

    def test_without_an_address_it_is_as_before(self):
        child = self.env["res.partner"].create(
            {"parent_id": self.partner.id, "type": "delivery", "name": "Usual store"}
        )
        self.assertEqual(self._offer(self._ask()).partner_shipping_id, child)

    def test_address_in_words_only_is_told(self):
        offer = self._offer(self._ask(delivery_address="Gate 3\nBremerhaven"))
        self.assertEqual(offer.partner_shipping_id, self.partner)
        self.assertIn("“Gate 3, Bremerhaven”", "".join(offer.message_ids.mapped("body")))

    def test_other_customer_has_other_addresses(self):
        request = self._ask_for_delivery()
        self._offer(request)
        self.assertTrue(request.partner_shipping_id)
        request.partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertFalse(request.partner_shipping_id)

    def test_joint_offer_promises_no_address_that_is_not_shared(self):
        here, there = self._ask_for_delivery(), self._ask_for_delivery(delivery_street="Gate 9")
        order = here._create_joint_offers([here | there])
        self.assertEqual(order.partner_shipping_id, self.partner)
        self.assertIn("different delivery addresses", "".join(order.message_ids.mapped("body")))
        groups = (here | there | self._ask_for_delivery())._group_for_offers(True)
        self.assertEqual(sorted(map(len, groups)), [1, 2])

    def test_delivery_period_is_promised(self):
        day = fields.Date.add(fields.Date.today(), days=30)
        offer = self._offer(self._ask(delivery_date_from=day, delivery_date_to=day))
        self.assertEqual(offer.commitment_date.date(), day)

    def test_parts_of_two_addresses_are_not_mixed(self):
        kept = self._new_request({"name": "Seal"}, delivery_city="Bremerhaven", sender_city="Kiel")
        other = self._new_request(
            {"name": "Seal"},
            delivery_zip="01069",
            incoterm_id=self.env.ref("account.incoterm_FCA").id,
        )
        (kept | other).action_merge()
        self.assertRecordValues(
            kept,
            [
                {
                    "delivery_zip": False,
                    "delivery_city": "Bremerhaven",
                    "incoterm_id": self.env.ref("account.incoterm_FCA").id,
                }
            ],
        )

    def test_incoterm_is_found_in_words(self):
        requests = self.env["sale.material.request"]
        for text, code, place in (
            ("DAP", "DAP", False),
            ("dap Bremerhaven, Gate 3", "DAP", "Bremerhaven, Gate 3"),
            ("FCA - Gdańsk (Incoterms 2020)", "FCA", "Gdańsk"),
            ("Incoterms® 2020: CIF Rotterdam", "CIF", "Rotterdam"),
            ("One delivery, on pallets.", None, False),
            ("DAPPER", None, False),
            (None, None, False),
        ):
            with self.subTest(text=text):
                found, where = requests._find_incoterm(text)
                self.assertEqual((found.code or None, where), (code, place))

    def test_country_and_state_are_found(self):
        requests = self.env["sale.material.request"]
        self.assertEqual(requests._find_country("us"), self.usa)
        self.assertEqual(requests._find_country(None, "germany"), self.germany)
        self.assertFalse(requests._find_country("%", "%"))
        for words in (["CA"], ["US-CA"], [None, "california"]):
            self.assertEqual(requests._find_state(self.usa, *words), self.california)
        self.assertFalse(requests._find_state(self.germany, "CA"))

    def test_form(self):
        with Form(self.env["sale.material.request"].with_user(self.seller)) as form:
            form.partner_id = self.partner
            form.delivery_street = "Gate 9"
            form.incoterm_id = self.env.ref("account.incoterm_FCA")
            form.incoterm_location = "Prague"
        self.assertEqual(form.record.delivery_street, "Gate 9")
