from odoo import api, models
from odoo.tools import html2plaintext

from ..delivery_status import Status, read_statuses
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
        statuses = read_statuses(email_message)
        failed = [status for status in statuses if status.action not in DELIVERED | WAITING]
        if not statuses:
            failed = [Status()]  # nothing but words: it came back
        for status in failed:
            address = status.recipient or message_dict.get("bounced_email")
            reason = status.diagnostic or html2plaintext(message_dict.get("body") or "")
            rows._mark_failed(
                address or self.env._("unknown address"), reason.strip()[:REASON_LENGTH]
            )
        if not failed and any(status.action in DELIVERED for status in statuses):
            rows._mark_delivered()
