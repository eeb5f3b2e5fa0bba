import logging

import psycopg2

from odoo import api, models
from odoo.tools import html2plaintext

from ..automatic_mail import is_automatic_reply
from ..delivery_status import Status, read_statuses
from ..mail_repair import keep_whole, repair
from ..text_encoding import without_zeros

_logger = logging.getLogger(__name__)

REASON_LENGTH = 2_000  # characters
# RFC 3464: what a delivery status notification says of a recipient that it did not reach yet or
# reached all the same.
DELIVERED = {"delivered", "relayed", "expanded"}
WAITING = {"delayed"}
# what stands at the end of a mail and asks for nothing
ORNAMENTS = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".bmp", ".vcf", ".ics", ".p7s", ".asc")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        """No mail is lost for want of a right encoding, and no file in it is changed."""
        try:
            repair(message)
            parsed = super().message_parse(message, save_original=save_original)
        except psycopg2.Error:
            raise
        except Exception:
            _logger.exception("An e-mail cannot be taken apart, it is kept whole as a file")
            text = self.env._("This e-mail could not be taken apart: see the file.")
            parsed = super().message_parse(keep_whole(message, text), save_original=save_original)
        return without_zeros(parsed)

    @api.model
    def message_route(self, message, message_dict, *args, **kwargs):
        """An automatic reply makes no material request: it goes to what it answers, or nowhere."""
        routes = super().message_route(message, message_dict, *args, **kwargs)
        is_new = [route[0] == "sale.material.request" and not route[1] for route in routes]
        if not any(is_new) or not self._is_automatic_reply(message, message_dict):
            return routes
        kept = [route for route, new in zip(routes, is_new, strict=True) if not new]
        return kept or self._route_automatic_reply(message_dict)

    @api.model
    def _is_automatic_reply(self, message, message_dict):
        """Whether the mail is a machine's reply; a file that can be read makes it a request."""
        requests = self.env["sale.material.request"]
        files = [
            file
            for file in message_dict.get("attachments", ())
            if not file[2].get("cid") and not file[0].lower().endswith(ORNAMENTS)
        ]
        return is_automatic_reply(message, has_files=bool(files)) and not any(
            isinstance(content, bytes | str)
            and requests._get_file_readers(
                name, content if isinstance(content, bytes) else content.encode(errors="replace")
            )
            for name, content, _info in files
        )

    @api.model
    def _route_automatic_reply(self, message_dict):
        """The conversation that the reply belongs to; the log says that there is none."""
        parent = self._get_parent_message(message_dict)
        thread = self.env.get(parent.model) if parent else None
        if isinstance(thread, self.pool["mail.thread"]) and thread.browse(parent.res_id).exists():
            message_dict["parent_id"] = parent.id
            return [(parent.model, parent.res_id, None, self.env.uid, None)]
        _logger.info(
            "Routing mail from %s to %s with Message-Id %s: an automatic reply to nothing that is"
            " known here, no material request is made of it",
            message_dict.get("email_from"),
            message_dict.get("to"),
            message_dict.get("message_id"),
        )
        return []

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
