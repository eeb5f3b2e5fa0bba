import base64
import binascii

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

from ..text_encoding import without_zeros


class ConfigurationPortal(CustomerPortal):
    @http.route(
        ["/my/orders/<int:order_id>/confirm_configuration"],
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_confirm_configuration(
        self, order_id, access_token=None, name=None, signature=None, fingerprint=None
    ):
        """Record that the customer confirmed the composition he was shown.

        :param fingerprint: of the composition on the page; the confirmation is refused when the
            offer has been changed since the page was opened
        :return: what the signature form expects: a redirection or a readable error
        """
        # The signature form passes what belongs to the page in the query string.
        arguments = request.httprequest.args
        access_token = access_token or arguments.get("access_token")
        fingerprint = fingerprint or arguments.get("fingerprint")
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return {"error": request.env._("Invalid order.")}
        name = without_zeros(name) if isinstance(name, str) else ""
        error = self._get_configuration_error(order_sudo, name, signature, fingerprint)
        if error:
            return {"error": error}
        try:
            self._confirm_configuration(order_sudo, name, signature)
        except (TypeError, ValueError, binascii.Error):
            return {"error": request.env._("Invalid signature data.")}
        except UserError as refusal:
            return {"error": str(refusal)}
        return {
            "force_refresh": True,
            "redirect_url": order_sudo.get_portal_url(
                query_string="&message=configuration_confirmed"
            ),
        }

    def _get_configuration_error(self, order_sudo, name, signature, fingerprint):
        if not name.strip() or not self._has_content(signature):
            return request.env._("Please give your name and sign.")
        if fingerprint != order_sudo.configuration_fingerprint:
            return request.env._(
                "The offer has been changed since you opened it. Please reload the page and look"
                " at it again."
            )
        if order_sudo.is_expired:
            return request.env._("The offer has expired. Please ask for a new one.")
        return False

    def _has_content(self, signature):
        """Whether anything was drawn; what is no image is found when it is stored."""
        try:
            return bool(base64.b64decode(signature or ""))
        except (TypeError, ValueError):
            return bool(signature)

    def _confirm_configuration(self, order_sudo, name, signature):
        with request.env.cr.savepoint():
            # in the name of whoever confirms
            order = request.env["sale.order"].sudo().browse(order_sudo.id)
            order._confirm_configuration_on_portal(name.strip(), signature)
            # The image is decoded on flush: a broken one is refused here and not later.
            request.env.cr.flush()
