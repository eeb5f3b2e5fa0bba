from email.message import EmailMessage

from odoo import api, fields, models
from odoo.tools import html2plaintext
from odoo.tools.mail import parse_contact_from_email

NOTE_LENGTH = 20_000  # characters; the whole text stays in the message itself


class SaleMaterialRequest(models.Model):
    """Requests that arrive by e-mail or with files on the portal."""

    _inherit = "sale.material.request"

    subject = fields.Char(copy=False, help="The subject of the e-mail.")

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Read the files that can be read, and then register the mail and them."""
        # The gateway's user is nobody's salesperson.
        self = self.with_context(default_user_id=False)
        company = (custom_values or {}).get("company_id") or self.env.company.id
        values = {
            **self._prepare_mail_values(msg_dict, self.env["res.company"].browse(company)),
            **(custom_values or {}),
        }
        register = super().message_new
        files = self._get_readable_files(self._get_mail_files(msg_dict))
        return self._register_arrival(
            values,
            files,
            create=lambda vals: register(msg_dict, custom_values=vals),
            otherwise=self.env._("Enter what the e-mail asks for."),
        )[:1]

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Requests of the same sender, so that two machines do not write to each other forever."""
        if not email_from_normalized:
            return None
        return [("channel", "=", "email"), ("sender_email", "ilike", email_from_normalized)]

    @api.model
    def _prepare_mail_values(self, msg_dict, company):
        """Values from a parsed e-mail; see ``mail.thread.message_parse`` for its keys."""
        name, email = parse_contact_from_email(msg_dict.get("email_from") or "")
        partner = self._find_mail_customer(msg_dict, company)
        salesperson = partner.user_id or partner.commercial_partner_id.user_id
        return {
            "company_id": company.id,
            "channel": "email",
            "subject": msg_dict.get("subject"),
            "note": html2plaintext(msg_dict.get("body") or "")[:NOTE_LENGTH],
            "date_sent": msg_dict.get("date"),
            "sender_name": name or email,
            "sender_email": email or msg_dict.get("email_from"),
            "partner_id": partner.id,
            "user_id": salesperson.id if company in salesperson.company_ids else False,
        }

    @api.model
    def _find_mail_customer(self, msg_dict, company):
        """The author, unless it is a colleague who forwards what a customer wrote."""
        partner = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        if partner.partner_share and partner.company_id in (self.env["res.company"], company):
            return partner
        return self.env["res.partner"]

    @api.model
    def _get_mail_files(self, msg_dict):
        """Names and bytes of the files in a parsed e-mail, as core will keep them."""
        return [
            (name, content)
            for name, part, info in msg_dict.get("attachments") or ()
            if (content := self._get_mail_content(part, info)) is not None
        ]

    @api.model
    def _get_mail_content(self, part, info):
        match part:
            case EmailMessage():
                return part.as_bytes()
            case str():
                try:
                    return part.encode((info or {}).get("encoding") or "utf-8")
                except (UnicodeEncodeError, LookupError):
                    return part.encode()
        return part

    @api.model
    def _register_arrival(self, values, files, create=None, otherwise=None):
        """Make a request of what arrived: the first file fills it, others make more.

        :param files: ``(name, content)`` of files that can be read
        :param create: see ``_create_from_reading``
        :param otherwise: what a person has to do where there are no such files
        :return: the requests, the one with the values first
        """
        readings = self._read_files(files, values)
        kept = self._keep_files(files[1:])
        first = readings[0] if readings else ({}, [otherwise] if otherwise else [])
        request = self._create_from_reading(values, *first, create=create)
        requests = request
        for file, reading in zip(kept, readings[1:], strict=True):
            requests |= request._create_for_next_file(file, *reading)
        return requests

    @api.model
    def _register_portal_request(self, values, files, author):
        """Register what a customer asks for on the portal, and keep the files that he uploaded.

        :param files: list of ``(name, content)``
        :return: his request and those that further files made
        """
        kept = self._keep_files(files)
        requests = self._register_arrival(
            values,
            self._get_readable_files(files),
            otherwise=not values["line_ids"] and self._get_portal_task(files),
        )
        if files:
            requests[0].message_post(
                author_id=author.id,
                body=self.env._("Files of the customer."),
                attachment_ids=kept.ids,
            )
        return requests

    @api.model
    def _get_portal_task(self, files):
        if files:
            return self.env._("Enter what the files ask for.")
        return self.env._("Enter what the customer wrote.")

    def _get_customer_files(self):
        """The files that came from the customer's people, as distinct from ours."""
        return self._get_customer_messages().attachment_ids

    def _get_customer_messages(self):
        return self.message_ids.filtered(
            lambda message: (
                message.author_id.commercial_partner_id
                and message.author_id.commercial_partner_id
                == self.browse(message.res_id).commercial_partner_id
            )
        )

    def _create_for_next_file(self, file, reading, problems):
        """A request of its own for another file that came along."""
        kept = ("company_id", "partner_id", "user_id", "team_id")
        plain = ("channel", "subject", "date_sent", "sender_name", "sender_email")
        values = {name: self[name].id for name in kept} | {name: self[name] for name in plain}
        request = self._create_from_reading(values, reading, problems)
        request.message_post(
            body=self.env._("Arrived together with %(request)s.", request=self._get_html_link()),
            attachment_ids=file.ids,
            subtype_xmlid="mail.mt_note",
        )
        return request

    def _is_given(self, name):
        """Whether somebody gave the value of a field: who asks, his file or a person here."""
        self.ensure_one()
        return bool(self[name])
