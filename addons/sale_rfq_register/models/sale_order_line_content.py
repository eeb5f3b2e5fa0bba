from odoo import api, models


class SaleOrderLine(models.Model):
    """What of a line is approved, and what of it the tiers test."""

    _inherit = "sale.order.line"

    def _get_discount_figures(self):
        """List price, price, discount and quantity, as ``highest_discount`` takes them."""
        self.ensure_one()
        return (
            self._get_compared_price(),
            self.price_unit,
            self.discount,
            self.product_uom_qty,
        )

    def _get_margin_figures(self):
        """Margin and revenue, as ``lowest_margin`` takes them."""
        self.ensure_one()
        raised = self._get_tested_cost() - self.purchase_price
        return self.margin - raised * self.product_uom_qty, self.price_subtotal

    @api.model
    def _get_offer_content_fields(self):
        """Names of the fields that ``_get_offer_content_row`` reads; extend both together."""
        return [
            "display_type",
            "product_id",
            "name",
            "product_uom_qty",
            "product_uom_id",
            "price_unit",
            "discount",
            "tax_ids",
        ]

    def _get_offer_content_row(self):
        """What of the line is approved; everything that JSON can hold, numbers as written."""
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get
        return {
            "kind": self.display_type or "",
            "product": self.product_id.id,
            "description": self.name or "",
            "quantity": self._get_written_quantity(),
            "unit": self.product_uom_id.id,
            "price": f"{self.price_unit:.{digits('Product Price')}f}",
            "discount": f"{self.discount:.{digits('Discount')}f}",
            "taxes": sorted(self.tax_ids.ids),
        }
