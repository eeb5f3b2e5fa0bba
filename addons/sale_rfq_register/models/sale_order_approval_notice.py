from odoo import models


class SaleOrder(models.Model):
    """What the chatter says about the approval, in words of ours.

    The base module has none in Russian, and terms of its Python code cannot be translated from
    another module.
    """

    _inherit = "sale.order"

    def _notify_created_review_body(self):
        return self.env._(
            "%(user)s asks for the approval of offer %(offer)s.",
            user=self.env.user.name,
            offer=self.name,
        )

    def _notify_requested_review_body(self, tier_reviews=None):
        if not tier_reviews:
            return self._notify_created_review_body()
        return self.env._(
            "Offer %(offer)s waits for the approval of %(reviewers)s; %(user)s asked for it.",
            offer=self.name,
            reviewers="; ".join(
                review._get_offer_reviewer_names() for review in tier_reviews.sudo()
            ),
            user=(tier_reviews[:1].requested_by or self.env.user).name,
        )

    def _notify_accepted_reviews_body(self):
        comment = self._get_latest_comment("approved")
        if not comment:
            return self.env._(
                "%(user)s approved offer %(offer)s.", user=self.env.user.name, offer=self.name
            )
        return self.env._(
            "%(user)s approved offer %(offer)s: “%(comment)s”",
            user=self.env.user.name,
            offer=self.name,
            comment=comment,
        )

    def _notify_rejected_review_body(self):
        return self.env._(
            "%(user)s rejected offer %(offer)s: “%(comment)s”",
            user=self.env.user.name,
            offer=self.name,
            comment=self._get_latest_comment("rejected") or "…",
        )

    def _notify_restarted_review_body(self):
        return self.env._(
            "%(user)s withdrew the approval of offer %(offer)s or its request.",
            user=self.env.user.name,
            offer=self.name,
        )

    def _get_latest_comment(self, status):
        """What the acting user wrote beside his latest decision of this kind."""
        reviews = self.review_ids.filtered(
            lambda review: review.status == status and review.done_by == self.env.user
        )
        return reviews.sorted("reviewed_date")[-1:].comment
