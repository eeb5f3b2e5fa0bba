from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_approval_deputies(self):
        """Who stands in for these users today when offers are approved."""
        return self.env["sale.approval.delegation"]._get_deputies(self)

    @api.model
    def review_user_count(self):
        """Name the group of offers in the reviewer's own language."""
        groups = super().review_user_count()
        for group in groups:
            if group["model"] == "sale.order":
                group["name"] = self.env._("Offers to Approve")
        return groups
