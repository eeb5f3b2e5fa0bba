from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fingerprint import fingerprint
from ..locking import lock_rows


class SaleOrder(models.Model):
    """The customer confirms the exact composition of an order before it is made (C1)."""

    _inherit = "sale.order"

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

    def write(self, vals):
        res = super().write(vals)
        # The portal writes the signature as the system: it confirms what was on the page.
        if vals.get("signature") and self.env.su:
            self._confirm_configuration_by_signature()
        return res

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

    def _confirm_configuration_on_portal(self, name, signature):
        """The customer's button; pressed twice, it confirms once."""
        self.ensure_one()
        lock_rows(self)
        if self._is_configuration_confirmed():
            return self._get_current_confirmation()
        return self.env["sale.configuration.confirmation"].create(
            {
                "order_id": self.id,
                "channel": "portal",
                "signed_by": name,
                "signature": signature,
            }
        )

    def _on_configuration_confirmed(self, confirmation):
        """Say so in the chatter; who sells learns at once of what the customer did alone."""
        self.ensure_one()
        self._post_configuration_confirmed(confirmation)
        self._close_configuration_activities()
        if confirmation.channel == "portal":
            user = self.user_id or self.env.user
            self.activity_schedule(
                "sale_rfq_register.mail_activity_configuration",
                date_deadline=self.company_id._get_today(),
                summary=self.with_context(lang=user.lang).env._(
                    "The configuration is confirmed: make the order"
                ),
                user_id=user.id,
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

    def _waits_for_release(self):
        return super()._waits_for_release() or self._waits_for_configuration()

    def _schedule_paid_reminder(self):
        """Money has come in for an offer whose composition nobody confirmed."""
        waiting = self.filtered(lambda order: order._waits_for_configuration())
        for order in waiting:
            user = order.user_id or self.env.user
            order.activity_schedule(
                "sale_rfq_register.mail_activity_configuration",
                date_deadline=order.company_id._get_today(),
                summary=order.with_context(lang=user.lang).env._(
                    "Paid: get the configuration confirmed"
                ),
                user_id=user.id,
            )
        return super(SaleOrder, self - waiting)._schedule_paid_reminder()

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

    def _action_confirm(self):
        res = super()._action_confirm()
        self.filtered("confirmation_required")._close_configuration_activities()
        return res
