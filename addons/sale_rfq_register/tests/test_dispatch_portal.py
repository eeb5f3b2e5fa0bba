from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import RpcCommon
from .dispatch_common import DispatchCommon


@tagged("post_install", "-at_install")
class TestDispatchPortal(RpcCommon, DispatchCommon, HttpCase):
    """The page behind the link in the e-mail, and the doors beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer()

    def setUp(self):
        super().setUp()
        self.dispatch = self._send(self.order)
        self.path = self._mail_links()[0][1]

    def _get_csrf_token(self):
        page = self.url_open(self.path)
        return page.text.partition('name="csrf_token" value="')[2].partition('"')[0]

    def _post(self, **form):
        address, _sign, secret = self.path.partition("?access_token=")
        if "csrf_token" not in form:
            form["csrf_token"] = self._get_csrf_token()
        return self.url_open(address, data={"access_token": secret, **form})

    def test_opening_the_page_confirms_nothing(self):
        """Mail scanners and previews open every link."""
        for method in ("GET", "HEAD"):
            response = self.url_open(self.path, method=method)
            self.assertEqual(response.status_code, 200)
        self.assertFalse(self.dispatch.receipt_date)
        page = self.url_open(self.path)
        self.assertIn(self.order.name, page.text)
        self.assertNotIn(self.order.access_token or "no token", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_the_button_confirms(self):
        page = self._post(name="  Pavel   Novak ")
        self.assertIn('name="confirmed"', page.text)
        self.assertRecordValues(
            self.dispatch,
            [
                {
                    "receipt_by": "Pavel Novak",
                    "receipt_channel": "portal",
                    "receipt_user_id": False,
                    "receipt_state": "confirmed",
                }
            ],
        )
        self.assertIn(self.dispatch.file_ids.sha256, self.dispatch.receipt_note)
        self.assertEqual(self.order.offer_state, "received")

    def test_second_time_shows_the_first(self):
        token = self._get_csrf_token()
        self._post(name="Pavel Novak", csrf_token=token)
        first = self.dispatch.receipt_date
        page = self._post(name="Somebody Else", csrf_token=token)
        self.assertIn("Pavel Novak", page.text)
        self.assertNotIn("Somebody Else", page.text)
        self.assertEqual(self.dispatch.receipt_date, first)

    def test_name_is_needed_and_escaped(self):
        self.assertIn('name="missing_name"', self._post(name="  ").text)
        self.assertFalse(self.dispatch.receipt_date)
        page = self._post(name="<script>alert(1)</script>" + "x" * 200)
        self.assertNotIn("<script>alert(1)", page.text)
        self.assertEqual(len(self.dispatch.receipt_by), 100)

    def test_wrong_link_says_nothing(self):
        other = self._send(self._new_offer())
        address, _sign, secret = self.path.partition("?access_token=")
        wrong = (
            f"{address}?access_token=wrong",
            address,
            f"{address}?access_token=",
            f"/my/dispatch/0000/receipt?access_token={secret}",
            f"/my/dispatch/{other.receipt_key}/receipt?access_token={secret}",
            f"/my/dispatch/{self.dispatch.id}/receipt?access_token={secret}",
        )
        texts = set()
        for path in wrong:
            page = self.url_open(path)
            self.assertEqual(page.status_code, 404, path)
            self.assertIn('name="unknown"', page.text)
            self.assertNotIn(self.order.name, page.text)
            texts.add(page.text.count("dispatch"))
        self.assertEqual(len(texts), 1)

    @mute_logger("odoo.http")
    def test_forged_posts(self):
        address, _sign, secret = self.path.partition("?access_token=")
        self.assertEqual(self._post(name="Forger", csrf_token="").status_code, 400)
        form = {"name": "Forger", "csrf_token": self._get_csrf_token()}
        response = self.url_open(address, data={"access_token": secret[:-1], **form})
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.dispatch.receipt_date)

    def test_employee_does_not_answer_for_the_customer(self):
        self._new_user("rpc_head", "sales_team.group_sale_manager", password="rpc-head")
        self.authenticate("rpc_head", "rpc-head")
        self.assertIn('name="colleague"', self._post(name="Forger").text)
        self.assertFalse(self.dispatch.receipt_date)

    def test_cancelled_or_replaced_offer_was_received_all_the_same(self):
        self.order._action_cancel()
        self._post(name="Pavel Novak")
        self.assertTrue(self.dispatch.receipt_date)
        self.assertEqual(self.order.offer_state, "declined")

    def test_page_of_the_offer(self):
        url = self.order.get_portal_url()
        page = self.url_open(url, headers={"Odoo-Link-Preview": "True"})
        self.assertEqual(self.dispatch.state, "sent")
        page = self.url_open(url)
        self.assertIn('name="receipt_waiting"', page.text)
        self.assertIn(self.dispatch.receipt_key, page.text)
        self.assertEqual((self.dispatch.state, self.order.offer_state), ("viewed", "sent"))
        self.assertFalse(self.dispatch.receipt_date)
        self._post(name="Pavel Novak")
        self.assertEqual(self.dispatch.state, "viewed")
        self.assertNotIn('name="receipt_waiting"', self.url_open(url).text)

    def test_wrong_token_of_the_offer_is_no_view(self):
        self.url_open(f"/my/orders/{self.order.id}?access_token=wrong")
        self.assertEqual(self.dispatch.state, "sent")

    def test_our_own_look_is_no_view(self):
        self._new_user("rpc_head", "sales_team.group_sale_manager", password="rpc-head")
        self.authenticate("rpc_head", "rpc-head")
        self.url_open(self.order.get_portal_url())
        self.assertEqual(self.dispatch.state, "sent")

    # === OVER RPC === #

    def _assert_denied(self, *call, **kwargs):
        self.assertEqual(self._call(*call, **kwargs), "odoo.exceptions.AccessError", call)

    def test_forging_over_rpc(self):
        self._new_user("rpc_seller", "sales_team.group_sale_salesman", password="rpc-seller")
        self.order.user_id = self.env["res.users"].search([("login", "=", "rpc_seller")])
        self.authenticate("rpc_seller", "rpc-seller")
        ids = self.dispatch.ids
        for name, value in (
            ("state", "delivered"),
            ("receipt_date", "2026-03-02 09:00:00"),
            ("receipt_by", "Forger"),
            ("viewed_date", "2026-03-02 09:00:00"),
        ):
            error = self._call("sale.dispatch", "write", ids, {name: value})
            self.assertEqual(error, "odoo.exceptions.UserError")
        for name in ("receipt_key", "receipt_token"):
            self._assert_denied("sale.dispatch", "read", ids, [name])
            self._assert_denied("mail.message", "read", self.dispatch.message_id.ids, [name])
            self._assert_denied("sale.dispatch", "search_read", [[name, "!=", False]])
        for method in (
            "_confirm_receipt",
            "_confirm_receipt_by_customer",
            "_mark_viewed",
            "_mark_failed",
            "_find_by_receipt_link",
            "_cron_remind_receipts",
        ):
            self._assert_denied("sale.dispatch", method, ids)
        error = self._call(
            "sale.order", "write", self.order.ids, {"receipt_date": "2026-03-02 09:00:00"}
        )
        self.assertEqual(error, "odoo.exceptions.UserError")
        error = self._call(
            "sale.order", "write", self.order.ids, {"dispatch_ids": [[1, ids[0], {"state": "x"}]]}
        )
        self.assertEqual(error, "odoo.exceptions.UserError")
        self.assertFalse(self.dispatch.receipt_date)

    def test_customer_over_rpc(self):
        user = self._new_user("rpc_customer", "base.group_portal", password="rpc-customer")
        user.partner_id.parent_id = self.partner
        self.authenticate("rpc_customer", "rpc-customer")
        self._assert_denied("sale.dispatch", "search_read", [])
        self._assert_denied("sale.dispatch", "action_record_receipt", self.dispatch.ids)
        for model in ("sale.dispatch.receipt", "sale.dispatch.register"):
            self._assert_denied(model, "create", [{}])
        self._assert_denied("sale.order", "action_register_dispatch", self.order.ids)
        self._assert_denied("sale.order", "read", self.order.ids, ["dispatch_ids"])

    def test_way_back_for_who_is_signed_in(self):
        link = f'href="/my/orders/{self.order.id}"'
        self.assertNotIn(link, self.url_open(self.path).text)
        user = self._new_user("back_customer", "base.group_portal", password="back-customer")
        user.partner_id.parent_id = self.partner
        self.authenticate("back_customer", "back-customer")
        self.assertIn(link, self.url_open(self.path).text)
        self.assertIn(link, self._post(name="Pavel Novak").text)

    def test_tour(self):
        """The customer follows the link of the mail; the manager sees that he has received it."""
        manager = self._new_user("tour_manager", "sales_team.group_sale_manager", password="tour")
        self.start_tour(self.path, "sale_rfq_register_confirm_receipt", login=None)
        self.assertEqual(self.dispatch.receipt_by, "Pavel Novak")
        self.assertEqual(self.order.with_user(manager).offer_state, "received")
        action = self.env.ref("sale_rfq_register.sale_dispatch_action")
        self.start_tour(
            f"/odoo/action-{action.id}/{self.dispatch.id}",
            "sale_rfq_register_see_receipt",
            login="tour_manager",
        )
