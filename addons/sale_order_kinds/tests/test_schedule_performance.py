from odoo.fields import Command
from odoo.tests import Form, tagged

from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestSchedulePerformance(ScheduleCommon):
    """Queries do not grow with the lines of a schedule, nor with those of an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_large_contract()

    def _new_lines(self, count, **values):
        return self._new_schedule(
            contract_id=self.large.id,
            line_ids=[
                Command.create(self._prepare_line(9, 1, product))
                for product in self.products[:count]
            ],
            **values,
        )

    def test_orders(self):
        """A line more costs what core asks for each line, and nothing of ours."""
        grown = []
        for make in (self._order_scheduled, self._order_by_hand):
            make(1)()
            few, many = (self._count_queries(make(size)) for size in (2, 20))
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
        few_count = self._count_queries(lambda: few.line_ids.read(names))
        self.assertLessEqual(self._count_queries(lambda: many.line_ids.read(names)), few_count)
        self.assertTrue(Form(many).name)
