from odoo import api, models


class CrmLead(models.Model):
    """Contacts that arise from e-mails of a lead and its offers."""

    _inherit = "crm.lead"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        self.env["sale.contact.event"]._add_from_message(self, message, recipients, msg_vals)
        return recipients

    def _on_count_reached(self, rule, what):
        """Let follow what a rule of attempts or contacts says; see the hand-over."""


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        for order in self:
            if order.opportunity_id:
                self.env["sale.contact.event"]._add_from_message(
                    order.opportunity_id, message, recipients, msg_vals
                )
        return recipients


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """An automatic reply is no contact; only here are the headers of a mail."""
        thread = self
        if _is_automatic(message):
            thread = self.with_context(mail_is_automatic=True)
        return super(MailThread, thread)._message_route_process(message, message_dict, routes)


def _is_automatic(message):
    """Tell whether a mail says of itself that no person wrote it (RFC 3834 and older habits)."""
    submitted = (message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    return (
        submitted != "no"
        or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))
        or (message.get("Precedence") or "").strip().lower() == "auto_reply"
    )
