from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.sale.controllers.portal import CustomerPortal

from .portal_token import plain_token


class RevisionPortal(CustomerPortal):
    """An offer that was replaced or is not approved is closed, whatever link the customer has."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        document = super()._document_check_access(model_name, document_id, access_token)
        if model_name == "sale.order" and not request.env.user._is_internal():
            if document.superseded_by_id:
                raise AccessError(request.env._("This offer was replaced by a newer one."))
            if document._get_document_refusal():
                raise AccessError(request.env._("This offer is not ready yet."))
        return document

    @http.route()
    def portal_order_page(self, order_id, access_token=None, **kwargs):
        if not request.env.user._is_internal():
            order = request.env["sale.order"].sudo().browse(order_id).exists()
            if order.superseded_by_id:
                if self._could_open(order, access_token, order.superseded_token):
                    return self._render_replaced_offer(order)
            elif order and order._get_document_refusal():
                if self._could_open(order, access_token, order.access_token):
                    return self._render_closed_offer(order)
        return super().portal_order_page(order_id, access_token=access_token, **kwargs)

    def _could_open(self, order, access_token, token):
        """Whether the customer may know of the offer; others do not learn that there is one.

        :param token: the key that was in his link
        """
        access_token = plain_token(access_token)
        if access_token and token and consteq(access_token, token):
            return True
        return order.sudo(False).has_access("read")

    def _get_page_view_values(self, document, access_token, values, *args, **kwargs):
        """A colleague who looks at the page is told that the customer cannot."""
        if document._name == "sale.order" and request.env.user._is_internal():
            values = {**values, "document_refusal": document._get_document_refusal()}
        return super()._get_page_view_values(document, access_token, values, *args, **kwargs)

    def _render_replaced_offer(self, order):
        """Say kindly that there is a newer offer; a link to it has only who may open it."""
        current = order._get_current_revision()
        is_visible = current.state in ("sent", "sale") and current.sudo(False).has_access("read")
        return self._render_instead(
            "sale_rfq_register.portal_replaced_offer",
            order,
            seller=current.user_id,
            current_url=is_visible and f"/my/orders/{current.id}",
        )

    def _render_closed_offer(self, order):
        return self._render_instead(
            "sale_rfq_register.portal_closed_offer", order, seller=order.user_id
        )

    def _render_instead(self, template, order, **values):
        """A page in the place of the offer's."""
        return request.render(
            template,
            {"order": order, "page_name": "quote", "res_company": order.company_id, **values},
        )
