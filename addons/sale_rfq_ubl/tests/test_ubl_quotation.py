import doctest
import unittest
from datetime import date
from pathlib import Path

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import BaseCase, HttpCase, tagged

from odoo.addons.sale_rfq_register.tests.dispatch_common import DispatchCommon
from odoo.addons.sale_rfq_ubl import ubl_quotation

# OASIS's schemas, where the checkout has the shared data beside it.
SCHEMA = (
    Path(get_module_path("sale_rfq_ubl")).parents[2]
    / "shared/data/ubl/xsd/maindoc/UBL-Quotation-2.1.xsd"
)
NAMES = {"q": ubl_quotation.ROOT, "cac": ubl_quotation.CAC, "cbc": ubl_quotation.CBC}


def count_queries(order):
    """How many queries the file of an order takes when nothing of it is cached."""
    order.env.invalidate_all()
    order._get_ubl_quotation()  # what is cached once
    order.env.invalidate_all()
    before = order.env.cr.sql_log_count
    order._get_ubl_quotation()
    return order.env.cr.sql_log_count - before


class TestUblQuotationWriter(BaseCase):
    def test_doctests(self):
        self.assertFalse(doctest.testmod(ubl_quotation).failed)

    def test_no_lines(self):
        party = ubl_quotation.Party("A")
        empty = ubl_quotation.Quotation("1", date(2026, 3, 2), "EUR", 2, party, party, 0, 0, 0)
        with self.assertRaisesRegex(ValueError, "needs a line"):
            ubl_quotation.build(empty)


