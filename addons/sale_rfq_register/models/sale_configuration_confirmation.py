from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..locking import lock_rows

CHANNELS = [
    ("portal", "Portal"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("post", "Post"),
    ("meeting", "Meeting"),
]


class SaleConfigurationConfirmation(models.Model):
    """A customer's word that an order is composed exactly as it should be, with its evidence."""

    _name = "sale.configuration.confirmation"
    _description = "Configuration Confirmation"
    _inherit = ["sale.append.only"]
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True, index=True
    )
    channel = fields.Selection(CHANNELS, required=True, default="email")
    signed_by = fields.Char(
        string="Confirmed By", required=True, help="The person who answered for the customer."
    )
    date = fields.Datetime(
        string="Confirmed On", required=True, default=fields.Datetime.now, index=True
    )
    reference = fields.Char(
        string="Customer's Reference", help="Number or date of the customer's letter."
    )
    signature = fields.Image(max_width=1024, max_height=1024)
    evidence = fields.Binary(attachment=True, help="The letter, the mail or the minutes.")
    evidence_name = fields.Char(string="File Name")
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users",
        string="Registered By",
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    composition = fields.Text(
        required=True, readonly=True, help="What the customer confirmed, line by line."
    )
    fingerprint = fields.Char(required=True, readonly=True, help="SHA-256 of the composition.")
    is_current = fields.Boolean(
        string="Still Valid",
        compute="_compute_is_current",
        help="The order is still composed as it was confirmed.",
    )

    @api.depends("fingerprint", "order_id.configuration_fingerprint")
    def _compute_is_current(self):
        for confirmation in self:
            confirmation.is_current = (
                confirmation.fingerprint == confirmation.order_id.configuration_fingerprint
            )

    @api.model_create_multi
    def create(self, vals_list):
        """The composition is read from the order, never taken from the caller."""
        ids = {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        orders = self.env["sale.order"].browse(ids).exists()
        lock_rows(orders)
        for vals in vals_list:
            order = orders.browse(vals.get("order_id") or []) & orders
            if not order:
                raise UserError(self.env._("Choose the offer whose configuration is confirmed."))
            order._check_configuration_confirmable()
            vals["composition"] = order._get_composition_text()
            vals["fingerprint"] = order.configuration_fingerprint
            self._check_not_recorded(order, vals)
        confirmations = super().create(vals_list)
        for confirmation in confirmations:
            confirmation.order_id._on_configuration_confirmed(confirmation)
        return confirmations

    @api.model
    def _check_not_recorded(self, order, vals):
        """One word of the customer is recorded once, by whoever is first."""
        same = order.sudo().confirmation_ids.filtered(
            lambda known: (
                all(
                    (known[name] or False) == (vals.get(name) or False)
                    for name in ("channel", "signed_by", "reference", "fingerprint", "note")
                )
                and not (known.evidence or vals.get("evidence"))
            )
        )[:1]
        if same:
            raise UserError(
                self.env._(
                    "The confirmation of %(order)s by %(person)s is recorded already, on"
                    " %(date)s.",
                    order=order.name,
                    person=same.signed_by,
                    date=format_datetime(self.env, same.date),
                )
            )
