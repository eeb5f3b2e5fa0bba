from odoo import models


class StockMove(models.Model):
    """What a warranty return does to the accounts.

    Goods that come back under warranty keep their value and relieve the warranty expense, as
    replacements and scrapped returns burden it. Core would leave that to the closing, where it
    would diminish the cost of goods of sales that stand.
    """

    _inherit = "stock.move"

    def _is_charged_return(self):
        """Whether the value of the goods that come back is taken from the warranty expense."""
        self.ensure_one()
        return bool(
            self.warranty_order_line_id
            and self.is_in
            and self.product_id.is_storable
            and not self.to_refund
            and not self.location_id.valuation_account_id
        )

    def _should_create_account_move(self):
        return super()._should_create_account_move() or (
            self.product_id.valuation == "real_time"
            and self._is_charged_return()
            and bool(self.product_id._get_product_accounts()["stock_valuation"])
        )

    def _get_account_move_line_vals(self):
        if not self._is_charged_return():
            return super()._get_account_move_line_vals()
        stock = self.product_id._get_product_accounts()["stock_valuation"]
        expense = self.company_id._get_warranty_account()
        value = self._get_aml_value()
        return [
            {**self._prepare_charged_line(expense), "debit": 0, "credit": value},
            {**self._prepare_charged_line(stock), "debit": value, "credit": 0},
        ]

    def _prepare_charged_line(self, account):
        return {
            "account_id": account.id,
            "name": f"{self.reference} - {self.product_id.name}",
            "product_id": self.product_id.id,
        }
