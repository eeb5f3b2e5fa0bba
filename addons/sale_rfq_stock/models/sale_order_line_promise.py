from datetime import timedelta

from odoo import models


class SaleOrderLine(models.Model):
    """What is promised to the customer reaches the transfer (O11)."""

    _inherit = "sale.order.line"

    def _prepare_procurement_values(self):
        """A line leaves on its own day, unless a person has set that of the whole order."""
        values = super()._prepare_procurement_values()
        if self.required_date and self.offer_ship_date and self.order_id._is_delivery_proposed():
            company = self.company_id
            deadline = company._get_day_moment(self.offer_ship_date)
            values["date_deadline"] = deadline
            values["date_planned"] = deadline - timedelta(days=company.security_lead)
        return values
