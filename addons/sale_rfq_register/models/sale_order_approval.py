from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sale_order_list_price import JUST_USED

APPROVAL_STATES = [
    ("none", "Not Needed"),
    ("required", "Needed"),
    ("pending", "Waiting"),
    ("rejected", "Rejected"),
    ("voided", "Changed since"),
    ("approved", "Approved"),
]
# In the context of a confirmation that has passed the gate already. Only this very object counts,
# so that nobody can send it over RPC.
GATE_PASSED = object()
# an offer in one of them is not used
UNAPPROVED = ("required", "pending", "rejected", "voided")


class SaleOrder(models.Model):
    """An offer that matches an approval tier is used only as it was approved (O6).

    The tiers, their order and their reviewers are those of ``base_tier_validation``. Whether the
    offer is approved is read from ``sale.approval.log`` and compared with the content as it is
    now; reviews and stored states only show it. The offer may be changed at any time.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "tier.validation"]

    _state_field = "state"
    _state_from = ["draft", "sent"]
    _state_to = ["sale"]
    _cancel_state = "cancel"

    approval_log_ids = fields.One2many(
        "sale.approval.log",
        "order_id",
        readonly=True,
        copy=False,
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )
    approval_state = fields.Selection(
        APPROVAL_STATES,
        string="Approval",
        compute="_compute_approval_state",
        compute_sudo=True,
    )
    approval_entry = fields.Integer(
        compute="_compute_approval_state",
        compute_sudo=True,
        help="Id of the latest entry of the log: what a person who decides has before him.",
    )
    approval_message = fields.Char(
        compute="_compute_approval_message", compute_sudo=True, groups="base.group_user"
    )

    is_closed_outside = fields.Boolean(
        string="Closed to the Customer",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="It was sent, has been changed since, and is not approved: the customer does not see"
        " it in his lists.",
        prefetch="offer",
    )

    # the content, which it depends on too, is noticed by `_notice_change`
    @api.depends("state", "approval_log_ids")
    def _compute_offer_state(self):
        super()._compute_offer_state()
        self._settle_approvals_later()

    @api.depends(lambda self: self._get_approval_dependencies())
    def _compute_approval_state(self):
        for order in self:
            order.approval_state = order._get_approval_state() if order._is_open() else "none"
            order.approval_entry = order._get_latest_entry().id

    @api.depends("approval_state")
    def _compute_approval_message(self):
        for order in self:
            order.approval_message = order._get_approval_message(order.approval_state)

    @api.depends("approval_state")
    def _compute_need_validation(self):
        for order in self:
            order.need_validation = bool(
                order._origin.id and order.approval_state in ("required", "rejected", "voided")
            )

    def _compute_can_review(self):
        """Ask only offers that wait for somebody; the others cost nothing."""
        waiting = self.filtered(lambda order: order._get_logged_status() == "pending")
        (self - waiting).can_review = False
        super(SaleOrder, waiting)._compute_can_review()

    @api.model
    def _get_approval_dependencies(self):
        return [
            "state",
            "approval_log_ids",
            "margin_percent",
            "offer_worst_discount",
            "offer_worst_margin",
            "offer_amount",
            *self._get_offer_content_dependencies(),
        ]

    def _get_offer_state(self):
        state = super()._get_offer_state()
        if not self._is_open() or self._get_logged_status() == "none":
            return state
        approval = self._get_approval_state()
        if approval in ("pending", "voided"):
            return "to_approve"
        if approval == "rejected":
            return "draft"
        return "approved" if approval == "approved" and state == "draft" else state

    # === WHERE THE APPROVAL STANDS === #

    def _is_open(self):
        self.ensure_one()
        return self.state in self._state_from

    def _get_approval_state(self):
        """One of ``APPROVAL_STATES``, from the log, the content and the tiers as they are now."""
        self.ensure_one()
        if not self._get_tiers_in_force():
            return "none"
        status = self._get_logged_status()
        if status in ("approved", "pending") and not self._is_request_current():
            status = "voided"
        if status in ("approved", "pending"):
            return status
        if not self._get_matching_tiers():
            return "none"
        return "required" if status == "none" else status

    def _get_latest_entry(self):
        """The latest row of the log. A cached list is not sorted anew, hence the maximum."""
        self.ensure_one()
        rows = self._origin.sudo().approval_log_ids
        return rows.browse(max(rows.ids, default=[]))

    def _get_logged_status(self):
        if not self.env["tier.definition"]._get_offer_tier_ids(self.company_id.id):
            return "none"
        return self._get_latest_entry()._get_approval_status()

    def _get_tiers_in_force(self):
        """Tiers for offers of the company; without a query as long as no tier is changed."""
        self.ensure_one()
        tiers = self.env["tier.definition"].sudo()
        return tiers.browse(tiers._get_offer_tier_ids(self.company_id.id))

    def _get_matching_tiers(self):
        """Tiers that ask for the approval of the offer as it is."""
        order = self.sudo()
        return order._get_tiers_in_force().filtered(lambda tier: bool(order.evaluate_tier(tier)))

    # === THE GATE === #

    def _get_release_refusal(self):
        refusal = super()._get_release_refusal()
        # a cancelled offer is one again by a button
        return refusal or (self.state != "sale" and self._get_approval_refusal())

    def _get_approval_refusal(self):
        """Why the offer is not approved as it is now; ``False`` when it is or need not be."""
        order = self.sudo()
        if not order._get_tiers_in_force():
            return False
        order = order._in_own_context()
        order._renew_figures()
        state = order._get_approval_state()
        if state in UNAPPROVED:
            return order._get_approval_message(state)
        return state == "none" and order._get_archived_list_refusal()

    def _check_approved(self, just_used=False):
        """:param just_used: whether they came to their state by what is checked"""
        for order in self.with_context(just_used=just_used and JUST_USED):
            if refusal := order._get_approval_refusal():
                raise UserError(refusal)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_approval_untouched(vals)
        orders = super().create(vals_list)
        used = orders.filtered(lambda order: order.state in ("sent", "sale"))
        used._check_approved(just_used=True)
        used._note_released()
        return orders

    def write(self, vals):
        self._check_approval_untouched(vals)
        self._check_currency_follows(vals)
        used = self._get_orders_used_by(vals)
        used._check_approved()
        res = super().write(vals)
        if used and not self._get_state_values().issuperset(vals):
            used._check_approved(just_used=True)
        used._note_released()
        return res

    @api.model
    def _get_state_values(self):
        """What may be written together with a state and changes nothing of the content."""
        return {"state", "date_order"}

    def _get_orders_used_by(self, vals):
        """Orders that a change of state sends or confirms, whoever writes it."""
        state = vals.get("state")
        passed = self.env.context.get("offer_gate_passed") is GATE_PASSED
        if state not in ("sent", "sale") or passed:
            return self.browse()
        return self.filtered(lambda order: order.state not in (state, "sale"))

    @api.model
    def _get_approval_fields(self):
        """Names of the fields that no person writes."""
        return {
            "offer_state",
            "validation_status",
            "review_ids",
            "approval_log_ids",
            "offer_worst_discount",
            "offer_worst_margin",
            "offer_amount",
            "released_fingerprint",
            "is_closed_outside",
        }

    def _check_approval_untouched(self, vals):
        if self.env.su:
            return
        touched = self._get_approval_fields() & self._get_given_names(vals)
        if touched:
            raise AccessError(
                self.env._(
                    "%(fields)s of %(offer)s follow from the offer and its approval and cannot be"
                    " set. Request the approval instead.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(touched)
                    ),
                    offer=self[:1].name or self.env._("a new offer"),
                )
            )

    def _check_currency_follows(self, vals):
        """The same figures in another currency are another price, where tiers look at it."""
        if "currency_id" not in vals or self.env.su:
            return
        for order in self.filtered(lambda order: order._get_tiers_in_force()):
            if order.currency_id.id != vals["currency_id"]:
                raise UserError(
                    self.env._(
                        "The currency of %(offer)s is that of its pricelist, %(currency)s. Choose"
                        " another pricelist instead.",
                        offer=order.name,
                        currency=order.currency_id.name,
                    )
                )

    def _get_company(self):
        """Companies whose tiers hold: those of a company do so for its branches."""
        return super()._get_company().parent_ids

    # The base module's own checks would lock the offer and ask the database for every record.

    def _tier_validation_check_state_on_write(self, vals):
        """The gate does it."""

    def _tier_validation_check_write_allowed(self, vals):
        """A change is allowed and voids the approval."""

    def _tier_validation_check_write_remove_reviews(self, vals):
        """Reviews go when the approval is requested anew, withdrawn or void."""

    # === WORDS === #

    def _get_approval_message(self, state):
        """What the reader is told, and the way out."""
        self.ensure_one()
        words = {
            "required": self._get_required_message,
            "pending": self._get_pending_message,
            "rejected": self._get_offer_rejected_message,
            "voided": self._get_voided_message,
            "approved": self._get_approved_message,
        }
        return words[state]() if state in words else False

    def _get_required_message(self):
        return self.env._(
            "Offer %(offer)s needs an approval before it is printed, sent or confirmed: %(tiers)s."
            " Press Request Approval.",
            offer=self.name,
            tiers=", ".join(self._get_matching_tiers().mapped("name")),
        )

    def _get_pending_message(self):
        reviews = self.review_ids.filtered(lambda review: review.status == "pending")
        return self.env._(
            "Offer %(offer)s waits for its approval: %(tiers)s. It can be used once all tiers have"
            " approved it.",
            offer=self.name,
            tiers="; ".join(
                f"{review.name} ({review._get_offer_reviewer_names()})" for review in reviews
            ),
        )

    def _get_offer_rejected_message(self):
        entry = self._get_latest_entry()
        return self.env._(
            "Offer %(offer)s was rejected by %(user)s: “%(comment)s”. Change it and request the"
            " approval again.",
            offer=self.name,
            user=entry.user_id.name,
            comment=(entry.comment or "…").rstrip().removesuffix("."),
        )

    def _get_voided_message(self):
        return self.env._(
            "Offer %(offer)s was changed since its approval was requested or given, and as it is"
            " now it is not approved: %(tiers)s. Request the approval again.",
            offer=self.name,
            tiers=", ".join(self._get_matching_tiers().mapped("name")),
        )

    def _get_approved_message(self):
        rows = self._get_current_approvals()
        return self.env._(
            "Offer %(offer)s is approved by %(users)s.",
            offer=self.name,
            users=", ".join(rows.user_id.mapped("name")),
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approval_logged(self):
        for order in self.sudo():
            if order.approval_log_ids:
                raise UserError(
                    self.env._(
                        "Offer %(offer)s has entries in the approval log: it stays as evidence."
                        " Cancel it instead.",
                        offer=order.name,
                    )
                )

    def unlink(self):
        # before the reviews are deleted, which the base module does first
        self._unlink_except_approval_logged()
        return super().unlink()
