from odoo import api, fields, models
from odoo.exceptions import UserError

from ..locking import lock_rows


class OfferMassCreate(models.TransientModel):
    """Offers for many requests at once: first what will be made, then what was made."""

    _name = "offer.mass.create"
    _description = "Create Offers"

    state = fields.Selection([("ask", "Ask"), ("done", "Done")], default="ask", readonly=True)
    request_ids = fields.Many2many(
        "sale.material.request",
        string="Requests",
        default=lambda self: self._default_request_ids(),
    )
    grouping = fields.Selection(
        [("customer", "One offer for each customer"), ("request", "One offer for each request")],
        default="customer",
        required=True,
    )
    ready_count = fields.Integer(compute="_compute_preview")
    left_out_count = fields.Integer(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    order_ids = fields.Many2many("sale.order", string="New Offers", readonly=True)
    result = fields.Html(readonly=True, sanitize=False)

    @api.model
    def _default_request_ids(self):
        chosen = self.env.context.get("active_ids", [])
        if self.env.context.get("active_model") == "sale.material.request":
            return self.env["sale.material.request"].browse(chosen)
        if self.env.context.get("active_model") == "sale.request.customer":
            return self.env["sale.request.customer"].browse(chosen)._get_open_requests()
        return self.env["sale.material.request"]

    @api.depends("request_ids", "grouping")
    def _compute_preview(self):
        for wizard in self:
            ready, left_out = wizard._sort_requests()
            groups = ready._group_for_offers(wizard.grouping == "customer")
            wizard.ready_count = len(groups)
            wizard.left_out_count = len(left_out)
            wizard.preview = wizard._render(
                [wizard._prepare_row(group, group._get_left_out_notice()) for group in groups],
                [wizard._prepare_row(request, reason) for request, reason in left_out],
            )

    def _get_requests(self):
        """The chosen requests as the run looks at them."""
        return self.request_ids.with_context(offer_only_new_lines=True)

    def _sort_requests(self):
        """The requests that get an offer, and the others with the reason for each."""
        requests = self._get_requests()
        obstacles = {request: request._get_mass_obstacle() for request in requests}
        ready = requests.filtered(lambda request: not obstacles[request])
        return ready, [(request, obstacles[request]) for request in requests - ready]

    @api.model
    def _prepare_row(self, requests, reason=False, order=None):
        return {
            "documents": order or requests._origin,
            "sources": requests._origin if order else None,
            "customer": requests.partner_id.commercial_partner_id[:1].display_name
            or requests[:1].sender_name
            or requests[:1].sender_email,
            "text": reason,
        }

    @api.model
    def _render(self, done, left_out):
        return self.env["ir.qweb"]._render(
            "sale_rfq_register.offer_mass_report", {"done": done, "left_out": left_out}
        )

    def action_create(self):
        self.ensure_one()
        self.request_ids.check_access("write")
        lock_rows(self)
        lock_rows(self.request_ids)
        if self.state == "done":
            return self._reopen()
        ready, left_out = self._sort_requests()
        if not ready:
            raise UserError(
                self.env._("No offer can be made: every request here is left out for its reason.")
            )
        made, failed = ready._create_offers_in_mass(
            ready._group_for_offers(self.grouping == "customer")
        )
        self.write(self._prepare_result(made, [*failed, *left_out]))
        return self._reopen()

    def _prepare_result(self, made, left_out):
        return {
            "state": "done",
            "order_ids": [fields.Command.set([order.id for _requests, order in made])],
            "result": self._render(
                [
                    self._prepare_row(requests, requests._get_left_out_notice(order), order)
                    for requests, order in made
                ],
                [self._prepare_row(requests, reason) for requests, reason in left_out],
            ),
        }

    def _reopen(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.offer_mass_create_action"
            ),
            "res_id": self.id,
        }

    def action_view_offers(self):
        return self.order_ids._get_records_action(name=self.env._("New Offers"))

    def action_send(self):
        """Go on to sending what was made."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.offer_mass_send_action"
            ),
            "context": {"dialog_size": "large", "default_order_ids": self.order_ids.ids},
        }
