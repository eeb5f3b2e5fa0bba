from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The gate on ways that are beside the offer's own buttons."""

    _inherit = "sale.order"

    def _check_mail_releasable(self, template):
        """Refuse an e-mail that carries an offer, no order, which may not be used.

        A template that attaches a document carries the offer; other letters are about it. Core's
        answer to a payment is sent in any case, since money received never fails.
        """
        if not (template.report_template_ids or self.env.context.get("mark_so_as_sent")):
            return
        if self._is_payment_notice():
            return
        self._check_unordered_releasable()

    def _get_document_refusal(self):
        """Why nobody outside may see the offer; ``False`` when he may, or has seen it so.

        It is asked before a page or a document of the offer is shown.
        """
        self.ensure_one()
        return self._is_changed_outside() and self._get_approval_refusal()

    def _check_document_releasable(self):
        """Refuse a document of an offer that is not approved, except for who decides about it.

        Core's answer to a payment is made in any case: the document says that it is no offer.

        :raise UserError: names the offer, the reason and the way out
        """
        if self._is_payment_notice():
            return
        for order in self:
            refusal = order._get_document_refusal()
            if refusal and not order._is_decided_by_user():
                raise UserError(refusal)

    def _is_decided_by_user(self):
        """Whether the user is one of those who approve the offer as it is."""
        self.ensure_one()
        order = self.sudo()
        return any(order._is_reviewer(tier) for tier in order._get_matching_tiers())

    def _get_edi_builders(self):
        """The file of an offer that may not be printed is not made either."""
        if any(order._get_document_refusal() for order in self):
            return []
        return super()._get_edi_builders()

    def _send_payment_succeeded_for_order_mail(self):
        orders = self.with_context(sale_payment_notice=True)
        return super(SaleOrder, orders)._send_payment_succeeded_for_order_mail()

    def _is_payment_notice(self):
        return self.env.su and self.env.context.get("sale_payment_notice")

    def _is_template_of_payment(self, template):
        """Whether the letter answers a payment that there is, not one that was given up."""
        notice = self.env.ref("sale.mail_template_sale_payment_executed", raise_if_not_found=False)
        return (
            bool(notice)
            and template == notice
            and any(
                payment.state in ("pending", "authorized", "done")
                for payment in self.sudo().transaction_ids
            )
        )

    def _send_order_notification_mail(self, mail_template, **kwargs):
        """Core may call it later, from a job that forgets what for."""
        order = self
        if self.env.su and self._is_template_of_payment(mail_template):
            order = self.with_context(sale_payment_notice=True)
        return super(SaleOrder, order)._send_order_notification_mail(mail_template, **kwargs)

    @api.model
    def _cron_send_pending_emails(self):
        """A letter that may not leave does not keep those of other orders back."""
        for order in self.search([("pending_email_template_id", "!=", False)]):
            template = order.pending_email_template_id
            if order.state == "sale" or order._is_template_of_payment(template):
                continue
            if template.report_template_ids and (refusal := order._get_release_refusal()):
                order.pending_email_template_id = False
                order.message_post(body=refusal, subtype_xmlid="mail.mt_note")
        return super()._cron_send_pending_emails()

    def action_quotation_sent(self):
        orders = self
        if self.env.context.get("leave_refused_offers"):
            refused = self.filtered(lambda order: order._get_release_refusal())
            refused._schedule_paid_reminder()
            orders -= refused
        return super(SaleOrder, orders).action_quotation_sent()
