import doctest
from email import message_from_bytes, policy

from odoo.tests import BaseCase

from odoo.addons.sale_rfq_register import mail_repair, text_encoding


def parse(head, body):
    return message_from_bytes(head.encode() + b"\r\n\r\n" + body, policy=policy.SMTP)


class TestMailRepair(BaseCase):
    def test_examples(self):
        for module in (mail_repair, text_encoding):
            self.assertFalse(doctest.testmod(module).failed)

    def test_what_can_be_read_stays_as_it_is(self):
        for head, body in (
            ("Content-Type: text/plain; charset=utf-8", "Болт".encode()),
            ("Content-Type: text/plain; charset=koi8-r", "Болт".encode("koi8-r")),
            ("Content-Type: text/plain", b"bolt"),
            ("Content-Type: text/csv; charset=utf-8; name=a.csv", "Болт".encode()),
        ):
            mail = parse(head, body)
            before = mail.as_bytes()
            mail_repair.repair(mail)
            self.assertEqual(mail.as_bytes(), before)

    def test_text_gets_the_encoding_that_its_letters_tell(self):
        for charset in ("", "; charset=us-ascii", "; charset=utf-8", "; charset=x-martian"):
            mail = parse(f"Content-Type: text/plain{charset}", "Болт М8".encode("windows-1251"))
            mail_repair.repair(mail)
            self.assertEqual(mail.get_content(), "Болт М8")

    def test_file_that_would_not_survive_is_bytes(self):
        table = "Болт;5".encode("windows-1251")
        for head in (
            "Content-Type: text/csv; charset=utf-8; name=a.csv",
            "Content-Type: text/csv\r\nContent-Disposition: attachment",
        ):
            mail = parse(head, table)
            name = mail.get_filename()
            mail_repair.repair(mail)
            self.assertEqual((mail.get_content(), mail.get_filename()), (table, name))

    def test_parts_that_cannot_be_told_apart_are_shown(self):
        mail = parse("Content-Type: multipart/mixed", b"bolts")
        mail_repair.repair(mail)
        self.assertEqual(mail.get_content(), "bolts")
