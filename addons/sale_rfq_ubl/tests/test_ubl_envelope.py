import base64
import doctest
from html import escape
from pathlib import Path
from unittest import skipUnless

from odoo.modules import get_module_path
from odoo.tests import BaseCase, tagged

from odoo.addons.sale_rfq_register.tests.common import RequestCommon
from odoo.addons.sale_rfq_ubl import ubl_envelope, ubl_request

from .test_ubl_request import HEAD, TAIL

CASES = Path(get_module_path("sale_rfq_ubl")).parents[2] / "shared/cases"
TEXT = f"{HEAD}<cbc:ID>Запрос-1</cbc:ID>{TAIL}"
LATIN = f"{HEAD}<cbc:ID>Anfrage für Türen</cbc:ID>{TAIL}"
SBDH = (
    '<s:StandardBusinessDocument xmlns:s="http://www.unece.org/cefact/namespaces/'
    'StandardBusinessDocumentHeader"><s:StandardBusinessDocumentHeader>'
    "<s:HeaderVersion>1.0</s:HeaderVersion>"
    '<s:Sender><s:Identifier Authority="iso6523-actorid-upis">0088:7315458756324</s:Identifier>'
    "</s:Sender></s:StandardBusinessDocumentHeader>{}</s:StandardBusinessDocument>"
)
SOAP = (
    '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header/>'
    '<soap:Body><x:Send xmlns:x="urn:gateway">{}</x:Send></soap:Body></soap:Envelope>'
)
DECLARED = '<?xml version="1.0" encoding="{}"?>\n'


def in_base64(text):
    return base64.encodebytes(text.encode()).decode()


class TestUblEnvelope(BaseCase):
    """A request as gateways and other programs wrap and write it."""

    def _assert_read(self, content, number="Запрос-1"):
        self.assertTrue(ubl_request.is_request(content))
        request = ubl_request.read(content)
        self.assertEqual(request.number, number)
        return request

    def test_doctests(self):
        for module in (ubl_envelope, ubl_request):
            self.assertEqual(doctest.testmod(module).failed, 0)

    def test_envelopes(self):
        wrapped = SBDH.format(TEXT)
        for name, text in {
            "standard business document": wrapped,
            "SOAP": SOAP.format(TEXT),
            "SOAP around it": SOAP.format(wrapped),
            "as escaped text": SOAP.format(escape(DECLARED.format("UTF-16") + TEXT)),
            "as a section of text": SOAP.format(f"<![CDATA[{TEXT}]]>"),
            "in base64": SOAP.format(in_base64(TEXT)),
            "in base64 around it": SOAP.format(in_base64(wrapped)),
            "after a long header": SOAP.format(f"<!-- {'x' * 50_000} -->{TEXT}"),
        }.items():
            with self.subTest(name):
                self._assert_read(text.encode())
                self._assert_read((DECLARED.format("UTF-16") + text).encode("utf-16"))

    def test_what_the_envelope_says_is_kept(self):
        expected = (
            "StandardBusinessDocument / StandardBusinessDocumentHeader / Sender / Identifier"
        ).removeprefix("StandardBusinessDocument / ")
        for text in (SBDH.format(TEXT), SOAP.format(in_base64(SBDH.format(TEXT)))):
            others = dict(self._assert_read(text.encode()).others)
            self.assertEqual(
                others[expected], "0088:7315458756324 (Authority=iso6523-actorid-upis)"
            )
            self.assertNotIn("Запрос-1", str(others))

    def test_other_requests_in_the_envelope_are_told(self):
        self.assertEqual(self._assert_read(SBDH.format(TEXT * 3).encode()).more, 2)

    def test_envelope_of_something_else(self):
        order = SBDH.format("<Order/>").encode()
        self.assertTrue(ubl_request.is_request(order))
        with self.assertRaisesRegex(ubl_request.NotReadable, "other_document: Standard"):
            ubl_request.read(order)

    def test_entities_inside_an_envelope_are_refused(self):
        inside = f'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>{TEXT}'
        for text in (SOAP.format(escape(inside)), SOAP.format(in_base64(inside))):
            with self.assertRaisesRegex(ubl_request.NotReadable, "document_type"):
                ubl_request.read(text.encode())

    def test_envelopes_without_end(self):
        text = TEXT
        for _level in range(ubl_envelope.MAX_DEPTH + 1):
            text = SOAP.format(in_base64(text))
        with self.assertRaises(ubl_request.NotReadable):
            ubl_request.read(text.encode())

    def test_wide_encodings(self):
        for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-8-sig"):
            for declaration in ("", DECLARED.format("UTF-16"), DECLARED.format("utf-8")):
                for blanks in ("", "\r\n  "):
                    with self.subTest(encoding, declaration=declaration, blanks=blanks):
                        content = (blanks + declaration + TEXT).encode(encoding)
                        self.assertIsNone(self._assert_read(content).guessed_encoding)

    def test_declared_encodings(self):
        for encoding in ("windows-1251", "koi8-r", "ISO-8859-5", "cp866"):
            with self.subTest(encoding):
                self._assert_read((DECLARED.format(encoding) + TEXT).encode(encoding))
        for encoding in ("ISO-8859-1", "iso-8859-15", "windows-1252"):
            with self.subTest(encoding):
                content = (DECLARED.format(encoding) + LATIN).encode(encoding)
                self._assert_read(content, "Anfrage für Türen")

    def test_windows_signs_under_a_latin_declaration(self):
        text = DECLARED.format("ISO-8859-1") + TEXT.replace("Запрос-1", "„Ø 20“ – 5 €")
        self._assert_read(text.encode("windows-1252"), "„Ø 20“ – 5 €")

    def test_other_encoding_than_declared_is_guessed_and_told(self):
        for declaration in ("", DECLARED.format("UTF-8")):
            content = (declaration + TEXT).encode("windows-1251")
            self.assertEqual(self._assert_read(content).guessed_encoding, "windows-1251")

    def test_encoding_that_does_not_exist(self):
        content = (DECLARED.format("x-martian") + TEXT).encode()
        self.assertEqual(self._assert_read(content).guessed_encoding, "utf-8")
        content = (DECLARED.format("x-martian") + TEXT).encode("windows-1251")
        self.assertEqual(self._assert_read(content).guessed_encoding, "windows-1251")

    def test_damaged_utf_8_is_not_guessed(self):
        content = TEXT.encode().replace("З".encode(), b"\xd0", 1)
        with self.assertRaisesRegex(ubl_request.NotReadable, "broken"):
            ubl_request.read(content)

    def test_blanks_around(self):
        for before, after in (
            ("\n\n  ", "\n"),
            ("\ufeff\n", "\x00\x00"),
            ("\ufeff\ufeff", "\x1a"),
        ):
            self._assert_read((before + DECLARED.format("UTF-8") + TEXT + after).encode())

    def test_page_that_has_the_word_is_no_request(self):
        for text in ("<html><td>RequestForQuotation", "<!DOCTYPE html><p>RequestForQuotation"):
            self.assertFalse(ubl_request.is_request(text.encode()))


