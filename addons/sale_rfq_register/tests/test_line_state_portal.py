import re

from odoo.tests import HttpCase, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestLineStatePortal(RequestCommon, HttpCase):
    """The customer sees the answer to each of his lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._new_user("buyer_lines", "base.group_portal", password="buyer_lines")
        cls.buyer.partner_id.parent_id = cls.partner
        cls.request = cls._new_request(
            {"product_id": cls.bearing.id, "quantity": 5},
            {"product_id": cls.seal.id, "quantity": 2},
            {"name": "Marine grease", "quantity": 1},
        )
        cls.request.action_check()

    def setUp(self):
        super().setUp()
        self.authenticate("buyer_lines", "buyer_lines")

    def _answers(self):
        page = self.url_open(f"/my/requests/{self.request.id}").text
        found = re.findall(r'name="answer">\s*<span[^>]*>([^<]*)</span>', page)
        self.assertEqual(len(found), 3)
        return found

    def test_what_was_not_sent_is_in_progress(self):
        self.request.action_create_offer()
        self.assertEqual(self._answers(), ["In Progress"] * 3)
        self.request.order_ids.action_quotation_sent()
        self.assertEqual(self._answers(), ["Offered", "Offered", "In Progress"])

    def test_a_part_is_ordered(self):
        self.request.action_create_offer()
        self.request.order_ids.order_line[1].unlink()
        self.request.order_ids.action_confirm()
        self.assertEqual(self._answers(), ["Ordered", "In Progress", "In Progress"])
        self.assertIn("Partly Ordered", self.url_open("/my/requests").text)
        self.request.line_ids[1]._close("no_bid", self.reason)
        self.request.line_ids[2]._close("lost", self.reason)
        self.assertEqual(self._answers(), ["Ordered", "Cannot Be Offered", "Closed"])

    def test_the_customer_declines(self):
        self.request.action_create_offer()
        order = self.request.order_ids
        order.write({"require_signature": True})
        order.action_quotation_sent()
        page = self.url_open(order.get_portal_url()).text
        self.url_open(
            f"/my/orders/{order.id}/decline",
            data={
                "access_token": order.access_token,
                "decline_message": "too dear",
                "csrf_token": re.search(r'csrf_token: "([^"]+)"', page)[1],
            },
        )
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.request.line_ids.mapped("state"), ["declined", "declined", "open"])
        self.assertEqual(self._answers(), ["Declined by You"] * 2 + ["In Progress"])
        self.request.action_create_another_offer()
        self.assertEqual(self.request.line_ids[0].state, "offered")

    def test_what_we_cancel_is_open(self):
        self.request.action_create_offer()
        self.request.order_ids._action_cancel()
        self.assertEqual(set(self.request.line_ids.mapped("state")), {"open"})

    def _post(self, page, **values):
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        return self.url_open(
            "/my/requests/new",
            data={"line_name": "Coupling", "line_quantity": "3", "csrf_token": token, **values},
        )

    def test_a_form_that_is_sent_twice(self):
        page = self.url_open("/my/requests/new").text
        first = self._post(page)
        self.assertIn("registered=1", first.url)
        self.assertEqual(self._post(page).url.partition("&")[0], first.url.partition("&")[0])
        asked = [
            ("line_ids.name", "=", "Coupling"),
            ("commercial_partner_id", "=", self.partner.id),
        ]
        requests = self.env["sale.material.request"]
        self.assertEqual(requests.search_count(asked), 1)
        self._post(page, line_quantity="4")  # he went back and changed it
        self.assertEqual(requests.search_count(asked), 2)
