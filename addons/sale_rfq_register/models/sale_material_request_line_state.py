from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

LINE_STATES = [
    ("open", "Open"),
    ("offered", "Offered"),
    ("ordered", "Ordered"),
    ("declined", "Declined"),
    ("lost", "Lost"),
    ("no_bid", "No Bid"),
]
# offers that the customer can still answer
OFFERS_IN_USE = ("draft", "to_approve", "approved", "sent", "received")


class SaleMaterialRequestLine(models.Model):
    """The answer to each line (R6): it follows the offers, or a person closes it."""

    _inherit = "sale.material.request.line"

    state = fields.Selection(
        LINE_STATES,
        string="Status",
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        copy=False,
        help="The answer to this line: open until it is offered, ordered, declined by the customer"
        " or closed with a reason. Where its offer is cancelled or expires, it is open again.",
    )
    closed_as = fields.Selection(
        [("lost", "Lost"), ("no_bid", "No Bid")], readonly=True, copy=False
    )
    close_reason_id = fields.Many2one(
        "crm.lost.reason", string="Reason", readonly=True, copy=False, ondelete="restrict"
    )
    close_note = fields.Text(string="Explanation", readonly=True, copy=False)
    date_declined = fields.Datetime(
        string="Declined On",
        readonly=True,
        copy=False,
        help="When the customer declined the offer of this line.",
    )
    left_out_reason = fields.Char(
        string="Not Offered Because",
        compute="_compute_left_out_reason",
        help="Why the open line cannot be offered as it is.",
    )

    @api.depends(
        "closed_as",
        "date_declined",
        "order_line_ids.product_uom_qty",
        "order_line_ids.order_id.offer_state",
    )
    def _compute_state(self):
        answers = self._get_answers()
        for line in self:
            line.state = line._get_state(answers[line._origin.id])

    def _get_answers(self):
        """``{line id: what its offers say}``, read at once for all lines."""
        answers = defaultdict(set)
        if self._origin:
            positions = (
                self.env["sale.order.line"]
                .sudo()
                .search_fetch(
                    [("request_line_id", "in", self._origin.ids)],
                    ["request_line_id", "product_uom_qty", "order_id"],
                    order="id",
                )
            )
            positions.order_id.fetch(["offer_state"])
            for position in positions:
                answers[position.request_line_id.id].add(position._get_request_answer())
        return answers

    def _get_state(self, answers):
        """One of ``LINE_STATES``, of all that offers and people say to the line."""
        self.ensure_one()
        if "ordered" in answers:
            return "ordered"
        if self.closed_as:
            return self.closed_as
        if "offered" in answers:
            return "offered"
        if self.date_declined or "declined" in answers:
            return "declined"
        return "offered" if "optional" in answers else "open"

    # === WHAT AN OFFER LEAVES OUT === #

    @api.depends("state", "verdict", "verdict_reason", "product_id", "quantity", "problem")
    def _compute_left_out_reason(self):
        left_out = set(self._origin.request_id._get_left_out_lines().ids)
        for line in self:
            is_left_out = line._origin.id in left_out
            line.left_out_reason = is_left_out and line._origin._get_left_out_reason()

    def _get_left_out_reason(self):
        """Why an offer does not have this line."""
        self.ensure_one()
        if self.quantity <= 0:
            return self.env._("There is no quantity")
        if self.verdict == "sellable":
            return self.problem or self.env._("Something is still to be settled")
        if not self.verdict:
            return self.env._("It is not checked yet")
        if self.verdict_reason in ("choose_of_group", "nothing_alike"):
            return self.env._("No product is chosen")
        if self.verdict_reason == "accept_suggestion":
            return self.env._("The suggested product is not confirmed")
        reasons = dict(self._fields["verdict_reason"]._description_selection(self.env))
        return reasons.get(self.verdict_reason, "").rstrip(".")

    # === CLOSE AND REOPEN === #

    def action_close(self):
        """Ask why the lines are closed without an order."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_material_request_close_action"
            ),
            "name": self.env._("Close Lines"),
            "context": {
                "default_request_ids": self.request_id.ids,
                "default_line_ids": self.ids,
                "default_state": self.env.context.get("close_as", "lost"),
            },
        }

    def action_reopen(self):
        """Closed and declined lines wait for an offer again."""
        lines = self.filtered(lambda line: line.state in ("lost", "no_bid", "declined"))
        lines._forget_answer()
        lines.request_id.filtered(
            lambda request: request.state in request._closed_without_order()
        ).write({"state": "checked", "close_reason_id": False, "close_note": False})
        return True

    def _close(self, outcome, reason, note=False):
        """Close lines that nobody ordered.

        :raise UserError: when the customer has ordered one of them
        """
        ordered = self.filtered(lambda line: line.state == "ordered")[:1]
        if ordered:
            raise UserError(
                self.env._(
                    "The line %(line)s of material request %(request)s is ordered: cancel its"
                    " order before you close it.",
                    line=ordered.display_name,
                    request=ordered.request_id.name,
                )
            )
        self.write(
            {"closed_as": outcome, "close_reason_id": reason.id, "close_note": note or False}
        )

    def _forget_answer(self):
        self.write(
            {
                "closed_as": False,
                "close_reason_id": False,
                "close_note": False,
                "date_declined": False,
            }
        )

    # === PORTAL === #

    def _get_portal_state(self):
        """The answer as the customer sees it: what was not sent is still in progress."""
        self.ensure_one()
        if self.state == "offered" and not self._is_offer_sent():
            return "open"
        return self.state

    def _is_offer_sent(self):
        offers = self.sudo().order_line_ids.order_id
        return any(offer.offer_state in ("sent", "received") for offer in offers)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    open_request_line_count = fields.Integer(
        string="Open Requested Lines",
        compute="_compute_open_request_line_count",
        compute_sudo=True,
        help="Lines of the requests that are in no offer.",
    )

    @api.depends("request_ids.unanswered_line_count")
    def _compute_open_request_line_count(self):
        for order in self:
            order.open_request_line_count = sum(order.request_ids.mapped("unanswered_line_count"))

    def action_view_open_request_lines(self):
        """The lines of the requests that are in no offer, with the reasons."""
        self.ensure_one()
        lines = self.request_ids.line_ids.filtered(lambda line: line.state == "open")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_material_request_line_action"
            ),
            "domain": [("id", "in", lines.ids)],
            "context": {"search_default_group_request": len(self.request_ids) > 1},
        }

    def _note_declined_by_customer(self):
        """The customer has declined the offer: its lines are answered."""
        lines = self.sudo().order_line.request_line_id
        lines.filtered(lambda line: line.state == "open").date_declined = fields.Datetime.now()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_request_answer(self):
        """What this line of an offer says to the requested one."""
        self.ensure_one()
        offer_state = self.order_id.offer_state
        if offer_state == "accepted":
            return "ordered" if self.product_uom_qty > 0 else "declined"
        if offer_state not in OFFERS_IN_USE:
            return None
        if self.product_uom_qty > 0:
            return "offered"
        # what the customer may still choose stands in the offer without a quantity
        return "optional" if self._is_line_optional() else None
