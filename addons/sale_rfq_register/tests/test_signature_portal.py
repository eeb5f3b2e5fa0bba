import re

from odoo.tests import HttpCase, tagged

from .test_offer_choice_portal import OfferPortalCommon

SIGNATURE = "R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="
CALL = re.compile(r'(/my/orders/\d+/accept\?[^"&\s]*(?:&amp;|&)shown=[0-9a-f]{64})')


@tagged("post_install", "-at_install")
class TestSignaturePortal(OfferPortalCommon, HttpCase):
    """The customer signs what was on his page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer.write({"require_signature": True, "require_payment": False})

    def _open(self, order=None):
        """The address to which the page of the offer sends its signature."""
        page = self.url_open((order or self.offer).get_portal_url()).text
        self.assertRegex(page, CALL)
        return CALL.search(page)[1].replace("&amp;", "&")

    def _sign(self, url):
        return self.make_jsonrpc_request(url, {"name": "Ann", "signature": SIGNATURE})

    def _assert_refused(self, answer, order=None):
        order = order or self.offer
        self.assertIn("has been changed since you opened it", answer["error"])
        self.env.invalidate_all()
        self.assertFalse(order.signature)
        self.assertEqual(order.state, "sent")

    def test_what_was_shown(self):
        answer = self._sign(self._open())
        self.assertIn("redirect_url", answer)
        self.assertEqual((self.offer.signed_by, self.offer.state), ("Ann", "sale"))

    def test_after_a_choice_elsewhere(self):
        url = self._open()
        self.term.action_select()
        self._assert_refused(self._sign(url))
        self.assertIn("redirect_url", self._sign(self._open()))
        self.assertEqual(self.first.price_unit, 110)

    def test_term_of_an_equal_price(self):
        self.term.price_unit = self.first.price_unit
        url = self._open()
        self.term.action_select()
        self._assert_refused(self._sign(url))

    def test_price_that_a_colleague_changed(self):
        order = self._new_plain_offer(require_signature=True, require_payment=False)
        order.action_quotation_sent()
        order._portal_ensure_token()
        url = self._open(order)
        order.order_line[0].price_unit = 120
        self._assert_refused(self._sign(url), order)

    def test_without_the_page(self):
        """Where there is nothing to choose from, core's own call is as before."""
        url = f"/my/orders/{self.offer.id}/accept?access_token={self.offer.access_token}"
        self._assert_refused(self._sign(url))
        order = self._new_plain_offer(require_signature=True, require_payment=False)
        order.action_quotation_sent()
        order._portal_ensure_token()
        answer = self._sign(f"/my/orders/{order.id}/accept?access_token={order.access_token}")
        self.assertIn("redirect_url", answer)

    def test_strangers(self):
        url = re.sub("access_token=[^&]*", "access_token=0", self._open())
        self.assertIn("Invalid order", self._sign(url)["error"])
        self.assertFalse(self.offer.signature)