@tagged("post_install", "-at_install")
class TestUblArrival(RequestCommon):
    """The times of a file, and what the task says of its form."""

    def _register(self, text, **values):
        content = text if isinstance(text, bytes) else text.encode()
        requests = self.env["sale.material.request"]
        return requests._create_from_files([("rfq.xml", content)], values)

    def _get_sent(self, day, clock="", company=None):
        clock = clock and f"<cbc:IssueTime>{clock}</cbc:IssueTime>"
        text = f"{HEAD}<cbc:IssueDate>{day}</cbc:IssueDate>{clock}{TAIL}"
        request = self._register(text, company_id=(company or self.env.company).id)
        return str(request.date_sent)

    def test_zone_of_the_file(self):
        self.env.company.partner_id.tz = "America/Los_Angeles"
        for day, clock, sent in (
            ("2026-11-12", "23:30:00-05:00", "2026-11-13 04:30:00"),
            ("2026-11-12", "23:30:00.123-05:00", "2026-11-13 04:30:00"),
            ("2026-11-12", "02:15:00+05:30", "2026-11-11 20:45:00"),
            ("2026-11-12", "23:30:00Z", "2026-11-12 23:30:00"),
            ("2026-11-12", "23:30:00.0Z", "2026-11-12 23:30:00"),
            ("2026-11-12", "24:00:00Z", "2026-11-13 00:00:00"),
            ("2026-11-12+03:00", "23:30:00", "2026-11-12 20:30:00"),
            ("2026-11-12+03:00", "23:30:00Z", "2026-11-12 23:30:00"),
            ("2026-11-12Z", "23:30", "2026-11-12 23:30:00"),
            ("2026-11-12T23:30:00+03:00", "", "2026-11-12 20:30:00"),
        ):
            with self.subTest(day=day, clock=clock):
                self.assertEqual(self._get_sent(day, clock), sent)

    def test_without_a_zone_it_is_the_company_time(self):
        company = self.env["res.company"].create({"name": "In Warsaw"})
        company.partner_id.tz = "Europe/Warsaw"
        self.env.company.partner_id.tz = "America/Los_Angeles"
        self.env.user.tz = "Asia/Tokyo"
        for day, clock, here, there in (
            ("2026-07-01", "09:00:00", "2026-07-01 16:00:00", "2026-07-01 07:00:00"),
            ("2026-12-01", "09:00:00.5", "2026-12-01 17:00:00", "2026-12-01 08:00:00"),
            ("2026-12-01", "", "2026-12-01 08:00:00", "2026-11-30 23:00:00"),
            # a zone of a day alone does not move it
            ("2026-12-01+03:00", "", "2026-12-01 08:00:00", "2026-11-30 23:00:00"),
        ):
            with self.subTest(day=day, clock=clock):
                self.assertEqual(self._get_sent(day, clock), here)
                self.assertEqual(self._get_sent(day, clock, company), there)

    def test_company_without_a_zone(self):
        self.env.company.partner_id.tz = False
        self.env.company.resource_calendar_id.tz = "UTC"
        self.env.user.tz = "Asia/Tokyo"
        self.assertEqual(self._get_sent("2026-07-01", "09:00:00"), "2026-07-01 09:00:00")

    def test_time_that_is_none(self):
        self.env.company.partner_id.tz = "UTC"
        for clock in ("25:00:00", "09:00:00+15:00", "9 a.m.", "09:00:00-05:99", "١٢:00"):
            with self.subTest(clock):
                self.assertEqual(self._get_sent("2026-07-01", clock), "2026-07-01 00:00:00")

    def test_guess_and_further_requests_become_a_task(self):
        request = self._register(TEXT.encode("windows-1251"))
        self.assertEqual(request.partner_ref, "Запрос-1")
        self.assertIn("was read as windows-1251", request.activity_ids.note)
        request = self._register(SBDH.format(TEXT * 2))
        self.assertIn("The file holds 2 requests", request.activity_ids.note)
        self.assertIn("Identifier: 0088:", request.ubl_other_contents)

    @skipUnless(CASES.exists(), "the cases are not beside this checkout")
    def test_case_of_the_zone(self):
        request = self._register((CASES / "issue-time-zone.xml").read_bytes())
        self.assertEqual(str(request.date_sent), "2026-11-13 04:30:00")
