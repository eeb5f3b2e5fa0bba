from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class SignaturePortal(CustomerPortal):
    """The customer signs the prices and terms that were on his page."""

    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        """Refuse a signature under an offer that has become another one since it was shown."""
        # The signature form passes what belongs to the page in the query string.
        arguments = request.httprequest.args
        token = access_token or arguments.get("access_token")
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token=token)
        except (AccessError, MissingError):
            return {"error": request.env._("Invalid order.")}
        if order_sudo._has_to_be_signed():
            refusal = order_sudo._get_signature_refusal(arguments.get("shown"))
            if refusal:
                return {"error": refusal}
        return super().portal_quote_accept(
            order_id, access_token=access_token, name=name, signature=signature
        )
