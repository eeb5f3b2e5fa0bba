import time
from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command, Datetime
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import html2plaintext, mute_logger

from odoo.addons.sale_rfq_register.tests.common import RequestAliasCommon, RequestCommon

from . import malformed, malformed_json, malformed_mails

HANGS = 20  # seconds; a guard against what never ends, and no measure of speed


class TestMalformedCases(BaseCase):
    def test_no_case_is_lost(self):
        """Each set has its number of cases, and each case a name of its own."""
        files = malformed.files()
        self.assertEqual(len(set(map(str, files))), len(files))
        for cases, number in (
            (files, 320),
            (malformed_mails.texts(), 45),
            (malformed_mails.silent(), 1),
            (malformed_mails.with_files(), 10),
            (malformed_json.bodies(), 30),
        ):
            self.assertGreaterEqual(len(cases), number)


class MalformedCommon(RequestCommon):
    """Nothing that comes in crashes, hangs or gets lost: it becomes a request or is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requests = cls.env["sale.material.request"]

    @contextmanager
    def _coming_in(self, case):
        """One case: no error in the log, and an end."""
        start = time.monotonic()
        with self.subTest(case=str(case)), self.assertNoLogs(level="ERROR"):
            yield
            self.env.flush_all()
            self.assertLess(time.monotonic() - start, HANGS)

    def _cases(self, by_mail):
        """Half of the files: those that come by mail, or those for the import dialog."""
        return [
            case
            for place, case in enumerate(malformed.files())
            if by_mail == (place % 2 == 0 and len(case.content) < 1_000_000)
        ]

    def _last_id(self):
        return self.requests.search([], order="id desc", limit=1).id or 0

    def _made_since(self, last_id):
        return self.requests.search([("id", ">", last_id)], order="id")

    def _assert_understood_or_asked(self, request):
        """What could not be read is a task that says why; the large is read afterwards."""
        if request.reading_state == "waiting":
            request.action_read_file()
        if not request.line_ids:
            self.assertTrue(request.activity_ids.note)


@tagged("post_install", "-at_install")
class TestMalformedByMail(MalformedCommon, RequestAliasCommon):
    # what nobody could read
    unreadable = {"base64 that is none"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.address = f"requests@{cls.mail_alias_domain.name}"
        # the loop guard of the gateway takes a hundred mails of one sender for a loop
        cls.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 10_000)
        cls.numbers = iter(range(10_000))

    def _receive(self, make):
        last_id = self._last_id()
        with self.mock_mail_gateway():
            # as the gateway does it, with tracking
            self.env(context={})["mail.thread"].message_process(
                None, make(self.address, f"malformed-{next(self.numbers)}")
            )
            self.env.cr.flush()
        return self._made_since(last_id)

    def _assert_kept(self, request, files):
        """Every file of the first message, byte for byte."""
        arrival = request.message_ids.filtered(lambda mail: mail.message_type == "email")
        kept = [file.raw or b"" for file in arrival.attachment_ids]
        for content in files:
            self.assertIn(content, kept)
            kept.remove(content)

    def _assert_words_kept(self, request):
        arrival = request.message_ids.filtered(lambda mail: mail.message_type == "email")
        self.assertIn(malformed_mails.WORDS, html2plaintext(arrival.body))
        self.assertIn(malformed_mails.WORDS, request.note)

    def test_files(self):
        """Every other small file; the rest comes by the import dialog."""
        for case in self._cases(by_mail=True):
            with self._coming_in(case):
                make = malformed_mails.parts(
                    malformed_mails.TEXT,
                    malformed_mails.attached(
                        case.file, case.content, "Content-Type: application/octet-stream"
                    ),
                )
                request = self._receive(make)
                self.assertEqual(len(request), 1)
                self._assert_words_kept(request)
                self._assert_kept(request, [case.content])
                self._assert_understood_or_asked(request)

    def test_texts(self):
        for name, make in malformed_mails.texts().items():
            with self._coming_in(name):
                request = self._receive(make)
                self.assertEqual(len(request), 1)
                if name not in self.unreadable:
                    self._assert_words_kept(request)
                self._assert_understood_or_asked(request)

    def test_mails_without_a_word(self):
        for name, make in malformed_mails.silent().items():
            with self._coming_in(name):
                self.assertEqual(len(self._receive(make)), 1)

    def test_mails_with_files(self):
        for name, (make, files) in malformed_mails.with_files().items():
            with self._coming_in(name):
                request = self._receive(make)
                self.assertEqual(len(request), 1)
                self._assert_kept(request, files)

    def test_the_same_mail_again_and_again(self):
        make = malformed_mails.texts()["no subject"]
        with self.mock_mail_gateway():
            for _time in range(5):
                self.env["mail.thread"].message_process(None, make(self.address, "the-same"))
        found = self.requests.search([("sender_email", "=", "ann@buyer.example.com")])
        self.assertEqual(len(found), 1)

    def test_a_machine_that_answers_itself(self):
        """After twenty mails the gateway answers that it takes no more."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 20)
        make = malformed_mails.mail("Still nothing", Auto_Submitted="auto-generated")
        for _time in range(25):
            self._receive(make)
        found = self.requests.search([("sender_email", "=", "ann@buyer.example.com")])
        self.assertEqual(len(found), 20)

    def test_what_comes_back_undelivered_is_no_request(self):
        report = 'multipart/report; report-type=delivery-status; boundary="b"'
        part = "--b\r\nContent-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n\r\n--b--"
        for name, make in {
            "a report": malformed_mails.mail(part, report),
            "a daemon": malformed_mails.mail("x", From="<MAILER-DAEMON@buyer.example.com>"),
        }.items():
            with self._coming_in(name):
                self.assertFalse(self._receive(make))


