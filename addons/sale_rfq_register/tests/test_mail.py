from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MailedRequestCommon, RequestCommon


@tagged("post_install", "-at_install")
class TestMail(RequestCommon, MailedRequestCommon):
    """Requests by e-mail."""

    def _read(self, content):
        if content == b"torn":
            raise UserError("The file is torn")
        if content == b"bug":
            raise ZeroDivisionError
        number = content.decode()
        return {
            "partner_ref": number,
            "note": "of the file",
            "line_ids": [(0, 0, {"name": f"Material of {number}"})],
        }, []

    def test_plain_mail(self):
        request = self._receive()
        self.assertRecordValues(
            request,
            [
                {
                    "channel": "email",
                    "subject": "Request for bearings",
                    "sender_name": "Marek Kowalski",
                    "sender_email": "marek@kowalski.example.com",
                    "partner_id": False,
                    "user_id": False,
                    "company_id": self.company.id,
                    "state": "new",
                }
            ],
        )
        self.assertIn("Please quote 10 bearings.", request.note)
        self.assertEqual(str(request.date_sent), "2026-03-02 09:15:00")
        self.assertIn("Enter what the e-mail asks for", request.activity_ids.note)

    def test_known_customer_and_his_salesperson(self):
        seller = self._new_user("mail_seller", "sales_team.group_sale_salesman")
        self.partner.user_id = seller
        buyer = self.env["res.partner"].create(
            {"name": "Buyer", "email": "marek@kowalski.example.com", "parent_id": self.partner.id}
        )
        self.assertRecordValues(self._receive(), [{"partner_id": buyer.id, "user_id": seller.id}])

    def test_forwarded_by_a_colleague(self):
        colleague = self._new_user("forwarder", "base.group_user")
        request = self._receive(sender=colleague.email_formatted)
        self.assertFalse(request.partner_id)

    def test_customer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["res.partner"].create(
            {"name": "Buyer", "email": "marek@kowalski.example.com", "company_id": other.id}
        )
        self.assertFalse(self._receive().partner_id)

    def test_readable_file(self):
        request = self._receive(("a.rfq", b"17"), ("drawing.pdf", b"%PDF"))
        self.assertRecordValues(request, [{"partner_ref": "17"}])
        self.assertIn("Please quote", request.note)
        self.assertEqual(request.line_ids.name, "Material of 17")
        self.assertFalse(request.activity_ids)
        self.assertEqual(
            set(request.message_ids.attachment_ids.mapped("name")), {"a.rfq", "drawing.pdf"}
        )

    def test_two_readable_files_are_two_requests(self):
        first, second = self._receive(("a.rfq", b"17"), ("b.rfq", b"18"))
        self.assertEqual((first.partner_ref, second.partner_ref), ("17", "18"))
        self.assertEqual(second.sender_email, first.sender_email)
        self.assertEqual(second.message_ids.attachment_ids.name, "b.rfq")

    def test_unreadable_file(self):
        request = self._receive(("a.rfq", b"torn"))
        self.assertIn("The file is torn", request.activity_ids.note)
        self.assertEqual(request.message_ids.attachment_ids.raw, b"torn")

    def test_error_in_a_reader_loses_nothing(self):
        with mute_logger("odoo.addons.sale_rfq_register.models.sale_material_request"):
            request = self._receive(("a.rfq", b"bug"))
        self.assertIn("because of an error in the program", request.activity_ids.note)
        self.assertEqual(request.message_ids.attachment_ids.raw, b"bug")

    def test_same_mail_twice_is_one_request(self):
        self.assertEqual(len(self._receive(message_id="<one@kowalski.example.com>")), 1)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.assertFalse(self._receive(message_id="<one@kowalski.example.com>"))

    def test_answer_belongs_to_the_request(self):
        request = self._receive(message_id="<first@kowalski.example.com>")
        answer = {"In-Reply-To": "<first@kowalski.example.com>"}
        again = self._receive(
            ("late.rfq", b"19"), message_id="<second@kowalski.example.com>", **answer
        )
        self.assertFalse(again)
        self.assertFalse(request.partner_ref)
        self.assertIn("late.rfq", request.message_ids.attachment_ids.mapped("name"))

    def test_each_company_has_its_address(self):
        other = self.env["res.company"].create(
            {"name": "Second", "alias_domain_id": self.mail_alias_domain.id}
        )
        other.material_request_alias_name = "requests-second"
        mail = self._mail()
        mail.replace_header("To", f"requests-second@{self.mail_alias_domain.name}")
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, mail.as_bytes())
        request = self.requests.search([("company_id", "=", other.id)])
        self.assertEqual(request.name, "MR00001")

    def test_address_can_be_changed_and_dropped(self):
        alias = self.company.material_request_alias_id
        self.company.material_request_alias_name = "anfragen"
        self.assertEqual(alias.alias_name, "anfragen")
        self.company.material_request_alias_name = False
        self.assertFalse(alias.alias_name)

    def test_strange_senders(self):
        for sender in ("", "no address", '"a"b@c', "=?utf-8?b?0J7Qu9GM0LPQsA==?= <o@x.example>"):
            with self.subTest(sender=sender), patch("odoo.addons.mail.models.mail_thread._logger"):
                request = self._receive(sender=sender, message_id=f"<{hash(sender)}@x>")
                self.assertEqual(len(request), 1)
