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
        cls._add_large_contract()

    def _new_lines(self, count, **values):
        lines = [
            Command.create({"product_id": one.id, "product_uom_qty": 2})
            for one in self.products[:count]
        ]
        return self._new_release(order_line=lines, **values)

    def test_release(self):
        self._new_lines(1, contract_id=self.large.id).action_confirm()
        few = self._new_lines(2, contract_id=self.large.id)
        many = self._new_lines(20, contract_id=self.large.id)
        few_count = self._count_queries(few.action_confirm)
        self.assertLessEqual(self._count_queries(many.action_confirm), few_count)

    def test_ordinary_order(self):
        """Confirmation asks nothing of contracts: as many queries as without our write()."""
        self._new_lines(5, kind_id=self.standard.id).action_confirm()
        own = self._new_lines(5, kind_id=self.standard.id)
        own_count = self._count_queries(own.action_confirm)
        bare = self._new_lines(5, kind_id=self.standard.id)
        orders = type(self.env["sale.order"])
        with (
            patch.object(orders, "_get_contract_triggers", lambda order: set()),
            patch.object(orders, "_check_contract", lambda order: None),
            patch.object(orders, "_check_kind", lambda order: None),
            patch.object(orders, "_get_kind_problem", lambda order: False),
            patch.object(orders, "_is_kind", lambda order, name, value=True: False),
        ):
            bare_count = self._count_queries(bare.action_confirm)
        self.assertEqual(own_count, bare_count)
