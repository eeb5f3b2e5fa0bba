from datetime import timedelta

from odoo.fields import Date
from odoo.tests import HttpCase, tagged

from odoo.addons.sale_rfq_register.tests.test_configuration import PIXEL

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestConfigurationPortal(RequestCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer(confirmation_required=True, require_signature=True)
        cls.order.action_quotation_sent()
        cls.order._portal_ensure_token()
        cls.buyer = cls._new_user("buyer", "base.group_portal", password="buyer-pass")
        cls.buyer.partner_id.parent_id = cls.partner
        cls.stranger = cls._new_user("stranger", "base.group_portal", password="stranger-pass")

    def _confirm(self, **params):
        """Call the route as the signature form does: what belongs to the page in the URL."""
        params = {
            "fingerprint": self.order.configuration_fingerprint,
            "access_token": self.order.access_token,
            "name": "P. Novak",
            "signature": PIXEL.decode(),
            **params,
        }
        return self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/confirm_configuration",
            {name: value for name, value in params.items() if value is not None},
        )

    def _assert_refused(self, words, **params):
        self.assertIn(words, self._confirm(**params)["error"])
        self.assertFalse(self.order.confirmation_ids)

    def test_customer_with_the_link(self):
        answer = self._confirm()
        self.assertTrue(answer["force_refresh"])
        self.assertRecordValues(
            self.order.confirmation_ids,
            [{"channel": "portal", "signed_by": "P. Novak", "is_current": True}],
        )
        self.assertEqual(self.order.configuration_state, "confirmed")
        self.assertEqual(self.order.state, "sent")
        page = self.url_open(answer["redirect_url"]).text
        self.assertIn("You have confirmed the configuration", page)
        self.assertNotIn("modalconfiguration", page)

    def test_colleague_of_the_customer(self):
        self.authenticate("buyer", "buyer-pass")
        self.assertTrue(self._confirm(access_token=None)["force_refresh"])
        self.assertEqual(self.order.confirmation_ids.user_id, self.buyer)

    def test_strangers_are_refused(self):
        self._assert_refused("Invalid order", access_token="0" * 36)
        self._assert_refused("Invalid order", access_token=None)
        self.authenticate("stranger", "stranger-pass")
        self._assert_refused("Invalid order", access_token=None)

    def test_name_and_signature_are_needed(self):
        self._assert_refused("give your name and sign", name=" ")
        self._assert_refused("give your name and sign", signature="")
        self._assert_refused("not encoded", signature="no image")

    def test_offer_changed_meanwhile(self):
        shown = self.order.configuration_fingerprint
        self.order.order_line.product_uom_qty = 6
        self._assert_refused("changed since you opened it", fingerprint=shown)
        self._assert_refused("changed since you opened it", fingerprint=None)

    def test_expired_offer(self):
        self.order.validity_date = Date.today() - timedelta(days=1)
        self._assert_refused("expired")

    def test_cancelled_offer(self):
        self.order._action_cancel()
        self._assert_refused("only an open offer")

    def test_page_shows_the_composition(self):
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("Please confirm that the order is composed", page)
        self.assertIn("modalconfiguration", page)
        self.assertIn(self.order.configuration_fingerprint, page)

    def test_page_of_an_order_without_it(self):
        self.order.confirmation_required = False
        self.assertNotIn("modalconfiguration", self.url_open(self.order.get_portal_url()).text)

    def test_tour(self):
        self.start_tour(
            self.order.get_portal_url(), "sale_rfq_register_confirm_configuration", login=None
        )
        self.assertEqual(self.order.configuration_state, "confirmed")
        self.assertTrue(self.order.confirmation_ids.signature)
