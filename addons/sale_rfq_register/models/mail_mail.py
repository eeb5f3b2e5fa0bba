from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Enter what has really left in the dispatch register, before core deletes the e-mail."""
        if success_pids or success_emails:
            recipients = self.env["res.partner"].union(*success_pids)
            for mail in self.filtered("is_sale_dispatch"):
                self.env["sale.dispatch"]._register_mail(mail, recipients, success_emails)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
