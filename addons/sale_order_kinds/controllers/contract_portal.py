from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager


class ContractPortal(CustomerPortal):
    """The customer's contracts with what remains, and his delivery schedules.

    What he may read is decided by record rules: his own company's documents that are or were in
    force. Names of products and units are read as the system.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for counter, model in (
            ("supply_contract_count", "sale.supply.contract"),
            ("delivery_schedule_count", "sale.delivery.schedule"),
        ):
            if counter in counters:
                documents = request.env[model]
                may_read = documents.has_access("read")
                values[counter] = documents.search_count([]) if may_read else 0
        return values

    @http.route(
        ["/my/contracts", "/my/contracts/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_contracts(self, page=1, **_kwargs):
        return self._render_documents(
            "sale.supply.contract", "/my/contracts", page, "supply_contract", "contracts"
        )

    @http.route("/my/contracts/<int:contract_id>", type="http", auth="user", website=True)
    def portal_my_contract(self, contract_id, **_kwargs):
        contract = self._find("sale.supply.contract", contract_id)
        if not contract:
            return request.redirect("/my/contracts")
        values = {
            **self._prepare_portal_layout_values(),
            "contract": contract.sudo(),
            "versions": contract.sudo()._get_approved_versions(),
            "schedules": request.env["sale.delivery.schedule"].search(
                [("contract_id", "=", contract.id)]
            ),
            "page_name": "supply_contract",
        }
        return request.render("sale_order_kinds.portal_my_contract", values)

    @http.route(
        ["/my/schedules", "/my/schedules/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_schedules(self, page=1, **_kwargs):
        return self._render_documents(
            "sale.delivery.schedule", "/my/schedules", page, "delivery_schedule", "schedules"
        )

    @http.route("/my/schedules/<int:schedule_id>", type="http", auth="user", website=True)
    def portal_my_schedule(self, schedule_id, **_kwargs):
        schedule = self._find("sale.delivery.schedule", schedule_id)
        if not schedule:
            return request.redirect("/my/schedules")
        values = {
            **self._prepare_portal_layout_values(),
            "schedule": schedule.sudo(),
            "page_name": "delivery_schedule",
        }
        return request.render("sale_order_kinds.portal_my_schedule", values)

    def _find(self, model, document_id):
        """The document if it is the visitor's, else nothing."""
        try:
            return self._document_check_access(model, document_id) and request.env[model].browse(
                document_id
            )
        except (AccessError, MissingError):
            return None

    def _render_documents(self, model, url, page, page_name, name):
        documents = request.env[model]
        pages = pager(
            url=url, total=documents.search_count([]), page=page, step=self._items_per_page
        )
        found = documents.search([], limit=self._items_per_page, offset=pages["offset"])
        values = {
            **self._prepare_portal_layout_values(),
            name: found.sudo(),
            "pager": pages,
            "page_name": page_name,
            "default_url": url,
        }
        return request.render(f"sale_order_kinds.portal_my_{name}", values)
