from odoo import api, models

from ..quantities import compare_exact


class SaleSupplyContract(models.Model):
    """What an order takes from its contract, whoever makes it: a person, a request or a job."""

    _inherit = "sale.supply.contract"

    def _get_pricelist(self):
        """A price list in the currency of the contract: the customer's own, else the first."""
        self.ensure_one()
        own = self.partner_id.with_company(self.company_id).property_product_pricelist
        if own.currency_id == self.currency_id:
            return own
        return own.search(self._get_pricelist_domain(), limit=1)

    def _get_pricelist_domain(self):
        country = self.partner_id.country_id
        return [
            ("currency_id", "=", self.currency_id.id),
            ("company_id", "in", [False, self.company_id.id]),
            "|",
            ("country_group_ids", "=", False),
            ("country_group_ids.country_ids", "in", country.ids),
        ]

    def _prepare_delivery_values(self):
        """Delivery terms of the orders under the contract."""
        self.ensure_one()
        return {"incoterm": self.incoterm_id.id, "incoterm_location": self.incoterm_location}

    # === WHAT IS LEFT === #

    def _get_coverage(self, wanted):
        """How much of each wanted quantity may still be released.

        :param wanted: tuples of product, quantity, unit and ship date; what the first of them
            takes is gone for the others
        :return: quantities in the same units
        """
        self.ensure_one()
        find, taken = self.line_ids._get_finder(), {}
        return [
            find(product)._take_coverage(product, quantity, unit, day, taken)
            if self._is_valid_on(day)
            else 0.0
            for product, quantity, unit, day in wanted
        ]


class SaleSupplyContractLine(models.Model):
    _inherit = "sale.supply.contract.line"

    def _get_allowed_at(self, day):
        """What may be released in all of each line by a day, the tolerance included."""
        terms = self._get_terms_at(day)
        return {
            line: line._get_committed(terms[line])
            * (1 + line.contract_id._get_terms_at(day)["tolerance"] / 100)
            for line in self
        }

    def _take_coverage(self, product, quantity, unit, day, taken):
        """How much of a quantity the line covers; what it takes of the line is noted."""
        if not self or not unit._has_common_reference(self.uom_id):
            return 0.0
        if self.contract_id.maximum_policy != "enforced":
            return quantity
        measure = self._get_measure_of(product, unit, day)
        left = self._get_allowed_at(day)[self] - self._get_released() - taken.get(self, 0.0)
        covered = self._get_part(quantity, unit, left, measure)
        taken[self] = taken.get(self, 0.0) + covered * measure
        return covered

    @api.model
    def _get_part(self, quantity, unit, left, measure):
        """What of a quantity fits into what is left."""
        if not measure or compare_exact(quantity * measure, left) <= 0:
            return quantity
        return max(0.0, unit.round(left / measure, rounding_method="DOWN"))

    def _get_measure_of(self, product, unit, day):
        """What one unit of a product takes of the line: in its unit, or in value."""
        if self.commitment_type == "quantity":
            return unit._compute_quantity(1.0, self.uom_id, round=False)
        terms = self._get_terms_at(day)[self]
        price = self.uom_id._compute_price(terms["price_unit"], unit)
        price *= 1 - terms["discount"] / 100
        details = terms["tax_ids"].compute_all(price, self.currency_id, product=product)
        return details["total_excluded"]
