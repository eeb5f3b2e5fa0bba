from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRevisionPortal(RequestCommon, HttpCase):
    """The customer's link to a replaced offer tells him that there is a newer one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer(require_signature=True)
        cls.order.action_quotation_sent()
        cls.order._portal_ensure_token()
        cls.link = cls.order.get_portal_url()
        cls.token = cls.order.access_token
        cls.customer = cls._new_user(
            "revportal", "base.group_portal", password="revportal", partner_id=cls.partner.id
        )
        cls.newer = cls.order._revise()

    def _open(self, url):
        return self.url_open(url, allow_redirects=False)

    def test_old_link_is_dead(self):
        page = self._open(self.link)
        self.assertEqual(page.status_code, 200)
        self.assertIn("There is a newer offer", page.text)
        self.assertNotIn("BRG-6204", page.text)
        self.assertNotIn(self.newer.name, page.text)
        self.assertNotIn("current_offer", page.text)

    def test_the_button_of_an_old_mail(self):
        button = f"/mail/view?model=sale.order&res_id={self.order.id}&access_token="
        self.assertIn("There is a newer offer", self.url_open(button + self.token).text)
        stranger = self.url_open(f"{button}wrong")
        self.assertIn("/web/login", stranger.url)

    def test_no_way_in_with_the_old_key(self):
        self.assertNotIn(b"%PDF", self._open(f"{self.link}&report_type=pdf").content[:10])
        base = f"/my/orders/{self.order.id}"
        answer = self.make_jsonrpc_request(
            f"{base}/accept", {"access_token": self.token, "name": "x", "signature": "eA=="}
        )
        self.assertIn("error", answer)
        answer = self.make_jsonrpc_request(
            f"{base}/confirm_configuration",
            {"access_token": self.token, "name": "x", "signature": "eA==", "fingerprint": "x"},
        )
        self.assertIn("error", answer)
        self.assertEqual(self.order.state, "cancel")
        self.assertFalse(self.order.signature)

    def test_new_key_of_the_old_offer_opens_nothing_either(self):
        page = self._open(f"/my/orders/{self.order.id}?access_token={self.order.access_token}")
        self.assertNotIn("BRG-6204", page.text)

    def test_stranger_learns_nothing(self):
        for token in ("", "wrong"):
            page = self._open(f"/my/orders/{self.order.id}?access_token={token}")
            self.assertNotIn("newer offer", page.text)
            self.assertEqual(page.status_code, 303)
        page = self._open("/my/orders/999999999?access_token=x")
        self.assertEqual(page.status_code, 303)

    def test_customer_is_led_to_the_current_offer_when_it_was_sent(self):
        self.authenticate("revportal", "revportal")
        page = self._open(f"/my/orders/{self.order.id}")
        self.assertIn("There is a newer offer", page.text)
        self.assertNotIn("current_offer", page.text)
        self.newer.action_quotation_sent()
        page = self._open(f"/my/orders/{self.order.id}")
        self.assertIn(f'href="/my/orders/{self.newer.id}"', page.text)
        self.assertIn("BRG-6204", self._open(f"/my/orders/{self.newer.id}").text)

    @mute_logger("odoo.http")
    def test_customer_cannot_use_the_old_offer(self):
        self.authenticate("revportal", "revportal")
        answer = self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept", {"name": "x", "signature": "eA=="}
        )
        self.assertEqual(answer, {"error": "Invalid order."})

    def test_customer_sees_the_current_revision_in_his_lists(self):
        self.newer.action_quotation_sent()
        self.authenticate("revportal", "revportal")
        page = self.url_open("/my/quotes").text
        self.assertIn(self.newer.name, page)
        self.assertNotIn(f">{self.order.name}<", page)
        self.assertNotIn(f"/my/orders/{self.order.id}?", page)

    def test_colleague_still_reads_the_old_offer(self):
        self._new_user("revseller", "sales_team.group_sale_manager", password="revseller")
        self.authenticate("revseller", "revseller")
        self.assertIn("BRG-6204", self._open(f"/my/orders/{self.order.id}").text)
