import hashlib

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

CHANNELS = [
    ("email", "E-mail"),
    ("portal", "Portal Link"),
    ("post", "Post"),
    ("phone", "Phone"),
    ("messenger", "Messenger"),
    ("edi", "EDI File"),
    ("hand", "Handed Over"),
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
    reference = fields.Char(
        readonly=True, help="Tracking number of the letter, name of the messenger and the like."
    )
    note = fields.Text(readonly=True)
    previous_id = fields.Many2one(
        "sale.dispatch",
        string="Follows",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The sending of the same document before this one.",
    )
    next_ids = fields.One2many("sale.dispatch", "previous_id", string="Followed By")
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
    @api.depends_context("lang")
    def _compute_display_name(self):
        for dispatch in self:
            day = format_date(self.env, dispatch.company_id._get_day(dispatch.date))
            dispatch.display_name = f"{dispatch.document_name}, {day}"

    @api.model_create_multi
    def create(self, vals_list):
        self._add_previous(vals_list)
        return super().create(vals_list)

    @api.model
    def _add_previous(self, vals_list):
        """Each sending knows the one before it: the correspondence on a document."""
        for name in ("order_id", "move_id"):
            rows = [vals for vals in vals_list if vals.get(name)]
            latest = self._get_latest_ids(name, [vals[name] for vals in rows])
            for vals in rows:
                vals.setdefault("previous_id", latest.get(vals[name]))

    @api.model
    def _get_latest_ids(self, name, document_ids):
        """Id of the latest row of each document, by the document's id."""
        groups = self.sudo()._read_group([(name, "in", document_ids)], [name], ["id:max"])
        return {document.id: latest for document, latest in groups}

    def _get_document(self):
        self.ensure_one()
        return self.order_id or self.move_id

    @api.model
    def _prepare_mail_values(self, message):
        """Values of a row about a message that has left."""
        return {
            "channel": "email",
            "user_id": message.create_uid.id,
            "message_id": message.id,
            "file_ids": self._prepare_file_commands(message.attachment_ids),
        }

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
        return self._get_document()._get_records_action()

    def action_follow_up(self):
        """Resume the correspondence: another sending of the same document."""
        self.ensure_one()
        return self._get_document().action_register_dispatch()


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
