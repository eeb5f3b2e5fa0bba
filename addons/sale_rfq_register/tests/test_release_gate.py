from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestReleaseGate(RequestCommon):
    """An expired offer is used on no path; a new date opens all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer(require_signature=True)
        cls.order.validity_date = fields.Date.today() - timedelta(days=1)

    def test_every_path_is_refused(self):
        paths = {
            "send": self.order.action_quotation_send,
            "mark as sent": self.order.action_quotation_sent,
            "send by another way": lambda: self.order.with_context(
                mark_so_as_sent=True
            ).message_post(body="Our offer"),
            "confirm": self.order.action_confirm,
            "confirm from the portal": self.order._validate_order,
        }
        for name, path in paths.items():
            with (
                self.subTest(path=name),
                self.assertRaisesRegex(UserError, f"{self.order.name} was valid until"),
            ):
                path()
        self.assertFalse(self.order._has_to_be_signed())
        self.assertEqual(self.order.state, "draft")

    def test_one_of_many_stops_the_mass_sending(self):
        orders = self.order + self.order.copy()
        with self.assertRaisesRegex(UserError, "was valid until"):
            orders.action_quotation_send()

    def test_a_new_date_opens_it(self):
        self.order.validity_date = fields.Date.today()
        self.assertTrue(self.order._has_to_be_signed())
        self.order.action_confirm()
        self.assertEqual(self.order.offer_state, "accepted")
