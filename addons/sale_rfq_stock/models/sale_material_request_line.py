from odoo import api, fields, models


class SaleMaterialRequestLine(models.Model):
    _inherit = "sale.material.request.line"

    free_qty = fields.Float(
        string="Free Now",
        compute="_compute_availability",
        digits="Product Unit",
        help="On hand and not reserved, in the product's unit.",
    )
    forecast_qty = fields.Float(
        string="Forecast",
        compute="_compute_availability",
        digits="Product Unit",
        help="Expected on the day on which the customer needs it, in the product's unit.",
    )
    is_short = fields.Boolean(
        compute="_compute_availability",
        help="The forecast does not cover what is asked for.",
    )

    @api.depends("product_id", "quantity", "uom_id", "date_required", "company_id")
    def _compute_availability(self):
        """One look into stock for each company and required day, not for each line."""
        self.update({"free_qty": 0, "forecast_qty": 0, "is_short": False})
        stored = self.filtered(lambda line: line.product_id.is_storable)
        for (company, day), lines in stored.grouped(
            lambda line: (line.company_id, line.date_required)
        ).items():
            lines._set_availability(company, day)

    def _set_availability(self, company, day):
        products = self.product_id.with_company(company).with_context(
            allowed_company_ids=company.ids
        )
        # A day that is over says nothing about what is still to come.
        later = day and day > company._get_today()
        expected = products.with_context(to_date=company._get_day_end(day)) if later else products
        for line, product, future in zip(
            self,
            self._pick(products),
            self._pick(expected),
            strict=True,
        ):
            line.free_qty = product.free_qty
            line.forecast_qty = future.virtual_available
            line.is_short = line._is_short_of(line.forecast_qty)

    def _pick(self, products):
        by_id = {product.id: product for product in products}
        return [by_id[line.product_id.id] for line in self]

    def _is_short_of(self, available):
        self.ensure_one()
        if self._get_unit_problem():
            return False
        unit, wanted = self.product_id.uom_id, self.quantity
        asked_in = self._get_unit_for(self.product_id)
        if asked_in:
            wanted = asked_in._compute_quantity(wanted, unit, round=False)
        return unit.compare(available, wanted) < 0
