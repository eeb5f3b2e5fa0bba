import hashlib
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.mail.tests.common import MailCommon

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestDispatch(RequestCommon, MailCommon):
    def _send(self, order):
        composer = (
            self.env["mail.compose.message"]
            .with_context(order.action_quotation_send()["context"])
            .create({})
        )
        with self.mock_mail_gateway():
            composer._action_send_mail()
        return order.dispatch_ids

    def test_sent_offer_is_registered(self):
        order = self._new_offer()
        dispatch = self._send(order)
        self.assertRecordValues(
            dispatch,
            [
                {
                    "kind": "offer",
                    "document_name": order.name,
                    "order_id": order.id,
                    "partner_id": self.partner.id,
                    "channel": "email",
                    "user_id": self.env.uid,
                    "company_id": order.company_id.id,
                }
            ],
        )
        self.assertIn("buyer@customer.example.com", dispatch.recipients)
        self.assertEqual(order.offer_date, dispatch.date)
        self.assertRecordValues(order, [{"state": "sent", "offer_state": "sent"}])

    def test_exact_file_is_kept(self):
        dispatch = self._send(self._new_offer())
        sent = dispatch.message_id.attachment_ids
        self.assertEqual(dispatch.file_ids.mapped("name"), sent.mapped("name"))
        self.assertTrue(sent.raw)
        self.assertEqual(dispatch.file_ids.sha256, hashlib.sha256(sent.raw).hexdigest())
        content = sent.raw
        sent.unlink()
        dispatch.file_ids.invalidate_recordset()
        self.assertEqual(hashlib.sha256(content).hexdigest(), dispatch.file_ids.sha256)
        self.assertTrue(dispatch.file_ids.content)

    def test_mail_that_did_not_leave_is_no_sending(self):
        order = self._new_offer()
        with patch.object(
            type(self.env["ir.mail_server"]), "_connect__", side_effect=ConnectionError("down")
        ):
            order.with_context(mark_so_as_sent=True).message_post(
                body="Offer",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.partner.ids,
            )
        self.assertFalse(order.dispatch_ids)
        self.assertFalse(order.offer_date)

    def test_each_sending_is_a_row_and_the_first_dates_the_offer(self):
        order = self._new_offer()
        first = self._send(order)
        self._send(order)
        self.assertEqual(len(order.dispatch_ids), 2)
        self.assertEqual(order.dispatch_count, 2)
        self.assertEqual(order.offer_date, first.date)

    def test_comment_is_no_sending(self):
        order = self._new_offer()
        with self.mock_mail_gateway():
            order.message_post(
                body="When do you need it?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.partner.ids,
            )
        self.assertFalse(order.dispatch_ids)

    def test_mail_to_a_colleague_only_is_no_sending(self):
        order = self._new_offer()
        colleague = self._new_user("colleague", "base.group_user", notification_type="email")
        with self.mock_mail_gateway():
            order.with_context(mark_so_as_sent=True).message_post(
                body="Look at it",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=colleague.partner_id.ids,
            )
        self.assertFalse(order.dispatch_ids)

    def test_one_message_in_several_mails_is_one_row(self):
        order = self._new_offer()
        other = self.env["res.partner"].create({"name": "Boss", "email": "boss@example.com"})
        portal = self._new_user("portal_buyer", "base.group_portal").partner_id
        with self.mock_mail_gateway():
            order.with_context(mark_so_as_sent=True).message_post(
                body="Offer",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=(self.partner + other + portal).ids,
            )
        self.assertEqual(len(order.dispatch_ids), 1)
        for address in ("buyer@customer", "boss@example", "portal_buyer@example"):
            self.assertIn(address, order.dispatch_ids.recipients)

    def test_marked_as_sent_by_hand(self):
        order = self._new_offer()
        order.action_quotation_sent()
        self.assertRecordValues(
            order.dispatch_ids, [{"channel": "manual", "user_id": self.env.uid}]
        )
        self.assertTrue(order.offer_date)

    def test_order_confirmation_is_a_sending_of_the_order(self):
        order = self._new_offer()
        with self.mock_mail_gateway():
            order.with_context(send_email=True).action_confirm()
        self.assertEqual(order.dispatch_ids.kind, "order")

    def test_rows_are_not_changed(self):
        order = self._new_offer()
        dispatch = self._send(order)
        with self.assertRaisesRegex(UserError, "is not changed any more"):
            dispatch.sudo().document_name = "X"
        with self.assertRaisesRegex(UserError, "is not changed any more"):
            dispatch.file_ids.sudo().sha256 = "X"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            dispatch.sudo().unlink()
        administrator = self._new_user("admin2", "sales_team.group_sale_manager")
        for change in (
            lambda row: row.write({"recipients": "X"}),
            lambda row: row.unlink(),
            lambda row: row.copy(),
        ):
            # An AccessError is a UserError too: either refusal will do.
            with self.assertRaises(UserError):
                change(dispatch.with_user(administrator))

    def test_sent_offer_is_not_deleted(self):
        order = self._new_offer()
        order.action_quotation_sent()
        order.state = "draft"
        with self.assertRaisesRegex(UserError, "was sent"):
            order.unlink()


@tagged("post_install", "-at_install")
class TestInvoiceDispatch(AccountTestInvoicingCommon, MailCommon):
    def _send(self, invoice):
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"sending_methods": ["email"]})
        )
        with self.mock_mail_gateway():
            wizard.action_send_and_print(allow_fallback_pdf=True)

    def test_sent_invoice_is_registered(self):
        self.partner_a.email = "accounts@customer.example.com"
        invoice = self.init_invoice("out_invoice", amounts=[100], post=True)
        self.assertFalse(invoice.dispatch_ids)
        self._send(invoice)
        self.assertRecordValues(
            invoice.dispatch_ids,
            [{"kind": "invoice", "document_name": invoice.name, "channel": "email"}],
        )
        self.assertIn("accounts@customer.example.com", invoice.dispatch_ids.recipients)
        self.assertTrue(invoice.dispatch_ids.file_ids.sha256)

    def test_invoice_whose_mail_failed_is_not_registered(self):
        self.partner_a.email = "accounts@customer.example.com"
        invoice = self.init_invoice("out_invoice", amounts=[100], post=True)
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"sending_methods": ["email"]})
        )
        with patch.object(
            type(self.env["ir.mail_server"]), "_connect__", side_effect=ConnectionError("down")
        ):
            wizard.action_send_and_print(allow_fallback_pdf=True)
        self.assertTrue(invoice.is_move_sent)
        self.assertFalse(invoice.dispatch_ids)

    def test_vendor_bill_has_none(self):
        bill = self.init_invoice("in_invoice", amounts=[100], post=True)
        with self.mock_mail_gateway():
            bill.message_post(
                body="Question",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.partner_a.ids,
            )
        self.assertFalse(bill.dispatch_ids)
