from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .dispatch_common import DispatchCommon

FAILED = "sale_rfq_register.mail_activity_dispatch_failed"


@tagged("post_install", "-at_install")
class TestDispatchStatus(DispatchCommon):
    """Whether it arrived (O9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer()

    def test_bounce_is_written_and_told(self):
        dispatch = self._send(self.order)
        self.assertEqual(dispatch.state, "sent")
        self._receive_bounce(dispatch)
        self.assertEqual(dispatch.state, "failed")
        self.assertTrue(dispatch.failed_date)
        self.assertEqual(
            dispatch.failure_reason, "buyer@customer.example.com: 550 5.1.1 User unknown"
        )
        activity = self.order.activity_search([FAILED])
        self.assertEqual(activity.user_id, dispatch.user_id)
        self.assertIn(f"{self.order.name} did not arrive at buyer@customer", activity.summary)

    def test_the_same_bounce_makes_one_task(self):
        boss = self.env["res.partner"].create({"name": "B", "email": "boss@example.com"})
        dispatch = self._send(self.order, partner_ids=(self.partner + boss).ids)
        self._receive_bounce(dispatch)
        self._receive_bounce(dispatch, number="again")
        self._receive_bounce(dispatch, address="boss@example.com")
        self.assertEqual(len(self.order.activity_search([FAILED])), 1)
        self.assertEqual(len(dispatch.failure_reason.splitlines()), 2)

    def test_next_sending_closes_the_task(self):
        self._receive_bounce(self._send(self.order))
        self._register(self.order, channel="hand")
        self.assertFalse(self.order.activity_search([FAILED]))

    def test_delivered(self):
        dispatch = self._send(self.order)
        self._receive_bounce(dispatch, action="delayed")
        self.assertEqual(dispatch.state, "sent")
        self._receive_bounce(dispatch, number=2, action="delivered")
        self.assertEqual(dispatch.state, "delivered")
        self.assertFalse(dispatch.failure_reason or self.order.activity_search([FAILED]))

    def test_bounce_of_something_else(self):
        dispatch = self._send(self.order)
        self._receive_bounce(dispatch, message_id="<unknown@example.com>")
        self.assertEqual(dispatch.state, "sent")

    def test_nobody_writes_the_status(self):
        dispatch = self._send(self.order)
        administrator = self._new_user("adm", "sales_team.group_sale_manager,base.group_system")
        for values in (
            {"state": "delivered"},
            {"viewed_date": "2026-03-02 09:00:00"},
            {"receipt_date": "2026-03-02 09:00:00"},
            {"receipt_by": "Forger"},
        ):
            with self.assertRaises(UserError):
                dispatch.with_user(administrator).write(values)
        with self.assertRaisesRegex(UserError, "is taken from the dispatch register"):
            self.order.with_user(administrator).receipt_date = "2026-03-02 09:00:00"
        with self.assertRaisesRegex(UserError, "is not changed any more"):
            dispatch.sudo().channel = "post"

    def test_viewed_once_and_no_receipt(self):
        dispatch = self._send(self.order)
        self.order._mark_dispatch_viewed()
        self.assertEqual((dispatch.state, self.order.offer_state), ("viewed", "sent"))
        self.assertEqual(dispatch.receipt_state, "waiting")
        first = dispatch.viewed_date
        self.order._mark_dispatch_viewed()
        self.assertEqual(dispatch.viewed_date, first)


@tagged("post_install", "-at_install")
class TestInvoiceStatus(AccountTestInvoicingCommon, DispatchCommon):
    def test_bounced_invoice(self):
        self.partner_a.email = "accounts@customer.example.com"
        invoice = self.init_invoice("out_invoice", amounts=[100], post=True)
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"sending_methods": ["email"], "receipt_requested": True})
        )
        with self.mock_mail_gateway():
            wizard.action_send_and_print(allow_fallback_pdf=True)
        dispatch = invoice.dispatch_ids
        self.assertTrue(dispatch.receipt_requested)
        self.assertEqual(len(self._mail_links()), 1)
        self._receive_bounce(dispatch, address="accounts@customer.example.com")
        self.assertEqual(dispatch.state, "failed")
        self.assertTrue(invoice.activity_search([FAILED]))
        self._record_receipt(dispatch)
        self.assertEqual((dispatch.state, dispatch.receipt_state), ("delivered", "confirmed"))
        self.assertFalse(invoice.activity_search([FAILED]))
