import doctest
from email.message import EmailMessage
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from odoo.addons.sale_rfq_register import automatic_mail

from .common import MailedRequestCommon, RequestCommon

ROUTING = "odoo.addons.sale_rfq_register.models.mail_thread"
# as mail servers and clients write them; each header by itself, or all of a mail together
REPLIES = (
    {"Auto-Submitted": "auto-replied"},
    {"Auto-Submitted": 'auto-replied; owner-email="a@example.com"'},
    {"Precedence": "auto_reply"},
    {"X-Autoreply": "yes"},
    {"X-Autorespond": "Request for bearings"},
    {"X-Auto-Reply-From": "a@example.com"},
    {"X-POST-MessageClass": "9; Autoresponder"},
    {"Precedence": "bulk", "In-Reply-To": "<unknown@example.com>"},
    {"Precedence": "junk", "subject": "RE: Your offer"},
    {"Return-Path": "<>"},
    # Exchange
    {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "In-Reply-To": "<unknown@example.com>",
    },
    {"Auto-Submitted": "auto-generated", "subject": "Automatic reply: Your order"},
    {"X-Auto-Response-Suppress": "All", "subject": "Автоматический ответ: КП"},
    {"X-Auto-Response-Suppress": "DR, OOF, AutoReply", "subject": "RE: Offer"},
    {"subject": "Out of Office: Your offer"},
    {"subject": "Out of Office Re: Your offer"},
    {"subject": "Abwesenheitsnotiz: Angebot"},
    {"subject": "Вне офиса"},
    {"subject": "Я в отпуске до 12.05"},
    {"subject": "[Auto-Reply] Your mail"},
)
REQUESTS = (
    {"Auto-Submitted": "no"},
    {"Precedence": "bulk"},
    {"Auto-Submitted": "auto-generated"},
    {"X-Auto-Response-Suppress": "OOF"},
    {"X-Auto-Response-Suppress": "OOF", "subject": "Re: Request 17"},
    {"Auto-Submitted": "auto-generated", "References": "<own-thread@example.com>"},
    {"X-Auto-Response-Suppress": "All"},
    {"List-Id": "<buyers.example.com>", "Precedence": "list"},
    {"List-Unsubscribe": "<mailto:a@example.com>"},
    {"X-Autoreply": "no"},
    {"X-MS-Exchange-Inbox-Rules-Loop": "a@example.com"},
    {"Return-Path": "<a@example.com>"},
    {"In-Reply-To": "<unknown@example.com>", "subject": "Re: Price list"},
    {"subject": "Out of office furniture: 10 desks"},
    {"subject": "OOO Ромашка: заявка"},
    {"subject": "Reading lamps"},
)


def mail(values):
    message = EmailMessage()
    for name, value in values.items():
        message[name] = value
    return message


class TestAutomaticMail(BaseCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(automatic_mail).failed)

    def test_replies(self):
        for values in REPLIES:
            self.assertTrue(automatic_mail.is_automatic_reply(mail(values)), values)

    def test_requests(self):
        for values in REQUESTS:
            self.assertFalse(automatic_mail.is_automatic_reply(mail(values)), values)

    def test_files_make_a_request_of_what_a_machine_sends(self):
        for values in REPLIES:
            sure = "subject" in values and len(values) > 1 and "RE:" not in values["subject"]
            sure |= any(
                word in str(values).lower() for word in ("repl", "respond", "autoresponder")
            ) and not {"subject", "In-Reply-To"} & set(values)
            self.assertEqual(
                automatic_mail.is_automatic_reply(mail(values), has_files=True), sure, values
            )


@tagged("post_install", "-at_install")
class TestAutomaticArrival(RequestCommon, MailedRequestCommon):
    """Automatic replies to the requests' address."""

    def _number(self):
        return self.requests.create({}).name

    def test_reply_to_nothing_known_is_dropped(self):
        first = self._number()
        with patch(f"{ROUTING}._logger") as logger:
            request = self._receive(subject="Out of office", **{"Auto-Submitted": "auto-replied"})
        self.assertFalse(request)
        self.assertIn("no material request is made of it", logger.info.call_args.args[0])
        self.assertEqual(int(self._number()[2:]), int(first[2:]) + 1)

    def test_reply_to_a_request_stays_with_it(self):
        request = self._receive(message_id="<asked@kowalski.example.com>")
        tasks = request.activity_ids
        again = self._receive(
            **{"In-Reply-To": "<asked@kowalski.example.com>", "Auto-Submitted": "auto-replied"}
        )
        self.assertFalse(again)
        self.assertEqual(len(request.message_ids.filtered(lambda m: m.message_type == "email")), 2)
        self.assertEqual(request.activity_ids, tasks)

    def test_reply_to_an_offer_stays_with_it(self):
        offer = self._new_offer()
        sent = offer.message_post(body="Our offer", message_type="comment")
        again = self._receive(
            **{"In-Reply-To": sent.message_id, "X-Autoreply": "yes"},
        )
        self.assertFalse(again)
        self.assertIn("Please quote 10 bearings", offer.message_ids[0].body)

    def test_program_that_sends_a_request(self):
        generated = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
        self.assertEqual(len(self._receive(message_id="<1@x>", **generated)), 1)
        request = self._receive(("a.rfq", b"17"), message_id="<2@x>", **generated)
        self.assertEqual(request.partner_ref, "17")
        for number, values in enumerate(
            (
                {"Precedence": "bulk"},
                {"Return-Path": "<>"},
                {"In-Reply-To": "<unknown@example.com>", **generated},
            )
        ):
            request = self._receive(
                ("drawing.pdf", b"%PDF"), message_id=f"<file-{number}@x>", **values
            )
            self.assertEqual(len(request), 1, values)

    def test_file_that_can_be_read_is_never_dropped(self):
        request = self._receive(("a.rfq", b"18"), **{"Auto-Submitted": "auto-replied"})
        self.assertEqual(request.partner_ref, "18")

    def test_picture_of_a_signature_is_no_file(self):
        self.assertFalse(self._receive(("logo.png", b"x"), **{"Return-Path": "<>"}))

    def _read(self, content):
        return {"partner_ref": content.decode()}, []
