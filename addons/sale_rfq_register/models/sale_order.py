from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fingerprint import fingerprint

OFFER_STATES = [
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.dispatch.mixin", "sale.order"]

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
    dispatch_ids = fields.One2many(
        "sale.dispatch",
        "order_id",
        string="Dispatches",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )
    offer_state = fields.Selection(
        OFFER_STATES,
        compute="_compute_offer_state",
        store=True,
        index=True,
        help="Where the offer stands with the customer.",
    )
    offer_date = fields.Datetime(
        string="Offered On",
        readonly=True,
        copy=False,
        help="When the offer first left; unlike the order date it stays on confirmation.",
    )

    # Configuration confirmation
    confirmation_required = fields.Boolean(
        string="Configuration Confirmation",
        compute="_compute_confirmation_required",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer confirms the exact composition before the order is made.",
    )
    confirmation_ids = fields.One2many(
        "sale.configuration.confirmation",
        "order_id",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )
    configuration_fingerprint = fields.Char(compute="_compute_configuration_fingerprint")
    configuration_state = fields.Selection(
        [
            ("none", "Not Required"),
            ("waiting", "Waiting for the Customer"),
            ("outdated", "Changed since Confirmation"),
            ("confirmed", "Confirmed"),
        ],
        string="Configuration",
        compute="_compute_configuration_state",
        compute_sudo=True,
    )

    @api.depends("request_ids")
    def _compute_request_count(self):
        for order in self:
            order.request_count = len(order.request_ids)

    @api.depends("state")
    def _compute_offer_state(self):
        states = self._get_offer_states()
        for order in self:
            order.offer_state = states[order.state]

    @api.model
    def _get_offer_states(self):
        return {"draft": "draft", "sent": "sent", "sale": "accepted", "cancel": "declined"}

    @api.depends("company_id")
    def _compute_confirmation_required(self):
        for order in self:
            order.confirmation_required = order.company_id.offer_confirmation_required

    @api.depends(
        "order_line.product_id",
        "order_line.name",
        "order_line.product_uom_qty",
        "order_line.product_uom_id",
    )
    def _compute_configuration_fingerprint(self):
        for order in self:
            order.configuration_fingerprint = fingerprint(order._get_composition())

    @api.depends(
        "confirmation_required", "confirmation_ids.fingerprint", "configuration_fingerprint"
    )
    def _compute_configuration_state(self):
        for order in self:
            order.configuration_state = order._get_configuration_state()

    def _get_configuration_state(self):
        self.ensure_one()
        confirmed = self.confirmation_ids.mapped("fingerprint")
        if self.configuration_fingerprint in confirmed:
            return "confirmed"
        if confirmed:
            return "outdated"
        return "waiting" if self.confirmation_required else "none"

    # === CRUD === #

    def write(self, vals):
        res = super().write(vals)
        # The portal writes the signature as the system: it confirms what was on the page.
        if vals.get("signature") and self.env.su:
            self._confirm_configuration_by_signature()
        return res

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

    # === SENDING === #

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

    # === CONFIGURATION CONFIRMATION === #

    def _get_composition(self):
        """The rows that the customer confirms; headings and down payments are none of them."""
        self.ensure_one()
        return [line._get_composition_row() for line in self._get_composition_lines()]

    def _get_composition_lines(self):
        return self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )

    def _get_composition_text(self):
        """The composition as the customer reads it, in his language."""
        self.ensure_one()
        self = self.with_context(lang=self._get_lang())
        return "\n".join(line._get_composition_text() for line in self._get_composition_lines())

    def _is_configuration_confirmed(self):
        self.ensure_one()
        return self.configuration_state == "confirmed"

    def _get_current_confirmation(self):
        """The latest confirmation of what the order consists of now."""
        self.ensure_one()
        return self.sudo().confirmation_ids.filtered("is_current")[:1]

    def _waits_for_configuration(self):
        """Whether one of the orders may not be made before its composition is confirmed."""
        return any(
            order.confirmation_required
            and order.state in ("draft", "sent")
            and not order._is_configuration_confirmed()
            for order in self
        )

    def _check_configuration_confirmable(self):
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "The configuration of %(order)s cannot be confirmed: only an open offer has"
                    " one to confirm.",
                    order=self.name,
                )
            )
        if not self._get_composition_lines():
            raise UserError(
                self.env._("Offer %(order)s has no lines to confirm.", order=self.name)
            )

    def _prepare_confirmation_by_signature_values(self):
        self.ensure_one()
        return {
            "order_id": self.id,
            "channel": "portal",
            "signed_by": self.signed_by or self.partner_id.display_name,
            "signature": self.signature,
        }

    def _confirm_configuration_by_signature(self):
        """A signature under the whole offer covers its composition."""
        waiting = self.filtered(lambda order: order._waits_for_configuration())
        self.env["sale.configuration.confirmation"].create(
            [order._prepare_confirmation_by_signature_values() for order in waiting]
        )

    def _on_configuration_confirmed(self, confirmation):
        """Say so in the chatter; who sells learns at once of what the customer did alone."""
        self.ensure_one()
        self._post_configuration_confirmed(confirmation)
        self._close_configuration_activities()
        if confirmation.channel == "portal":
            self.activity_schedule(
                "sale_rfq_register.mail_activity_configuration",
                summary=self.env._("The configuration is confirmed: make the order"),
                user_id=self.user_id.id or self.env.uid,
            )

    def _post_configuration_confirmed(self, confirmation):
        channels = dict(confirmation._fields["channel"]._description_selection(self.env))
        author = self.partner_id if self.env.user._is_public() else self.env.user.partner_id
        self.message_post(
            author_id=author.id,
            body=self.env._(
                "%(person)s confirmed the configuration (%(channel)s).",
                person=confirmation.signed_by,
                channel=channels[confirmation.channel],
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _close_configuration_activities(self):
        self.activity_feedback(["sale_rfq_register.mail_activity_configuration"])

    def _schedule_configuration_reminder(self):
        """Money has come in for an offer whose composition nobody confirmed."""
        for order in self:
            order.activity_schedule(
                "sale_rfq_register.mail_activity_configuration",
                summary=order.env._("Paid: get the configuration confirmed"),
                user_id=order.user_id.id or self.env.uid,
            )

    def action_record_confirmation(self):
        self.ensure_one()
        self._check_configuration_confirmable()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_configuration_confirmation_action_record"
            ),
            "context": {"default_order_id": self.id},
        }

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._waits_for_configuration()

    def _confirmation_error_message(self):
        error = super()._confirmation_error_message()
        if not error and self._waits_for_configuration():
            return self._get_configuration_error()
        return error

    def _get_configuration_error(self):
        self.ensure_one()
        if self.configuration_state == "outdated":
            return self.env._(
                "Offer %(order)s was changed after the customer had confirmed its configuration:"
                " send it again and have it confirmed.",
                order=self.name,
            )
        return self.env._(
            "The customer has not confirmed the configuration of offer %(order)s: send it and wait"
            " for the confirmation on the portal, or record the one you have.",
            order=self.name,
        )

    # === CONFIRMATION === #

    def _action_confirm(self):
        res = super()._action_confirm()
        # The salesperson of the order need not be the one of the request.
        self.sudo().request_ids._mark_won()
        self.filtered("confirmation_required")._close_configuration_activities()
        return res
