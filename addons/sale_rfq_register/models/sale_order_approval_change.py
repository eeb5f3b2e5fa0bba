from functools import partial

from odoo import api, models
from odoo.tools import SQL, float_compare


class SaleOrder(models.Model):
    """What a change does to an approval that was requested or given."""

    _inherit = "sale.order"

    def _is_request_current(self):
        """Whether what was asked for, and of whom, is what would be asked for now.

        A tier may test what is no part of the content.
        """
        asked = self.sudo().review_ids.definition_id
        return self._is_content_current() and self._get_matching_tiers() <= asked

    def _is_content_current(self):
        """Whether the latest entry of the log covers the offer as it is now."""
        entry = self._get_latest_entry()
        if entry.fingerprint == self._get_offer_fingerprint():
            return True
        return entry._is_approval_given() and self._is_change_harmless()

    def _is_change_harmless(self):
        """Whether nothing is worse than approved, where the company lets such changes pass."""
        self.ensure_one()
        if not self.company_id.offer_approval_keep_harmless:
            return False
        approved = self._get_released_entry()
        return (
            self._get_offer_conditions() == approved.conditions
            and not self._is_worse(self.offer_worst_discount, approved.worst_discount)
            and not self._is_worse(approved.worst_margin, self.offer_worst_margin)
            and not self._is_worse(self._get_discount_amount(), approved.discount_amount)
            and not self._is_worse(approved.whole_margin, self._get_margins()[False])
            and not self._is_worse(approved.margin_percent, self.margin_percent, digits=4)
            and not self._is_worse(self.offer_amount, approved.amount)
        )

    @api.model
    def _is_worse(self, value, limit, digits=2):
        return float_compare(value, limit, precision_digits=digits) > 0

    def _get_released_entry(self):
        """The approval itself: what was let pass later is measured at it, not at each other."""
        rows = self._origin.sudo().approval_log_ids.filtered(lambda row: row.event == "released")
        return rows.browse(max(rows.ids, default=[]))

    def _notice_change(self):
        """Let the state of offers with an approval follow their content, which was written.

        The stored state names no dependency on the content, or each write of any order would pay.
        """
        if not self.env["tier.definition"]._has_offer_tiers():
            return
        logged = self.filtered(
            lambda order: order._is_open() and order._get_logged_status() != "none"
        )
        logged.modified(["approval_log_ids"])
        (logged | self.filtered(lambda order: order.state == "sent"))._settle_approvals_later()

    def _settle_approvals_later(self):
        """Enter before the commit what a change has done; till then it may be undone again."""
        changed = self.filtered(
            lambda order: order.id and (order._is_approval_unsettled() or order._is_shown_or_was())
        )
        if not changed:
            return
        precommit = self.env.cr.precommit
        ids = precommit.data.setdefault("sale_rfq_register.changed_approvals", set())
        if not ids:
            precommit.add(partial(changed.sudo().browse()._settle_approvals_before_commit))
        ids.update(changed.ids)

    def _is_approval_unsettled(self):
        """Whether the latest entry is about something else than the offer as it is now."""
        if not isinstance(self.id, int) or not self._is_open():
            return False
        if self._get_logged_status() not in ("pending", "approved"):
            return False
        return self._get_latest_entry().fingerprint != self._get_offer_fingerprint()

    @api.model
    def _settle_approvals_before_commit(self):
        ids = self.env.cr.precommit.data.pop("sale_rfq_register.changed_approvals", ())
        orders = self.browse(ids).exists()
        orders._settle_approvals()
        orders._settle_shown()
        self.env.flush_all()

    def _settle_approvals(self):
        """Enter that a change voided the approvals, or was harmless."""
        unsettled = self.sudo().filtered(lambda order: order._is_approval_unsettled())
        unsettled._lock_approval()
        kept = unsettled.filtered(lambda order: order._is_content_current())
        kept._log_approval("kept")
        voided = unsettled - kept
        voided.review_ids.unlink()
        voided._log_approval("voided")
        voided._tell_salesperson("voided")

    def _is_shown_or_was(self):
        """Whether the customer's lists have to follow the offer."""
        if not isinstance(self.id, int) or not self.env["tier.definition"]._has_offer_tiers():
            return False
        order = self.sudo()
        return order.state == "sent" or order.is_closed_outside

    def _settle_shown(self):
        """A record rule needs a column that says what the customer's page finds out by itself."""
        for order in self.sudo():
            closed = order.state == "sent" and bool(order._get_document_refusal())
            if order.is_closed_outside != closed:
                order.is_closed_outside = closed

    def _lock_tested(self):
        """Let a change of lines and the confirmation of the same offer not both come through.

        A new line, or one of other cost, changes no column of the offer itself. Of an order, two
        changes that are harmless each are not harmless together.
        """
        self.filtered(
            lambda order: (
                order.id
                and (order._is_open() or order.state == "sale")
                and order._get_tiers_in_force()
            )
        )._lock_approval()

    def _lock_approval(self):
        """Let transactions that decide about the same offer fail to serialize, one is retried."""
        if self:
            self.env.execute_query(
                SQL(
                    "UPDATE sale_order SET write_uid = write_uid WHERE id IN %s RETURNING id",
                    tuple(self.ids),
                )
            )
