from odoo import fields, models


class SaleOrderLine(models.Model):
    """The moves by which the goods of a warranty return come back."""

    _inherit = "sale.order.line"

    warranty_return_move_ids = fields.One2many(
        "stock.move", "warranty_order_line_id", string="Returning Goods"
    )
