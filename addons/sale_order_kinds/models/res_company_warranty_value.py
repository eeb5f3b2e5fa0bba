from odoo import models
from odoo.fields import Domain


class ResCompany(models.Model):
    """Warranty returns under periodic valuation: posted with the closing."""

    _inherit = "res.company"

    def _get_location_valuation_vals(self, at_date=None, location_domain=False):
        values = super()._get_location_valuation_vals(at_date, location_domain)
        for category, value in self._get_charged_returns(at_date):
            stock = category.property_stock_valuation_account_id or self.account_stock_valuation_id
            if not self.currency_id.is_zero(value):
                values += self._prepare_inventory_aml_vals(
                    stock,
                    self._get_warranty_account(),
                    value,
                    self.env._("Closing: Warranty Returns"),
                )
        return values

    def _get_charged_returns(self, at_date=None):
        """Categories of products and the value that came back since the last closing."""
        return self.env["stock.move"]._read_group(
            self._get_charged_returns_domain(at_date), ["product_category_id"], ["value:sum"]
        )

    def _get_charged_returns_domain(self, at_date=None):
        domain = Domain(
            [
                ("warranty_order_line_id", "!=", False),
                ("to_refund", "=", False),
                ("is_in", "=", True),
                ("company_id", "=", self.id),
                ("location_id.valuation_account_id", "=", False),
                ("product_id.is_storable", "=", True),
                ("product_id.valuation", "=", "periodic"),
            ]
        )
        closed = self._get_last_closing_date()
        if closed:
            domain &= Domain("date", ">", closed)
        if at_date:
            domain &= Domain("date", "<=", at_date)
        return domain
