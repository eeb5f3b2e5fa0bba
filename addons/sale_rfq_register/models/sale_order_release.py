from odoo import models


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
        if self.env.su and self.env.context.get("sale_payment_notice"):
            return
        self._check_unordered_releasable()

    def _send_payment_succeeded_for_order_mail(self):
        orders = self.with_context(sale_payment_notice=True)
        return super(SaleOrder, orders)._send_payment_succeeded_for_order_mail()

    def action_quotation_sent(self):
        orders = self
        if self.env.context.get("leave_refused_offers"):
            refused = self.filtered(lambda order: order._get_release_refusal())
            refused._schedule_paid_reminder()
            orders -= refused
        return super(SaleOrder, orders).action_quotation_sent()
