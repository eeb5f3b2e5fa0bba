from odoo.tests import HttpCase, tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalInTheBrowser(ApprovalCommon, HttpCase):
    def _play(self, name, user):
        action = self.env.ref("sale.action_quotations_with_onboarding")
        self.start_tour(
            f"/odoo/action-{action.id}/{self.offer.id}",
            f"sale_rfq_register_approval_{name}",
            login=user.login,
        )
        self.env.invalidate_all()

    def test_tour(self):
        """Rejected by the first, changed, approved by both, sent."""
        self.offer.order_line[0].write({"discount": 0, "price_unit": 8})
        self._play("request", self.seller)
        self._play("reject", self.head)
        self.assertEqual(self.offer.offer_state, "draft")
        self._play("request_again", self.seller)
        self.assertEqual(self.offer.order_line[0].price_unit, 8.5)
        self._play("approve_first", self.head)
        self.assertEqual(self.offer.offer_state, "to_approve")
        self._play("approve_second", self.manager)
        self.assertEqual(self.offer.offer_state, "approved")
        self._play("send", self.seller)
        self.assertEqual(self.offer.state, "sent")
        self.assertEqual(
            self._events(self.offer),
            ["requested", "rejected", "requested", "tier", "tier", "released"],
        )
