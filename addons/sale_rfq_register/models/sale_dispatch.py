import hashlib

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

CHANNELS = [
    ("email", "E-mail"),
    ("manual", "Marked by Hand"),
]
KINDS = [
    ("offer", "Offer"),
    ("order", "Order"),
    ("invoice", "Invoice"),
]


class SaleDispatch(models.Model):
    """The register of sendings: which document went to whom, how, when and by whom."""

    _name = "sale.dispatch"
    _description = "Dispatch"
    _inherit = ["sale.append.only"]
    _order = "date desc, id desc"
    _rec_names_search = ["document_name", "recipients"]
    _check_company_auto = True

    kind = fields.Selection(KINDS, string="Document", required=True, readonly=True, index=True)
    document_name = fields.Char(
        string="Document Number", required=True, readonly=True, index="trigram"
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    recipients = fields.Char(readonly=True, help="Who received it, with the address used.")
    subject = fields.Char(readonly=True)
    date = fields.Datetime(
        string="Sent On", required=True, readonly=True, index=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        string="Sent By",
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    file_ids = fields.One2many("sale.dispatch.file", "dispatch_id", readonly=True)

    _one_document = models.Constraint(
        "CHECK(num_nonnulls(order_id, move_id) = 1)",
        "A sending belongs to exactly one document.",
    )
    _message_uniq = models.UniqueIndex(
        "(message_id) WHERE message_id IS NOT NULL", "This message is in the register already."
    )

    @api.depends("document_name", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for dispatch in self:
            day = format_date(self.env, fields.Datetime.context_timestamp(dispatch, dispatch.date))
            dispatch.display_name = f"{dispatch.document_name}, {day}"

    @api.model
    def _register_mail(self, mail, partners, emails):
        """Enter an e-mail that has left; a message in several e-mails makes one row.

        :param mail: the ``mail.mail`` that left
        :param partners: ``res.partner`` records that it reached
        :param emails: addresses without a partner that it reached
        """
        recipients = self._format_recipients(partners.filtered("partner_share"), emails)
        if not recipients:
            return
        message = mail.mail_message_id
        known = self.sudo().search([("message_id", "=", message.id)])
        if known:
            known._add_recipients(recipients)
            return
        document = self.env[message.model].browse(message.res_id)
        dispatch = self.sudo().create(
            {
                **document._prepare_dispatch_values(),
                "channel": "email",
                "recipients": ", ".join(recipients),
                "subject": message.subject or mail.subject,
                "user_id": message.create_uid.id,
                "message_id": message.id,
                "file_ids": self._prepare_file_commands(message.attachment_ids),
            }
        )
        document._on_dispatch(dispatch)

    @api.model
    def _format_recipients(self, partners, emails):
        return [partner.email_formatted for partner in partners] + list(emails)

    def _add_recipients(self, recipients):
        """A second e-mail of the same message: core sends one for each kind of recipient."""
        for dispatch in self:
            known = (dispatch.recipients or "").split(", ")
            news = [recipient for recipient in recipients if recipient not in known]
            if news:
                dispatch.recipients = ", ".join(known + news)

    def _get_changeable_fields(self):
        # Only the mail queue, which runs as the system, adds recipients.
        names = super()._get_changeable_fields()
        return names | {"recipients"} if self.env.su else names

    @api.model
    def _prepare_file_commands(self, attachments):
        return [
            Command.create(
                {
                    "name": attachment.name,
                    "content": attachment.datas,
                    "size": attachment.file_size,
                    "sha256": hashlib.sha256(attachment.raw or b"").hexdigest(),
                }
            )
            for attachment in attachments.sudo()
        ]

    def action_open_document(self):
        self.ensure_one()
        return (self.order_id or self.move_id)._get_records_action()


class SaleDispatchFile(models.Model):
    """The very file that was sent."""

    _name = "sale.dispatch.file"
    _description = "Dispatched File"
    _inherit = ["sale.append.only"]
    _order = "id"

    dispatch_id = fields.Many2one(
        "sale.dispatch", required=True, readonly=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True, readonly=True)
    content = fields.Binary(attachment=True, readonly=True)
    size = fields.Integer(readonly=True, help="In bytes.")
    sha256 = fields.Char(
        string="SHA-256",
        required=True,
        readonly=True,
        help="Proves that a file which the customer shows is the one that was sent.",
    )
