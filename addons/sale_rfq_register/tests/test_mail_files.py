import base64
from email import message_from_bytes, policy
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sale_rfq_register import mail_repair

from .common import MailedRequestCommon, RequestCommon

CASE = Path(__file__).parents[4] / "shared" / "cases" / "step-drawing.eml"
STEP = b"ISO-10303-21; \x00\xff END-ISO-10303-21;"
NESTED = b"From: c@d.example\r\nSubject: Drawing\r\n\r\nSee the drawing.\r\n"


def mailed(head, body, sender="Buyer <buyer@step.example.com>", number=1):
    """A mail of a text and a part with these headers and this body."""
    lines = [
        f"From: {sender}",
        "To: requests@%s",
        "Subject: Shaft",
        f"Message-Id: <{number}@step.example.com>",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "Please quote the shaft.",
        "--b",
        *head,
        "",
    ]
    return "\r\n".join(lines).encode() + b"\r\n" + body + b"\r\n--b--\r\n"


def step(kind, disposition='attachment; filename="shaft.stp"'):
    head = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"]
    if disposition:
        head.append(f"Content-Disposition: {disposition}")
    return head, base64.encodebytes(STEP)


class TestFileParts(BaseCase):
    """What core is about to read of a file is what was sent."""

    def _repaired(self, head, body):
        mail = message_from_bytes(mailed(head, body), policy=policy.SMTP)
        mail_repair.repair(mail)
        return list(mail.walk())[2]

    def test_types_that_no_handler_takes(self):
        for kind in (
            "model/step",
            "model/stl",
            "font/ttf",
            "chemical/x-pdb",
            "x-world/x-vrml",
            "drawing/dwg",
            "*/*",
            "binary/octet-stream",
            "application",
            "x/y/z",
            "",
            "application/vnd.acme.step; charset=martian",
            "text/x-step; charset=martian",
            "text/csv; charset=",
            "модель/step",
        ):
            for disposition in ('attachment; filename="shaft.stp"', "attachment", None):
                part = self._repaired(*step(kind, disposition))
                self.assertEqual(part.get_content(), STEP, (kind, disposition))
                if disposition and "filename" in disposition:
                    self.assertEqual(part.get_filename(), "shaft.stp")

    def test_name_in_the_type(self):
        for kind in ("model/step", "binary/octet-stream", "*/*"):
            part = self._repaired(*step(f'{kind}; name="shaft.stp"', None))
            self.assertEqual((part.get_filename(), part.get_content()), ("shaft.stp", STEP))

    def test_encoded_mail_in_the_mail(self):
        for encoding, body in (
            ("base64", base64.encodebytes(NESTED)),
            ("quoted-printable", NESTED.replace(b"See", b"=53ee")),
            ("base64", NESTED),  # which it is not
        ):
            part = self._repaired(
                ["Content-Type: message/rfc822", f"Content-Transfer-Encoding: {encoding}"], body
            )
            self.assertEqual(part.get_filename(), "message.eml")
            self.assertIn(b"See the drawing.", part.get_content())

    def test_plain_mail_in_the_mail_stays_one(self):
        part = self._repaired(["Content-Type: message/rfc822"], NESTED)
        self.assertEqual(part.get_content()["Subject"], "Drawing")


@tagged("post_install", "-at_install")
class TestMailFiles(RequestCommon, MailedRequestCommon):
    """Every mail to the address is registered with what came along."""

    def _send(self, mail):
        before = self.requests.search([])
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                None, mail.replace(b"%s", self.mail_alias_domain.name.encode())
            )
        return self.requests.search([]) - before

    def _assert_registered(self, mail, content, words="Please quote the shaft."):
        request = self._send(mail)
        self.assertEqual(len(request), 1)
        self.assertIn(words, request.note)
        files = request.message_ids.attachment_ids
        self.assertIn(content, [file.raw for file in files])
        return files

    def test_drawing(self):
        files = self._assert_registered(mailed(*step("model/step")), STEP)
        self.assertEqual(files.name, "shaft.stp")

    def test_other_types(self):
        for number, kind in enumerate(("font/ttf", "chemical/x-pdb", "*/*", "", "image")):
            with self.subTest(kind=kind):
                self._assert_registered(mailed(*step(kind), number=number), STEP)

    def test_missing_name(self):
        self._assert_registered(mailed(*step("model/step", None)), STEP)

    def test_part_of_a_mail(self):
        kind = "message/partial; id=1; number=1; total=2"
        files = self._assert_registered(mailed([f"Content-Type: {kind}"], NESTED), NESTED)
        self.assertTrue(files)

    def test_mail_in_the_mail(self):
        inner = mailed(*step("model/step"), number=2)
        request = self._send(mailed(["Content-Type: message/rfc822"], inner))
        self.assertEqual(len(request), 1)
        files = request.message_ids.attachment_ids
        self.assertIn(STEP, files.mapped("raw"))
        self.assertIn(b"Subject: Shaft", b"".join(files.mapped("raw")))

    def test_torn_base64(self):
        for number, body in enumerate((b"SVNPLTE", b"SVNP!!LTE=", b"@@@@", b"")):
            head, _body = step("model/step")
            request = self._send(mailed(head, body, number=number))
            self.assertEqual(request.message_ids.attachment_ids.name, "shaft.stp", body)

    def test_parts_that_cannot_be_told_apart(self):
        mail = mailed(*step("model/step")).replace(b'; boundary="b"', b"")
        self.assertEqual(len(self._send(mail)), 1)

    def test_mail_that_cannot_be_taken_apart_is_kept_whole(self):
        threads = type(self.env["mail.thread"])
        parse = threads._message_parse_extract_payload

        def fail(thread, message, *args, **kwargs):
            if any(part.get_filename() == "shaft.stp" for part in message.walk()):
                raise KeyError("model/step")
            return parse(thread, message, *args, **kwargs)

        self.patch(threads, "_message_parse_extract_payload", fail)
        with mute_logger("odoo.addons.sale_rfq_register.models.mail_thread"):
            request = self._send(mailed(*step("model/step")))
        self.assertRecordValues(
            request, [{"subject": "Shaft", "sender_email": "buyer@step.example.com"}]
        )
        self.assertIn("could not be taken apart", request.note)
        self.assertIn(b"shaft.stp", request.message_ids.attachment_ids.raw)

    def test_case(self):
        if not CASE.exists():
            self.skipTest("the small inputs of the project's owner are not here")
        mail = CASE.read_bytes().replace(b"requests@example.com", b"requests@%s")
        request = self._send(mail)
        self.assertEqual(request.message_ids.attachment_ids.name, "shaft.stp")
