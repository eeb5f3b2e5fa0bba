from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .sale_order_approval import APPROVAL_STATES, GATE_PASSED

RELEASE_STATES = [
    ("prepared", "Prepared"),
    ("to_approve", "To Approve"),
    ("approved", "To Confirm"),
    ("to_send", "To Send"),
    ("no_receipt", "Sent without Receipt"),
    ("done", "Done"),
]
APPROVER = "sale_rfq_register.sale_rfq_register_group_invoice_approver"
UNRELEASED = "sale_rfq_register.mail_activity_invoice_unreleased"
READERS = "account.group_account_invoice,account.group_account_readonly"


class AccountMove(models.Model):
    """An invoice to a customer is posted only as it was approved (I3), where the company wants it.

    Whether it is approved is read from ``invoice.release.log`` and compared with the content as
    it is now; the stored state is the accountant's work list. The draft may be changed at any
    time.
    """

    _inherit = "account.move"

    invoice_release_log_ids = fields.One2many(
        "invoice.release.log",
        "move_id",
        string="Approval Log of the Invoice",
        readonly=True,
        copy=False,
        groups=READERS,
    )
    invoice_release_state = fields.Selection(
        RELEASE_STATES,
        string="Release",
        compute="_compute_invoice_release_state",
        store=True,
        copy=False,
        index="btree_not_null",
        group_expand=True,
        help="Where the invoice stands on its way to the customer: approval, confirmation,"
        " sending, confirmation of receipt.",
    )
    invoice_approval_state = fields.Selection(
        APPROVAL_STATES,
        string="Invoice Approval",
        compute="_compute_invoice_approval_state",
        compute_sudo=True,
    )
    invoice_approval_message = fields.Char(
        compute="_compute_invoice_approval_message", compute_sudo=True, groups=READERS
    )
    can_approve_invoice = fields.Boolean(compute="_compute_can_approve_invoice")
    invoice_release_entry = fields.Integer(
        compute="_compute_invoice_approval_state",
        compute_sudo=True,
        help="Id of the latest entry of the log: what a person who decides has before him.",
    )

    @api.depends(lambda self: self._get_invoice_release_dependencies())
    def _compute_invoice_release_state(self):
        for move in self:
            move.invoice_release_state = move._needs_release() and move._get_release_state()
        self._settle_releases_later()

    @api.depends(lambda self: self._get_invoice_release_dependencies())
    def _compute_invoice_approval_state(self):
        for move in self:
            move.invoice_approval_state = move._get_invoice_approval_state()
            move.invoice_release_entry = move._get_latest_release_entry().id

    @api.depends("invoice_approval_state")
    def _compute_invoice_approval_message(self):
        for move in self:
            move.invoice_approval_message = move._get_invoice_approval_message(
                move.invoice_approval_state
            )

    @api.depends("invoice_approval_state")
    @api.depends_context("uid")
    def _compute_can_approve_invoice(self):
        approver = self.env.user.has_group(APPROVER)
        for move in self:
            move.can_approve_invoice = (
                approver
                and move.invoice_approval_state == "pending"
                and self.env.user not in move._get_excluded_approvers()
            )

    @api.model
    def _get_invoice_release_dependencies(self):
        return [
            "state",
            "invoice_release_log_ids",
            "dispatch_ids",
            "dispatch_ids.state",
            "dispatch_ids.receipt_requested",
            "dispatch_ids.receipt_date",
            *self._get_invoice_content_dependencies(),
        ]

    # === WHERE THE INVOICE STANDS === #

    def _needs_release(self):
        """Whether the company approves such documents; without a query where it does not."""
        self.ensure_one()
        return self.company_id.sudo().invoice_release_required and self.is_sale_document(
            include_receipts=True
        )

    @api.model
    def _get_release_domain(self):
        """The documents that a company may want to approve."""
        return Domain("move_type", "in", self.get_sale_types(include_receipts=True))

    def _get_release_state(self):
        """One of ``RELEASE_STATES``; nothing for what was posted before approvals were needed."""
        self.ensure_one()
        if self.state == "draft":
            approval = self._get_invoice_approval_state()
            return {"pending": "to_approve", "approved": "approved"}.get(approval, "prepared")
        if self.state != "posted" or not self._get_latest_release_entry():
            return False
        return self._get_sending_state()

    def _get_sending_state(self):
        """Read from the latest sending; one that came back has to be sent again."""
        row = self._get_latest_row(self._origin.sudo().dispatch_ids)
        if not row or row.state == "failed":
            return "to_send"
        return "no_receipt" if row.receipt_requested and not row.receipt_date else "done"

    def _get_invoice_approval_state(self):
        """One of ``APPROVAL_STATES``, from the log and the content as they are now."""
        self.ensure_one()
        if self.state != "draft" or not self._needs_release():
            return "none"
        entry = self._get_latest_release_entry()
        status = entry._get_approval_status()
        if status in ("pending", "approved") and not self._is_release_current(entry):
            return "voided"
        return "required" if status == "none" else status

    def _get_latest_release_entry(self):
        self.ensure_one()
        return self._get_latest_row(self._origin.sudo().invoice_release_log_ids)

    @api.model
    def _get_latest_row(self, rows):
        """A cached list is not sorted anew, hence the maximum; rows are read for all invoices."""
        return rows.browse(max(rows.ids, default=[])).with_prefetch(rows._prefetch_ids)

    def _is_release_current(self, entry):
        return entry.fingerprint == self._get_invoice_fingerprint()

    # === THE GATE === #

    def _post(self, soft=True):
        moves = self
        if self.env.context.get("leave_unreleased_invoices"):
            waiting = self._get_unreleased()
            waiting._remind_unreleased()
            moves -= waiting
            if not moves:
                return moves
        moves._check_released()
        moves = moves.with_context(invoice_gate_passed=GATE_PASSED)
        posted = super(AccountMove, moves)._post(soft)
        return posted.with_env(self.env)

    @api.model
    def _autopost_draft_entries(self, batch_size=100):
        """What is not approved waits and does not hold up the rest, however much of it waits."""
        waiting = self.search(self._get_autopost_domain())._get_unreleased()
        moves = self.with_context(leave_unreleased_invoices=True)
        return super(AccountMove, moves)._autopost_draft_entries(batch_size + len(waiting))

    @api.model
    def _get_autopost_domain(self):
        """Of what is posted by itself today, the documents that may wait for an approval."""
        return [
            ("state", "=", "draft"),
            ("date", "<=", fields.Date.context_today(self)),
            ("auto_post", "!=", "no"),
            ("invoice_release_state", "!=", False),
        ]

    def _get_unreleased(self):
        return self.filtered(lambda move: move._get_release_refusal())

    def _get_release_refusal(self):
        """Why the invoice cannot be posted as it is now; ``False`` when it can."""
        move = self.sudo()
        state = move._get_invoice_approval_state()
        return state not in ("none", "approved") and move._get_invoice_approval_message(state)

    def _check_released(self):
        """Refuse to post what is not approved.

        :raise UserError: names each invoice, the reason and the way out
        """
        refusals = [refusal for move in self if (refusal := move._get_release_refusal())]
        if refusals:
            self.check_access("write")
        if len(refusals) > 1 or (refusals and len(self) > 1):
            refusals.insert(
                0,
                self.env._(
                    "Nothing was confirmed: %(count)s of %(total)s documents are not approved."
                    " Leave them out or have them approved first.",
                    count=len(refusals),
                    total=len(self),
                ),
            )
        if refusals:
            raise UserError("\n".join(refusals))

    def _remind_unreleased(self):
        """Who answers for an invoice that should be posted by now learns once that it waits."""
        silent = self.sudo() - self._get_reminded_of_release()
        groups = silent.grouped(lambda move: (move._get_invoice_preparer(), move.company_id))
        for (user, company), moves in groups.items():
            moves.activity_schedule(
                UNRELEASED,
                date_deadline=company._get_today(),
                summary=self.with_context(lang=user.lang).env._(
                    "Should be confirmed by now and is not approved"
                ),
                user_id=user.id,
            )

    def _get_reminded_of_release(self):
        kind = self.env.ref(UNRELEASED)
        activities = self.env["mail.activity"].sudo()
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        reminded = activities.search([*domain, ("activity_type_id", "=", kind.id)])
        return self.sudo().browse(reminded.mapped("res_id"))

    def _get_invoice_preparer(self):
        """Who drew the invoice up, unless a machine did."""
        self.ensure_one()
        people = self.create_uid | self.invoice_user_id
        return people.filtered(lambda user: user.active and not user.share)[:1] or self.env.user

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_release_untouched(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_release_untouched(vals)
        if vals.get("state") == "posted" and not self._is_release_gate_passed():
            self.filtered(lambda move: move.state == "draft")._check_released()
        return super().write(vals)

    def _is_release_gate_passed(self):
        return self.env.context.get("invoice_gate_passed") is GATE_PASSED

    @api.model
    def _get_release_fields(self):
        """Names of the fields that no person writes."""
        return {"invoice_release_state", "invoice_release_log_ids"}

    def _check_release_untouched(self, vals):
        names = self._get_release_fields()
        given = {name for name in names if f"default_{name}" in self.env.context}
        touched = names.intersection(vals) | given
        if touched and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s of %(invoice)s follow from its approval and its sending and cannot"
                    " be set. Use the buttons of the invoice.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(touched)
                    ),
                    invoice=self[:1].display_name or self.env._("a new invoice"),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_release_logged(self):
        for move in self.sudo():
            if move.invoice_release_log_ids:
                raise UserError(
                    self.env._(
                        "%(invoice)s has entries in the approval log: it stays as evidence. Cancel"
                        " it instead.",
                        invoice=move._get_release_name(),
                    )
                )

    # === WORDS === #

    def _get_release_name(self):
        """What tells an invoice from others: several drafts have no number yet."""
        number = self.name if self.name and self.name != "/" else f"{self.display_name} #{self.id}"
        amount = self.currency_id.format(self.amount_total)
        return f"{number} ({self.partner_id.display_name or '?'}, {amount})"

    def _get_invoice_approval_message(self, state):
        """What the reader is told, and the way out."""
        self.ensure_one()
        words = {
            "required": self._get_release_required_message,
            "pending": self._get_release_pending_message,
            "rejected": self._get_release_rejected_message,
            "voided": self._get_release_voided_message,
            "approved": self._get_release_approved_message,
        }
        return words[state]() if state in words else False

    def _get_release_required_message(self):
        return self.env._(
            "%(invoice)s needs an approval before it is confirmed. Press Request Approval.",
            invoice=self._get_release_name(),
        )

    def _get_release_pending_message(self):
        return self.env._(
            "%(invoice)s waits for its approval, which %(user)s requested. It can be confirmed"
            " once one of them has approved it: %(approvers)s.",
            invoice=self._get_release_name(),
            user=self._get_latest_release_entry().user_id.name,
            approvers=self._get_approver_names(),
        )

    def _get_release_rejected_message(self):
        entry = self._get_latest_release_entry()
        return self.env._(
            "%(invoice)s was rejected by %(user)s: “%(comment)s”. Change it and request the"
            " approval again.",
            invoice=self._get_release_name(),
            user=entry.user_id.name,
            comment=(entry.comment or "…").rstrip().removesuffix("."),
        )

    def _get_release_voided_message(self):
        return self.env._(
            "%(invoice)s was changed since its approval was requested or given, and as it is now"
            " it is not approved. Request the approval again.",
            invoice=self._get_release_name(),
        )

    def _get_release_approved_message(self):
        return self.env._(
            "%(invoice)s is approved by %(user)s and can be confirmed.",
            invoice=self._get_release_name(),
            user=self._get_latest_release_entry().user_id.name,
        )
