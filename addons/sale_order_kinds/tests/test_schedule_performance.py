from odoo.fields import Command
from odoo.tests import Form, tagged

from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestSchedulePerformance(ScheduleCommon):
    """Queries do not grow with the lines of a schedule, nor with those of an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.product"].create(
            [{"name": f"Service {number}", "type": "service"} for number in range(20)]
        )
        cls.large = cls._new_contract(
            *({"product_id": one.id, "quantity": 1000, "price_unit": 3} for one in cls.products)
        )
        cls.large.action_put_in_force()

    def _new_lines(self, count, **values):
        return self._new_schedule(
            contract_id=self.large.id,
            line_ids=[
                Command.create(self._prepare_line(9, 1, product))
                for product in self.products[:count]
            ],
            **values,
        )

    def _count(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_orders(self):
        """A line more costs what core asks for each line, and nothing of ours."""
        grown = []
        for make in (self._order_scheduled, self._order_by_hand):
            make(1)()
            few, many = (self._count(make(size)) for size in (2, 20))
            grown.append(many - few)
        self.assertLessEqual(grown[0], grown[1])

    def _order_scheduled(self, size):
        lines = self._new_lines(size, release=False).line_ids.with_prefetch()
        return lines._create_orders

    def _order_by_hand(self, size):
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": 1})
            for product in self.products[:size]
        ]
        values = {"partner_id": self.customer.id, "order_line": lines}
        return lambda: self.env["sale.order"].create(values).action_confirm()

    def test_views(self):
        names = [
            "cumulative_qty",
            "previous_qty",
            "difference_qty",
            "delivered_qty",
            "open_qty",
            "order_id",
        ]
        few, many = (self._new_lines(size, schedule_type="forecast") for size in (2, 20))
        few.line_ids.read(names)
        few_count = self._count(lambda: few.line_ids.read(names))
        self.assertLessEqual(self._count(lambda: many.line_ids.read(names)), few_count)
        self.assertTrue(Form(many).name)
