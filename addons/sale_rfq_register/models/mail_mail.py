from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Note what has left, or has not, before core deletes the e-mail."""
        partners = self.env["res.partner"].union(*success_pids)
        queue = self.env["sale.dispatch.queue"]
        for mail in self.filtered(lambda mail: mail._carries_document()):
            failed = failure_type or not (success_pids or success_emails)
            reason = failure_reason or mail.failure_reason or failure_type
            queue._add_mail(mail, partners, success_emails, failed and reason)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    def write(self, vals):
        res = super().write(vals)
        if vals.get("state") == "cancel":
            self._stop_waiting()
        return res

    def unlink(self):
        self.filtered(lambda mail: mail.state == "outgoing")._stop_waiting()
        return super().unlink()

    def _carries_document(self):
        """Whether the e-mail brings a document to somebody who is no colleague."""
        self.ensure_one()
        if not self.is_sale_dispatch:
            return False
        return bool(self.email_to or self.recipient_ids.filtered("partner_share"))

    def _stop_waiting(self):
        """What will not leave keeps no offer waiting."""
        for mail in self.filtered(lambda mail: mail._carries_document()):
            document = self.env[mail.model].browse(mail.res_id).exists()
            document._on_sending_over()
