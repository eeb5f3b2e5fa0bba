from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import float_compare

from ..formatting import format_number


class SaleOrderLine(models.Model):
    """Price, discount and taxes under a contract are those of the contract, on every path.

    They are what the version of the contract says that holds on the ship date. Whatever Odoo
    recomputes comes back to them; whatever else is written is refused.
    """

    _inherit = "sale.order.line"

    def _get_contract_terms(self):
        """Price in the unit of the line, discount and taxes for each line under a contract."""
        found = {}
        contracted = self._filter_contracted()
        if not contracted:  # asked with each write of any order
            return found
        for day, lines in contracted._group_by_ship_date().items():
            terms = lines.contract_line_id.sudo()._get_terms_at(day)
            for line in lines:
                contract_line = line.contract_line_id.sudo()
                found[line] = line._prepare_contract_terms(contract_line, terms[contract_line])
        return found

    def _prepare_contract_terms(self, contract_line, terms):
        self.ensure_one()
        unit = contract_line.uom_id
        return {
            "price_unit": unit._compute_price(terms["price_unit"], self.product_uom_id),
            "discount": terms["discount"],
            "tax_ids": terms["tax_ids"].sudo(False),
        }

    def _differs_from(self, terms):
        """Whether the line has other terms."""
        self.ensure_one()
        return bool(
            float_compare(self.price_unit, terms["price_unit"], precision_digits=6)
            or float_compare(self.discount, terms["discount"], precision_digits=6)
            or self.tax_ids._origin != terms["tax_ids"]
        )

    # -- what Odoo recomputes --------------------------------------------------------------------

    def _compute_price_unit(self):
        contracted = self._filter_contracted()
        others = self - contracted if contracted else self
        super(SaleOrderLine, others)._compute_price_unit()
        contracted._set_contract_price()

    def _reset_price_unit(self):
        self.ensure_one()
        if self.contract_line_id:
            self._set_contract_price()
        else:
            super()._reset_price_unit()

    def _set_contract_price(self):
        for line, terms in self._get_contract_terms().items():
            price = terms["price_unit"]
            line.with_context(sale_write_from_compute=True).update(
                {"price_unit": price, "technical_price_unit": price}
            )

    def _compute_discount(self):
        contracted = self._filter_contracted()
        others = self - contracted if contracted else self
        super(SaleOrderLine, others)._compute_discount()
        for line, terms in contracted._get_contract_terms().items():
            line.discount = terms["discount"]

    def _compute_tax_ids(self):
        contracted = self._filter_contracted()
        others = self - contracted if contracted else self
        super(SaleOrderLine, others)._compute_tax_ids()
        for line, terms in contracted._get_contract_terms().items():
            line.tax_ids = terms["tax_ids"]

    def _set_contract_terms(self):
        """For what is not saved yet."""
        for line, terms in self._get_contract_terms().items():
            line.update({**terms, "technical_price_unit": terms["price_unit"]})

    def _apply_contract_terms(self):
        """Bring saved lines back to the terms that hold now; usually they have them."""
        for line, terms in self._get_contract_terms().items():
            if line._differs_from(terms):
                line.write(
                    {
                        "price_unit": terms["price_unit"],
                        "technical_price_unit": terms["price_unit"],
                        "discount": terms["discount"],
                        "tax_ids": [Command.set(terms["tax_ids"].ids)],
                    }
                )

    @api.onchange("is_off_contract")
    def _onchange_is_off_contract(self):
        self._filter_contracted()._set_contract_terms()
        self.filtered("is_off_contract")._leave_contract()

    def _leave_contract(self):
        """Give the ordinary price to lines that are under no contract any more."""
        if self:
            forced = self.with_context(force_price_recomputation=True)
            forced.discount = 0.0
            forced._compute_price_unit()
            forced._compute_discount()
            forced._compute_tax_ids()

    # -- what is written -------------------------------------------------------------------------

    @api.constrains(
        "price_unit",
        "discount",
        "tax_ids",
        "product_id",
        "product_uom_id",
        "order_id",
    )
    def _check_contract_terms(self):
        for line, terms in self._get_contract_terms().items():
            if line._differs_from(terms):
                raise ValidationError(
                    self.env._(
                        "%(product)s is released from contract %(contract)s: price, discount and"
                        " taxes are those of the contract (%(price)s per %(unit)s,"
                        " %(discount)s %%) and are not typed. Change the contract by a new"
                        " version.",
                        product=line.product_id.display_name,
                        contract=line.contract_line_id.sudo().contract_id.name,
                        price=line.currency_id.format(terms["price_unit"]),
                        unit=line.product_uom_id.name,
                        discount=format_number(self.env, terms["discount"], 2),
                    )
                )

    def copy_data(self, default=None):
        """A copy gets the terms of its own contract, or the ordinary ones."""
        values_list = super().copy_data(default)
        for line, values in zip(self, values_list, strict=True):
            if line.contract_line_id:
                for name in ("price_unit", "technical_price_unit", "discount", "tax_ids"):
                    values.pop(name, None)
        return values_list


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_update_prices_lines(self):
        return super()._get_update_prices_lines().filtered(lambda line: not line.contract_line_id)
