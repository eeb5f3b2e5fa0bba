from odoo import api, models

from ..fingerprint import written


class SaleOrderLine(models.Model):
    """What of a line is approved, and what of it the tiers test."""

    _inherit = "sale.order.line"

    def _get_discount_figures(self):
        """List price, price, discount and quantity, as ``discount_of`` takes them."""
        self.ensure_one()
        return (
            self._get_compared_price(),
            self._get_asked_price(),
            self.discount,
            self.product_uom_qty,
        )

    def _get_asked_price(self):
        """The price before the discount, by what the line amounts to.

        Core's wizards give amounts and taxes beside the price, and over RPC anybody may.
        """
        self.ensure_one()
        if not self.extra_tax_data:
            return self.price_unit
        if not self.product_uom_qty:
            # they are for a quantity that comes later
            return 0.0 if self.product_id else self.price_unit
        plain = self._get_plain_subtotal()
        if plain:
            return self.price_unit * self.price_subtotal / plain
        return self.price_subtotal / self.product_uom_qty

    def _get_plain_subtotal(self):
        """The untaxed amount that follows from price, discount and quantity alone."""
        return self._get_tax_details_with(extra_tax_data={})["total_excluded_currency"]

    def _get_tax_details_with(self, **values):
        """Amounts of the line as core computes them, with other values than its own."""
        self.ensure_one()
        taxes, company = self.env["account.tax"], self.company_id or self.env.company
        base_line = self._prepare_base_line_for_taxes_computation(**values)
        taxes._add_tax_details_in_base_line(base_line, company)
        taxes._round_base_lines_tax_details([base_line], company)
        return base_line["tax_details"]

    def _get_margin_figures(self):
        """Margin and revenue, as ``lowest_margin`` takes them; without a quantity, of one unit."""
        self.ensure_one()
        if self.product_id and not self.product_uom_qty:
            price = self._get_tax_details_with(quantity=1.0)["total_excluded_currency"]
            return price - self._get_tested_cost(), price
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
            "product_no_variant_attribute_value_ids",
            "extra_tax_data",
        ]

    def _get_offer_content_row(self):
        """What of the line is approved; everything that JSON can hold, numbers as written."""
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get
        attributes = self.product_no_variant_attribute_value_ids
        return {
            "kind": self.display_type or "",
            "product": self.product_id.id,
            "description": self.name or "",
            "quantity": self._get_written_quantity(),
            "unit": self.product_uom_id.id,
            "price": written(self.price_unit, digits("Product Price")),
            "discount": written(self.discount, digits("Discount")),
            "taxes": sorted(self.tax_ids.ids),
            "attributes": sorted(attributes._origin.ids),
            "given_taxes": self.extra_tax_data or {},
        }
