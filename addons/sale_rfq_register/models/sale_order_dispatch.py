from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_dispatch_receipt import RECEIPT_STATES


class SaleOrder(models.Model):
    """Every sending of an offer or an order is registered (O9)."""

    _name = "sale.order"
    _inherit = ["sale.dispatch.mixin", "sale.order"]

    dispatch_ids = fields.One2many(
        "sale.dispatch",
        "order_id",
        string="Dispatches",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )
    offer_date = fields.Datetime(
        string="Offered On",
        readonly=True,
        copy=False,
        help="When the offer first left; unlike the order date it stays on confirmation.",
        prefetch="offer",
    )

    receipt_date = fields.Datetime(
        string="Received On",
        readonly=True,
        copy=False,
        help="When the customer confirmed that he has received the latest sending.",
        prefetch="offer",
    )

    receipt_state = fields.Selection(
        RECEIPT_STATES,
        string="Receipt",
        compute="_compute_receipt_state",
        compute_sudo=True,
        help="Whether the customer was asked to confirm the receipt of the latest sending, and"
        " whether he did.",
    )

    @api.depends("dispatch_ids.receipt_state")
    def _compute_receipt_state(self):
        for order in self:
            latest = order.dispatch_ids.sorted("id")[-1:]
            order.receipt_state = latest.receipt_state

    @api.depends("receipt_date")
    def _compute_offer_state(self):
        return super()._compute_offer_state()

    def _get_offer_state(self):
        state = super()._get_offer_state()
        return "received" if state == "sent" and self.receipt_date else state

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_dispatch_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_dispatch_fields(vals)
        return super().write(vals)

    @api.model
    def _check_dispatch_fields(self, vals):
        """What the register says of an offer is written by the register only."""
        if not self.env.su and {"receipt_date", "offer_date"} & self._get_given_names(vals):
            raise UserError(
                self.env._(
                    "When an offer was sent and received is taken from the dispatch register:"
                    " register a sending or record its receipt instead."
                )
            )

    def _get_receipt_default(self):
        return self.state in ("draft", "sent") and self.company_id.offer_receipt_requested

    def _get_salesperson(self):
        return self.user_id

    def _is_dispatchable(self):
        return self.state != "cancel"

    def _check_dispatchable(self):
        super()._check_dispatchable()
        self.filtered(lambda order: order.state in ("draft", "sent"))._check_offer_releasable()

    def _is_dispatch_post(self):
        return super()._is_dispatch_post() or bool(self.env.context.get("mark_so_as_sent"))

    def _send_order_notification_mail(self, mail_template, **options):
        return super(
            SaleOrder, self.with_context(sale_dispatch=True)
        )._send_order_notification_mail(mail_template, **options)

    def action_quotation_sent(self):
        res = super().action_quotation_sent()
        self._register_manual_dispatch()
        return res

    def _register_manual_dispatch(self):
        """An offer that a person says has been sent is a sending like any other."""
        dispatches = (
            self.env["sale.dispatch"]
            .sudo()
            .create(
                [
                    {
                        **order._prepare_dispatch_values(),
                        "channel": "manual",
                        "recipients": order.partner_id.display_name,
                        "user_id": self.env.uid,
                    }
                    for order in self
                ]
            )
        )
        for order, dispatch in zip(self, dispatches, strict=True):
            order._on_dispatch(dispatch)

    def _prepare_dispatch_values(self):
        return {
            **super()._prepare_dispatch_values(),
            "order_id": self.id,
            "kind": "order" if self.state == "sale" else "offer",
        }

    def _on_dispatch(self, dispatch):
        super()._on_dispatch(dispatch)
        if self.superseded_by_id:
            return  # a newer revision has taken its place while it was on its way
        values = {}
        if self.receipt_date:
            # The customer has not yet confirmed what was sent now.
            values["receipt_date"] = False
        if dispatch.kind == "offer" and not self.offer_date:
            values["offer_date"] = dispatch.date
        if values:
            self.sudo().write(values)
        if dispatch.kind == "offer" and self.state == "draft":
            self._mark_sent(dispatch)

    def _on_receipt(self, dispatch):
        super()._on_receipt(dispatch)
        if dispatch._is_latest():
            self.receipt_date = dispatch.receipt_date