class UblQuotationCommon(DispatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer()
        cls.line = cls.order.order_line
        cls.tax_20, cls.tax_5 = cls.env["account.tax"].create(
            [
                {"name": f"VAT {amount} %", "amount": amount, "type_tax_use": "sale"}
                for amount in (20, 5)
            ]
        )
        cls.line.tax_ids = cls.tax_20

    def _read(self, order=None):
        return etree.fromstring((order or self.order)._get_ubl_quotation())

    def _texts(self, root, path):
        return [node.text for node in root.iterfind(path, NAMES)]


@tagged("post_install", "-at_install")
class TestUblQuotation(UblQuotationCommon):
    def _read(self, order=None):
        """The offer's file, which must be valid."""
        root = super()._read(order)
        if SCHEMA.exists():
            schema = etree.XMLSchema(etree.parse(SCHEMA))
            self.assertTrue(schema.validate(root), schema.error_log)
        return root

    @unittest.skipUnless(SCHEMA.exists(), "OASIS's schemas are not beside this checkout")
    def test_schema_is_looked_at(self):
        root = self._read()
        root.remove(root.find("cac:QuotedMonetaryTotal", NAMES))
        self.assertFalse(etree.XMLSchema(etree.parse(SCHEMA)).validate(root))

    def test_every_field(self):
        request = self.order.request_ids
        request.write(
            {
                "partner_ref": "RFQ-7",
                "date_sent": "2026-03-02 09:00:00",
                "contract_ref": "C-1",
                "contract_date": "2025-01-15",
                "delivery_date_from": "2026-04-13",
                "delivery_date_to": "2026-04-17",
            }
        )
        request.line_ids.write(
            {
                "customer_code": "KL-6204",
                "ubl_line_number": "10",
                "date_required": "2026-04-15",
            }
        )
        self.order.write(
            {
                "validity_date": "2099-12-31",
                "commitment_date": "2026-04-16 12:00:00",
                "payment_term_id": self.env["account.payment.term"].create({"name": "30 days"}).id,
                "note": "<p>Thank you</p>",
            }
        )
        self.partner.write(
            {"street": "Quay 1", "zip": "27572", "city": "Bremerhaven", "vat": False}
        )
        root = self._read()
        line = "cac:QuotationLine/cac:LineItem"
        item = f"{line}/cac:Item"
        for path, text in {
            "cbc:ID": self.order.name,
            "cbc:IssueDate": str(fields.Date.today()),
            "cbc:Note": "Thank you",
            "cbc:PricingCurrencyCode": self.order.currency_id.name,
            "cbc:LineCountNumeric": "1",
            "cac:ValidityPeriod/cbc:EndDate": "2099-12-31",
            "cac:RequestForQuotationDocumentReference/cbc:ID": "RFQ-7",
            "cac:RequestForQuotationDocumentReference/cbc:IssueDate": "2026-03-02",
            "cac:Contract/cbc:ID": "C-1",
            "cac:Contract/cbc:IssueDate": "2025-01-15",
            "cac:SellerSupplierParty/cac:Party/cac:PartyName/cbc:Name": self.order.company_id.name,
            "cac:BuyerCustomerParty/cac:Party/cac:PartyName/cbc:Name": self.partner.name,
            "cac:BuyerCustomerParty/cac:Party/cac:Contact/cbc:ElectronicMail": self.partner.email,
            "cac:Delivery/cac:DeliveryAddress/cbc:StreetName": "Quay 1",
            "cac:Delivery/cac:RequestedDeliveryPeriod/cbc:EndDate": "2026-04-17",
            "cac:Delivery/cac:PromisedDeliveryPeriod/cbc:EndDate": "2026-04-16",
            "cac:TransactionConditions/cbc:Description": "30 days",
            "cac:TaxTotal/cbc:TaxAmount": "10.00",
            "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount": "50.00",
            "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent": "20",
            "cac:QuotedMonetaryTotal/cbc:LineExtensionAmount": "50.00",
            "cac:QuotedMonetaryTotal/cbc:TaxExclusiveAmount": "50.00",
            "cac:QuotedMonetaryTotal/cbc:PayableAmount": "60.00",
            "cac:QuotationLine/cbc:RequestForQuotationLineID": "10",
            "cac:QuotationLine/cac:RequestLineReference/cac:DocumentReference/cbc:ID": "RFQ-7",
            "cac:QuotationLine/cbc:Quantity": "5",
            "cac:QuotationLine/cac:LineItem/cac:Price/cbc:PriceAmount": "10",
            f"{line}/cac:Delivery/cac:RequestedDeliveryPeriod/cbc:EndDate": "2026-04-15",
            f"{item}/cbc:Name": "Deep groove bearing 6204",
            f"{item}/cac:BuyersItemIdentification/cbc:ID": "KL-6204",
            f"{item}/cac:SellersItemIdentification/cbc:ID": "BRG-6204",
            f"{item}/cac:StandardItemIdentification/cbc:ID": "4006381333931",
        }.items():
            self.assertEqual(self._texts(root, path), [text], path)
        quantity = root.find("cac:QuotationLine/cbc:Quantity", NAMES)
        self.assertEqual(quantity.get("unitCode"), "C62")

    def test_customer_code_that_was_learned(self):
        self.env["sale.customer.article"].create(
            {
                "partner_id": self.partner.id,
                "product_id": self.bearing.id,
                "customer_code": "LEARNED-1",
            }
        )
        self.assertEqual(
            self._texts(self._read(), ".//cac:BuyersItemIdentification/cbc:ID"), ["LEARNED-1"]
        )

    def test_discounts(self):
        self.line.discount = 10
        self.order.order_line = [
            Command.create(
                {
                    "product_id": self.motor.id,
                    "name": "Thanks for your loyalty",
                    "price_unit": -5,
                    "tax_ids": self.tax_20.ids,
                }
            )
        ]
        root = self._read()
        allowance = "cac:QuotationLine/cac:LineItem/cac:AllowanceCharge"
        self.assertEqual(self._texts(root, f"{allowance}/cbc:Amount"), ["5.00"])
        self.assertEqual(self._texts(root, f"{allowance}/cbc:BaseAmount"), ["50.00"])
        self.assertEqual(self._texts(root, f"{allowance}/cbc:MultiplierFactorNumeric"), ["0.1"])
        self.assertEqual(self._texts(root, "cac:AllowanceCharge/cbc:Amount"), ["5.00"])
        total = root.find("cac:QuotedMonetaryTotal", NAMES)
        self.assertEqual(
            [node.text for node in total], ["45.00", "40.00", "48.00", "5.00", "48.00"]
        )

    def test_several_taxes(self):
        self.order.order_line = [
            Command.create({"product_id": self.seal.id, "tax_ids": self.tax_5.ids}),
            Command.create(
                {"product_id": self.motor.id, "tax_ids": (self.tax_5 + self.tax_20).ids}
            ),
            Command.create({"product_id": self.motor.id, "tax_ids": [Command.clear()]}),
        ]
        root = self._read()
        self.assertEqual(
            self._texts(root, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount"), ["12.00", "1.00"]
        )
        self.assertEqual(self._texts(root, "cac:TaxTotal/cbc:TaxAmount"), ["13.00"])

    def test_tax_in_the_price(self):
        self.tax_20.price_include_override = "tax_included"
        self.line.write({"price_unit": 12, "discount": 50})
        root = self._read()
        self.assertEqual(self._texts(root, ".//cac:Price/cbc:PriceAmount"), ["10"])
        self.assertEqual(self._texts(root, "cac:QuotationLine/cbc:LineExtensionAmount"), ["25.00"])

    def test_given_for_nothing(self):
        self.line.discount = 100
        root = self._read()
        self.assertEqual(self._texts(root, ".//cac:Price/cbc:PriceAmount"), ["10"])
        self.assertEqual(self._texts(root, "cac:QuotedMonetaryTotal/cbc:PayableAmount"), ["0.00"])

    def test_notes_and_headings(self):
        self.order.order_line = [
            Command.create({"display_type": "line_note", "name": "Above", "sequence": 1}),
            Command.create({"display_type": "line_section", "name": "Bearings", "sequence": 2}),
            Command.create({"display_type": "line_note", "name": "Greased", "sequence": 20}),
            Command.create({"display_type": "line_section", "name": "Nothing", "sequence": 30}),
        ]
        self.line.sequence = 10
        root = self._read()
        self.assertEqual(self._texts(root, "cbc:Note"), ["Above", "Nothing"])
        self.assertEqual(self._texts(root, "cac:QuotationLine/cbc:Note"), ["Bearings", "Greased"])

    def test_foreign_currency(self):
        currency = self.env["res.currency"].create({"name": "QQJ", "symbol": "J", "rounding": 1})
        self.order.pricelist_id = self.env["product.pricelist"].create(
            {"name": "QQJ", "currency_id": currency.id}
        )
        self.line.price_unit = 100
        root = self._read()
        amount = root.find("cac:QuotedMonetaryTotal/cbc:PayableAmount", NAMES)
        self.assertEqual((amount.text, amount.get("currencyID")), ("600", "QQJ"))

    def test_no_address(self):
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        self.order.write(
            {
                "partner_id": nobody.id,
                "partner_invoice_id": nobody.id,
                "partner_shipping_id": nobody.id,
            }
        )
        root = self._read()
        self.assertFalse(self._texts(root, "cac:BuyerCustomerParty//cac:PostalAddress"))

    def test_characters(self):
        self.line.name = "Bearing < 6204 & \x0bШарик ]]> “x”\nsecond row"
        self.partner.name = "A & Söhne <GmbH>"
        root = self._read()
        description = ".//cac:Item/cbc:Description"
        self.assertEqual(
            self._texts(root, description), ["Bearing < 6204 & Шарик ]]> “x”\nsecond row"]
        )

    def test_many_offers_ask_no_more_queries_for_each_line(self):
        few = count_queries(self.order)
        self.order.order_line = [
            Command.create({"product_id": self.motor.id, "product_uom_qty": number})
            for number in range(1, 30)
        ]
        self.assertLessEqual(count_queries(self.order), few + 5)

    def test_without_lines(self):
        self.order.order_line.unlink()
        with self.assertRaisesRegex(UserError, "has no lines"):
            self.order.action_download_ubl_quotation()
        self.assertFalse(self.order.dispatch_ids)

    # === SENDING === #

    def test_the_very_file_is_registered(self):
        action = self.order.action_download_ubl_quotation()
        dispatch = self.order.dispatch_ids
        self.assertRecordValues(dispatch, [{"channel": "edi", "kind": "offer"}])
        self.assertEqual(dispatch.file_ids.name, f"Quotation-{self.order.name}.xml")
        self.assertIn(f"/sale.dispatch.file/{dispatch.file_ids.id}/content", action["url"])
        self.assertEqual(self.order.state, "sent")

    def test_the_gate_is_asked(self):
        self.order.validity_date = fields.Date.subtract(fields.Date.today(), days=1)
        with self.assertRaisesRegex(UserError, "was valid until"):
            self.order.action_download_ubl_quotation()

    def test_dialog_makes_the_file(self):
        dispatch = self._register(self.order, channel="edi")
        self.assertEqual(dispatch.file_ids.name, f"Quotation-{self.order.name}.xml")
        own = self.env["ir.attachment"].create({"name": "own.edi", "raw": b"1"})
        dispatch = self._register(self.order, channel="edi", attachment_ids=own.ids)
        self.assertEqual(dispatch.file_ids.name, "own.edi")

    def test_beside_the_pdf(self):
        dispatch = self._send(self.order)
        self.assertEqual(len(dispatch.file_ids), 1)
        self.order.request_ids.line_ids.ubl_line_number = "10"
        dispatch = self._send(self.order)
        self.assertEqual(len(dispatch.file_ids), 2)
        self.assertIn(f"Quotation-{self.order.name}.xml", dispatch.file_ids.mapped("name"))
        dispatch = self._send(self.order, attach_ubl=False)
        self.assertEqual(len(dispatch.file_ids), 1)


@tagged("post_install", "-at_install")
class TestUblQuotationDownload(UblQuotationCommon, HttpCase):
    def test_download(self):
        self._new_user("ubl_seller", "sales_team.group_sale_manager", password="ubl-seller")
        url = self.order.action_download_ubl_quotation()["url"]
        self.authenticate("ubl_seller", "ubl-seller")
        response = self.url_open(url)
        self.assertIn("Quotation-", response.headers["Content-Disposition"])
        self.assertEqual(
            etree.fromstring(response.content).tag, f"{{{ubl_quotation.ROOT}}}Quotation"
        )
        self.authenticate(None, None)
        self.assertNotEqual(self.url_open(url).content, response.content)
