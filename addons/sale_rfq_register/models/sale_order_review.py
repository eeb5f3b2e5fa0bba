from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Request, approve, reject, withdraw: each checks, acts as the system and enters it.

    Reviews of offers cannot be written by people (``tier.review``), so the base module's methods
    run as the system here; the acting user stays the same.
    """

    _inherit = "sale.order"

    # === REQUEST AND WITHDRAW === #

    def request_validation(self):
        """Ask for the approval of the offers as they are now, also anew."""
        self.check_access("write")
        orders = self.sudo()
        orders._settle_approvals()
        for order in orders:
            order._in_own_context()._check_approval_requestable()
        orders._lock_approval()
        orders.review_ids.unlink()
        orders.invalidate_recordset(["need_validation", "approval_state"])
        reviews = super(SaleOrder, orders).request_validation()
        for review in reviews:
            review._check_offer_reviewers()
        orders._log_approval("requested")
        return reviews

    def _check_approval_requestable(self):
        self.ensure_one()
        self._renew_figures()
        state = self._get_approval_state() if self._is_open() else "none"
        if state == "none":
            raise UserError(
                self.env._(
                    "Offer %(offer)s needs no approval: no tier asks for it, or it is not open any"
                    " more.",
                    offer=self.name,
                )
            )
        if state in ("pending", "approved"):
            raise UserError(self._get_approval_message(state))

    def restart_validation(self):
        """Withdraw the request or the approval."""
        self.check_access("write")
        orders = self.sudo().filtered(lambda order: order._is_open() and order.review_ids)
        orders._lock_approval()
        super(SaleOrder, orders).restart_validation()
        orders._log_approval("restarted")

    def _action_cancel(self):
        self.filtered(lambda order: order._get_logged_status() == "pending").restart_validation()
        return super()._action_cancel()

    # === APPROVE AND REJECT === #

    def validate_tier(self):
        self._begin_review()._get_reviews_in_turn()
        return super().validate_tier()

    def reject_tier(self):
        """A rejection always says why."""
        self.ensure_one()
        return self._add_comment("reject", self._begin_review()._get_reviews_in_turn())

    def _add_comment(self, validate_reject, reviews):
        action = super()._add_comment(validate_reject, reviews)
        rejects = validate_reject == "reject"
        action["name"] = (
            self.env._("Why the Offer Is Rejected") if rejects else self.env._("Comment")
        )
        return action

    def _validate_tier(self, tiers=False):
        order = self._begin_review()
        reviews = order._get_reviews_in_turn(tiers)
        super(SaleOrder, order)._validate_tier(reviews)
        order._log_reviews("tier", reviews.filtered(lambda review: review.status == "approved"))
        if all(review.status == "approved" for review in order.review_ids):
            order._log_approval("released")
            order._tell_salesperson("approved")

    def _rejected_tier(self, tiers=False):
        order = self._begin_review()
        reviews = order._get_reviews_in_turn(tiers)
        super(SaleOrder, order)._rejected_tier(reviews)
        order._log_reviews("rejected", reviews)
        order._tell_salesperson("rejected")

    def _is_readable_by(self, user):
        """Whether a reviewer could open the offer in its company."""
        self.ensure_one()
        if not user.active or self.company_id not in user.company_ids:
            return False
        order = self.with_user(user).with_context(allowed_company_ids=self.company_id.ids)
        return order.has_access("read")

    def _begin_review(self):
        """The offer as the system, once it is sure that it waits for approval as it is now."""
        self.ensure_one()
        self.check_access("read")
        order = self.sudo()
        order._lock_approval()
        state = order._get_approval_state() if order._is_open() else "none"
        if state != "pending":
            raise UserError(
                order._get_approval_message(state)
                or self.env._("Offer %(offer)s does not wait for an approval.", offer=order.name)
            )
        order._check_approval_seen()
        return order

    def _check_approval_seen(self):
        """The page says which entry of the log it shows: it may be older than a change."""
        seen = self.env.context.get("seen_approval_entry")
        # an approval of another tier in the meantime changes nothing of what was read
        if seen and seen < self._get_latest_request().id:
            raise UserError(
                self.env._(
                    "Offer %(offer)s was changed and its approval requested again since you opened"
                    " it. Reload the page and look at it as it is now.",
                    offer=self.name,
                )
            )

    def _get_reviews_in_turn(self, tiers=False):
        """The open reviews that the user decides now, those that his approval brings included.

        :param tiers: reviews to choose from, all by default
        :raise UserError: when there is none
        """
        user = self.env.user
        open_reviews = self.review_ids.filtered(
            lambda review: review.status in ("waiting", "pending")
        ).sorted("sequence")
        sequences = self._get_sequences_to_approve(user)
        chosen = open_reviews.browse()
        for review in open_reviews:
            follows = (
                review.approve_sequence_bypass and chosen[-1:].sequence == review.sequence - 1
            )
            if (review.sequence in sequences or follows) and review._may_be_done_by(user):
                chosen += review
        if tiers:
            chosen &= tiers.sudo()
        if not chosen:
            raise UserError(
                self.env._(
                    "It is not your turn to approve or reject offer %(offer)s. It waits for:"
                    " %(tiers)s.",
                    offer=self.name,
                    tiers="; ".join(
                        f"{review.name} ({review._get_offer_reviewer_names()})"
                        for review in open_reviews
                    ),
                )
            )
        return chosen

    # === THE LOG === #

    def _log_approval(self, event, **values):
        """Enter something about the whole offers."""
        return (
            self.env["sale.approval.log"]
            .sudo()
            .create([{**order._prepare_approval_log_values(event), **values} for order in self])
        )

    def _log_reviews(self, event, reviews):
        """Enter what was decided, a row for each tier."""
        user = self.env.user
        for review in reviews:
            self._log_approval(
                event,
                tier_name=review.name,
                tier_sequence=review.sequence,
                comment=review.comment,
                represented_id=review._get_represented_reviewer(user).id,
            )

    def _prepare_approval_log_values(self, event):
        self.ensure_one()
        return {
            "order_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "event": event,
            "user_id": self.env.uid,
            "fingerprint": self._get_offer_fingerprint(),
            "conditions": self._get_offer_conditions(),
            "worst_discount": self.offer_worst_discount,
            "worst_margin": self.offer_worst_margin,
            "discount_amount": self._get_discount_amount(),
            "whole_margin": self._get_margins()[False],
            "margin_percent": self.margin_percent,
            "amount": self.offer_amount,
            "payment_term_id": self.payment_term_id.id,
        }

    def _get_latest_request(self):
        rows = self.sudo().approval_log_ids.filtered(lambda row: row.event == "requested")
        return rows.browse(max(rows.ids, default=[]))

    def _get_current_approvals(self):
        """The approvals of tiers since the latest request."""
        rows = self.sudo().approval_log_ids.sorted("id")
        request = self._get_latest_request()
        return rows.filtered(lambda row: row.event == "tier" and row.id > request.id)

    def _tell_salesperson(self, state):
        """Who sells learns what others did about his offer."""
        for order in self:
            person = order.user_id.partner_id
            if order.user_id == self.env.user or not person:
                continue
            order.with_context(lang=person.lang).message_notify(
                partner_ids=person.ids,
                subject=order.name,
                body=order.with_context(lang=person.lang)._get_approval_message(state),
                author_id=self.env.user.partner_id.id,
            )
