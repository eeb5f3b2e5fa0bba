from functools import partial

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .account_move_release import APPROVER, UNRELEASED

APPROVAL = "sale_rfq_register.mail_activity_invoice_approval"
SHOWN_NAMES = 3


class AccountMove(models.Model):
    """Request, approve, reject: each checks, acts as the system and enters it in the log."""

    _inherit = "account.move"

    # === REQUEST === #

    def action_request_invoice_approval(self):
        """Ask for the approval of the invoices as they are now, also anew."""
        self.check_access("write")
        moves = self.sudo()
        for move in moves:
            move._check_release_requestable()
        moves._lock_release()
        moves._settle_releases()
        moves._log_release("requested")
        moves._close_release_tasks()
        moves._ask_approvers()
        return True

    def _check_release_requestable(self):
        self.ensure_one()
        state = self._get_invoice_approval_state()
        if state == "none":
            raise UserError(
                self.env._(
                    "%(invoice)s needs no approval: it is no draft, or its company does not"
                    " approve such documents. See Settings → Invoicing → Approve Invoices.",
                    invoice=self._get_release_name(),
                )
            )
        if state in ("pending", "approved"):
            raise UserError(self._get_invoice_approval_message(state))
        if not self._get_approvers():
            raise UserError(
                self.env._(
                    "Nobody can approve %(invoice)s: no other person of %(company)s has the right"
                    " “Approves Invoices”. Have an administrator give it to somebody, or let"
                    " people approve their own invoices in the settings.",
                    invoice=self._get_release_name(),
                    company=self.company_id.name,
                )
            )

    def _ask_approvers(self):
        """A task for each of those who may approve."""
        groups = self.grouped(lambda move: (move._get_approvers(), move.company_id))
        for (approvers, company), moves in groups.items():
            for user in approvers:
                moves.activity_schedule(
                    APPROVAL,
                    date_deadline=company._get_today(),
                    summary=self.with_context(lang=user.lang).env._(
                        "Approve or reject the invoice"
                    ),
                    user_id=user.id,
                )

    # === WHO APPROVES === #

    def _get_approvers(self):
        """Who has the right in the invoice's company, four eyes considered."""
        self.ensure_one()
        groups = self.env["res.groups"].sudo().with_context(active_test=False)
        group = groups.browse(self.env["ir.model.data"]._xmlid_to_res_id(APPROVER))
        users = group.all_user_ids.with_env(self.env)
        return (
            users.filtered(
                lambda user: user.active and not user.share and self.company_id in user.company_ids
            )
            - self._get_excluded_approvers()
        )

    def _get_excluded_approvers(self):
        """Four eyes: neither who drew the invoice up nor who asks approves it."""
        self.ensure_one()
        move = self.sudo()
        if not move.company_id.invoice_release_four_eyes:
            return self.env["res.users"]
        entry = move._get_latest_release_entry()
        asks = entry.user_id if entry.event == "requested" else self.env.user
        return (move.create_uid | asks).with_env(self.env)

    def _get_approver_names(self):
        approvers = self._get_approvers()
        names = approvers[:SHOWN_NAMES].mapped("name")
        more = len(approvers) - len(names)
        return ", ".join(names) + (f" +{more}" if more else "")

    # === APPROVE AND REJECT === #

    def action_approve_invoice(self):
        moves = self._begin_decision()
        moves._log_release("approved")
        moves._close_release_tasks()
        moves._tell_requester("approved")
        return True

    def action_reject_invoice(self):
        """A rejection always says why."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.invoice_release_reject_action"
            ),
            "context": {
                "default_move_ids": self.ids,
                "seen_release_entry": self.env.context.get("seen_release_entry"),
            },
        }

    def _reject_invoices(self, comment):
        moves = self._begin_decision()
        moves._log_release("rejected", comment=comment)
        moves._close_release_tasks()
        moves._tell_requester("rejected")

    def _begin_decision(self):
        """The invoices as the system, once it is sure that the user may decide about them now."""
        self.check_access("write")
        if not self.env.user.has_group(APPROVER):
            raise AccessError(
                self.env._(
                    "Invoices are approved and rejected by people with the right “Approves"
                    " Invoices”. An administrator gives it in Settings → Users."
                )
            )
        moves = self.sudo()
        moves._lock_release()
        for move in moves:
            move._check_decidable()
            move._check_release_seen()
        return moves

    def _check_release_seen(self):
        """The page says which request it shows: it may be older than a change."""
        seen = self.env.context.get("seen_release_entry")
        if seen and seen != self._get_latest_release_entry().id:
            raise UserError(
                self.env._(
                    "%(invoice)s was changed and its approval requested again since you opened"
                    " it. Reload the page and look at it as it is now.",
                    invoice=self._get_release_name(),
                )
            )

    def _check_decidable(self):
        self.ensure_one()
        state = self._get_invoice_approval_state()
        if state != "pending":
            raise UserError(
                self._get_invoice_approval_message(state)
                or self.env._(
                    "%(invoice)s does not wait for an approval.", invoice=self._get_release_name()
                )
            )
        if self.env.user in self._get_excluded_approvers():
            raise UserError(
                self.env._(
                    "You drew %(invoice)s up or requested its approval: somebody else decides"
                    " about it (%(approvers)s).",
                    invoice=self._get_release_name(),
                    approvers=self._get_approver_names() or self.env._("nobody has the right"),
                )
            )

    def _lock_release(self):
        """Let transactions that decide about one invoice fail to serialize, one is retried."""
        if self:
            self.env.execute_query(
                SQL(
                    "UPDATE account_move SET write_uid = write_uid WHERE id IN %s RETURNING id",
                    tuple(self.ids),
                )
            )

    def _close_release_tasks(self):
        self.activity_unlink([APPROVAL, UNRELEASED])

    def _log_release(self, event, **values):
        """Enter an event for each invoice; only the system makes rows."""
        self.env["invoice.release.log"].sudo().create(
            [{**move._prepare_release_log_values(event), **values} for move in self]
        )

    def _prepare_release_log_values(self, event):
        self.ensure_one()
        return {
            "move_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "event": event,
            "user_id": self.env.uid,
            "fingerprint": self._get_invoice_fingerprint(),
            "amount": self.amount_total,
            "currency_id": self.currency_id.id,
        }

    def _tell_requester(self, state):
        """Who asked learns what another decided about his invoice, or changed in it."""
        for move in self:
            rows = move.invoice_release_log_ids.filtered(lambda row: row.event == "requested")
            person = self._get_latest_row(rows).user_id.partner_id
            if not person or person == self.env.user.partner_id:
                continue
            told = move.with_context(lang=person.lang)
            told.message_notify(
                partner_ids=person.ids,
                subject=told.display_name,
                body=told._get_invoice_approval_message(state),
                author_id=self.env.user.partner_id.id,
            )

    # === WHAT A CHANGE DOES === #

    def _settle_releases_later(self):
        """Enter before the commit what a change has done; till then it may be undone again."""
        changed = self.filtered(lambda move: move._is_release_unsettled())
        if not changed:
            return
        precommit = self.env.cr.precommit
        ids = precommit.data.setdefault("sale_rfq_register.changed_invoices", set())
        if not ids:
            precommit.add(partial(changed.sudo().browse()._settle_releases_before_commit))
        ids.update(changed.ids)

    def _is_release_unsettled(self):
        """Whether the latest entry is about something else than the invoice as it is now."""
        if not isinstance(self.id, int) or self.state != "draft" or not self._needs_release():
            return False
        entry = self._get_latest_release_entry()
        return entry._get_approval_status() in (
            "pending",
            "approved",
        ) and not self._is_release_current(entry)

    @api.model
    def _settle_releases_before_commit(self):
        ids = self.env.cr.precommit.data.pop("sale_rfq_register.changed_invoices", ())
        self.browse(ids).exists()._settle_releases()
        self.env.flush_all()

    def _settle_releases(self):
        """Enter that a change voided the approvals."""
        voided = self.sudo().filtered(lambda move: move._is_release_unsettled())
        voided._lock_release()
        voided._log_release("voided")
        voided.activity_unlink([APPROVAL])
        voided._tell_requester("voided")
