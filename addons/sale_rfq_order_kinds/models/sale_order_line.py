from odoo import fields, models

from odoo.addons.sale_rfq_register.formatting import format_quantity


class SaleOrderLine(models.Model):
    """Goods of a warranty return on their way back; prices of contracts in approvals."""

    _inherit = "sale.order.line"

    warranty_return_move_ids = fields.One2many(
        "stock.move", "warranty_order_line_id", string="Returning Goods"
    )

    def _describe_quantity(self):
        """Quantity, unit and product in the words of the reader."""
        self.ensure_one()
        quantity = format_quantity(self.env, self.product_uom_qty)
        return f"{quantity} {self.product_uom_id.name} {self.product_id.display_name}"

    def _is_price_agreed(self):
        """The price of a contract was agreed with the contract, which is that of the order."""
        return bool(self._get_agreed_terms()) or super()._is_price_agreed()

    def _get_agreed_terms(self):
        """Terms of the contract that hold for the line, or nothing."""
        contract = self.order_id.sudo().contract_id
        if not contract or self.sudo().contract_line_id.contract_id != contract:
            return {}
        return self._get_contract_terms().get(self, {})

    def _get_compared_price(self):
        """The price of the contract as it is now, while that of the line may have been written."""
        if self.order_id._is_compared_with_list():
            if terms := self._get_agreed_terms():
                return terms["price_unit"]
        return super()._get_compared_price()
