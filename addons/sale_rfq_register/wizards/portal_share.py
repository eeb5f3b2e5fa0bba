from odoo import models


class PortalShare(models.TransientModel):
    _inherit = "portal.share"

    def action_send_mail(self):
        """A link to an offer shows the whole of it."""
        for wizard in self.filtered(lambda wizard: wizard.res_model == "sale.order"):
            order = self.env["sale.order"].browse(wizard.res_id)
            order._check_unordered_releasable()
        return super().action_send_mail()
