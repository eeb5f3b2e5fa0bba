from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .dispatch_common import DispatchCommon

RECEIPT = "sale_rfq_register.mail_activity_receipt"


@tagged("post_install", "-at_install")
class TestDispatchReceipt(DispatchCommon):
    """Confirmation of receipt asked for, recorded and chased (O10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer()

    def _let_pass(self, *dispatches, days=4):
        for dispatch in dispatches:
            dispatch.flush_recordset()
            self.env.cr.execute(
                "UPDATE sale_dispatch SET receipt_due = receipt_due - %s WHERE id = %s",
                (days, dispatch.id),
            )
            dispatch.invalidate_recordset()

    def _chase(self):
        self.env["sale.dispatch"]._cron_remind_receipts()
        return self.order.activity_search([RECEIPT])

    def test_offer_asks_by_default(self):
        dispatch = self._send(self.order)
        self.assertTrue(dispatch.receipt_requested)
        self.assertEqual(
            dispatch.receipt_due,
            dispatch.date.date() + timedelta(days=self.order.company_id.receipt_days),
        )
        ((_url, path),) = self._mail_links()
        self.assertEqual(path, dispatch._get_receipt_path(dispatch))

    def test_each_sending_may_do_without(self):
        dispatch = self._send(self.order, receipt_requested=False)
        self.assertFalse(dispatch.receipt_requested or dispatch.receipt_due)
        self.assertFalse(self._mail_links())
        self.order.company_id.offer_receipt_requested = False
        self.assertFalse(self._send(self.order).receipt_requested)
        self.assertTrue(self._send(self.order, receipt_requested=True).receipt_requested)

    def test_positions_tell_of_the_latest_sending(self):
        line = self.order.order_line[0]
        self.assertFalse(line.receipt_state)
        self._let_pass(self._send(self.order))
        self.assertEqual(line.receipt_state, "overdue")
        self._send(self.order, receipt_requested=False)
        self.assertEqual(line.receipt_state, "none")
        self._send(self.order)
        self.assertEqual(line.receipt_state, "waiting")
        self.order._get_latest_dispatch()._confirm_receipt_by_customer("Pavel")
        self.assertEqual(line.receipt_state, "confirmed")

    def test_links_differ(self):
        first = self._send(self.order)
        second = self._send(self.order)
        self.assertNotEqual(first.receipt_key, second.receipt_key)
        self.assertNotEqual(first.receipt_token, second.receipt_token)
        self.assertGreater(len(first.receipt_token), 40)

    def test_mail_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms(["sale_rfq_register"], ["ru_RU"])
        self.partner.lang = "ru_RU"
        self.env.flush_all()  # core reads the language of the recipients past the cache
        self._send(self.order)
        body = next(mail["body"] for mail in self._mails if "/my/dispatch/" in mail["body"])
        self.assertIn("Подтвердить получение", body)

    def test_colleague_gets_no_link(self):
        colleague = self._new_user("colleague", "base.group_user", notification_type="email")
        self._send(self.order, partner_ids=(self.partner + colleague.partner_id).ids)
        self.assertEqual(len(self._mail_links()), 1)
        self.assertEqual(len(self._mails), 2)

    def test_layout_without_a_place_for_it(self):
        self.env["ir.ui.view"].create(
            {
                "name": "plain",
                "type": "qweb",
                "key": "sale_rfq_register.test_plain_layout",
                "arch": "<html><body><div t-out='message.body'/></body></html>",
            }
        )
        self._send(self.order, email_layout_xmlid="sale_rfq_register.test_plain_layout")
        self.assertEqual(len(self._mail_links()), 1)

    def test_a_comment_asks_nothing(self):
        with self.mock_mail_gateway():
            self.order.message_post(
                body="When do you need it?",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.partner.ids,
            )
        self.assertFalse(self._mail_links())

    def test_before_the_row_is_there(self):
        self._send(self.order)
        message = self.order.dispatch_ids.message_id
        secret = {"receipt_key": "abc", "receipt_token": "x" * 43}
        message.copy({"is_sale_dispatch": True}).write(secret)
        find = self.env["sale.dispatch"]._find_by_receipt_link
        self.assertEqual(find("abc", "x" * 43), (self.env["sale.dispatch"], True))
        self.assertEqual(find("abc", "y"), (self.env["sale.dispatch"], False))
        for key, token in ((None, None), ("", ""), ("abc", None), ("nope", "-")):
            self.assertFalse(find(key, token)[1], (key, token))

    def test_record_by_hand(self):
        dispatch = self._send(self.order)
        self._record_receipt(dispatch, channel="phone", note="Called back", evidence=b"MQ==")
        self.assertRecordValues(
            dispatch,
            [
                {
                    "receipt_by": "Pavel Novak",
                    "receipt_channel": "phone",
                    "receipt_note": "Called back",
                    "receipt_user_id": self.env.uid,
                    "receipt_state": "confirmed",
                    "state": "delivered",
                }
            ],
        )
        self.assertEqual(dispatch.receipt_file, b"MQ==")
        self.assertRecordValues(
            self.order, [{"offer_state": "received", "receipt_date": dispatch.receipt_date}]
        )
        with self.assertRaisesRegex(UserError, "is confirmed already, by Pavel Novak"):
            dispatch.action_record_receipt()

    def test_only_the_latest_sending_counts(self):
        first = self._send(self.order)
        second = self._send(self.order)
        self._record_receipt(first)
        self.assertEqual(self.order.offer_state, "sent")
        self._record_receipt(second)
        self.assertEqual(self.order.offer_state, "received")
        self._send(self.order)
        self.assertEqual(self.order.offer_state, "sent")
        self.order.action_confirm()
        self.assertEqual(self.order.offer_state, "accepted")

    def test_receipt_is_not_copied(self):
        self._record_receipt(self._send(self.order))
        self.assertFalse(self.order.copy().receipt_date)

    def test_dates_that_cannot_be(self):
        dispatch = self._send(self.order)
        for date in (
            dispatch.date - timedelta(seconds=1),
            fields.Datetime.now() + timedelta(days=1),
        ):
            with self.assertRaisesRegex(UserError, "only have been received after"):
                self._record_receipt(dispatch, date=date)

    def test_who_may_not_change_the_offer_records_nothing(self):
        dispatch = self._send(self.order)
        self.order.user_id = self._new_user("owner", "sales_team.group_sale_salesman")
        self.order.team_id = False
        seller = self._new_user("seller", "sales_team.group_sale_salesman")
        for attempt in (
            dispatch.with_user(seller).action_record_receipt,
            lambda: self._record_receipt(dispatch.with_user(seller)),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self._record_receipt(dispatch.with_user(self.order.user_id))
        self.assertEqual(dispatch.receipt_user_id, self.order.user_id)

    def test_other_company(self):
        dispatch = self._send(self.order)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._new_user(
            "stranger",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        with self.assertRaises(AccessError):
            self._record_receipt(dispatch.with_user(stranger))

    def test_overdue_makes_one_task(self):
        dispatch = self._send(self.order)
        self.assertFalse(self._chase())
        self._let_pass(dispatch)
        self.assertEqual(dispatch.receipt_state, "overdue")
        activity = self._chase()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.order.user_id)
        self.assertIn(self.order.name, activity.note)
        self.assertEqual(self._chase(), activity)

    def test_confirmation_closes_the_task(self):
        dispatch = self._send(self.order)
        self._let_pass(dispatch)
        self._chase()
        self._record_receipt(dispatch)
        self.assertFalse(self.order.activity_search([RECEIPT]))

    def test_what_is_not_chased(self):
        first = self._send(self.order)
        second = self._send(self.order, receipt_requested=False)
        bounced, done, lost = (self._send(self._new_offer()) for _number in range(3))
        self._receive_bounce(bounced)
        done.order_id.action_confirm()
        lost.order_id._action_cancel()
        rows = first + second + bounced + done + lost
        self._let_pass(first, bounced, done, lost)
        self._chase()
        self.assertFalse(rows.filtered("reminded_on"))

    def test_search_of_the_state(self):
        waiting, overdue, confirmed = (self._send(self._new_offer()) for _number in range(3))
        none = self._send(self.order, receipt_requested=False)
        self._let_pass(overdue)
        self._record_receipt(confirmed)
        rows = waiting + overdue + confirmed + none
        for state, row in (
            ("waiting", waiting),
            ("overdue", overdue),
            ("confirmed", confirmed),
            ("none", none),
        ):
            found = rows.search([("id", "in", rows.ids), ("receipt_state", "=", state)])
            self.assertEqual(found, row, state)

    def test_no_query_for_each_task(self):
        rows = self.env["sale.dispatch"].browse()
        for _number in range(6):
            rows += self._send(self._new_offer())
        self._let_pass(*rows)
        with self.assertQueryCount(30):
            self.env["sale.dispatch"]._cron_remind_receipts()
        self.assertTrue(all(rows.mapped("reminded_on")))
