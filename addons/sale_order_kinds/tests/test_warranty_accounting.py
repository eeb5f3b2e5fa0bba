from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command, Datetime
from odoo.tests import tagged

from odoo.addons.stock_account.tests.common import TestStockValuationCommon

COST, LATER_COST, PRICE = 10.0, 12.0, 30.0

# What is in the books after ten bought at 10.00 and ten at 12.00, four sold and invoiced at 30.00,
# one claimed: balances of stock, cost of goods, warranty expense and receivable.
#
# Cost of one sold or replaced piece: standard 10.00, average 11.00, first-in-first-out 10.00.
# What comes back has the value with which it left. Standard keeps stock at 10.00 a piece: the
# difference of 20.00 to what was paid is the cost of goods of the purchase, in both valuations.
TABLE = {
    # after which step: (stock, warranty) for each cost method; the cost of goods is that of the
    # sale in all of them, as no later step touches it
    "sold": {"standard": (160, 0), "average": (176, 0), "fifo": (180, 0)},
    "returned": {"standard": (170, -10), "average": (187, -11), "fifo": (190, -10)},
    "replaced": {"standard": (160, 0), "average": (176, 0), "fifo": (180, 0)},
    "scrapped": {"standard": (150, 10), "average": (165, 11), "fifo": (170, 10)},
}
COST_OF_SALE = {"standard": 40, "average": 44, "fifo": 40}
PAID_ABOVE_STANDARD = {"standard": 20, "average": 0, "fifo": 0}


