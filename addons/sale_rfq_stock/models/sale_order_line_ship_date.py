from collections import defaultdict
from datetime import timedelta

from odoo import api, models

from ..supply import first_day

# below any rounding of a unit
TOLERANCE = 1e-6


class SaleOrderLine(models.Model):
    """Ship dates from what is free, what is to come, and what has to be ordered first (O11)."""

    _inherit = "sale.order.line"

    @api.model
    def _get_first_days(self, demands):
        days = super()._get_first_days(demands)
        stored = [demand for demand in demands if demand.product.is_storable]
        before = self._get_wanted_before(stored)
        by_store = defaultdict(list)
        for demand in stored:
            by_store[demand.line._get_store()].append(demand)
        for (company, warehouse), some in by_store.items():
            products = self.env["product.product"].union(*[one.product for one in some])._origin
            supply = products._get_supply(company, warehouse)
            for demand in some:
                day = self._get_supplied_day(demand, before[demand.source], company, supply)
                days[demand.source] = max(days[demand.source], day)
        return days

    def _get_store(self):
        self.ensure_one()
        return self.company_id, self.warehouse_id or self.order_id.warehouse_id

    @api.model
    def _search_lines_of(self, orders):
        """The lines of stored orders; what their lists hold in the cache is left as it is."""
        stored = orders.filtered(lambda order: isinstance(order.id, int))
        lines = self.search([("order_id", "in", stored.ids)])
        return {order: self.browse() for order in stored} | lines.grouped("order_id")

    @api.model
    def _get_supplied_day(self, demand, before, company, supply):
        """The day on which the goods are there; else that of a new purchase."""
        today = company._get_today()
        product = demand.product._origin
        wanted = demand.quantity + before - TOLERANCE
        day = first_day(*supply[product.id], wanted, today)
        return day or today + timedelta(days=product._get_vendor_days(company))

    @api.model
    def _get_wanted_before(self, demands):
        """What the lines above each one in its order take of the same product.

        :return: quantity by the ``source`` of each demand
        """
        found = {}
        lines = self.union(*[demand.line for demand in demands])
        stored = self._search_lines_of(lines.order_id)
        for order, some in lines.grouped("order_id").items():
            if order not in stored:
                stored[order] = order.order_line
            rows = (stored[order] | some).sorted("sequence")
            places = {line: place for place, line in enumerate(rows)}
            taken = defaultdict(list)
            for line in rows.filtered("product_id"):
                demand = line._get_demand()
                taken[demand.product._origin].append((places[line], demand.quantity))
            for demand in demands:
                if demand.line in places:
                    place = places[demand.line]
                    above = [n for at, n in taken[demand.product._origin] if at < place]
                    found[demand.source] = sum(above)
        return found
