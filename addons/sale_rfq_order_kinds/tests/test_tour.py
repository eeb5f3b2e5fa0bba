from odoo.tests import HttpCase, tagged

from .common import KindsCommon


@tagged("post_install", "-at_install")
class TestTour(KindsCommon, HttpCase):
    def test_document_flow(self):
        """A salesperson answers a request under a contract and follows its documents."""
        seller = self._new_user(
            "flow_tour", "sales_team.group_sale_salesman", password="flow_tour"
        )
        self.contract.user_id = self.request.user_id = seller
        self.request.action_check()
        self.start_tour(
            f"/odoo/material-requests/{self.request.id}",
            "sale_rfq_order_kinds_document_flow",
            login="flow_tour",
        )
        self.assertEqual(self.request.order_ids.contract_id, self.contract)
