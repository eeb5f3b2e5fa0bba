from odoo import api, fields, models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    # stored, since who sends it over RPC need not give the context again
    is_sale_dispatch = fields.Boolean(compute="_compute_is_sale_dispatch", store=True)
    receipt_requested = fields.Boolean(
        string="Ask for Receipt",
        compute="_compute_receipt_requested",
        store=True,
        readonly=False,
    )

    @api.depends("model", "composition_mode")
    def _compute_is_sale_dispatch(self):
        """Whether what is being written carries the document itself to the customer."""
        for composer in self:
            composer.is_sale_dispatch = (
                composer.composition_mode == "comment"
                and composer._is_of_dispatch_documents()
                and composer._get_dispatch_documents()._is_dispatch_post()
            )

    @api.depends("model", "res_ids")
    def _compute_receipt_requested(self):
        for composer in self:
            composer.receipt_requested = composer.is_sale_dispatch and all(
                document._get_receipt_default() for document in composer._get_dispatch_documents()
            )

    @api.model_create_multi
    def create(self, vals_list):
        """What the composer is for is told by the context of its creation."""
        composers = super().create(vals_list)
        composers.mapped("receipt_requested")
        return composers

    def _is_of_dispatch_documents(self):
        self.ensure_one()
        return self.model in self.env and "dispatch_ids" in self.env[self.model]._fields

    def _get_dispatch_documents(self):
        """The documents that are sent, as the reader may see them."""
        self.ensure_one()
        return self.env[self.model].browse(self._evaluate_res_ids())

    def _is_offer_sent(self):
        """Whether the e-mail makes an offer a sent one; core's answer to a payment does not."""
        self.ensure_one()
        if self.model != "sale.order":
            return False
        return not self._get_dispatch_documents()._is_payment_notice()

    def _action_send_mail_comment(self, res_ids):
        if self.is_sale_dispatch:
            self = self.with_context(
                sale_dispatch=True,
                mark_so_as_sent=self._is_offer_sent(),
                receipt_requested=self.receipt_requested,
            )
        return super()._action_send_mail_comment(res_ids)
