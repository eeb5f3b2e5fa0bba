from odoo import api, fields, models
from odoo.exceptions import UserError

from ..locking import lock_rows

SENT_AT_ONCE = 10


class OfferMassSend(models.TransientModel):
    """Send many offers: first to whom and which not, then what became of it."""

    _name = "offer.mass.send"
    _description = "Send Offers"

    state = fields.Selection([("ask", "Ask"), ("done", "Done")], default="ask", readonly=True)
    order_ids = fields.Many2many(
        "sale.order", string="Offers", default=lambda self: self._default_order_ids()
    )
    resend = fields.Boolean(string="Send again what was sent already")
    ready_count = fields.Integer(compute="_compute_preview")
    left_out_count = fields.Integer(compute="_compute_preview")
    is_background = fields.Boolean(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    result = fields.Html(readonly=True, sanitize=False)

    @api.model
    def _default_order_ids(self):
        chosen = self.env.context.get("active_ids", [])
        if self.env.context.get("active_model") == "sale.order":
            return self.env["sale.order"].browse(chosen)
        if self.env.context.get("active_model") == "sale.request.customer":
            return self.env["sale.request.customer"].browse(chosen)._get_open_offers()
        return self.env["sale.order"]

    @api.depends("order_ids", "resend")
    def _compute_preview(self):
        for wizard in self:
            ready, left_out = wizard._sort_orders()
            wizard.ready_count = len(ready)
            wizard.left_out_count = len(left_out)
            wizard.is_background = len(ready) > SENT_AT_ONCE
            wizard.preview = wizard._render(ready, left_out)

    def _sort_orders(self):
        """The offers that are sent, and the others with the reason for each."""
        orders = self.order_ids._origin
        obstacles = {order: order._get_send_obstacle(self.resend) for order in orders}
        ready = orders.filtered(lambda order: not obstacles[order])
        return ready, [(order, obstacles[order]) for order in orders - ready]

    @api.model
    def _prepare_row(self, order, reason=False):
        return {
            "documents": order,
            "sources": None,
            "customer": order.partner_id.display_name,
            "text": reason or order.partner_id.email,
        }

    @api.model
    def _render(self, done, left_out):
        return self.env["ir.qweb"]._render(
            "sale_rfq_register.offer_mass_report",
            {
                "done": [self._prepare_row(order) for order in done],
                "left_out": [self._prepare_row(order, reason) for order, reason in left_out],
            },
        )

    def action_send(self):
        self.ensure_one()
        self.order_ids.check_access("write")
        lock_rows(self)
        if self.state == "done":
            return self._reopen()
        ready, left_out = self._sort_orders()
        if not ready:
            raise UserError(
                self.env._("No offer can be sent: every offer here is left out for its reason.")
            )
        if len(ready) > SENT_AT_ONCE:
            ready._request_sending()
            failures = {}
        else:
            failures = {order: order._try_to_send() for order in ready}
        failed = ready.filtered(failures.get)
        self.write(
            {
                "state": "done",
                "result": self._render(
                    ready - failed, [*[(order, failures[order]) for order in failed], *left_out]
                ),
            }
        )
        return self._reopen()

    def _reopen(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.offer_mass_send_action"
            ),
            "res_id": self.id,
        }
