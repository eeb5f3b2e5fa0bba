from odoo import api, fields, models


class MailComposeMessage(models.TransientModel):
    """The UBL Quotation beside the PDF, for customers who write UBL themselves."""

    _inherit = "mail.compose.message"

    can_attach_ubl = fields.Boolean(compute="_compute_can_attach_ubl")
    attach_ubl = fields.Boolean(
        string="Attach UBL",
        compute="_compute_attach_ubl",
        store=True,
        readonly=False,
    )

    @api.depends("is_sale_dispatch", "model", "res_ids")
    def _compute_can_attach_ubl(self):
        for composer in self:
            composer.can_attach_ubl = bool(composer._get_ubl_offers())

    @api.depends("model", "res_ids")
    def _compute_attach_ubl(self):
        """On by itself where the customer's request came as a UBL file."""
        for composer in self:
            asked = composer._get_ubl_offers().sudo().request_ids.line_ids
            composer.attach_ubl = bool(asked.filtered("ubl_line_number"))

    def _get_ubl_offers(self):
        self.ensure_one()
        if not self.is_sale_dispatch or self.model != "sale.order":
            return self.env["sale.order"]
        return self._get_dispatch_documents().filtered(
            lambda order: order.state in ("draft", "sent")
        )

    def _action_send_mail_comment(self, res_ids):
        if self.attach_ubl and self.can_attach_ubl and len(res_ids) == 1:
            self.attachment_ids += self._get_ubl_offers()._create_ubl_attachment()
        return super()._action_send_mail_comment(res_ids)
