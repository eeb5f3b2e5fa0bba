from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestPerformance(ContractCommon):
    """Queries do not grow with lines, and ordinary orders pay nothing."""

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
        lines = [
            Command.create({"product_id": one.id, "product_uom_qty": 2})
            for one in self.products[:count]
        ]
        order = self._new_release(order_line=lines, **values)
        self.env.flush_all()
        self.env.invalidate_all()
        return order

    def _count(self, action):
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_release(self):
        self._new_lines(1, contract_id=self.large.id).action_confirm()
        few = self._new_lines(2, contract_id=self.large.id)
        many = self._new_lines(20, contract_id=self.large.id)
        self.env.invalidate_all()
        few_count = self._count(few.action_confirm)
        self.env.invalidate_all()
        self.assertLessEqual(self._count(many.action_confirm), few_count)

    def test_ordinary_order(self):
        """Confirmation asks nothing of contracts: as many queries as without our write()."""
        self._new_lines(5, kind_id=self.standard.id).action_confirm()
        own = self._new_lines(5, kind_id=self.standard.id)
        own_count = self._count(own.action_confirm)
        bare = self._new_lines(5, kind_id=self.standard.id)
        orders = type(self.env["sale.order"])
        with (
            patch.object(orders, "_get_contract_triggers", lambda order: set()),
            patch.object(orders, "_check_contract", lambda order: None),
            patch.object(orders, "_check_kind", lambda order: None),
            patch.object(orders, "_get_kind_problem", lambda order: False),
            patch.object(orders, "_is_kind", lambda order, name, value=True: False),
        ):
            bare_count = self._count(bare.action_confirm)
        self.assertEqual(own_count, bare_count)
