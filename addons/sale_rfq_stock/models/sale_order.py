from odoo import api, models


class SaleOrder(models.Model):
    """The delivery term of the whole offer is approved with it."""

    _inherit = "sale.order"

    @api.model
    def _get_offer_content_fields(self):
        return [*super()._get_offer_content_fields(), "incoterm", "incoterm_location"]

    def _get_offer_content(self):
        return {
            **super()._get_offer_content(),
            "incoterm": self.incoterm.id,
            "incoterm_place": self.incoterm_location or "",
        }
