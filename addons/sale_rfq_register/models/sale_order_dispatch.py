from odoo import fields, models


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
    )

    def _is_dispatch_post(self):
        return super()._is_dispatch_post() or bool(self.env.context.get("mark_so_as_sent"))

    def _send_order_notification_mail(self, mail_template, allow_deferred_sending=True):
        return super(
            SaleOrder, self.with_context(sale_dispatch=True)
        )._send_order_notification_mail(mail_template, allow_deferred_sending)

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
        if dispatch.kind == "offer" and not self.offer_date:
            self.offer_date = dispatch.date
