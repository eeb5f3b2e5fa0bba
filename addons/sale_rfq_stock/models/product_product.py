from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain

TO_COME = ("waiting", "confirmed", "assigned", "partially_available")


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_supply(self, company, warehouse):
        """What a warehouse has of the products, and what comes and leaves on which day.

        Three queries, however many products. Receipts that are overdue are taken to come
        tomorrow, since they are not there today.

        :return: ``{product id: (on hand, {day: change})}``
        """
        products = self.with_company(company).with_context(
            allowed_company_ids=company.ids, warehouse_id=warehouse.id, tz=company.day_zone
        )
        stored, comes, leaves = products._get_domain_locations()
        wanted = Domain("product_id", "in", self.ids)
        quants = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(wanted & stored, ["product_id"], ["quantity:sum"])
        )
        stock = {product.id: quantity for product, quantity in quants}
        changes = {product_id: defaultdict(float) for product_id in self.ids}
        today = company._get_today()
        for domain, sign, soonest in (
            (comes, 1, today + timedelta(days=1)),
            (leaves, -1, today),
        ):
            for product, moment, quantity in products._read_changes(wanted & domain):
                changes[product.id][max(moment.date(), soonest)] += sign * quantity
        return {one: (stock.get(one, 0.0), changes[one]) for one in self.ids}

    def _read_changes(self, domain):
        return (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                Domain("state", "in", TO_COME) & domain,
                ["product_id", "date:day"],
                ["product_qty:sum"],
            )
        )

    def _get_vendor_days(self, company):
        """How long the first vendor takes; none where nobody is known to deliver it."""
        self.ensure_one()
        vendors = self.sudo().seller_ids.filtered(
            lambda seller: (
                seller.company_id in (company, company.browse())
                and seller.product_id in (self, self.browse())
            )
        )
        return vendors[:1].delay or 0
