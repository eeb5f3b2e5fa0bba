from decimal import Decimal

from odoo import models
from odoo.tools import float_repr

from .. import ubl_quotation

PRICE_DIGITS = 6


class SaleOrder(models.Model):
    """What a line of the file says of product, quantity and price.

    All of it comes from core's figures (``base_line``), so a line of the offer and what is offered
    beside it are told alike.
    """

    _inherit = "sale.order"

    def _prepare_ubl_offered_values(self, base_line, description, codes):
        """The values of a ``ubl_quotation.Line`` that do not depend on the request."""
        product = base_line["product_id"]
        taxes = self._prepare_ubl_taxes([base_line], codes)
        return {
            "name": product.name or description,
            "description": description,
            "quantity": self._get_ubl_quantity(base_line),
            "unit_code": codes.get(base_line["product_uom_id"], "C62"),
            "amount": self._get_ubl_amount(self._get_ubl_untaxed(base_line)),
            "price": self._get_ubl_price(base_line),
            "tax_amount": sum((tax.amount for tax in taxes), Decimal(0)),
            "seller_code": product.default_code,
            "barcode": product.barcode,
            "taxes": taxes,
            "discount": self._prepare_ubl_discount(base_line),
        }

    def _get_ubl_quantity(self, base_line):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return Decimal(float_repr(base_line["quantity"], digits))

    def _get_ubl_untaxed(self, base_line):
        """The amount without taxes, so that the lines add up to the offer's total."""
        details = base_line["tax_details"]
        return details["total_excluded_currency"] + details["delta_total_excluded_currency"]

    def _get_ubl_price(self, base_line):
        """Price of one unit without taxes and before the discount."""
        details = base_line["tax_details"]
        share = 1 - base_line["discount"] / 100
        included = any(tax.price_include for tax in base_line["tax_ids"])
        price = base_line["price_unit"]
        if included and share and base_line["quantity"]:
            price = details["raw_total_excluded_currency"] / share / base_line["quantity"]
        return Decimal(float_repr(price, PRICE_DIGITS))

    def _prepare_ubl_discount(self, base_line):
        if not base_line["discount"]:
            return None
        price, quantity = self._get_ubl_price(base_line), self._get_ubl_quantity(base_line)
        base = self._get_ubl_amount(float(price * quantity))
        return ubl_quotation.Allowance(
            amount=base - self._get_ubl_amount(self._get_ubl_untaxed(base_line)),
            reason=self.env._("Discount"),
            percent=Decimal(str(base_line["discount"])),
            base=base,
        )
