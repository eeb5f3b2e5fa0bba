import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, consteq, format_date

RECEIPT_CHANNELS = [
    ("portal", "Confirmation Page"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("post", "Post"),
    ("messenger", "Messenger"),
    ("meeting", "Meeting"),
]
RECEIPT_STATES = [
    ("none", "Not Asked"),
    ("waiting", "Waiting"),
    ("overdue", "Overdue"),
    ("confirmed", "Confirmed"),
]


def _get_plain(text):
    """What a link may hold; anything else is in no link of ours."""
    return text if text and text.isascii() and text.isprintable() else ""


class SaleDispatch(models.Model):
    """The customer's word that he has received what was sent (O10).

    The link to the confirmation page has a key, which finds the row, and a secret, which opens
    it. An e-mail carries them before its row is there, so they are made with the message.
    """

    _inherit = "sale.dispatch"

    receipt_requested = fields.Boolean(
        readonly=True, help="The customer was asked to confirm that he has received it."
    )
    receipt_due = fields.Date(
        string="Receipt Expected",
        readonly=True,
        help="When nothing is confirmed until then, the salesperson gets a task.",
    )
    receipt_date = fields.Datetime(string="Received On", readonly=True)
    receipt_by = fields.Char(
        string="Receipt Confirmed By",
        readonly=True,
        help="The person who answered for the customer.",
    )
    receipt_channel = fields.Selection(
        RECEIPT_CHANNELS, string="Receipt Confirmed Through", readonly=True
    )
    receipt_note = fields.Text(string="Evidence of Receipt", readonly=True)
    receipt_file = fields.Binary(string="Evidence File", attachment=True, readonly=True)
    receipt_file_name = fields.Char(string="Name of the Evidence File", readonly=True)
    receipt_user_id = fields.Many2one(
        "res.users",
        string="Receipt Recorded By",
        readonly=True,
        ondelete="restrict",
        help="Empty when the customer confirmed it himself.",
    )
    receipt_state = fields.Selection(
        RECEIPT_STATES,
        string="Receipt",
        compute="_compute_receipt_state",
        search="_search_receipt_state",
    )
    reminded_on = fields.Datetime(
        readonly=True, help="When the salesperson was told that the confirmation is overdue."
    )
    receipt_key = fields.Char(readonly=True, groups="base.group_system")
    receipt_token = fields.Char(readonly=True, groups="base.group_system")

    _receipt_key_uniq = models.UniqueIndex(
        "(receipt_key) WHERE receipt_key IS NOT NULL",
        "A confirmation page belongs to one sending.",
    )

    @api.depends("receipt_requested", "receipt_date", "receipt_due")
    def _compute_receipt_state(self):
        for row in self:
            row.receipt_state = row._get_receipt_state()

    def _get_receipt_state(self):
        self.ensure_one()
        if self.receipt_date:
            return "confirmed"
        if not self.receipt_requested:
            return "none"
        today = self.company_id._get_today()
        return "overdue" if self.receipt_due and self.receipt_due < today else "waiting"

    @api.model
    def _search_receipt_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._get_receipt_domain(state) for state in value)

    @api.model
    def _get_receipt_domain(self, state):
        """The domain of the rows whose receipt stands at ``state``."""
        asked = Domain("receipt_date", "=", False) & Domain("receipt_requested", "=", True)
        companies = self.env["res.company"]
        match state:
            case "confirmed":
                return Domain("receipt_date", "!=", False)
            case "none":
                return Domain("receipt_date", "=", False) & Domain("receipt_requested", "=", False)
            case "overdue":
                return asked & companies._get_today_domain("receipt_due", "<")
            case "waiting":
                return asked & (
                    companies._get_today_domain("receipt_due", ">=")
                    | Domain("receipt_due", "=", False)
                )
        return Domain.FALSE

    # === ASKING === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("receipt_requested"):
                vals.update(self._prepare_receipt_request(vals))
        return super().create(vals_list)

    @api.model
    def _prepare_receipt_request(self, vals):
        company = self.env["res.company"].browse(vals.get("company_id") or []).sudo()
        sent = fields.Datetime.to_datetime(vals.get("date")) or fields.Datetime.now()
        return {
            **self._prepare_receipt_secret(),
            "receipt_due": company._get_day(sent) + timedelta(days=company.receipt_days),
            **vals,
        }

    @api.model
    def _prepare_receipt_secret(self):
        return {
            "receipt_key": secrets.token_hex(10),
            "receipt_token": secrets.token_urlsafe(32),
        }

    @api.model
    def _prepare_mail_values(self, message):
        values = super()._prepare_mail_values(message)
        message = message.sudo()
        if message.receipt_key:
            values |= {
                "receipt_requested": True,
                "receipt_key": message.receipt_key,
                "receipt_token": message.receipt_token,
            }
        return values

    @api.model
    def _get_receipt_path(self, record):
        """Path of the confirmation page of a row or of the message that will become one."""
        record = record.sudo()
        return f"/my/dispatch/{record.receipt_key}/receipt?access_token={record.receipt_token}"

    @api.model
    def _find_by_receipt_link(self, key, token):
        """Look a confirmation page up.

        :return: ``(row, is_known)`` as the system: a link whose e-mail is only just leaving is
            known and has no row yet; both are empty for a wrong link
        """
        key, token = _get_plain(key), _get_plain(token)
        row = self.sudo().search([("receipt_key", "=", key)], limit=1)
        message = self.env["mail.message"].sudo()
        if not row:
            message = message.search(
                [("receipt_key", "=", key), ("is_sale_dispatch", "=", True)], limit=1
            )
        secret = (row or message).receipt_token
        # The comparison takes as long when there is nothing to compare with.
        if not consteq(secret or "-", token) or not secret:
            return self.sudo().browse(), False
        return row, True

    # === CONFIRMING === #

    def _get_status_fields(self):
        return super()._get_status_fields() | {
            "receipt_date",
            "receipt_by",
            "receipt_channel",
            "receipt_note",
            "receipt_file",
            "receipt_file_name",
            "receipt_user_id",
            "reminded_on",
        }

    def action_record_receipt(self):
        self.ensure_one()
        self._check_receipt_recordable()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_dispatch_receipt_action"
            ),
            "context": {"default_dispatch_id": self.id},
        }

    def _check_receipt_recordable(self):
        """Who may change the document may say that it was received, once."""
        self.ensure_one()
        self.check_access("read")
        self._get_document().check_access("write")
        if self.receipt_date:
            raise UserError(
                self.env._(
                    "Receipt of %(sending)s is confirmed already, by %(person)s.",
                    sending=self.display_name,
                    person=self.receipt_by,
                )
            )

    def _confirm_receipt(self, values):
        """Store the confirmation and tell the document, as the system.

        :param values: of the fields ``receipt_…``; the date is now where they name none
        """
        self.ensure_one()
        row = self.sudo()
        arrived = {"state": "delivered"} if row.state in ("sent", "failed") else {}
        row.write({"receipt_date": fields.Datetime.now(), **values, **arrived})
        row._get_document()._on_receipt(row)

    def _confirm_receipt_by_customer(self, name):
        """The button on the confirmation page; a second time changes nothing."""
        if not self.receipt_date:
            self._confirm_receipt(
                {
                    "receipt_by": name,
                    "receipt_channel": "portal",
                    "receipt_note": self._get_receipt_evidence(),
                }
            )

    def _get_receipt_evidence(self):
        """What the page showed when its button was pressed, for whoever doubts it later."""
        self.ensure_one()
        shown = [self.env._("Confirmed with the button on the page of the link that was sent.")]
        shown.append(f"{self.document_name}, {self.recipients or self.partner_id.display_name}")
        shown += [f"{file.name}: SHA-256 {file.sha256}" for file in self.file_ids]
        if not self.env.user._is_public():
            shown.append(self.env._("Signed in as %(login)s.", login=self.env.user.login))
        return "\n".join(shown)

    def _is_latest(self):
        self.ensure_one()
        return not self.next_ids

    # === CHASING === #

    @api.model
    def _get_unconfirmed_domain(self):
        """Rows about which somebody has to be told: each once, and only while it matters."""
        offers = Domain("kind", "=", "offer") & Domain("order_id.state", "in", ["draft", "sent"])
        orders = Domain("kind", "=", "order") & Domain("order_id.state", "=", "sale")
        invoices = Domain("move_id.state", "=", "posted") & Domain(
            "move_id.payment_state", "in", ["not_paid", "partial"]
        )
        return (
            self._get_receipt_domain("overdue")
            & Domain("reminded_on", "=", False)
            & Domain("state", "!=", "failed")
            & Domain("next_ids", "=", False)
            & (offers | orders | invoices)
        )

    @api.model
    def _cron_remind_receipts(self):
        """Give the salespeople a task for what was not confirmed in time."""
        rows = self.sudo()._take_unconfirmed()
        types = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        types.create([row._prepare_receipt_activity_values() for row in rows])

    @api.model
    def _take_unconfirmed(self):
        """Mark the overdue rows and return them.

        Rows that another worker has in hand are left to it. Where it has finished meanwhile,
        the update fails to serialize, so no row is taken twice.
        """
        query = self._search(self._get_unconfirmed_domain())
        self.flush_model()
        taken = self.env.execute_query(
            SQL(
                """
                UPDATE sale_dispatch SET reminded_on = %s
                 WHERE id IN (SELECT id FROM sale_dispatch WHERE id IN %s
                              ORDER BY id FOR UPDATE SKIP LOCKED)
             RETURNING id
                """,
                fields.Datetime.now(),
                query.subselect(),
            )
        )
        rows = self.browse(sorted(row_id for (row_id,) in taken))
        rows.invalidate_recordset(["reminded_on"])
        return rows

    def _prepare_receipt_activity_values(self):
        self.ensure_one()
        document = self._get_document()
        seller = document._get_dispatch_user(self)
        env = self.with_context(lang=seller.lang or self.env.lang).env
        return {
            "activity_type_id": self.env.ref("sale_rfq_register.mail_activity_receipt").id,
            "res_model_id": self.env["ir.model"]._get_id(document._name),
            "res_id": document.id,
            "user_id": seller.id,
            "automated": True,
            "date_deadline": self.company_id._get_today(),
            "summary": env._("Receipt not confirmed: ask the customer"),
            "note": env._(
                "%(sending)s was sent to %(recipients)s; confirmation was expected by %(date)s.",
                sending=self.document_name,
                recipients=self.recipients or self.partner_id.display_name,
                date=format_date(env, self.receipt_due),
            ),
        }
