import doctest
from datetime import date

from odoo.tests import BaseCase, tagged

from .. import spreadsheet_letterhead
from ..spreadsheet_letterhead import read_letterhead
from .common import RequestCommon

FILE = """Request for quotation;;
Customer:;Bay Pumps Inc.;
Contact person;Ada Lovelace;
VAT number;US123;
Address;1 Harbor Way, 94607 Oakland, United States;
Delivery address: Gate 9, 89501 Reno, US;;
Delivery terms;FCA Reno;
Delivery date;2030-06-01;
;;
Article;Description;Quantity
BRG-6204;Bearing;5
"""


class TestLetterhead(BaseCase):
    def test_doctests(self):
        self.assertEqual(doctest.testmod(spreadsheet_letterhead).failed, 0)

    def test_labels_in_three_languages(self):
        for rows in (
            [["Customer", "Bay"], ["Tax ID", "77"], ["Delivery date", "2030-06-01"]],
            [["Заказчик:", "Bay"], ["ИНН: 77"], ["Срок поставки", None, "01.06.2030 г."]],
            [["Firma", "Bay", "USt-ID", 77.0], [], ["Liefertermin:", date(2030, 6, 1)]],
        ):
            with self.subTest(rows=rows):
                self.assertEqual(
                    read_letterhead(rows).values,
                    {
                        "sender_name": "Bay",
                        "sender_vat": "77",
                        "delivery_date_to": date(2030, 6, 1),
                    },
                )

    def test_headings_and_empty_forms_are_no_values(self):
        for row in (["Customer", "Article", "Quantity"], ["Customer:", "Phone:"], ["Address"]):
            self.assertEqual(read_letterhead([row]).values, {})

    def test_days(self):
        found = read_letterhead([["Delivery", "01.06.2030 - 15.06.2030"]])
        self.assertEqual(
            found.values,
            {"delivery_date_from": date(2030, 6, 1), "delivery_date_to": date(2030, 6, 15)},
        )
        found = read_letterhead([["Delivery", "15.06.2030 - 01.06.2030"], ["Reply by", "soon"]])
        self.assertEqual(found.values, {})
        self.assertEqual([label for label, _value in found.problems], ["Delivery", "Reply by"])


@tagged("post_install", "-at_install")
class TestLetterheadRegister(RequestCommon):
    def _register(self, text=FILE, **values):
        requests = self.env["sale.material.request"]
        return requests._create_from_files([("list.csv", text.encode())], values)

    def test_file_becomes_customer_and_offer(self):
        usa = self.env.ref("base.us")
        request = self._register()
        self.assertEqual(len(request.line_ids), 1)
        request.action_create_customer()
        self.assertRecordValues(
            request.partner_id,
            [
                {
                    "name": "Bay Pumps Inc.",
                    "vat": "US123",
                    "street": "1 Harbor Way",
                    "zip": "94607",
                    "city": "Oakland",
                    "country_id": usa.id,
                }
            ],
        )
        self.assertEqual(request.partner_id.child_ids.name, "Ada Lovelace")
        self.assertRecordValues(
            request,
            [
                {
                    "incoterm_id": self.env.ref("account.incoterm_FCA").id,
                    "incoterm_location": "Reno",
                    "delivery_address": "Gate 9, 89501 Reno, US",
                }
            ],
        )
        request.action_check()
        request.action_create_offer()
        self.assertRecordValues(
            request.order_ids.partner_shipping_id,
            [{"street": "Gate 9", "zip": "89501", "city": "Reno", "country_id": usa.id}],
        )
        self.assertEqual(str(request.order_ids.commitment_date.date()), "2030-06-01")

    def test_known_customer(self):
        partner = self.env["res.partner"].create({"name": "bay pumps INC."})
        self.assertEqual(self._register().partner_id, partner)
        self.assertEqual(self._register(partner_id=self.partner.id).partner_id, self.partner)

    def test_day_that_is_none_becomes_a_task(self):
        request = self._register(FILE.replace("2030-06-01", "as soon as possible"))
        self.assertFalse(request.delivery_date_to)
        self.assertIn("as soon as possible", request.activity_ids.note)

    def test_address_in_words_only_reaches_the_customer(self):
        request = self._register(
            FILE.replace("1 Harbor Way, 94607 Oakland, United States", "Pier")
        )
        request.action_create_customer()
        self.assertEqual(request.partner_id.street, "Pier")
