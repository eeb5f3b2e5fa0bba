from odoo import http
from odoo.http import request

from odoo.addons.account.controllers.portal import PortalAccount
from odoo.addons.sale.controllers.portal import CustomerPortal

from ..text_encoding import without_zeros

NAME_LENGTH = 100


class ReceiptPortal(http.Controller):
    """The page where the customer confirms that he has received what was sent.

    Whoever has the link may confirm, without signing in. Mail scanners and previews open links,
    so that opening the page confirms nothing: only its button does.
    """

    @http.route(
        "/my/dispatch/<string:key>/receipt",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_dispatch_receipt(self, key, access_token=None, name=None, **kwargs):
        row, known = request.env["sale.dispatch"]._find_by_receipt_link(key, access_token)
        if not known:
            return self._render({"page_state": "unknown"}, status=404)
        if not row:
            return self._render({"page_state": "leaving"})
        self._use_language_of(row)
        if request.httprequest.method == "POST":
            return self._answer(row.with_env(request.env(su=True)), name, access_token)
        return self._render_row(row, access_token)

    def _use_language_of(self, row):
        """A visitor who is not signed in reads the page in the customer's language."""
        if request.env.user._is_public() and row.partner_id.lang:
            request.update_context(lang=row.partner_id.lang)

    def _answer(self, row, name, access_token):
        name = " ".join(without_zeros(name or "").split())[:NAME_LENGTH]
        if request.env.user._is_internal():
            return self._render_row(row, access_token, error="colleague")
        if not name and not row.receipt_date:
            return self._render_row(row, access_token, error="name")
        row._confirm_receipt_by_customer(name)
        return request.redirect(row._get_receipt_path(row), 303)

    def _render_row(self, row, access_token, error=None):
        row = row.with_env(request.env(su=True))
        is_public = request.env.user._is_public()
        return self._render(
            {
                "page_state": "confirmed" if row.receipt_date else "open",
                "dispatch": row,
                "access_token": access_token,
                "error": error,
                "default_name": "" if is_public else request.env.user.partner_id.name,
                "document_url": False if is_public else row._get_document().access_url,
                "res_company": row.company_id,
            }
        )

    def _render(self, values, status=200):
        response = request.render(
            "sale_rfq_register.portal_dispatch_receipt",
            {"page_name": "dispatch_receipt", "error": None, **values},
            status=status,
        )
        # The address of the page opens it: it is neither kept nor handed on nor found.
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


def _note_view(model, document_id, response):
    """The customer has opened the page of a document: the latest sending was viewed."""
    preview = request.httprequest.headers.get("Odoo-Link-Preview") == "True"
    if request.env.user.share and not preview and response.status_code == 200:
        request.env[model].sudo().browse(document_id)._mark_dispatch_viewed()
    return response


class OrderPortal(CustomerPortal):
    @http.route()
    def portal_order_page(self, order_id, **kwargs):
        response = super().portal_order_page(order_id, **kwargs)
        return _note_view("sale.order", order_id, response)


class InvoicePortal(PortalAccount):
    @http.route()
    def portal_my_invoice_detail(self, invoice_id, **kwargs):
        response = super().portal_my_invoice_detail(invoice_id, **kwargs)
        return _note_view("account.move", invoice_id, response)
