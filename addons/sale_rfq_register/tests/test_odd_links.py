import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .dispatch_common import DispatchCommon

ODD = ["é", "%C3%A9", "ключ", "a%00b", "%FF", "'--", "💥", "a" * 3000, ""]


@tagged("post_install", "-at_install")
class TestOddLinks(DispatchCommon, HttpCase):
    """A damaged link is a wrong one, and no error of the program."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer()
        cls.old = cls._new_offer()
        cls.old.action_quotation_sent()
        cls.old._portal_ensure_token()
        cls.old._revise()

    def test_receipt_page(self):
        self._send(self.order)
        path = self._mail_links()[0][1]
        known = path.partition("?")[0]
        for odd in ODD:
            self.assertEqual(
                self.url_open(f"{known}?access_token={odd}").status_code, 404, odd[:20]
            )
            if odd and "%00" not in odd:
                unknown = self.url_open(f"/my/dispatch/{odd}/receipt?access_token=x")
                self.assertEqual(unknown.status_code, 404, odd[:20])
        self.assertEqual(self.url_open(path).status_code, 200)

    def test_pages_of_documents(self):
        self.order.action_quotation_sent()
        for order in (self.order, self.old):
            for odd in ODD:
                page = self.url_open(f"/my/orders/{order.id}?access_token={odd}")
                self.assertEqual(page.status_code, 200, odd[:20])
                self.assertNotIn(self.bearing.name, page.text)
                mail = self.url_open(
                    f"/mail/view?model=sale.order&res_id={order.id}&access_token={odd}"
                )
                self.assertEqual(mail.status_code, 200, odd[:20])

    def _call(self, path, **params):
        response = self.url_open(
            path,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def test_calls_of_the_pages(self):
        self.order.action_quotation_sent()
        token = self.order._portal_ensure_token()
        odd_values = ["é", ["x"], {"a": 1}, 5, True, None, "\x00"]
        with mute_logger("odoo.http"):
            for name in ("choose", "confirm_configuration", "accept"):
                path = f"/my/orders/{self.order.id}/{name}"
                for odd in odd_values:
                    answer = self._call(path, access_token=odd)
                    self.assertNotIn("error", answer, (name, odd))
                    self.assertTrue(answer["result"]["error"], (name, odd))
            for odd in odd_values:
                path = f"/my/orders/{self.order.id}"
                for call in (
                    (f"{path}/choose", {"kind": odd, "option_id": odd}),
                    (f"{path}/choose", {"kind": "term", "option_id": odd}),
                    (f"{path}/confirm_configuration", {"name": odd, "fingerprint": odd}),
                    (
                        f"{path}/confirm_configuration",
                        {
                            "name": "A",
                            "signature": odd,
                            "fingerprint": self.order.configuration_fingerprint,
                        },
                    ),
                ):
                    answer = self._call(call[0], access_token=token, **call[1])
                    self.assertNotIn("error", answer, (call, answer))
                    self.assertTrue(answer["result"].get("error"), call)
