from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

SHOWN_NAMES = 3
# In the context of a question for the reviewers themselves. Only this very object counts, so that
# nobody can send it over RPC.
LEFT_OUT = object()


class TierReview(models.Model):
    """A review of an offer: nobody writes it but the offer's own methods, as the system."""

    _inherit = "tier.review"

    def _is_of_offer(self):
        return self.model == "sale.order"

    def _get_offer(self):
        self.ensure_one()
        return self.env["sale.order"].browse(self.res_id)

    # === NOBODY WRITES IT === #

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        reviews._check_offer_reviews_untouched()
        return reviews

    def write(self, vals):
        if not self._is_comment_of_reviewer(vals):
            self._check_offer_reviews_untouched()
        res = super().write(vals)
        if "model" in vals:
            self._check_offer_reviews_untouched()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_offer(self):
        self._check_offer_reviews_untouched()

    def _is_comment_of_reviewer(self, vals):
        """Whether only a comment is written, by one who is asked: the comment dialog does it."""
        return set(vals) == {"comment"} and all(
            review.status in ("waiting", "pending") and self.env.user in review.reviewer_ids
            for review in self
        )

    def _check_offer_reviews_untouched(self):
        reviews = self.filtered(lambda review: not self.env.su and review._is_of_offer())
        if reviews:
            raise AccessError(
                self.env._(
                    "Reviews of offer %(offer)s are made and decided with the buttons of the offer"
                    " only.",
                    offer=reviews[0]._get_offer().sudo().exists().name or "",
                )
            )

    def _update_review_status(self):
        # The systray of each reviewer comes here.
        offers = self.filtered(lambda review: review._is_of_offer())
        super(TierReview, offers.sudo())._update_review_status()
        return super(TierReview, self - offers)._update_review_status()

    # === WHO REVIEWS === #

    @api.model
    def _get_reviewer_fields(self):
        return [*super()._get_reviewer_fields(), "model", "res_id"]

    def _get_reviewers(self):
        """Of an offer: the tier's reviewers and their deputies, four eyes considered."""
        reviewers = super()._get_reviewers()
        if not self._is_of_offer() or self.env.context.get("approval_deputies") is LEFT_OUT:
            return reviewers
        return (reviewers | reviewers._get_approval_deputies()) - self._get_excluded_reviewers()

    def _get_excluded_reviewers(self):
        """Four eyes: neither who asks nor who sells approves."""
        if not self.definition_id.exclude_requester:
            return self.env["res.users"]
        return self.requested_by | self._get_offer().sudo().user_id

    def _may_be_done_by(self, user):
        """As of now: the stored list may be older than a group, a deputy or a salesperson."""
        return user in self._get_reviewers()

    def _get_represented_reviewer(self, user):
        """Whom the user stands in for; nobody when he is a reviewer himself."""
        reviewers = self.with_context(approval_deputies=LEFT_OUT)._get_reviewers()
        if user in reviewers:
            return self.env["res.users"]
        return reviewers.filtered(lambda reviewer: user in reviewer._get_approval_deputies())[:1]

    def _check_offer_reviewers(self):
        """A review that nobody can do would keep the offer waiting for ever."""
        self.ensure_one()
        order = self._get_offer()
        if not any(order._is_readable_by(user) for user in self.reviewer_ids):
            raise UserError(
                self.env._(
                    "Nobody can approve tier %(tier)s of offer %(offer)s: of its reviewers"
                    " (%(who)s) none has access to the offer, or they ask for the approval or"
                    " sell it themselves. Have an administrator give the tier another reviewer.",
                    tier=self.name,
                    offer=order.name,
                    who=self._get_offer_reviewer_names() or self.env._("none"),
                )
            )

    def _get_offer_reviewer_names(self):
        """A few names of those who are asked, the same in every language."""
        names = self.reviewer_ids[:SHOWN_NAMES].mapped("name")
        more = len(self.reviewer_ids) - len(names)
        return ", ".join(names) + (f" +{more}" if more else "")

    @api.depends("model")
    def _compute_todo_by(self):
        offers = self.filtered(lambda review: review._is_of_offer())
        for review in offers:
            review.todo_by = review._get_offer_reviewer_names()
        return super(TierReview, self - offers)._compute_todo_by()

    def _notify_review_reminder_body(self):
        if not self._is_of_offer():
            return super()._notify_review_reminder_body()
        return self.env._(
            "Offer %(offer)s has waited %(days)s days for its approval.",
            offer=self._get_offer().name,
            days=(fields.Datetime.now() - self.create_date).days,
        )
