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

    def _prepare_delivery_term_values(self, term):
        """The order, its deliveries and its invoices show the term that was chosen."""
        return {
            **super()._prepare_delivery_term_values(term),
            "incoterm": term.incoterm_id.id,
            "incoterm_location": term.place,
        }