@tagged("post_install", "-at_install")
class TestWarrantyAccounting(TestStockValuationCommon):
    """Stock, cost of goods, warranty expense and receivable after a whole warranty case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.warranty = cls.env["account.account"].create(
            {"name": "Warranty expense", "code": "678901", "account_type": "expense"}
        )
        cls.company.warranty_expense_account_id = cls.warranty
        cls.customer = cls.env["res.partner"].create({"name": "Bergmann", "is_company": True})
        cls.reason = cls.env.ref("sale_order_kinds.sale_warranty_reason_function")
        cls.products = {
            ("periodic", "standard"): cls.product_standard,
            ("periodic", "average"): cls.product_avco,
            ("periodic", "fifo"): cls.product_fifo,
            ("real_time", "standard"): cls.product_standard_auto,
            ("real_time", "average"): cls.product_avco_auto,
            ("real_time", "fifo"): cls.product_fifo_auto,
        }

    # -- the story -------------------------------------------------------------------------------

    def _buy(self, product, quantity, cost):
        """Received and billed at a cost."""
        self._make_in_move(product, quantity, cost)
        self._create_bill(product, quantity, cost)

    def _sell(self, product, quantity):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": PRICE,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self._finish(order.picking_ids)
        order._create_invoices().action_post()
        return order

    def _finish(self, picking):
        picking.action_assign()
        picking.move_ids.picked = True
        picking._action_done()

    def _claim(self, order):
        picking = order.picking_ids
        claim = self.env["sale.warranty.claim"].create(
            {
                "partner_id": self.customer.id,
                "picking_id": picking.id,
                "line_ids": [
                    Command.create(
                        {
                            "origin_move_id": picking.move_ids.id,
                            "quantity": 1,
                            "reason_id": self.reason.id,
                        }
                    )
                ],
            }
        )
        claim.action_submit()
        claim.action_accept()
        return claim

    def _return(self, claim):
        order = self.env["sale.order"].browse(claim.action_create_return()["res_id"])
        order.action_confirm()
        self._finish(order._get_warranty_returns())
        return order

    def _replace(self, claim):
        order = self.env["sale.order"].browse(claim.action_create_replacement()["res_id"])
        order.action_confirm()
        self._finish(order.picking_ids)
        return order

    def _credit(self, claim):
        credit = self.env["account.move"].browse(claim.action_create_credit()["res_id"])
        credit.action_post()
        return credit

    def _dispose(self, claim, decision):
        return self.env["sale.warranty.disposition"].create(
            {"claim_line_id": claim.line_ids.id, "decision": decision, "quantity": 1}
        )

    # -- the books -------------------------------------------------------------------------------

    def _balance(self, *accounts):
        """Posted balance of accounts, and what a closing now would add to it."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "in", [account.id for account in accounts]),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(lines.mapped("balance")), 2)

    def _value(self, product):
        product.invalidate_recordset()
        return round(product.with_company(self.company).total_value, 2)

    def _get_cost_of_goods(self):
        return self._balance(self.account_expense, self.account_stock_variation)

    def _assert_books(self, step, method, product, closed):
        stock, warranty = TABLE[step][method]
        cost = COST_OF_SALE[method] + PAID_ABOVE_STANDARD[method]
        self.assertEqual(self._value(product), stock, (step, method, "value"))
        if not closed:
            return
        self.assertEqual(self._balance(self.account_stock_valuation), stock, (step, "stock"))
        self.assertEqual(self._balance(self.warranty), warranty, (step, "warranty"))
        self.assertEqual(self._get_cost_of_goods(), cost, (step, "cost of goods"))
        self.assertEqual(self._balance(self.account_receivable), 4 * PRICE, (step, "receivable"))

    def _assert_perpetual(self, step, method):
        """What stands in the books at once, before any closing."""
        stock, warranty = TABLE[step][method]
        stock += PAID_ABOVE_STANDARD[method]  # until the closing, at what was paid
        self.assertEqual(self._balance(self.account_stock_valuation), stock, (step, "stock"))
        self.assertEqual(self._balance(self.warranty), warranty, (step, "warranty"))
        self.assertEqual(self._balance(self.account_expense), COST_OF_SALE[method], step)

    def _close_if_needed(self):
        """A closing posts what is missing; where nothing is, it says so."""
        if self.company._action_close_stock_valuation():
            self._close()

    def _end_period(self, clock):
        """Close, and go on the next day."""
        self._close_if_needed()
        self.closed_on = Datetime.now()
        clock.tick(timedelta(days=1))

    def _tell_in_periods(self, valuation, method):
        """A period ends after each step; Odoo would take its moment from the transaction."""
        self.closed_on = False
        companies = type(self.company)
        with (
            freeze_time(Datetime.now() + timedelta(hours=1)) as clock,
            patch.object(companies, "_get_last_closing_date", lambda company: self.closed_on),
        ):
            self._tell(valuation, method, clock)

    def _tell(self, valuation, method, clock=None):
        """Each step of the case, with the books after each."""
        product = self.products[valuation, method]
        product.invoice_policy = "delivery"
        self._buy(product, 10, COST)
        self._buy(product, 10, LATER_COST)
        order = self._sell(product, 4)
        claim = self._claim(order)
        orders = order
        for step in TABLE:
            if step == "returned":
                orders |= self._return(claim)
            elif step == "replaced":
                orders |= self._replace(claim)
            elif step == "scrapped":
                self._dispose(claim, "scrap")
            if clock:
                self._end_period(clock)
            elif valuation == "real_time":
                self._assert_perpetual(step, method)
            self._assert_books(step, method, product, closed=bool(clock))
        self._close_if_needed()
        self._assert_books("scrapped", method, product, closed=True)
        claim.action_settle()
        self.assertNotIn("to invoice", orders.mapped("invoice_status"))
        self.assertEqual(sum(orders.order_line.mapped("qty_to_invoice")), 0)

    def test_periodic_standard(self):
        self._tell("periodic", "standard")

    def test_periodic_average(self):
        self._tell("periodic", "average")

    def test_periodic_fifo(self):
        self._tell("periodic", "fifo")

    def test_closed_after_each_step(self):
        """Periods may end anywhere in a case: together they say the same."""
        self._tell_in_periods("periodic", "average")

    def test_perpetual_closed_after_each_step(self):
        self._tell_in_periods("real_time", "fifo")

    def test_perpetual_standard(self):
        self._tell("real_time", "standard")

    def test_perpetual_average(self):
        self._tell("real_time", "average")

    def test_perpetual_fifo(self):
        self._tell("real_time", "fifo")

    # -- credited --------------------------------------------------------------------------------

    def _sell_for_credit(self, decision=None):
        """One of four sold pieces is credited under perpetual valuation, average cost."""
        product = self.products["real_time", "average"]
        product.invoice_policy = "delivery"
        self._buy(product, 20, COST)
        order = self._sell(product, 4)
        claim = self._claim(order)
        if decision:
            self._return(claim)
            self._dispose(claim, decision)
        self._credit(claim)
        claim.action_settle()
        self.assertEqual(self._balance(self.account_receivable), 3 * PRICE)
        self.assertEqual(self._balance(self.account_income), -3 * PRICE)
        self.assertEqual(self._balance(self.account_expense), 3 * COST)
        self.assertEqual(order.invoice_status, "invoiced")
        stock = self._balance(self.account_stock_valuation)
        self.assertEqual(stock, self._value(product))
        self.assertFalse(self.company._action_close_stock_valuation())
        return stock, self._balance(self.warranty)

    def test_credited_without_return(self):
        self.assertEqual(self._sell_for_credit(), (160, COST))

    def test_credited_and_back_in_stock(self):
        self.assertEqual(self._sell_for_credit("stock"), (170, 0))

    def test_credited_and_scrapped(self):
        self.assertEqual(self._sell_for_credit("scrap"), (160, COST))

    def test_refunded_by_the_user(self):
        """Who ticks the refund on the return gets core's way: the order credits and costs."""
        product = self.products["real_time", "average"]
        product.invoice_policy = "delivery"
        self._buy(product, 20, COST)
        order = self._sell(product, 4)
        claim = self._claim(order)
        back = self.env["sale.order"].browse(claim.action_create_return()["res_id"])
        back.action_confirm()
        back._get_warranty_returns().move_ids.to_refund = True
        self._finish(back._get_warranty_returns())
        self.assertEqual(claim.line_ids.credited_qty, 1)
        self.assertEqual(order.order_line.qty_to_invoice, -1)
        order._create_invoices(final=True).action_post()
        self.assertEqual(self._balance(self.warranty), 0)
        self.assertEqual(self._balance(self.account_expense), 3 * COST)
        self.assertEqual(self._balance(self.account_stock_valuation), 170)
