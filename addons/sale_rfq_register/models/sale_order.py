from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

OFFER_STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Approve"),
    ("approved", "Approved"),
    ("sending", "Being Sent"),
    ("sent", "Sent"),
    ("received", "Received"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("superseded", "Superseded"),
]


class SaleOrder(models.Model):
    """An offer: what it answers, where it stands, and the one gate before it is used."""

    _inherit = "sale.order"

    request_ids = fields.Many2many(
        "sale.material.request",
        relation="sale_material_request_order_rel",
        column1="order_id",
        column2="request_id",
        string="Material Requests",
        copy=False,
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )
    request_count = fields.Integer(compute="_compute_request_count", compute_sudo=True)
    offer_state = fields.Selection(
        OFFER_STATES,
        compute="_compute_offer_state",
        store=True,
        index=True,
        help="Where the offer stands with the customer.",
    )

    @api.depends("request_ids")
    def _compute_request_count(self):
        for order in self:
            order.request_count = len(order.request_ids)

    @api.depends("state")
    def _compute_offer_state(self):
        for order in self:
            order.offer_state = order._get_offer_state()

    def _get_offer_state(self):
        """Where the offer stands; an addon that knows more of it answers first."""
        self.ensure_one()
        return self._get_offer_states()[self.state]

    @api.model
    def _get_offer_states(self):
        return {"draft": "draft", "sent": "sent", "sale": "accepted", "cancel": "declined"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered(self):
        for order in self.sudo():
            if order.dispatch_ids or order.confirmation_ids:
                raise UserError(
                    self.env._(
                        "Offer %(offer)s was sent or has a configuration confirmation: it stays as"
                        " evidence. Cancel it instead.",
                        offer=order.name,
                    )
                )

    # === REQUESTS === #

    def action_view_requests(self):
        self.ensure_one()
        return self.request_ids._get_records_action(
            name=self.env._("Requests of %(offer)s", offer=self.name),
            context={"create": False},
        )

    # === THE GATE === #

    def _check_offer_releasable(self):
        """Refuse an offer that may not be sent, accepted, paid or made an order.

        :raise UserError: names the offer, the reason and the way out
        """
        for order in self:
            refusal = order._get_release_refusal()
            if refusal:
                raise UserError(refusal)

    def _check_unordered_releasable(self):
        """Refuse what is no order yet, cancelled offers too; orders are used as they are."""
        self.filtered(lambda order: order.state != "sale")._check_offer_releasable()

    def _get_release_refusal(self):
        """Why this offer may not be used now, as the reader is told it; ``False`` when it may.

        Every path asks this one method: sending by one or by many, *Mark as Sent*, the customer's
        signature and payment, confirmation. Rules of other kinds extend it.
        """
        self.ensure_one()
        if self.state in ("draft", "sent") and self.is_expired:
            return self.env._(
                "Offer %(offer)s was valid until %(date)s. Give it a new expiration date, or make"
                " a new one.",
                offer=self.name,
                date=format_date(self.env, self.validity_date),
            )
        return False

    def action_quotation_send(self):
        self._check_unordered_releasable()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        self._check_offer_releasable()
        return super().action_quotation_sent()

    def message_post(self, **kwargs):
        # the second is of a letter that was to be sent later
        if self.env.context.get("mark_so_as_sent") or self.env.context.get("carries_offer"):
            self.filtered(lambda order: order.state in ("draft", "sent"))._check_offer_releasable()
        return super().message_post(**kwargs)

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._get_release_refusal()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._get_release_refusal()

    def _confirmation_error_message(self):
        return super()._confirmation_error_message() or self._get_release_refusal()

    def _waits_for_release(self):
        """Whether one of the open offers may not be made an order yet."""
        return any(
            order.state in ("draft", "sent") and order._get_release_refusal() for order in self
        )

    def _schedule_paid_reminder(self):
        """Money has come in for an offer that may not be made an order as it is."""
        for order in self.filtered(lambda order: order._waits_for_release()):
            user = order.user_id or self.env.user
            localized = order.with_context(lang=user.lang)
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=order.company_id._get_today(),
                summary=localized.env._("Paid, but not an order yet"),
                note=localized._get_release_refusal(),
                user_id=user.id,
            )
