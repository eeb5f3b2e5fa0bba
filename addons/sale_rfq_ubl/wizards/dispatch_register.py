from odoo import api, fields, models


class DispatchRegister(models.TransientModel):
    _inherit = "sale.dispatch.register"

    makes_ubl = fields.Boolean(compute="_compute_makes_ubl")

    @api.depends("channel", "order_id", "attachment_ids")
    def _compute_makes_ubl(self):
        """An offer that leaves as an EDI file, and whose file nobody has chosen."""
        for wizard in self:
            wizard.makes_ubl = (
                wizard.channel == "edi"
                and wizard.order_id.state in ("draft", "sent")
                and not wizard.attachment_ids
            )

    def _prepare_dispatch_values(self):
        if self.makes_ubl:
            self.attachment_ids = self.order_id._create_ubl_attachment()
        return super()._prepare_dispatch_values()
