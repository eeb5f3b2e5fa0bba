from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _send_check_access(self, res_ids):
        """A template can be sent without any dialog, over RPC too."""
        super()._send_check_access(res_ids)
        if self.model == "sale.order":
            self.env["sale.order"].browse(res_ids)._check_mail_releasable(self)
