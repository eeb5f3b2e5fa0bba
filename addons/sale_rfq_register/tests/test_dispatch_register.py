import hashlib
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .dispatch_common import DispatchCommon


@tagged("post_install", "-at_install")
class TestDispatchRegister(DispatchCommon):
    """What leaves on another way than Odoo's e-mail (O8)."""

    def test_each_channel(self):
        order = self._new_offer()
        channels = ("portal", "post", "phone", "messenger", "edi", "hand")
        for channel in channels:
            self._register(order, channel=channel, reference="RR123456785DE")
        rows = order.dispatch_ids.sorted("id")
        self.assertEqual(tuple(rows.mapped("channel")), channels)
        self.assertEqual(set(rows.mapped("reference")), {"RR123456785DE"})
        self.assertEqual(set(rows.mapped("user_id")), {self.env.user})

    def test_offer_is_marked_as_sent(self):
        order = self._new_offer()
        sent = fields.Datetime.now().replace(microsecond=0) - timedelta(hours=2)
        dispatch = self._register(order, channel="post", date=sent)
        self.assertRecordValues(
            order, [{"state": "sent", "offer_state": "sent", "offer_date": sent}]
        )
        self.assertEqual((dispatch.kind, dispatch.date), ("offer", sent))

    def test_files_are_copied(self):
        content = b"The offer as it was printed"
        file = self.env["ir.attachment"].create({"name": "offer.pdf", "raw": content})
        dispatch = self._register(self._new_offer(), attachment_ids=file.ids)
        file.unlink()
        self.assertRecordValues(
            dispatch.file_ids,
            [{"name": "offer.pdf", "sha256": hashlib.sha256(content).hexdigest()}],
        )

    def test_a_foreign_file_is_not_copied(self):
        seller = self._new_user("seller", "sales_team.group_sale_salesman_all_leads")
        secret = self.env["ir.attachment"].create(
            {"name": "salaries", "raw": b"1", "res_model": "ir.mail_server", "res_id": 1}
        )
        order = self._new_offer().with_user(seller)
        with self.assertRaises(AccessError):
            self._register(order, attachment_ids=secret.ids)
        self.assertFalse(order.sudo().dispatch_ids)

    def test_the_gate_is_asked(self):
        order = self._new_offer(validity_date=fields.Date.today() - timedelta(days=1))
        with self.assertRaisesRegex(UserError, "was valid until"):
            order.action_register_dispatch()
        wizard = self.env["sale.dispatch.register"].create({"order_id": order.id})
        with self.assertRaisesRegex(UserError, "was valid until"):
            wizard.action_register()
        self.assertFalse(order.dispatch_ids)

    def test_what_cannot_be_registered(self):
        order = self._new_offer()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for words, values in (
            ("in the future", {"date": tomorrow}),
            ("does not belong to", {"partner_id": stranger.id}),
            ("is registered by itself", {"channel": "email"}),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._register(order, **values)
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "draft or cancelled"):
            order.action_register_dispatch()

    def test_portal_link_is_shown(self):
        order = self._new_offer()
        form = Form(
            self.env["sale.dispatch.register"].with_context(
                order.action_register_dispatch()["context"]
            )
        )
        self.assertFalse(form.portal_url)
        self.assertEqual(form.partner_id, self.partner)
        form.channel = "portal"
        self.assertIn(f"/my/orders/{order.id}?access_token={order.access_token}", form.portal_url)

    def test_one_follows_another(self):
        order = self._new_offer()
        first = self._send(order)
        second = self._register(order, channel="phone")
        self.assertEqual(second.previous_id, first)
        self.assertEqual(first.action_follow_up()["context"], {"default_order_id": order.id})
        self.assertFalse(self._register(self._new_offer()).previous_id)

    def test_correspondence_of_the_customer(self):
        company = self.env["res.partner"].create({"name": "Works", "is_company": True})
        self.partner.parent_id = company
        for _number in range(2):
            self._register(self._new_offer())
        self.assertEqual((company.dispatch_count, self.partner.dispatch_count), (2, 2))
        action = company.action_view_dispatches()
        rows = self.env["sale.dispatch"].search(action["domain"])
        self.assertEqual(len(rows), 2)

    def test_accountant_opens_the_sendings(self):
        order = self._new_offer()
        dispatch = self._register(order)
        accountant = self._new_user("dispatch_books", "account.group_account_invoice")
        action = order.with_user(accountant).action_view_dispatches()
        rows = self.env["sale.dispatch"].with_user(accountant).search(action["domain"])
        self.assertLessEqual(rows, dispatch)

    def test_foreign_offer(self):
        order = self._new_offer()
        order.user_id = self._new_user("owner", "sales_team.group_sale_salesman")
        order.team_id = False
        seller = self._new_user("seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self._register(order.with_user(seller))

    def test_no_query_for_each_row(self):
        orders = self._new_offer()
        orders |= orders.copy() | orders.copy()
        rows = self.env["sale.dispatch"].sudo()

        def register(documents):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows.create(
                [{**order._prepare_dispatch_values(), "channel": "post"} for order in documents]
            )
            return self.env.cr.sql_log_count - before

        register(orders)
        self.assertLessEqual(register(orders), register(orders[:1]) + 2)


@tagged("post_install", "-at_install")
class TestInvoiceRegister(AccountTestInvoicingCommon):
    def test_invoice_by_post(self):
        invoice = self.init_invoice("out_invoice", amounts=[100])
        with self.assertRaisesRegex(UserError, "draft or cancelled"):
            invoice.action_register_dispatch()
        invoice.action_post()
        context = invoice.action_register_dispatch()["context"]
        self.env["sale.dispatch.register"].with_context(context).create({}).action_register()
        self.assertRecordValues(
            invoice.dispatch_ids,
            [{"kind": "invoice", "channel": "post", "receipt_requested": False}],
        )

    def test_vendor_bill(self):
        bill = self.init_invoice("in_invoice", amounts=[100], post=True)
        with self.assertRaises(UserError):
            bill.action_register_dispatch()
