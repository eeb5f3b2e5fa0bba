from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

OPTION_FIELDS = {"term": "term_ids", "alternative": "alternative_ids"}


class OfferPortal(CustomerPortal):
    """The customer chooses delivery terms and alternatives of an offer that was sent to him."""

    @http.route(["/my/orders/<int:order_id>/choose"], type="jsonrpc", auth="public", website=True)
    def portal_choose_option(self, order_id, kind=None, option_id=None, access_token=None):
        """Take an option of the offer; everything but which one is read from the offer.

        :param kind: ``term`` or ``alternative``
        :param option_id: id of the option, which has to belong to this offer
        :return: the address of the page with its new amounts, or a readable error
        """
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return {"error": request.env._("Invalid order.")}
        order_sudo = order_sudo.with_company(order_sudo.company_id)
        option = self._get_option(order_sudo, kind, option_id)
        refusal = order_sudo._get_customer_choice_refusal()
        if not option:
            refusal = request.env._("This is not offered any more. Please reload the page.")
        if refusal:
            return {"error": refusal}
        try:
            with request.env.cr.savepoint():
                order_sudo._choose_for_customer(option, self._get_choosing_partner(order_sudo))
        except UserError as error:
            return {"error": str(error)}
        return {"redirect_url": order_sudo.get_portal_url(anchor="offer_choices")}

    def _get_option(self, order_sudo, kind, option_id):
        """The option, when it is one that the customer can see on his page."""
        known = isinstance(kind, str) and kind in OPTION_FIELDS
        options = order_sudo[OPTION_FIELDS[kind]] if known else ()
        return next(
            (
                option
                for option in options
                if option.id == option_id and (kind != "term" or option.is_applicable)
            ),
            None,
        )

    def _get_choosing_partner(self, order_sudo):
        if request.env.user._is_public():
            return order_sudo.partner_id
        return request.env.user.partner_id
