from odoo.tests import tagged

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyReport(WarrantyCommon):
    """Return rate and cost by product, customer and reason."""

    def _read(self, groupby, *aggregates):
        self.env.flush_all()
        rows = self.env["sale.warranty.report"]._read_group(
            [("product_id", "=", self.pump.id)], [groupby], aggregates
        )
        return {row[0]: tuple(round(value or 0, 2) for value in row[1:]) for row in rows}

    def test_rate(self):
        """Ten delivered to Bergmann and thirty to another, four of the ten come back."""
        other = self.partner
        self._deliver(self._new_sale(self.pump, 30, partner_id=other.id))
        self._receive(self._return(self._accept(5, 4)))
        self._new_claim(3)  # a draft is no claim yet
        figures = ("delivered_qty:sum", "claimed_qty:sum", "received_qty:sum", "return_rate:avg")
        self.assertEqual(
            self._read("partner_id", *figures),
            {self.customer: (10, 5, 4, 40), other: (30, 0, 0, 0)},
        )
        self.assertEqual(self._read("product_id", *figures), {self.pump: (40, 5, 4, 10)})

    def test_cost(self):
        """Four replaced at 6.00, four came back, one of them is scrapped."""
        claim = self._accept()
        self._receive(self._return(claim))
        order = self._replace(claim)
        order.action_confirm()
        self.assertEqual(self._read("reason_id", "cost:sum")[self.reason], (-24,))
        self._deliver(order)
        self.assertEqual(self._read("reason_id", "cost:sum")[self.reason], (0,))
        self._dispose(claim, "scrap", 1)
        self._dispose(claim, "stock", 3)
        self.assertEqual(self._read("claim_id", "cost:sum")[claim], (6,))

    def test_roles(self):
        head = self._new_user("report_head", "sales_team.group_sale_manager")
        report = self.env["sale.warranty.report"].with_user(head)
        self.assertTrue(report.search_count([("product_id", "=", self.pump.id)]))
        seller = self._new_user("report_seller", "sales_team.group_sale_salesman")
        self.assertFalse(self.env["sale.warranty.report"].with_user(seller).has_access("read"))
