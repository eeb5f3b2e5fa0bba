from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.sale.controllers.portal import CustomerPortal


class RevisionPortal(CustomerPortal):
    """A replaced offer is closed to the customer, whatever link he has."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        document = super()._document_check_access(model_name, document_id, access_token)
        if model_name == "sale.order" and not request.env.user._is_internal():
            if document.superseded_by_id:
                raise AccessError(request.env._("This offer was replaced by a newer one."))
            if document._is_changed_outside() and document._get_approval_refusal():
                raise AccessError(request.env._("This offer is not ready yet."))
        return document

    @http.route()
    def portal_order_page(self, order_id, access_token=None, **kwargs):
        order = self._get_replaced_offer(order_id, access_token)
        if order:
            return self._render_replaced_offer(order)
        return super().portal_order_page(order_id, access_token=access_token, **kwargs)

    def _get_replaced_offer(self, order_id, access_token):
        """The replaced offer that the customer once could open, or nothing.

        Who had no access to it does not learn that there is one.
        """
        if request.env.user._is_internal():
            return None
        order = request.env["sale.order"].sudo().browse(order_id).exists()
        if not order.superseded_by_id:
            return None
        former = order.superseded_token
        if access_token and former and consteq(access_token, former):
            return order
        return order if order.sudo(False).has_access("read") else None

    def _render_replaced_offer(self, order):
        """Say kindly that there is a newer offer; a link to it has only who may open it."""
        current = order._get_current_revision()
        is_visible = current.state in ("sent", "sale") and current.sudo(False).has_access("read")
        return request.render(
            "sale_rfq_register.portal_replaced_offer",
            {
                "order": order,
                "seller": current.user_id,
                "current_url": is_visible and f"/my/orders/{current.id}",
                "page_name": "quote",
                "res_company": order.company_id,
            },
        )