@tagged("post_install", "-at_install")
class TestMalformedInTheDialog(MalformedCommon):
    def test_files(self):
        for case in self._cases(by_mail=False):
            with self._coming_in(case):
                self._import(case)

    def _import(self, case):
        last_id = self._last_id()
        dialog = self.env["material.request.import"].create(
            {
                "attachment_ids": [
                    Command.create({"name": case.file, "raw": case.content}),
                ]
            }
        )
        shown = dialog.read(["refusal", "preview", "row_count", "problem_count"])[0]
        if shown["refusal"]:
            self.assertIn(case.file, shown["refusal"])
        try:
            with self.env.cr.savepoint():
                dialog.action_import()
        except UserError as refusal:
            self.assertIn(case.file, str(refusal))
            return
        request = self._made_since(last_id)
        self.assertEqual(len(request), 1)
        self.assertEqual(request.message_ids.attachment_ids.raw or b"", case.content)
        self._assert_understood_or_asked(request)


@tagged("post_install", "-at_install")
class TestMalformedOnThePortal(MalformedCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._new_user("odd_buyer", "base.group_portal", password="odd_buyer")
        cls.buyer.partner_id.parent_id = cls.partner

    def _post(self, data, files=()):
        page = self.url_open("/my/requests/new").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        last_id = self._last_id()
        answer = self.url_open(
            "/my/requests/new",
            data={**data, "csrf_token": token},
            files=[("files", file) for file in files] or [("files", ("", b""))],
        )
        self.assertEqual(answer.status_code, 200)
        return self._made_since(last_id), answer.text

    def test_files(self):
        """Every fifteenth file of all kinds."""
        self.authenticate("odd_buyer", "odd_buyer")
        for case in malformed.files()[::15]:
            with self._coming_in(case):
                request, _page = self._post({"note": "Please"}, [(case.file, case.content)])
                self.assertEqual((len(request), request.note), (1, "Please"))
                if case.file.strip():
                    kept = [file.raw or b"" for file in request.message_ids.attachment_ids]
                    self.assertEqual(kept, [case.content])
                    self._assert_understood_or_asked(request)

    def test_forms(self):
        """What is typed is registered, or the form comes back with what was typed."""
        self.authenticate("odd_buyer", "odd_buyer")
        name = "line_name"
        for case, data in {
            "zeros": {name: "Bolt\x00", "note": "a\x00b"},
            "a script": {name: "<script>alert(1)</script>", "partner_ref": '"><script>'},
            "a megabyte": {name: "x" * 1_000_000, "note": "y" * 1_000_000},
            "a day of the year 1": {name: "Bolt", "line_date_required": "0001-01-01"},
            "a day that is none": {name: "Bolt", "delivery_date_to": "9999-99-99"},
            "no number": {name: "Bolt", "line_quantity": "NaN"},
            "a huge number": {name: "Bolt", "line_quantity": "1e308"},
            "more rows than are taken": {name: ["Bolt"] * 210, "line_quantity": ["1"] * 210},
            "more names than quantities": {name: ["Bolt", "Nut"], "line_quantity": "1"},
            "no rows": {},
        }.items():
            rows = len(data[name]) if isinstance(data.get(name), list) else 1
            empty = {
                f"line_{column}": [""] * rows
                for column in ("name", "customer_code", "quantity", "date_required")
            }
            with self._coming_in(case):
                request, page = self._post({**empty, **data})
                self.assertTrue(request or "alert-danger" in page)
                self.assertNotIn("<script>alert(1)", page)


@tagged("post_install", "-at_install")
class TestMalformedOverJson(MalformedCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        seller = cls._new_user("odd_api", "sales_team.group_sale_salesman")
        keys = cls.env["res.users.apikeys"].with_user(seller)
        cls.key = keys._generate("rpc", "shop", Datetime.now() + timedelta(days=1))

    def _create(self, body):
        last_id = self._last_id()
        answer = self.url_open(
            "/json/2/sale.material.request/create",
            data=body,
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        return self._made_since(last_id), answer

    def test_bodies(self):
        """A request, or an answer that says what is wrong; never half a request."""
        for name, body in malformed_json.bodies().items():
            # Odoo itself logs what it answers as an error of the caller
            with self.subTest(case=name), mute_logger("odoo.http", "odoo.sql_db"):
                request, answer = self._create(body)
                if answer.status_code == 200:
                    self.assertEqual(answer.json(), request.ids)
                else:
                    self.assertFalse(request)
                    self.assertTrue(answer.text)
