from odoo import api, models
from odoo.fields import Domain


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

    def _get_readable_tiers(self):
        """Domain of the tiers that a user may read, for a record rule."""
        self.ensure_one()
        return self._get_readable_approvals(
            [("reviewer_id", "=", self.id)], [("reviewer_group_id.user_ids", "in", self.ids)]
        )

    def _get_readable_reviews(self):
        """Domain of the reviews that a user may read, for a record rule."""
        self.ensure_one()
        return self._get_readable_approvals([("reviewer_ids", "in", self.ids)])

    def _get_readable_approvals(self, *of_reviewer):
        """Nothing outside; of offers only what concerns who neither sells nor sets tiers up.

        :param of_reviewer: domains of what the user approves
        """
        if self.share:
            return Domain.FALSE
        if self.has_group("sales_team.group_sale_salesman") or self.has_group(
            "base.group_erp_manager"
        ):
            return Domain.TRUE
        return Domain.OR([[("model", "!=", "sale.order")], *of_reviewer])

    def _get_reviewed_models(self):
        """Models of the documents that a user may send to review: those that he may write."""
        self.ensure_one()
        names = self.env["tier.definition"]._get_tier_validation_model_names()
        env = self.with_user(self).env
        return [name for name in names if name in env and env[name].has_access("write")]

    @api.model
    def review_user_count(self):
        """Name the group of offers in the reviewer's own language."""
        groups = super().review_user_count()
        for group in groups:
            if group["model"] == "sale.order":
                group["name"] = self.env._("Offers to Approve")
        return groups
