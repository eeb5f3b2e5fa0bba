from odoo import fields, models


class SaleOrderLine(models.Model):
    """Goods of a warranty return on their way back; prices of contracts in approvals."""

    _inherit = "sale.order.line"

    warranty_return_move_ids = fields.One2many(
        "stock.move", "warranty_order_line_id", string="Returning Goods"
    )

    def _has_list_price(self):
        """The price of a contract was agreed with the contract, which is that of the order."""
        contract = self.order_id.sudo().contract_id
        agreed = contract and self.sudo().contract_line_id.contract_id == contract
        return not agreed and super()._has_list_price()
