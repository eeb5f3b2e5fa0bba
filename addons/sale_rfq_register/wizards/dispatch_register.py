from odoo import api, fields, models
from odoo.exceptions import UserError

from ..locking import lock_rows
from ..models.sale_dispatch import CHANNELS

# What enters the register by itself is not chosen by hand.
BY_ITSELF = {"email", "manual"}


class DispatchRegister(models.TransientModel):
    """Register a sending that did not leave by Odoo's e-mail (O8)."""

    _name = "sale.dispatch.register"
    _description = "Register a Sending"

    order_id = fields.Many2one("sale.order", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    channel = fields.Selection("_selection_channel", required=True, default="post")
    customer_id = fields.Many2one("res.partner", compute="_compute_document")
    partner_id = fields.Many2one(
        "res.partner",
        string="Recipient",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        domain="[('id', 'child_of', customer_id)]",
        help="The person or address at the customer.",
    )
    date = fields.Datetime(string="Sent On", required=True, default=fields.Datetime.now)
    reference = fields.Char(help="Tracking number of the letter, name of the messenger…")
    note = fields.Text()
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files", help="What was sent: a copy is kept in the register."
    )
    portal_url = fields.Char(string="Link", compute="_compute_portal_url")
    receipt_requested = fields.Boolean(
        string="Ask for Receipt",
        compute="_compute_receipt_requested",
        store=True,
        readonly=False,
        help="The document's page on the portal asks the customer to confirm that he has it.",
    )
    dispatch_id = fields.Many2one("sale.dispatch", string="Sending", readonly=True)
    previous_id = fields.Many2one("sale.dispatch", string="Follows", compute="_compute_document")

    @api.model
    def _selection_channel(self):
        labels = self.env["sale.dispatch"]._fields["channel"]._description_selection(self.env)
        known = {name for name, _label in CHANNELS}
        return [row for row in labels if row[0] in known - BY_ITSELF]

    @api.depends("order_id", "move_id")
    def _compute_document(self):
        for wizard in self:
            document = wizard._get_document()
            wizard.customer_id = document.partner_id.commercial_partner_id
            wizard.previous_id = document._get_latest_dispatch() if document else False

    @api.depends("order_id", "move_id")
    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard._get_document().partner_id

    @api.depends("order_id", "move_id")
    def _compute_receipt_requested(self):
        for wizard in self:
            document = wizard._get_document()
            wizard.receipt_requested = document and document._get_receipt_default()

    @api.depends("order_id", "move_id", "channel")
    def _compute_portal_url(self):
        """The link opens the document for whoever has it: shown to those who may change it."""
        for wizard in self:
            document = wizard._get_document()
            shown = wizard.channel == "portal" and document and document.has_access("write")
            wizard.portal_url = shown and document._get_dispatch_url()

    def _get_document(self):
        return self.order_id or self.move_id

    def action_register(self):
        """Enter the sending; an offer goes through the gate and is marked as sent."""
        self.ensure_one()
        document = self._get_document()
        if not document:
            raise UserError(
                self.env._("Open the offer, order or invoice and press Register Sending there.")
            )
        document.check_access("write")
        lock_rows(self)
        if self.dispatch_id:
            return {"type": "ir.actions.act_window_close"}
        document._check_dispatchable()
        self._check_what_is_sent()
        dispatch = self.env["sale.dispatch"].sudo().create(self._prepare_dispatch_values())
        self.dispatch_id = dispatch
        document._on_dispatch(dispatch)
        return {"type": "ir.actions.act_window_close"}

    def _check_what_is_sent(self):
        document = self._get_document()
        if self.channel not in dict(self._selection_channel()):
            raise UserError(
                self.env._("An e-mail is registered by itself: send %s.", document.display_name)
            )
        if self.date > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "%(document)s cannot have been sent in the future: give the time when it"
                    " left.",
                    document=document.display_name,
                )
            )
        if self.partner_id.commercial_partner_id != self.customer_id:
            raise UserError(
                self.env._(
                    "%(recipient)s does not belong to %(customer)s: choose a contact of the"
                    " customer.",
                    recipient=self.partner_id.display_name,
                    customer=self.customer_id.display_name,
                )
            )
        self.attachment_ids.check_access("read")

    def _prepare_dispatch_values(self):
        return {
            **self._get_document()._prepare_dispatch_values(),
            "channel": self.channel,
            "recipients": self.partner_id.display_name,
            "date": self.date,
            "reference": self.reference,
            "note": self.note,
            "user_id": self.env.uid,
            "receipt_requested": self.receipt_requested,
            "file_ids": self.env["sale.dispatch"]._prepare_file_commands(self.attachment_ids),
        }
