from odoo import api, models


class SaleOrderLine(models.Model):
    """What a price lowered by hand is compared with: the price list, not what was sent along.

    Core keeps the price of the price list in ``technical_price_unit``. A price that comes over RPC
    may bring its own, or none, and core then takes the given price for that of the list: tiers
    would see no discount.
    """

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._keep_compared_price()
        return lines

    def write(self, vals):
        priced = "price_unit" in vals or "technical_price_unit" in vals
        res = super().write(vals)
        if priced:
            self._keep_compared_price()
        return res

    def _keep_compared_price(self):
        """Raise ``technical_price_unit`` to the price list where tiers test open offers."""
        if not self.env["tier.definition"]._has_offer_tiers():
            return
        for line in self.filtered(lambda line: line._is_compared_with_list()):
            price = line._get_list_price()
            if line.currency_id.compare_amounts(line.technical_price_unit, price) < 0:
                line.with_context(sale_write_from_compute=True).technical_price_unit = price

    def _is_compared_with_list(self):
        """Whether the price list says what the line would cost; an addon knows of more prices."""
        self.ensure_one()
        return (
            self.product_id
            and self.price_unit >= 0
            and self.order_id._is_open()
            and self.order_id._get_tiers_in_force()
            and self.product_type != "combo"
            and not self.combo_item_id
            and not self.display_type
            and not self.is_downpayment
            and not self.is_expense
            and not self._is_delivery()
        )

    def _get_list_price(self):
        """The price that the price list of the offer has for the line, in the offer's currency."""
        self.ensure_one()
        line = self.with_company(self.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            line._get_pricelist_price(),
            product_taxes=line.product_id.taxes_id._filter_taxes_by_company(line.company_id),
            fiscal_position=line.order_id.fiscal_position_id,
        )
