from odoo import fields, models

from ..formatting import format_quantity


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    request_line_id = fields.Many2one(
        "sale.material.request.line",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        groups="sale_rfq_register.sale_rfq_register_group_user",
        prefetch="offer",
    )

    def _get_composition_row(self):
        """What makes the line the line that the customer confirms."""
        self.ensure_one()
        return {
            "product": self.product_id.id,
            "description": self.name,
            "quantity": self._get_written_quantity(),
            "unit": self.product_uom_id.id,
        }

    def _get_written_quantity(self):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return f"{self.product_uom_qty:.{digits}f}"

    def _get_composition_text(self):
        self.ensure_one()
        quantity = format_quantity(self.env, self.product_uom_qty)
        return f"{quantity} {self.product_uom_id.name} · {self.name}"
