from ast import literal_eval
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .invoice_common import APPROVER, InvoiceReleaseCommon

TODAY = "2026-03-02"


@tagged("post_install", "-at_install")
class TestInvoiceRelease(InvoiceReleaseCommon):
    """Nothing is posted otherwise than it was approved, whatever the way."""

    def _assert_refused(self, action, words):
        with self.assertRaisesRegex(UserError, words):
            action()
        self.env.invalidate_all()

    def _states(self, moves):
        return moves.mapped("invoice_release_state")

    # === THE WAY OF AN INVOICE === #

    def test_from_draft_to_posted(self):
        self.assertEqual(self.invoice.invoice_release_state, "prepared")
        self._request(self.invoice)
        self.assertEqual(self.invoice.invoice_release_state, "to_approve")
        self.invoice.with_user(self.approver).action_approve_invoice()
        self.assertEqual(self.invoice.invoice_release_state, "approved")
        self.invoice.with_user(self.clerk).action_post()
        self.assertRecordValues(
            self.invoice, [{"state": "posted", "invoice_release_state": "to_send"}]
        )
        self.assertRecordValues(
            self.invoice.invoice_release_log_ids.sorted("id"),
            [
                {
                    "event": event,
                    "user_id": user.id,
                    "fingerprint": self.invoice._get_invoice_fingerprint(),
                    "amount": self.invoice.amount_total,
                    "partner_id": self.partner_a.id,
                    "company_id": self.company.id,
                }
                for event, user in (("requested", self.clerk), ("approved", self.approver))
            ],
        )

    def test_credit_note_and_receipt(self):
        for kind in ("out_refund", "out_receipt"):
            move = self._new_invoice(move_type=kind)
            self._assert_refused(move.action_post, "needs an approval")
            self.assertEqual(self._post(move).state, "posted")

    def test_vendor_bill_and_entry_are_free(self):
        bill = self.init_invoice("in_invoice", amounts=[100], post=True)
        self.assertRecordValues(bill, [{"state": "posted", "invoice_release_state": False}])

    def test_company_that_does_not_want_it(self):
        self.company.invoice_release_required = False
        self.assertFalse(self.invoice.invoice_release_state)
        self.invoice.action_post()
        self.assertRecordValues(
            self.invoice, [{"state": "posted", "invoice_release_state": False}]
        )
        self.company.invoice_release_required = True
        self.assertFalse(self.invoice.invoice_release_state)
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self.invoice.action_request_invoice_approval()

    def test_drafts_join_when_it_is_switched_on(self):
        self.company.invoice_release_required = False
        draft = self._new_invoice()
        self.assertFalse(draft.invoice_release_state)
        self.company.invoice_release_required = True
        self.assertEqual(draft.invoice_release_state, "prepared")

    # === THE WAYS TO POST === #

    def test_button(self):
        self._assert_refused(
            self.invoice.with_user(self.clerk).action_post,
            r"\(partner_a, .*230.*\) needs an approval before it is confirmed\. Press Request",
        )
        self._request(self.invoice)
        self._assert_refused(self.invoice.action_post, "Clara Clerk requested.*Anton Approver")

    def test_state_written(self):
        self._assert_refused(lambda: self.invoice.write({"state": "posted"}), "needs an approval")
        self._assert_refused(
            lambda: self.invoice.with_context(invoice_gate_passed=True).write({"state": "posted"}),
            "needs an approval",
        )
        self.assertEqual(self.invoice.state, "draft")

    def test_mass_validation(self):
        invoices = self.invoice + self._new_invoices(2)
        self._approve(invoices[:1])
        wizard = self.env["validate.account.move"].create({"move_ids": invoices.ids})
        self._assert_refused(wizard.validate_move, "2 of 3 documents are not approved")
        self.assertEqual(set(invoices.mapped("state")), {"draft"})
        with self.assertRaises(UserError) as caught:
            wizard.validate_move()
        self.assertNotIn(invoices[0]._get_release_name(), str(caught.exception))
        for invoice in invoices[1:]:
            self.assertIn(invoice._get_release_name(), str(caught.exception))
        self.env.invalidate_all()
        self._approve(invoices[1:])
        wizard.validate_move()
        self.assertEqual(set(invoices.mapped("state")), {"posted"})

    def test_several_posted_at_once(self):
        invoices = self.invoice + self._new_invoice()
        self._approve(invoices[:1])
        self._assert_refused(invoices.action_post, "1 of 2 documents are not approved")
        self._assert_refused(
            invoices.action_validate_moves_with_confirmation, "1 of 2 documents are not approved"
        )

    @freeze_time(TODAY)
    def test_posted_by_itself(self):
        waiting = self.invoice + self._new_invoices(2)
        ready = self._approve(self._new_invoice())
        (waiting + ready).auto_post = "at_date"
        for _day in range(2):
            with patch.object(self.registry["ir.cron"], "_commit_progress"):
                self.env["account.move"]._autopost_draft_entries(batch_size=2)
        self.assertEqual(ready.state, "posted")
        self.assertEqual(set(waiting.mapped("state")), {"draft"})
        self.assertEqual(waiting.activity_ids.user_id, self.clerk)
        self.assertEqual(len(waiting.activity_ids), 3)

    def test_job_that_posts_by_itself(self):
        """Core's own job, run as the scheduler runs it, twice, with more waiting than a batch."""
        waiting = self._new_invoices(3)
        ready = self._approve(self._new_invoices(2))
        (waiting + ready).auto_post = "at_date"
        self.assertEqual(set(ready.mapped("invoice_approval_state")), {"approved"})
        job = self.env.ref("account.ir_cron_auto_post_draft_entry")
        with freeze_time(TODAY), patch.object(self.registry["ir.cron"], "_commit_progress"):
            for _run in range(2):
                job.with_user(job.user_id).ir_actions_server_id.run()
        self.assertEqual(set(ready.mapped("state")), {"posted"})
        self.assertEqual(set(waiting.mapped("state")), {"draft"})
        for invoice in waiting:
            self.assertEqual(len(invoice.activity_ids), 1)

    def test_order_makes_drafts_only(self):
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.partner_a.id,
                    "order_line": [Command.create({"product_id": self.product_a.id})],
                }
            )
        )
        order.action_confirm()
        order.order_line.qty_delivered = 1
        action = self.env.ref("sale_rfq_register.sale_order_action_to_prepare")
        self.assertIn(order, order.search(literal_eval(action.domain)))
        invoice = order._create_invoices()
        self.assertRecordValues(invoice, [{"state": "draft", "invoice_release_state": "prepared"}])
        self.assertNotIn(order, order.search([("invoice_status", "=", "to invoice")]))

    def test_payment_succeeds_and_the_invoice_waits(self):
        waiting = self.invoice.with_context(leave_unreleased_invoices=True)
        waiting.action_post()
        self.assertEqual(self.invoice.state, "draft")
        self.assertEqual(self.invoice.activity_ids.user_id, self.clerk)

    # === CHANGES === #

    def test_change_voids(self):
        line = self.invoice.invoice_line_ids
        tax = self.tax_sale_b
        changes = [
            lambda: line.write({"price_unit": 99}),
            lambda: line.write({"quantity": 3}),
            lambda: line.write({"discount": 5}),
            lambda: line.write({"name": "Other words"}),
            lambda: line.write({"tax_ids": [Command.set(tax.ids)]}),
            lambda: line.write({"account_id": self.copy_account(line.account_id).id}),
            lambda: self.invoice.write({"partner_id": self.partner_b.id}),
            lambda: self.invoice.write({"invoice_date": "2026-03-03"}),
            lambda: self.invoice.write({"invoice_payment_term_id": self.pay_terms_a.id}),
            lambda: self.invoice.write({"narration": "Pay soon"}),
            lambda: self.invoice.write(
                {"invoice_line_ids": [Command.create({"name": "One more", "price_unit": 1})]}
            ),
            lambda: self.invoice.invoice_line_ids[-1].unlink(),
        ]
        for number, change in enumerate(changes):
            self._approve(self.invoice)
            change()
            self.assertEqual(self.invoice.invoice_release_state, "prepared", number)
            self._commit(self.invoice)
            self.assertEqual(self.invoice.invoice_approval_state, "voided")
            self.assertEqual(self._events(self.invoice)[-1], "voided")
            self._assert_refused(self.invoice.action_post, "was changed since its approval")
        self.assertEqual(self._post(self.invoice).state, "posted")

    def test_tax_amount_changed_by_hand(self):
        self._approve(self.invoice)
        lines = self.invoice.line_ids
        tax = lines.filtered("tax_line_id")[:1]
        rest = lines.filtered(lambda line: line.display_type == "payment_term")
        self.invoice.write(
            {
                "line_ids": [
                    Command.update(tax.id, {"amount_currency": tax.amount_currency - 1}),
                    Command.update(rest.id, {"amount_currency": rest.amount_currency + 1}),
                ]
            }
        )
        self._assert_refused(self.invoice.action_post, "was changed since its approval")

    def test_change_while_it_waits(self):
        self._request(self.invoice)
        self.invoice.invoice_line_ids.price_unit = 99
        self._assert_refused(
            self.invoice.with_user(self.approver).action_approve_invoice, "was changed since"
        )
        self._commit(self.invoice)
        self.assertEqual(self._events(self.invoice), ["requested", "voided"])
        self.assertFalse(self.invoice.activity_ids)

    def test_change_that_is_undone(self):
        self._approve(self.invoice)
        self.invoice.invoice_line_ids.price_unit = 99
        self.env.flush_all()
        self.invoice.invoice_line_ids.price_unit = 100
        self._commit(self.invoice)
        self.assertEqual(self._events(self.invoice), ["requested", "approved"])
        self.invoice.action_post()

    def test_what_is_no_change(self):
        self._approve(self.invoice)
        self.invoice.write({"ref": "PO 17", "invoice_user_id": self.second.id})
        self.invoice.invoice_line_ids.sequence = 77
        self.invoice.action_post()
        self.assertEqual(self._events(self.invoice), ["requested", "approved"])

    def test_invoice_dated_when_it_is_posted(self):
        invoice = self._new_invoice(invoice_date=False)
        with freeze_time("2026-03-01"):
            self._approve(invoice)
        with freeze_time("2026-03-05"):
            invoice.action_post()
            self._commit(invoice)
        self.assertEqual(invoice.invoice_date, fields.Date.to_date("2026-03-05"))
        self.assertEqual(self._events(invoice), ["requested", "approved"])

    def test_back_to_draft(self):
        self._post(self.invoice).button_draft()
        self.assertEqual(self.invoice.invoice_release_state, "approved")
        self.invoice.invoice_line_ids.price_unit = 99
        self._assert_refused(self.invoice.action_post, "was changed since its approval")

    def test_copy_and_reversal_start_anew(self):
        self._post(self.invoice)
        reversal = self.invoice._reverse_moves()
        for move in (self.invoice.copy(), reversal):
            self.assertEqual(move.invoice_release_state, "prepared")
            self.assertFalse(move.invoice_release_log_ids)
            self._assert_refused(move.action_post, "needs an approval")

    # === WHO DECIDES === #

    def test_task_of_each_approver(self):
        self._request(self.invoice)
        self.assertEqual(self.invoice.activity_ids.user_id, self.approver + self.second)
        self.invoice.with_user(self.approver).action_approve_invoice()
        self.assertFalse(self.invoice.activity_ids)

    def test_rejection_says_why(self):
        self._request(self.invoice)
        self._reject(self.invoice, "Price of last year.")
        self._commit(self.invoice)
        self.assertEqual(self.invoice.invoice_release_state, "prepared")
        self.assertFalse(self.invoice.activity_ids)
        self._assert_refused(
            self.invoice.action_post, "rejected by Anton Approver: “Price of last year”. Change"
        )
        told = (
            self.env["mail.message"]
            .sudo()
            .search([("res_id", "=", self.invoice.id), ("message_type", "=", "user_notification")])
        )
        bodies = told.filtered(lambda row: row.partner_ids == self.clerk.partner_id).mapped("body")
        self.assertTrue(any("Price of last year" in str(body) for body in bodies), bodies)
        wizard = Form(
            self.env["invoice.release.reject"]
            .with_user(self.approver)
            .with_context(default_move_ids=self.invoice.ids)
        )
        with self.assertRaises(AssertionError):
            wizard.save()

    def test_clerk_does_not_decide(self):
        self._request(self.invoice)
        clerk = self.invoice.with_user(self.clerk)
        self.assertFalse(clerk.can_approve_invoice)
        self.assertTrue(self.invoice.with_user(self.approver).can_approve_invoice)
        with self.assertRaisesRegex(AccessError, "Approves Invoices"):
            clerk.action_approve_invoice()
        with self.assertRaises(AccessError):
            self._reject(self.invoice, user=self.clerk)

    def test_four_eyes(self):
        self.invoice.with_user(self.approver).action_request_invoice_approval()
        self.assertFalse(self.invoice.with_user(self.approver).can_approve_invoice)
        self._assert_refused(
            self.invoice.with_user(self.approver).action_approve_invoice, "somebody else decides"
        )
        self.assertEqual(self.invoice.activity_ids.user_id, self.second)
        self.invoice.with_user(self.second).action_approve_invoice()
        self.assertEqual(self.invoice.invoice_release_state, "approved")

    def test_who_drew_it_up_does_not_approve(self):
        self.clerk.group_ids += self.env.ref(APPROVER)
        self.invoice.with_user(self.second).action_request_invoice_approval()
        self._assert_refused(
            self.invoice.with_user(self.clerk).action_approve_invoice, "somebody else decides"
        )

    def test_two_eyes_where_the_company_says_so(self):
        self.company.invoice_release_four_eyes = False
        self.invoice.with_user(self.approver).action_request_invoice_approval()
        self.invoice.with_user(self.approver).action_approve_invoice()
        self.assertEqual(self.invoice.invoice_release_state, "approved")

    def test_nobody_could_approve(self):
        (self.approver + self.second).group_ids -= self.env.ref(APPROVER)
        self._assert_refused(
            self.invoice.with_user(self.clerk).action_request_invoice_approval,
            "Nobody can approve",
        )

    def test_page_older_than_the_request(self):
        self._request(self.invoice)
        approver = self.invoice.with_user(self.approver)
        seen = approver.invoice_release_entry
        self.invoice.invoice_line_ids.price_unit = 1.0
        self._commit(self.invoice)
        self._request(self.invoice)
        late = approver.with_context(seen_release_entry=seen)
        self._assert_refused(late.action_approve_invoice, "requested again since you opened it")
        reject = approver.env["invoice.release.reject"].with_context(
            late.action_reject_invoice()["context"]
        )
        self._assert_refused(
            reject.create({"comment": "x"}).action_reject, "requested again since you opened it"
        )
        fresh = approver.with_context(seen_release_entry=approver.invoice_release_entry)
        fresh.action_approve_invoice()
        self.assertEqual(self._commit(self.invoice).invoice_approval_state, "approved")

    def test_requested_or_approved_twice(self):
        self._request(self.invoice)
        self._assert_refused(
            self.invoice.action_request_invoice_approval, "waits for its approval"
        )
        self.invoice.with_user(self.approver).action_approve_invoice()
        self._assert_refused(
            self.invoice.with_user(self.second).action_approve_invoice, "is approved by Anton"
        )

    def test_many_at_once(self):
        invoices = self._approve(self._new_invoices(3))
        self.assertEqual(self._states(invoices), ["approved"] * 3)
        self._request(more := self._new_invoices(2))
        self._reject(more)
        self.assertEqual([self._events(move)[-1] for move in more], ["rejected"] * 2)

    # === THE LOG STAYS === #

    def test_log_is_not_changed(self):
        self._request(self.invoice)
        row = self.invoice.invoice_release_log_ids.sudo()
        with self.assertRaisesRegex(UserError, "not changed any more"):
            row.event = "approved"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            row.unlink()

    def test_invoice_stays_as_evidence(self):
        self._request(self.invoice)
        self._assert_refused(self.invoice.unlink, "entries in the approval log")
        self.invoice.button_cancel()
        self.assertFalse(self.invoice.invoice_release_state)
        self._new_invoice().unlink()
