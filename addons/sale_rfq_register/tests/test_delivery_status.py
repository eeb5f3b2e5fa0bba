import base64
import doctest
from email import message_from_string, policy

from odoo.tests import BaseCase, tagged

from odoo.addons.sale_rfq_register import delivery_status

from .dispatch_common import DispatchCommon

RESOLVER = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
HEAD = "Reporting-MTA: dns; mx.example.com\n\n"


def statuses(fields, head=HEAD, encoding=""):
    return delivery_status.read_statuses(
        message_from_string(
            f"Content-Type: message/delivery-status\n{encoding}\n{head}{fields}\n",
            policy=policy.SMTP,
        )
    )


class TestDeliveryStatus(BaseCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(delivery_status).failed)

    def test_diagnostic_is_all_behind_its_type(self):
        for code, text in (
            (f"smtp;{RESOLVER}", RESOLVER),
            (f"SMTP ; {RESOLVER}", RESOLVER),
            ("x-unix; unknown user: bill; no mailbox", "unknown user: bill; no mailbox"),
            ("X-Postfix; host x[192.0.2.1] said: 550 no;\n    try later", None),
            ("550 5.7.1 Refused; see https://x.example/why;id=4", None),
            (RESOLVER.partition(" 5.1.10 ")[2], None),
            ("smtp; =?utf-8?q?550_unbekannter_Empf=C3=A4nger?=", "550 unbekannter Empfänger"),
        ):
            expected = text or " ".join(code.removeprefix("X-Postfix; ").split())
            [status] = statuses(f"Action: failed\nDiagnostic-Code: {code}")
            self.assertEqual(status.diagnostic, expected)

    def test_status_stands_in_for_what_is_missing(self):
        for code, action in (("5.1.1", "failed"), ("4.4.7", "delayed"), ("2.1.5", "delivered")):
            [status] = statuses(f"Final-Recipient: rfc822; a@example.com\nStatus: {code}")
            self.assertEqual((status.action, status.diagnostic), (action, code))

    def test_action_with_a_comment(self):
        [status] = statuses("Action: Failed (no such user)\nStatus: 5.1.1 (bad mailbox)")
        self.assertEqual((status.action, status.diagnostic), ("failed", "5.1.1 (bad mailbox)"))

    def test_recipients(self):
        for field, expected in (
            ("Final-Recipient: RFC822;<a@example.com>", "a@example.com"),
            ("Final-Recipient: a@example.com", "a@example.com"),
            ("Final-Recipient: utf-8; ы@example.com", "ы@example.com"),
            ("Original-Recipient: rfc822; a@example.com", "a@example.com"),
        ):
            [status] = statuses(f"{field}\nAction: failed")
            self.assertEqual(status.recipient, expected)

    def test_each_recipient_has_a_status(self):
        found = statuses(
            "Final-Recipient: rfc822; a@example.com\nAction: delivered\n\n"
            "Final-Recipient: rfc822; b@example.com\nAction: failed"
        )
        self.assertEqual([one.action for one in found], ["delivered", "failed"])

    def test_without_the_fields_of_the_message(self):
        [status] = statuses("Final-Recipient: rfc822; a@example.com\nAction: failed", head="")
        self.assertEqual(status.recipient, "a@example.com")

    def test_encoded_part(self):
        fields = "Final-Recipient: rfc822; a@example.com\nAction: failed"
        text = base64.encodebytes((HEAD + fields).encode()).decode()
        encoding = "Content-Transfer-Encoding: base64\n"
        [status] = statuses(text, head="", encoding=encoding)
        self.assertEqual((status.recipient, status.action), ("a@example.com", "failed"))

    def test_nothing_is_said(self):
        self.assertEqual(statuses("", head=""), [])
        self.assertEqual(statuses("", head=HEAD), [])


@tagged("post_install", "-at_install")
class TestBounceReason(DispatchCommon):
    """What the mail server said stands on the sending."""

    def test_whole_reason(self):
        dispatch = self._send(self._new_offer())
        self._receive_bounce(dispatch, diagnostic=f"smtp;{RESOLVER}")
        self.assertEqual(dispatch.failure_reason, f"buyer@customer.example.com: {RESOLVER}")

    def test_the_recipient_that_failed_is_named(self):
        dispatch = self._send(self._new_offer())
        good = "Final-Recipient: rfc822; good@example.com\nAction: delivered\n\n"
        self._receive_bounce(dispatch, before=good)
        self.assertEqual(dispatch.state, "failed")
        self.assertEqual(
            dispatch.failure_reason, "buyer@customer.example.com: 550 5.1.1 User unknown"
        )
