from odoo.fields import Command
from odoo.tests import tagged

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyPerformance(WarrantyCommon):
    """Queries of a claim do not grow with its lines, and ordinary returns pay nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.product"].create(
            [{"name": f"Part {number}", "is_storable": True} for number in range(12)]
        )
        for product in cls.products:
            cls._put_in_stock(product, 100)

    def _new_large_claim(self, count):
        lines = [
            Command.create({"product_id": one.id, "product_uom_qty": 5})
            for one in self.products[:count]
        ]
        delivery = self._deliver(self._new_sale(self.pump, 1, order_line=lines))
        claim = self.claims.create(
            {
                "partner_id": self.customer.id,
                "picking_id": delivery.id,
                "line_ids": [
                    Command.create(
                        {"origin_move_id": move.id, "quantity": 2, "reason_id": self.reason.id}
                    )
                    for move in delivery.move_ids
                ],
            }
        )
        return claim

    def test_claim(self):
        for step in ("action_submit", "action_accept"):
            few, many = self._new_large_claim(2), self._new_large_claim(12)
            if step == "action_accept":
                (few | many).action_submit()
            self._count_queries(getattr(few, step))
            again = self._new_large_claim(2)
            if step == "action_accept":
                again.action_submit()
            few_count = self._count_queries(getattr(again, step))
            self.assertLessEqual(self._count_queries(getattr(many, step)), few_count, step)
