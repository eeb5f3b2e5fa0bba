from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        """An offer may have changed, or its approval gone, since the dialog was opened."""
        for wizard in self.filtered(lambda wizard: wizard.model == "sale.order"):
            wizard._get_composed_orders()._check_mail_releasable(wizard.template_id)
        return super()._action_send_mail(auto_commit=auto_commit)

    def _action_schedule_message(self):
        """What is sent later is looked at now, and again when it is sent."""
        for wizard in self.filtered(lambda wizard: wizard.model == "sale.order"):
            wizard._get_composed_orders()._check_mail_releasable(wizard.template_id)
        return super()._action_schedule_message()

    def _prepare_schedule_message_post_values(self, post_values):
        values = super()._prepare_schedule_message_post_values(post_values)
        if self.model == "sale.order" and self.template_id.report_template_ids:
            values["send_context"] = {**values["send_context"], "carries_offer": True}
        return values

    def _get_composed_orders(self):
        orders = self.env["sale.order"]
        if self.res_domain:
            return orders.search(self._evaluate_res_domain())
        return orders.browse(self._evaluate_res_ids())
