from odoo import http

from odoo.addons.sale_management.controllers.portal import CustomerPortal


class QuantityPortal(CustomerPortal):
    """A customer orders nothing below zero: it would lower the price of the rest."""

    @http.route()
    def portal_quote_option_update(
        self, order_id, line_id, access_token=None, remove=False, input_quantity=False, **kwargs
    ):
        if input_quantity is not False:
            input_quantity = self._get_asked_quantity(input_quantity)
        return super().portal_quote_option_update(
            order_id,
            line_id,
            access_token=access_token,
            remove=remove,
            input_quantity=input_quantity,
            **kwargs,
        )

    def _get_asked_quantity(self, quantity):
        """The quantity as a number, zero for what is none."""
        try:
            quantity = float(quantity)
        except (TypeError, ValueError):
            return 0.0
        return quantity if 0 < quantity < float("inf") else 0.0
