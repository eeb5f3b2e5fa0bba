from odoo import api, fields, models

from .sale_order_approval import GATE_PASSED


class SaleOrder(models.Model):
    """An offer is sent when its e-mail has left, not when it was written (O9)."""

    _inherit = "sale.order"

    sending_since = fields.Datetime(
        string="Being Sent Since",
        readonly=True,
        copy=False,
        help="The e-mail with the offer is written and waits for the mail server.",
        prefetch="offer",
    )
    sending_fingerprint = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="SHA-256 of the commercial content that the latest e-mail offers.",
        prefetch="offer",
    )

    @api.depends("sending_since", "send_requested_on")
    def _compute_offer_state(self):
        return super()._compute_offer_state()

    def _get_offer_state(self):
        state = super()._get_offer_state()
        if state not in ("draft", "approved"):
            return state
        return "sending" if self.sending_since or self.send_requested_on else state

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"sending_since", "sending_fingerprint"}

    def message_post(self, **kwargs):
        """Core marks an offer as sent when its e-mail is written; the register does it later."""
        if not self.env.context.get("mark_so_as_sent"):
            return super().message_post(**kwargs)
        kwargs.setdefault("notify_author_mention", True)  # as core does for an offer
        drafts = self.filtered(lambda order: order.state == "draft")
        drafts._note_letter_content()
        order = self.with_context(mark_so_as_sent=False, sale_dispatch=True, carries_offer=True)
        message = super(SaleOrder, order).message_post(**kwargs)
        self._follow_letter(message)
        return message

    def _note_letter_content(self):
        """The content may change while the letter waits."""
        for order in self.sudo():
            order.sending_fingerprint = order._get_offer_fingerprint()

    def _follow_letter(self, message):
        """Note that the e-mail waits; what goes to nobody outside is sent by being written."""
        letters = self._get_letters(message)
        if not letters or self.env["ir.mail_server"]._disable_send():
            drafts = self.filtered(lambda order: order.state == "draft")
            drafts.with_context(tracking_disable=True).write({"state": "sent"})
        elif "ready" in letters.mapped("notification_status"):
            self.sudo().sending_since = fields.Datetime.now()

    def _mark_sent(self, dispatch):
        """Let the state follow what has left.

        An e-mail was let pass when it was written, and holds what was offered then, whatever has
        changed since.
        """
        order = self.sudo().with_context(tracking_disable=True)
        content = dispatch.channel == "email" and order.sending_fingerprint
        if content:
            order.with_context(offer_gate_passed=GATE_PASSED).write(
                {"state": "sent", "released_fingerprint": content}
            )
        elif not order._get_release_refusal():
            order.state = "sent"

    @api.model
    def _get_letters(self, message):
        """The notifications by e-mail of people who are no colleagues."""
        letters = (
            self.env["mail.notification"]
            .sudo()
            .search([("mail_message_id", "=", message.id), ("notification_type", "=", "email")])
        )
        return letters.filtered(
            lambda letter: not letter.res_partner_id or letter.res_partner_id.partner_share
        )

    def _on_sending_over(self):
        super()._on_sending_over()
        self.sudo().filtered("sending_since").sending_since = False

    def _prepare_superseded_values(self, newer):
        return {**super()._prepare_superseded_values(newer), "sending_since": False}
