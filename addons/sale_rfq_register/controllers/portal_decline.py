from odoo import http
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class DeclinePortal(CustomerPortal):
    """What the customer declines is answered; what we cancel waits for another offer."""

    @http.route()
    def portal_quote_decline(self, order_id, access_token=None, **kwargs):
        order = request.env["sale.order"].sudo().browse(order_id).exists()
        was_open = order.state in ("draft", "sent")
        response = super().portal_quote_decline(order_id, access_token=access_token, **kwargs)
        if was_open and order.state == "cancel":
            order._note_declined_by_customer()
        return response
