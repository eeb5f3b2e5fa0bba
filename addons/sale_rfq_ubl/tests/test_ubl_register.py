import unittest
from pathlib import Path

from lxml import etree

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools.misc import file_open

from odoo.addons.sale_rfq_register.tests.common import RequestCommon

from .test_ubl_request import DEMO, HEAD, TAIL

# OASIS's own example, where the checkout has the shared data beside it.
OASIS = (
    Path(get_module_path("sale_rfq_ubl")).parents[2]
    / "shared/data/ubl/UBL-RequestForQuotation-2.1-Example.xml"
)


@tagged("post_install", "-at_install")
class TestUblRegister(RequestCommon):
    def _register(self, content):
        return self.env["sale.material.request"]._create_from_files([("rfq.xml", content)])

    def _register_demo(self):
        with file_open(DEMO, "rb") as file:
            return self._register(file.read())

    def test_every_field_is_registered(self):
        self.env.ref("base.EUR").active = True
        request = self._register_demo()
        self.assertRecordValues(
            request,
            [
                {
                    "channel": "file",
                    "partner_ref": "NL-RFQ-0815",
                    "partner_id": False,
                    "sender_name": "Nordlicht Anlagenbau GmbH",
                    "sender_contact": "Heike Petersen",
                    "sender_email": "h.petersen@nordlicht-anlagenbau.example.com",
                    "sender_phone": "+49 471 555 0122",
                    "contract_ref": "NL-2024-17",
                    "currency_id": self.env.ref("base.EUR").id,
                    "delivery_terms": "DAP\nOne delivery, on pallets.",
                    "note": "Spare parts for the spring overhaul of line 2.",
                }
            ],
        )
        self.assertEqual(
            [str(request[name]) for name in ("date_due", "delivery_date_from", "contract_date")],
            ["2026-03-09", "2026-04-13", "2024-01-15"],
        )
        self.assertFalse(request.activity_ids)

    def test_addresses_and_terms(self):
        germany = self.env.ref("base.de")
        request = self._register_demo()
        self.assertRecordValues(
            request,
            [
                {
                    "sender_street": "Hafenstraße 22",
                    "sender_zip": "27576",
                    "sender_city": "Bremerhaven",
                    "sender_country_id": germany.id,
                    "sender_address": "Hafenstraße 22\n27576 Bremerhaven\nDE",
                    "delivery_street": "Am Lunedeich 110",
                    "delivery_street2": "Gate 3, spare parts store",
                    "delivery_zip": "27572",
                    "delivery_city": "Bremerhaven",
                    "incoterm_id": self.env.ref("account.incoterm_DAP").id,
                    "incoterm_location": False,
                }
            ],
        )

    def test_state_recipient_and_place(self):
        request = self._register(
            f"{HEAD}<cac:BuyerCustomerParty><cac:Party>"
            "<cac:PartyName><cbc:Name>Bay Pumps Inc.</cbc:Name></cac:PartyName>"
            "<cac:PartyLegalEntity><cac:RegistrationAddress>"
            "<cbc:CityName>Oakland</cbc:CityName>"
            "<cbc:CountrySubentityCode>US-CA</cbc:CountrySubentityCode>"
            "<cac:AddressLine><cbc:Line>1 Harbor Way</cbc:Line></cac:AddressLine>"
            "<cac:AddressLine><cbc:Line>Dock 7</cbc:Line></cac:AddressLine>"
            "<cac:Country><cbc:IdentificationCode>US</cbc:IdentificationCode></cac:Country>"
            "</cac:RegistrationAddress></cac:PartyLegalEntity></cac:Party>"
            "</cac:BuyerCustomerParty>"
            "<cac:Delivery><cbc:LatestDeliveryDate>2026-12-30</cbc:LatestDeliveryDate>"
            "<cac:DeliveryLocation><cbc:Name>Store 2</cbc:Name>"
            "<cac:Address><cbc:CityName>Reno</cbc:CityName></cac:Address></cac:DeliveryLocation>"
            "</cac:Delivery>"
            "<cac:DeliveryTerms><cbc:ID>FCA</cbc:ID><cac:DeliveryLocation>"
            "<cac:Address><cbc:CityName>Reno</cbc:CityName></cac:Address></cac:DeliveryLocation>"
            f"</cac:DeliveryTerms>{TAIL}".encode()
        )
        self.assertRecordValues(
            request,
            [
                {
                    "sender_street": "1 Harbor Way",
                    "sender_street2": "Dock 7",
                    "sender_city": "Oakland",
                    "sender_state_id": self.env.ref("base.state_us_5").id,
                    "sender_country_id": self.env.ref("base.us").id,
                    "delivery_name": "Store 2",
                    "delivery_city": "Reno",
                    "incoterm_id": self.env.ref("account.incoterm_FCA").id,
                    "incoterm_location": "Reno",
                }
            ],
        )
        self.assertEqual(str(request.delivery_date_to), "2026-12-30")

    def test_file_becomes_customer_and_offer(self):
        """From the file to the offer nothing is typed but the product."""
        request = self._register_demo()
        request.action_create_customer()
        self.assertRecordValues(
            request.partner_id,
            [{"street": "Hafenstraße 22", "city": "Bremerhaven", "zip": "27576"}],
        )
        self.assertEqual(request.partner_id.child_ids.name, "Heike Petersen")
        request.line_ids[0].product_id = self.bearing
        request.action_check()
        request.action_create_offer()
        address = request.order_ids.partner_shipping_id
        self.assertRecordValues(
            address,
            [
                {
                    "type": "delivery",
                    "parent_id": request.partner_id.id,
                    "street2": "Gate 3, spare parts store",
                    "country_id": self.env.ref("base.de").id,
                }
            ],
        )

    def test_every_line_is_registered(self):
        lines = self._register_demo().line_ids
        self.assertEqual(len(lines), 5)
        piece = self.env.ref("uom.product_uom_unit")
        self.assertRecordValues(
            lines[1:2] + lines[3:],
            [
                {
                    "name": "Gear motor 0.55",
                    "details": "Motor with gear, 0.55 kW, ratio 20",
                    "barcode": "4006381333993",
                    "quantity": 4,
                    "uom_id": piece.id,
                    "uom_text": "C62",
                },
                {
                    "name": "Shaft seal 35x52x7",
                    "details": "As in our order of last year.",
                    "barcode": False,
                    "quantity": 60,
                    "uom_id": piece.id,
                    "uom_text": "C62",
                },
                {
                    "name": "Marine grease EP2",
                    "details": False,
                    "barcode": False,
                    "quantity": 25,
                    "uom_id": self.env.ref("uom.product_uom_kgm").id,
                    "uom_text": "KGM",
                },
            ],
        )
        self.assertEqual(set(map(str, lines.mapped("date_required"))), {"2026-04-17"})

    def test_the_file_itself_is_kept(self):
        request = self._register_demo()
        with file_open(DEMO, "rb") as file:
            self.assertEqual(request.message_ids.attachment_ids.raw, file.read())

    def test_known_sender(self):
        partner = self.env["res.partner"].create(
            {"name": "NORDLICHT Anlagenbau GmbH", "is_company": True}
        )
        self.assertEqual(self._register_demo().partner_id, partner)
        double = partner.copy({"name": "Nordlicht Anlagenbau GmbH"})
        self.assertFalse(self._register_demo().partner_id)
        double.email = "h.petersen@nordlicht-anlagenbau.example.com"
        self.assertEqual(self._register_demo().partner_id, double)

    def test_unknown_unit_is_kept_as_written(self):
        line = self._register(
            f"{HEAD}<cac:RequestForQuotationLine><cac:LineItem>"
            f'<cbc:Quantity unitCode="BX9">3</cbc:Quantity></cac:LineItem>'
            f"</cac:RequestForQuotationLine>{TAIL}".encode()
        ).line_ids
        self.assertRecordValues(
            line, [{"uom_id": False, "uom_text": "BX9", "name": "(no description)"}]
        )

    def test_problems_become_a_task(self):
        request = self._register(
            f"{HEAD}<cbc:ID>9</cbc:ID><cbc:IssueDate>never</cbc:IssueDate>{TAIL}".encode()
        )
        self.assertEqual(request.partner_ref, "9")
        self.assertIn("IssueDate “never” makes no sense", request.activity_ids.note)

    def test_torn_file_is_kept(self):
        request = self._register(f"{HEAD}<cbc:ID>9".encode())
        self.assertIn("The UBL file is torn or broken", request.activity_ids.note)
        self.assertEqual(request.message_ids.attachment_ids.raw, f"{HEAD}<cbc:ID>9".encode())

    def test_what_is_no_request_is_kept(self):
        for words, content in (
            ("declares a document type", f'<!DOCTYPE r [<!ENTITY a "b">]>{HEAD}{TAIL}'),
            ("is a “Order”", "<Order>RequestForQuotation</Order>"),
            ("is larger than", f"{HEAD}{' ' * 20_000_000}{TAIL}"),
        ):
            with self.subTest(words=words):
                request = self._register(content.encode())
                self.assertIn(words, request.activity_ids.note)
                self.assertTrue(request.message_ids.attachment_ids)

    def test_import_dialog_names_the_kind(self):
        dialog = self.env["material.request.import"].create({})
        self.assertIn("UBL", dialog.file_kinds)

    @unittest.skipUnless(OASIS.exists(), "OASIS's example is not beside this checkout")
    def test_oasis_example(self):
        self.env.ref("base.DKK").active = True
        request = self._register(OASIS.read_bytes())
        self.assertRecordValues(
            request,
            [
                {
                    "partner_ref": "G867B",
                    "sender_name": "Gentofte Kommune",
                    "sender_contact": "Sille Schyberg",
                    "sender_vat": "DK12345678",
                    "currency_id": self.env.ref("base.DKK").id,
                    "contract_ref": "SKI123456",
                    "note": "Bestilling af computere",
                }
            ],
        )
        self.assertEqual(str(request.date_sent), "2008-04-19 11:32:26")
        self.assertEqual(str(request.date_due), "2008-04-24")
        self.assertEqual(
            (str(request.delivery_date_from), str(request.delivery_date_to)),
            ("2008-05-06", "2008-05-10"),
        )
        self.assertIn("IT-afdelingen", request.delivery_address)
        self.assertEqual(
            request.line_ids.mapped("customer_code"),
            ["DELL1052665", "DELL2363463", "DELL2367452", "DELL8436783"],
        )
        self.assertEqual(set(request.line_ids.mapped("quantity")), {35})
        self.assertEqual(
            set(request.line_ids.mapped("uom_id")), {self.env.ref("uom.product_uom_unit")}
        )
        self.assertEqual(request.line_ids.mapped("ubl_line_number"), ["1", "2", "3", "4"])
        self._assert_nothing_is_lost(request)
        request.action_check()
        self.assertEqual(request.line_ids.mapped("verdict"), ["unknown"] * 4)

    def _assert_nothing_is_lost(self, request):
        """Each element of the example is in a field or among the other contents."""
        names = ["note", "delivery_address", "delivery_terms", "ubl_other_contents"]
        names += [name for name in request._fields if name.startswith("sender_")]
        texts = [str(request[name] or "") for name in (*names, "partner_ref", "contract_ref")]
        texts += [str(request[name]) for name in request._fields if "date" in name]
        texts += [request.currency_id.name]
        for line in request.line_ids:
            texts += [f"{line.name} {line.details} {line.customer_code} {line.ubl_line_number}"]
            texts += [f"{line.quantity:.0f}"]
        known = " ".join(" ".join(texts).split())
        for node in etree.fromstring(OASIS.read_bytes()).iter(etree.Element):
            words = (node.text or "").split()
            if words == ["11:32:26.0Z"]:
                words = ["11:32:26"]  # it is in the date
            if not len(node) and words:
                self.assertIn(" ".join(words), known, node.tag)
        self.assertIn("SellerSupplierParty / CustomerAssignedAccountID: LEV00123", known)

    def test_other_contents_and_documents(self):
        request = self._register(
            f"{HEAD}<cbc:ID>9</cbc:ID><cbc:Surprise>kept</cbc:Surprise>"
            "<cac:AdditionalDocumentReference><cbc:ID>plan</cbc:ID><cac:Attachment>"
            "<cbc:EmbeddedDocumentBinaryObject filename='plan.pdf'>MQ=="
            "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
            f"{TAIL}".encode()
        )
        self.assertEqual(
            request.ubl_other_contents,
            "Surprise: kept\nAdditionalDocumentReference / ID: plan",
        )
        document = request.ubl_document_ids.filtered(lambda file: file.name == "plan.pdf")
        self.assertRecordValues(
            document, [{"raw": b"1", "res_model": request._name, "res_id": request.id}]
        )
        self.assertEqual(len(request.ubl_document_ids), 2)

    def test_properties_are_details(self):
        line = self._register(
            f"{HEAD}<cac:RequestForQuotationLine><cac:LineItem><cac:Item><cbc:Name>Seal</cbc:Name>"
            "<cbc:BrandName>Simrit</cbc:BrandName></cac:Item></cac:LineItem>"
            f"</cac:RequestForQuotationLine>{TAIL}".encode()
        ).line_ids
        self.assertEqual(line.details, "Brand: Simrit")
