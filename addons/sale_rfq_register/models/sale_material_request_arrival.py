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
        # The gateway's user is nobody's salesperson.
        self = self.with_context(default_user_id=False)
        company = (custom_values or {}).get("company_id") or self.env.company.id
        values = {
            **self._prepare_mail_values(msg_dict, self.env["res.company"].browse(company)),
            **(custom_values or {}),
        }
        return super().message_new(msg_dict, custom_values=values)

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

    def _message_post_after_hook(self, message, msg_vals):
        res = super()._message_post_after_hook(message, msg_vals)
        if self._is_arrival(message):
            self.sudo()._read_mail(message)
        return res

    def _is_arrival(self, message):
        """Whether the message is the e-mail that made the request, and no later answer."""
        return (
            self.channel == "email"
            and message.message_type == "email"
            and not self.message_ids.filtered(
                lambda other: other.message_type == "email" and other != message
            )
        )

    def _read_mail(self, message):
        self.ensure_one()
        if not self._read_attachments(message.attachment_ids):
            self._ask_to_finish([self.env._("Enter what the e-mail asks for.")])

    def _receive_portal_files(self, files, author):
        """Keep the files that a customer uploaded with his request, and read them.

        :return: this request and those that further files made
        """
        self.ensure_one()
        message = self.message_post(
            author_id=author.id,
            body=self.env._("Files of the customer."),
            attachments=files,
        )
        filled = self._read_attachments(message.attachment_ids)
        if not filled and not self.line_ids:
            self._ask_to_finish([self.env._("Enter what the files ask for.")])
        return self | filled

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

    def _read_attachments(self, attachments):
        """Read what can be read: the first file fills this request, others make more.

        :return: the requests that were filled; none where no file is of a known kind
        """
        readable = attachments.filtered(
            lambda file: self._get_file_readers(file.name, file.raw or b"")
        )
        filled = self.browse()
        for position, file in enumerate(readable):
            request = self if position == 0 else self._create_for_next_file(file)
            request._complete_from_file(file)
            filled |= request
        return filled

    def _create_for_next_file(self, file):
        """A request of its own for another file that came along."""
        kept = ("company_id", "partner_id", "user_id", "team_id")
        plain = ("channel", "subject", "date_sent", "sender_name", "sender_email")
        request = self.create(
            {name: self[name].id for name in kept} | {name: self[name] for name in plain}
        )
        request.message_post(
            body=self.env._("Arrived together with %(request)s.", request=self._get_html_link()),
            attachment_ids=file.copy({"res_model": self._name, "res_id": request.id}).ids,
            subtype_xmlid="mail.mt_note",
        )
        return request

    def _complete_from_file(self, file):
        """Fill in what the e-mail itself did not say."""
        self.ensure_one()
        reading, problems = self._read_file(file.name, file.raw or b"")
        news = {
            name: value
            for name, value in reading.items()
            if value and (name == "line_ids" or not self._is_given(name))
        }
        problem = self._try_to_store(lambda: self.write(news))
        if problem or problems:
            self._ask_to_finish([*problems, *filter(None, [problem])])

    def _is_given(self, name):
        """Whether somebody gave the value of a field: who asks, his file or a person here."""
        self.ensure_one()
        return bool(self[name])
