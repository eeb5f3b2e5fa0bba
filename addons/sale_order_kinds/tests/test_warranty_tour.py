from odoo.tests import HttpCase, tagged

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyTour(WarrantyCommon, HttpCase):
    """A whole case in the browser: who sells, who handles goods, and the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pump.name = "Tour pump"
        cls.seller = cls._new_user("wt_seller", "sales_team.group_sale_salesman")
        cls.logistics = cls._new_user("wt_stock", "stock.group_stock_user")
        cls._new_buyer("wt_buyer")
        cls.order.user_id = cls.seller

    def test_case(self):
        self.start_tour(
            f"/odoo/stock.picking/{self.delivery.id}",
            "sale_order_kinds_warranty_open",
            login="wt_seller",
        )
        self.env.invalidate_all()
        claim = self.claims.search([("picking_id", "=", self.delivery.id)])
        self.assertRecordValues(
            claim.line_ids, [{"accepted_qty": 2, "returned_qty": 2, "replaced_qty": 2}]
        )
        back = claim.order_ids._get_warranty_returns()
        self.start_tour(
            f"/odoo/stock.picking/{back.id}", "sale_order_kinds_warranty_goods", login="wt_stock"
        )
        self.env.invalidate_all()
        self.assertRecordValues(claim.line_ids, [{"received_qty": 2, "disposed_qty": 2}])
        replacement = claim._filter_orders("deliver")
        replacement.filtered(lambda order: order.state == "draft").action_confirm()
        self._deliver(replacement)
        claim.action_settle()

    def test_customer(self):
        self.start_tour("/my/home", "sale_order_kinds_warranty_portal", login="wt_buyer")
        self.env.invalidate_all()
        claim = self.claims.search([("picking_id", "=", self.delivery.id)])
        self.assertRecordValues(
            claim, [{"state": "submitted", "description": "It hums and does not start"}]
        )
