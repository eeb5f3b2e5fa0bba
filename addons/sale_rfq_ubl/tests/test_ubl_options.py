import unittest

from lxml import etree

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.offer_common import OfferCommon

from .test_ubl_quotation import NAMES, SCHEMA, count_queries

LINE = "cac:QuotationLine/cac:LineItem"
OTHER = "cac:QuotationLine/cac:AlternativeLineItem"


@tagged("post_install", "-at_install")
class TestUblOptions(OfferCommon):
    """Delivery terms and alternatives of an offer in its file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chosen = cls._new_term(cls.first, cls.exw, 100, ship_date="2099-03-01")
        cls.other = cls._new_term(cls.first, cls.fca, 110, discount=10, ship_date="2099-04-01")
        cls.alternative = cls._new_alternative(
            cls.first,
            cls.motor,
            product_uom_qty=2,
            price_unit=300,
            tax_ids=cls.tax.ids,
            reason="Lasts twice as long",
            place="Brno",
            ship_date="2099-05-01",
        )

    def _read(self, order=None):
        """The offer's file, which must be valid where the schema is beside the checkout."""
        root = etree.fromstring((order or self.offer)._get_ubl_quotation())
        if SCHEMA.exists():
            schema = etree.XMLSchema(etree.parse(SCHEMA))
            self.assertTrue(schema.validate(root), schema.error_log)
        return root

    def _texts(self, root, path):
        return [node.text for node in root.iterfind(path, NAMES)]

    def _assert_texts(self, root, expected):
        for path, texts in expected.items():
            self.assertEqual(self._texts(root, path), texts, path)

    @unittest.skipUnless(SCHEMA.exists(), "OASIS's schemas are not beside this checkout")
    def test_schema_knows_alternatives(self):
        root = self._read()
        row = root.find(OTHER, NAMES)
        row.remove(row.find("cac:Item", NAMES))
        self.assertFalse(etree.XMLSchema(etree.parse(SCHEMA)).validate(root))

    def test_chosen_term(self):
        self._assert_texts(
            self._read(),
            {
                f"{LINE}/cac:DeliveryTerms/cbc:ID": ["EXW"],
                f"{LINE}/cac:DeliveryTerms/cac:DeliveryLocation/cbc:Description": ["Prague"],
                f"{LINE}/cac:Delivery/cac:PromisedDeliveryPeriod/cbc:EndDate": [
                    "2099-03-01",
                    str(self.second.offer_ship_date),
                ],
                f"{LINE}/cac:Price/cbc:PriceAmount": ["100", "20"],
            },
        )

    def test_other_term_and_alternative(self):
        self._assert_texts(
            self._read(),
            {
                f"{OTHER}/cbc:ID": ["1.1", "1.2"],
                f"{OTHER}/cbc:Note": ["Lasts twice as long"],
                f"{OTHER}/cbc:Quantity": ["5", "2"],
                f"{OTHER}/cbc:LineExtensionAmount": ["495.00", "600.00"],
                f"{OTHER}/cbc:TotalTaxAmount": ["103.95", "126.00"],
                f"{OTHER}/cac:Delivery/cac:PromisedDeliveryPeriod/cbc:EndDate": [
                    "2099-04-01",
                    "2099-05-01",
                ],
                f"{OTHER}/cac:DeliveryTerms/cbc:ID": ["FCA", "EXW"],
                f"{OTHER}/cac:DeliveryTerms/cac:DeliveryLocation/cbc:Description": [
                    "Prague",
                    "Brno",
                ],
                f"{OTHER}/cac:AllowanceCharge/cbc:Amount": ["55.00"],
                f"{OTHER}/cac:Price/cbc:PriceAmount": ["110", "300"],
                f"{OTHER}/cac:Item/cbc:Name": [self.bearing.name, self.motor.name],
                f"{OTHER}/cac:Item/cac:SellersItemIdentification/cbc:ID": ["BRG-6204", "DRV-055"],
            },
        )

    def test_totals_are_those_of_the_chosen(self):
        """Lines 500 + 60, whatever else may be chosen."""
        root = self._read()
        self._assert_texts(
            root,
            {
                "cbc:LineCountNumeric": ["2"],
                "cac:QuotedMonetaryTotal/cbc:LineExtensionAmount": ["560.00"],
                "cac:QuotedMonetaryTotal/cbc:PayableAmount": ["677.60"],
                "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount": ["560.00"],
            },
        )

    def test_another_choice_changes_places(self):
        self.other.action_select()
        root = self._read()
        self._assert_texts(
            root,
            {
                f"{LINE}/cac:DeliveryTerms/cbc:ID": ["FCA"],
                f"{OTHER}/cac:DeliveryTerms/cbc:ID": ["EXW", "EXW"],
                f"{LINE}/cac:AllowanceCharge/cbc:Amount": ["55.00"],
                "cac:QuotedMonetaryTotal/cbc:LineExtensionAmount": ["555.00"],
            },
        )

    def test_alternative_that_was_taken(self):
        """Its reason stands on the line; terms for the former product are no choice now."""
        self.alternative.action_take()
        self._assert_texts(
            self._read(),
            {
                f"{LINE}/cbc:Note": ["Lasts twice as long"],
                f"{LINE}/cac:Item/cbc:Name": [self.motor.name, self.seal.name],
                f"{LINE}/cac:DeliveryTerms/cac:DeliveryLocation/cbc:Description": ["Brno"],
                f"{OTHER}/cac:Item/cbc:Name": [self.bearing.name],
                f"{OTHER}/cac:Price/cbc:PriceAmount": ["100"],
                "cac:QuotedMonetaryTotal/cbc:LineExtensionAmount": ["660.00"],
            },
        )

    def test_price_with_taxes_and_unit_of_its_own(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.alternative.write({"product_uom_id": dozen.id, "price_unit": 121})
        self.tax.price_include_override = "tax_included"
        root = self._read()
        self.assertEqual(self._texts(root, f"{OTHER}/cac:Price/cbc:PriceAmount")[1], "100")
        self.assertEqual(self._texts(root, f"{OTHER}/cbc:LineExtensionAmount")[1], "200.00")
        units = [node.get("unitCode") for node in root.iterfind(f"{OTHER}/cbc:Quantity", NAMES)]
        self.assertEqual(units, ["C62", "DZN"])

    def test_article_numbers_of_the_customer(self):
        """The number that he asked for is none of another product."""
        asked = self._new_request({"product_id": self.bearing.id, "customer_code": "KL-1"})
        self.first.request_line_id = asked.line_ids
        code = f"{OTHER}/cac:Item/cac:BuyersItemIdentification/cbc:ID"
        self.assertEqual(self._texts(self._read(), code), ["KL-1"])
        self.env["sale.customer.article"].create(
            {
                "partner_id": self.partner.id,
                "product_id": self.motor.id,
                "customer_code": "KL-2",
            }
        )
        self.assertEqual(self._texts(self._read(), code), ["KL-1", "KL-2"])

    def test_an_order_has_no_choice(self):
        self.offer.action_confirm()
        root = self._read()
        self.assertFalse(self._texts(root, f"{OTHER}/cbc:ID"))
        self.assertEqual(self._texts(root, f"{LINE}/cac:DeliveryTerms/cbc:ID"), ["EXW"])

    def test_a_salesperson_makes_it(self):
        seller = self._new_user("ubl_options", "sales_team.group_sale_salesman")
        self.offer.user_id = seller
        content = self.offer.with_user(seller)._get_ubl_quotation()
        self.assertEqual(content.count(b"<cac:AlternativeLineItem>"), 2)

    def test_queries_do_not_grow_with_the_lines(self):
        few = count_queries(self.offer)
        many = self._new_plain_offer()
        for _time in range(20):
            self.first.copy({"order_id": many.id})
        self.assertEqual(len(self._texts(self._read(many), f"{OTHER}/cbc:ID")), 40)
        self.assertLessEqual(count_queries(many), few + 5)

    # === REVISION, VALIDITY, RECEIPT === #

    def test_revision_names_what_it_replaces(self):
        """The number tells the revision; what the customer had before stands beside it."""
        self.offer.write({"validity_date": "2099-12-31"})
        self.offer.action_download_ubl_quotation()
        unsent = self.offer._revise()
        revision = unsent._revise()
        self.assertEqual(revision.name, f"{self.offer.name}-R2")
        root = self._read(revision)
        today = str(fields.Date.today())
        reference = "cac:AdditionalDocumentReference"
        self._assert_texts(
            root,
            {
                "cbc:ID": [revision.name],
                f"{reference}/cbc:ID": [self.offer.name],
                f"{reference}/cbc:IssueDate": [today],
                f"{reference}/cbc:DocumentType": ["Quotation"],
                f"{reference}/cbc:DocumentDescription": [f"Replaced by {revision.name}"],
                f"{OTHER}/cac:DeliveryTerms/cbc:ID": ["FCA", "EXW"],
            },
        )
        self.assertFalse(self._texts(self._read(), reference))
        self.assertEqual(revision._get_ubl_file_name(), f"Quotation-{revision.name}.xml")

    def test_validity(self):
        self.offer.validity_date = "2099-12-31"
        root = self._read()
        today = str(fields.Date.today())
        self.assertEqual(
            [node.text for node in root.find("cac:ValidityPeriod", NAMES)], [today, "2099-12-31"]
        )
        self.offer.action_confirm()
        self.offer.validity_date = "2020-01-31"
        root = self._read()
        self.assertEqual(
            [node.text for node in root.find("cac:ValidityPeriod", NAMES)], ["2020-01-31"]
        )
        self.offer.validity_date = False
        self.assertIsNone(self._read().find("cac:ValidityPeriod", NAMES))

    def test_receipt_is_asked_for_in_the_register_only(self):
        self.offer.company_id.offer_receipt_requested = True
        self.offer.action_download_ubl_quotation()
        dispatch = self.offer.dispatch_ids
        self.assertTrue(dispatch.receipt_requested)
        before = self._read()
        self.env["sale.dispatch.receipt"].create(
            {"dispatch_id": dispatch.id, "person": "Pavel Novak"}
        ).action_record()
        self.assertEqual(self.offer.offer_state, "received")
        self.assertEqual(etree.tostring(self._read()), etree.tostring(before))
