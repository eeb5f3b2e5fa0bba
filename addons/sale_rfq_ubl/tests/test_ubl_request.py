import time
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from odoo.modules import get_module_path
from odoo.tests import BaseCase
from odoo.tools.misc import file_open

from odoo.addons.sale_rfq_ubl import ubl_request

DEMO = "sale_rfq_ubl/demo/request_for_quotation.xml"
HEAD = (
    '<RequestForQuotation xmlns="urn:oasis:names:specification:ubl:schema:xsd:'
    'RequestForQuotation-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:'
    'CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:'
    'CommonBasicComponents-2">'
)
TAIL = "</RequestForQuotation>"
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(body, head=HEAD):
    return ubl_request.read(f"{head}{body}{TAIL}".encode())


def demo():
    with file_open(DEMO, "rb") as file:
        return file.read()


class TestUblRequest(BaseCase):
    def test_demo_file(self):
        self.assertTrue(get_module_path("sale_rfq_ubl"))
        request = ubl_request.read(demo())
        self.assertEqual(request.number, "NL-RFQ-0815")
        self.assertEqual(request.sent, datetime(2026, 3, 2, 9, 15, tzinfo=UTC))
        self.assertEqual(request.due, date(2026, 3, 9))
        self.assertEqual(
            (request.delivery_from, request.delivery_to), (date(2026, 4, 13), date(2026, 4, 17))
        )
        self.assertEqual(
            (request.contract, request.contract_date), ("NL-2024-17", date(2024, 1, 15))
        )
        self.assertEqual(request.delivery_terms, "DAP\nOne delivery, on pallets.")
        self.assertEqual(
            request.delivery_address,
            "Am Lunedeich 110\nGate 3, spare parts store\n27572 Bremerhaven",
        )
        self.assertEqual(request.party.email, "h.petersen@nordlicht-anlagenbau.example.com")
        self.assertEqual(len(request.lines), 5)
        first = request.lines[0]
        self.assertEqual(
            (first.name, first.customer_code, first.supplier_code, first.quantity),
            ("Ball bearing 6204", "KL-6204", "BRG-6204-2RS", Decimal(40)),
        )
        self.assertEqual(request.lines[1].barcode, "4006381333993")
        self.assertEqual(request.problems, [])

    def test_what_has_no_field_is_kept(self):
        request = read(
            "<ext:UBLExtensions xmlns:ext='urn:oasis:names:specification:ubl:schema:xsd:"
            "CommonExtensionComponents-2'><ext:UBLExtension><ext:ExtensionContent>"
            "<x:Project xmlns:x='urn:customer'><x:Code scheme='own'>P-77</x:Code>"
            "<x:Rush/></x:Project></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
            "<cbc:ID>1</cbc:ID><cbc:Surprise>kept</cbc:Surprise>"
            "<cac:RequestForQuotationLine><cbc:ID>1</cbc:ID><cac:LineItem>"
            "<cbc:WarrantyInformation>2 years</cbc:WarrantyInformation></cac:LineItem>"
            "</cac:RequestForQuotationLine>"
            "<cac:RequestForQuotationLine><cbc:ID>2</cbc:ID><cac:LineItem>"
            "<cbc:WarrantyInformation>3 years</cbc:WarrantyInformation></cac:LineItem>"
            "</cac:RequestForQuotationLine>"
        )
        self.assertEqual(
            request.others,
            [
                (
                    "UBLExtensions / UBLExtension / ExtensionContent / Project / Code",
                    "P-77 (scheme=own)",
                ),
                ("Surprise", "kept"),
                ("RequestForQuotationLine 1 / LineItem / WarrantyInformation", "2 years"),
                ("RequestForQuotationLine 2 / LineItem / WarrantyInformation", "3 years"),
            ],
        )

    def test_others_are_limited(self):
        body = f"<cbc:Surprise>{'x' * 5000}</cbc:Surprise>" * (ubl_request.MAX_OTHERS + 10)
        others = read(body).others
        self.assertEqual(len(others), ubl_request.MAX_OTHERS)
        self.assertEqual({len(value) for _path, value in others}, {ubl_request.MAX_VALUE})

    def test_many_attributes_are_cut_and_take_no_time(self):
        """To ask lxml for all of them would take minutes."""
        attributes = " ".join(f'a{number}="x"' for number in range(200_000))
        start = time.monotonic()
        ((path, value),) = read(f"<a {attributes}/>").others
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual((path, value[:12], len(value)), ("a", "(a0=x, a1=x,", 1_000))

    def test_every_value_is_read_or_kept(self):
        """No text of the file is lost, wherever it stands."""
        root = etree.fromstring(demo())
        for position, node in enumerate(root.iter(etree.Element)):
            if len(node) or position < 2 or "Date" in node.tag or "Time" in node.tag:
                continue
            kept, node.text = node.text, "4711.25"
            request = ubl_request.read(etree.tostring(root))
            values = repr(request)
            with self.subTest(element=node.tag):
                self.assertIn("4711.25", values)
            node.text = kept

    def test_documents_in_the_file(self):
        attachment = (
            "<cac:AdditionalDocumentReference><cbc:ID>drawing</cbc:ID><cac:Attachment>"
            "<cbc:EmbeddedDocumentBinaryObject mimeCode='application/pdf' {name}>{content}"
            "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
            "</cac:AdditionalDocumentReference>"
        )
        request = read(
            attachment.format(name="filename='../../etc/plan.pdf'", content="UERG\nLTE=")
            + attachment.format(name="", content="MQ==")
            + attachment.format(name="filename='torn.pdf'", content="M*")
        )
        self.assertEqual(request.documents, [("plan.pdf", b"PDF-1"), ("drawing", b"1")])
        self.assertEqual(request.problems, [("EmbeddedDocumentBinaryObject", "torn.pdf")])

    def test_properties_of_an_article(self):
        line = read(
            "<cac:RequestForQuotationLine><cac:LineItem><cac:Item><cbc:Name>Seal</cbc:Name>"
            "<cbc:BrandName>Simrit</cbc:BrandName>"
            "<cac:CommodityClassification><cbc:ItemClassificationCode>31411700"
            "</cbc:ItemClassificationCode></cac:CommodityClassification>"
            "<cac:AdditionalItemProperty><cbc:Name>Colour</cbc:Name><cbc:Value>brown</cbc:Value>"
            "</cac:AdditionalItemProperty></cac:Item></cac:LineItem></cac:RequestForQuotationLine>"
        ).lines[0]
        self.assertEqual(
            line.properties,
            [
                ("BrandName", "Simrit"),
                ("ItemClassificationCode", "31411700"),
                ("Colour", "brown"),
            ],
        )

    def test_buyer_contact_and_terms_of_the_delivery(self):
        request = read(
            "<cac:BuyerCustomerParty><cac:Party/><cac:BuyerContact><cbc:Name>Ada</cbc:Name>"
            "</cac:BuyerContact></cac:BuyerCustomerParty><cac:Delivery><cac:DeliveryTerms>"
            "<cbc:ID>FCA</cbc:ID></cac:DeliveryTerms></cac:Delivery>"
        )
        self.assertEqual((request.party.contact, request.delivery_terms), ("Ada", "FCA"))

    def test_empty_request(self):
        request = read("")
        self.assertEqual((request.number, request.lines, request.problems), (None, [], []))

    def test_ubl_2_0_reads_alike(self):
        request = read("<cbc:UBLVersionID>2.0</cbc:UBLVersionID><cbc:ID>7</cbc:ID>")
        self.assertEqual(request.number, "7")

    def test_values_that_make_no_sense_are_problems(self):
        request = read(
            "<cbc:ID>1</cbc:ID><cbc:IssueDate>2026-02-30</cbc:IssueDate>"
            "<cbc:SubmissionDueDate>soon</cbc:SubmissionDueDate>"
            "<cac:Delivery><cac:RequestedDeliveryPeriod><cbc:StartDate>2026-05-02</cbc:StartDate>"
            "<cbc:EndDate>2026-05-01</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>"
            "<cac:RequestForQuotationLine><cac:LineItem><cbc:Quantity>-1</cbc:Quantity>"
            "</cac:LineItem></cac:RequestForQuotationLine>"
            "<cac:RequestForQuotationLine><cac:LineItem><cbc:Quantity>NaN</cbc:Quantity>"
            "</cac:LineItem></cac:RequestForQuotationLine>"
        )
        self.assertEqual(
            sorted(request.problems),
            [
                ("IssueDate", "2026-02-30"),
                ("Quantity", "-1"),
                ("Quantity", "NaN"),
                ("RequestedDeliveryPeriod", "2026-05-02 – 2026-05-01"),
                ("SubmissionDueDate", "soon"),
            ],
        )
        self.assertIsNone(request.sent)
        self.assertEqual(len(request.lines), 2)

    def test_hostile_files_are_refused(self):
        bomb = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        outside = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        for words, content in (
            ("document_type", f"{bomb}{HEAD}<cbc:ID>&b;</cbc:ID>{TAIL}"),
            ("document_type", f"{outside}{HEAD}<cbc:ID>&f;</cbc:ID>{TAIL}"),
            ("broken", f"{HEAD}<cbc:ID>1</cbc:ID>"),
            ("broken", ""),
            ("other_document: Invoice", "<Invoice><RequestForQuotation/></Invoice>"),
        ):
            with (
                self.subTest(content=content[:40]),
                self.assertRaisesRegex(ubl_request.NotReadable, words),
            ):
                ubl_request.read(content.encode())

    def test_huge_file_is_refused(self):
        with self.assertRaisesRegex(ubl_request.NotReadable, "too_big: 20 MB"):
            ubl_request.read(b" " * (ubl_request.MAX_BYTES + 1))

    def test_other_encodings(self):
        text = f'<?xml version="1.0" encoding="windows-1251"?>{HEAD}<cbc:ID>Запрос</cbc:ID>{TAIL}'
        self.assertEqual(ubl_request.read(text.encode("windows-1251")).number, "Запрос")
        with self.assertRaises(ubl_request.NotReadable):
            ubl_request.read(text.encode("utf-16")[:-7])

    def test_torn_file_is_refused_and_never_crashes(self):
        content = demo()

        @calm
        @given(st.integers(0, len(content) - 20))
        def check(end):
            with self.assertRaises(ubl_request.NotReadable):
                ubl_request.read(content[:end])

        check()

    def test_damaged_file_is_read_or_refused(self):
        content = demo()

        @calm
        @given(st.integers(0, len(content) - 1), st.binary(min_size=1, max_size=8))
        def check(position, noise):
            damaged = content[:position] + noise + content[position + len(noise) :]
            try:
                request = ubl_request.read(damaged)
            except ubl_request.NotReadable:
                return
            self.assertLessEqual(len(request.lines), 5)

        check()

    def test_any_text_comes_back(self):
        characters = st.characters(exclude_categories=("Cs", "Cc", "Cn"), max_codepoint=0xFFFD)

        @calm
        @given(st.text(characters, max_size=40))
        def check(text):
            escaped = text.replace("&", "&amp;").replace("<", "&lt;")
            number = read(f"<cbc:ID>{escaped}</cbc:ID>").number
            self.assertEqual(number or "", " ".join(text.split()))

        check()
