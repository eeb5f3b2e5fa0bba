from unittest.mock import patch

from odoo.tests import tagged

from .invoice_common import InvoiceReleaseCommon

SPECIFICATION = {
    "name": {},
    "partner_id": {"fields": {"display_name": {}}},
    "amount_total_in_currency_signed": {},
    "activity_ids": {},
    "invoice_release_state": {},
}


@tagged("post_install", "-at_install")
class TestInvoiceReleaseList(InvoiceReleaseCommon):
    """The accountant's work list: what has to be approved, confirmed, sent, confirmed again."""

    def _state(self, invoice):
        return self._commit(invoice).invoice_release_state

    # === SENDING === #

    def test_sent_and_received(self):
        self.company.invoice_receipt_requested = True
        self._post(self.invoice)
        self._send(self.invoice)
        self.assertEqual(len(self.invoice.dispatch_ids), 1)
        self.assertEqual(self._state(self.invoice), "no_receipt")
        receipt = self.env["sale.dispatch.receipt"].create(
            {"dispatch_id": self.invoice.dispatch_ids.id, "person": "Pavel Novak"}
        )
        receipt.action_record()
        self.assertEqual(self._state(self.invoice), "done")

    def test_sent_without_asking_for_a_receipt(self):
        self._post(self.invoice)
        self._send(self.invoice)
        self.assertEqual(self._state(self.invoice), "done")

    def test_mail_that_failed(self):
        self._post(self.invoice)
        self._send(self.invoice, fail=True)
        self.assertTrue(self.invoice.is_move_sent)
        self.assertFalse(self.invoice.dispatch_ids)
        self.assertEqual(self._state(self.invoice), "to_send")

    def test_sending_that_came_back(self):
        self._post(self.invoice)
        self._send(self.invoice)
        self.invoice.dispatch_ids.sudo()._mark_failed("accounts@customer.example.com", "unknown")
        self.assertEqual(self._state(self.invoice), "to_send")
        self._send(self.invoice)
        self.assertEqual(self._state(self.invoice), "done")

    def test_many_sent_at_once(self):
        self.company.invoice_receipt_requested = True
        invoices = self._post(self._new_invoices(3))
        self._send(invoices)
        for invoice in invoices:
            self.assertEqual(invoice.dispatch_ids.document_name, invoice.name)
        self.assertEqual(set(invoices.mapped("invoice_release_state")), {"no_receipt"})

    def test_many_sent_in_the_background(self):
        """Core's job only queues the e-mails: an invoice is sent when its e-mail has left."""
        invoices = self._post(self._new_invoices(2))
        wizard = self.env["account.move.send.batch.wizard"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        with self.mock_mail_gateway():
            wizard.create({}).action_send_and_print(allow_fallback_pdf=True)
        self.assertEqual(set(map(self._state, invoices)), {"to_send"})
        self.assertTrue(all(invoices.mapped("sending_data")))
        with (
            patch.object(self.registry["ir.cron"], "_commit_progress"),
            self.mock_mail_gateway(),
        ):
            self.env["account.move"]._cron_account_move_send(job_count=1)
            self.env["account.move"]._cron_account_move_send(job_count=1)
            self.env["mail.mail"].process_email_queue()
        self.assertEqual(set(map(self._state, invoices)), {"done"})
        for invoice in invoices:
            self.assertEqual(invoice.dispatch_ids.document_name, invoice.name)

    def test_many_sent_and_all_failed(self):
        invoices = self._post(self._new_invoices(2))
        self._send(invoices, fail=True)
        self.assertFalse(invoices.dispatch_ids)
        self.assertEqual(set(invoices.mapped("invoice_release_state")), {"to_send"})

    def test_sent_by_post(self):
        self._post(self.invoice)
        action = self.invoice.action_register_dispatch()
        self.env["sale.dispatch.register"].with_context(action["context"]).create(
            {"channel": "post"}
        ).action_register()
        self.assertEqual(self._state(self.invoice), "done")

    # === THE LIST === #

    def test_filters(self):
        waiting, approved, posted = self._new_invoices(3)
        self._request(waiting)
        self._approve(approved)
        self._post(posted)
        action = self.env.ref("sale_rfq_register.account_move_action_release")
        self.assertEqual(action.domain, "[('invoice_release_state', '!=', False)]")
        arch = self.env["account.move"].get_view(action.search_view_id.id, "search")["arch"]
        for name, state, move in (
            ("prepared", "prepared", self.invoice),
            ("to_approve", "to_approve", waiting),
            ("to_confirm", "approved", approved),
            ("to_send", "to_send", posted),
        ):
            domain = [("invoice_release_state", "=", state)]
            self.assertIn(f'name="{name}"', arch)
            self.assertIn(str(domain), arch)
            self.assertEqual(
                self.env["account.move"].search([("company_id", "=", self.company.id), *domain]),
                move,
            )

    def test_group_by_state(self):
        moves = self.env["account.move"].with_context(read_group_expand=True)
        groups = moves.web_read_group(
            [("company_id", "=", self.company.id), ("invoice_release_state", "!=", False)],
            ["invoice_release_state"],
            ["__count"],
        )["groups"]
        self.assertEqual(
            [group["invoice_release_state"] for group in groups],
            ["prepared", "to_approve", "approved", "to_send", "no_receipt", "done"],
        )

    # === COSTS === #

    def _count(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _counts(self, prepare, action):
        """Queries for 2 and for 20 invoices, the caches being warm."""
        warm, few, many = (prepare(self._new_invoices(count)) for count in (2, 2, 20))
        return [self._count(lambda moves=moves: action(moves)) for moves in (warm, few, many)][1:]

    def test_list_in_few_queries(self):
        few, many = self._counts(
            self._approve,
            lambda moves: moves.with_user(self.clerk).web_search_read(
                [("id", "in", moves.ids)], SPECIFICATION
            ),
        )
        self.assertEqual(few, many)

    def test_gate_in_few_queries(self):
        for prepare in (self._approve, self._request, lambda moves: moves):
            few, many = self._counts(prepare, lambda moves: moves._get_unreleased())
            self.assertEqual(few, many)

    def test_state_in_few_queries(self):
        state = self.env["account.move"]._fields["invoice_release_state"]
        for prepare in (self._approve, self._post):
            few, many = self._counts(prepare, lambda moves: self.env.add_to_compute(state, moves))
            self.assertEqual(few, many)

    def test_ordinary_invoices_cost_nothing(self):
        self.company.invoice_release_required = False
        warm, first, second = self._new_invoices(3)
        self._count(warm.action_post)
        with_it = self._count(first.action_post)
        with patch.object(self.registry["account.move"], "_check_released", lambda moves: None):
            self.assertEqual(with_it, self._count(second.action_post))
