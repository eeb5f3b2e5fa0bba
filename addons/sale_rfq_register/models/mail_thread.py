from odoo import api, models
from odoo.tools import html2plaintext
from odoo.tools.mail import decode_message_header

from ..mail_repair import repair
from ..text_encoding import without_zeros

REASON_LENGTH = 2_000  # characters
# RFC 3464: what a delivery status notification says of a recipient that it did not reach yet or
# reached all the same.
DELIVERED = {"delivered", "relayed", "expanded"}
WAITING = {"delayed"}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        """No mail is lost for want of a right encoding, and no file in it is changed."""
        repair(message)
        return without_zeros(super().message_parse(message, save_original=save_original))

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {"is_sale_dispatch"}

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A registered sending learns what the mail server says of it."""
        res = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict.get("bounced_message")
        if message:
            rows = self.env["sale.dispatch"].sudo().search([("message_id", "in", message.ids)])
            if rows:
                self._update_dispatch_status(rows, email_message, message_dict)
        return res

    @api.model
    def _update_dispatch_status(self, rows, email_message, message_dict):
        status = self._parse_delivery_status(email_message)
        if status["action"] in DELIVERED:
            rows._mark_delivered()
        elif status["action"] not in WAITING:
            address = message_dict.get("bounced_email") or status["recipient"]
            reason = status["diagnostic"] or html2plaintext(message_dict.get("body") or "")
            rows._mark_failed(
                address or self.env._("unknown address"), reason.strip()[:REASON_LENGTH]
            )

    @api.model
    def _parse_delivery_status(self, email_message):
        """What the notification says of its recipient: ``action``, ``recipient``, ``diagnostic``.

        Texts are empty where it does not say so.
        """
        parts = email_message.walk()
        report = next(
            (part for part in parts if part.get_content_type() == "message/delivery-status"), None
        )
        blocks = report.get_payload() if report else []
        block = blocks[1] if isinstance(blocks, list) and len(blocks) > 1 else None

        def read(name):
            value = decode_message_header(block, name) if block else ""
            return (value or "").rpartition(";")[2].strip()

        return {
            "action": read("Action").lower(),
            "recipient": read("Final-Recipient"),
            "diagnostic": " ".join((read("Diagnostic-Code") or read("Status")).split()),
        }
