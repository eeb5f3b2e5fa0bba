from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_approval_deputies(self):
        """Who stands in for these users today when offers are approved."""
        return self.env["sale.approval.delegation"]._get_deputies(self)

    def _get_shown_offers(self, path=""):
        """Domain of the offers that a user may see, for a record rule.

        Outside, a draft is seen by nobody where its approval may be missing: what tiers test is
        no column that a rule could look at. Of what was sent, a column tells.

        :param path: way from the model of the rule to the offer, with its dot
        """
        self.ensure_one()
        tested = self.env["tier.definition"]._get_offer_company_ids() if self.share else []
        if not tested:
            return []
        sent = [
            (f"{path}state", "not in", ["draft", "cancel"]),
            (f"{path}is_closed_outside", "!=", True),
        ]
        return sent if False in tested else ["|", (f"{path}company_id", "not in", tested), *sent]

    @api.model
    def review_user_count(self):
        """Name the group of offers in the reviewer's own language."""
        groups = super().review_user_count()
        for group in groups:
            if group["model"] == "sale.order":
                group["name"] = self.env._("Offers to Approve")
        return groups
