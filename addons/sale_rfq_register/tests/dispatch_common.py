import re

from odoo.addons.mail.tests.common import MailCommon

from .common import RequestCommon

LINK = re.compile(r'href="(https?://[^"]*?(/my/dispatch/[^"?]+/receipt\?access_token=[^"]+))"')
BOUNCE = """\
Return-Path: <>
From: MAILER-DAEMON@mail.customer.example.com (Mail Delivery System)
To: bounce@test.mycompany.com
Subject: Undelivered Mail Returned to Sender
Message-Id: <{number}.dsn@mail.customer.example.com>
Date: Mon, 02 Mar 2026 09:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.customer.example.com
Arrival-Date: Mon, 02 Mar 2026 08:59:00 +0000

{before}Final-Recipient: rfc822; {address}
Action: {action}
Status: 5.1.1
Diagnostic-Code: {diagnostic}

--B
Content-Type: message/rfc822

Message-Id: {message_id}
From: seller@mycompany.example.com
To: {address}
Subject: Quotation

Our offer.

--B--
"""


class DispatchCommon(RequestCommon, MailCommon):
    """Offers that are sent by e-mail, and what comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.offer_receipt_requested = True

    def _send(self, order, **values):
        composer = (
            self.env["mail.compose.message"]
            .with_context(order.action_quotation_send()["context"])
            .create(values)
        )
        with self.mock_mail_gateway():
            composer._action_send_mail()
        return order.dispatch_ids.sorted("id")[-1:]

    def _mail_links(self):
        """Address and path of each link to a confirmation page in the mails that left."""
        return [found for mail in self._mails for found in LINK.findall(mail["body"])]

    def _receive_bounce(self, dispatch, address="buyer@customer.example.com", **values):
        bounce = BOUNCE.format(
            **{
                "number": len(dispatch.failure_reason or ""),
                "address": address,
                "action": "failed",
                "diagnostic": "smtp; 550 5.1.1 User unknown",
                "before": "",
                "message_id": dispatch.message_id.message_id,
                **values,
            }
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, bounce)

    def _register(self, document, **values):
        """Register a sending with the dialog, as the reader of ``document``."""
        action = document.action_register_dispatch()
        wizard = (
            document.env["sale.dispatch.register"].with_context(action["context"]).create(values)
        )
        wizard.action_register()
        return document.sudo().dispatch_ids.sorted("id")[-1:]

    def _record_receipt(self, dispatch, **values):
        wizard = dispatch.env["sale.dispatch.receipt"].create(
            {"dispatch_id": dispatch.id, "person": "Pavel Novak", **values}
        )
        return wizard.action_record()
