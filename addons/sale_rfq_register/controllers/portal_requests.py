from datetime import date
from itertools import zip_longest

from psycopg2.errors import UniqueViolation

from odoo import http
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command, Date
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..form_fingerprint import fingerprint_of_form
from ..spreadsheet_columns import YEARS
from ..text_encoding import without_zeros

MAX_ROWS = 200
MAX_FILES = 20
# Odoo takes 128 MB in all (odoo.http), what was typed included
MAX_MEGABYTES = 120
ROW_FIELDS = ("name", "customer_code", "quantity", "uom_text", "date_required")


class RequestPortal(CustomerPortal):
    """The customer's requests: those that he made, and a form for a new one.

    Portal users have no access to the register itself, which holds what a supplier thinks of a
    request. The pages read it as the system, each time for the customer's own company only.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "material_request_count" in counters:
            values["material_request_count"] = self._get_requests_sudo().search_count(
                self._get_requests_domain()
            )
        return values

    def _get_requests_sudo(self):
        return request.env["sale.material.request"].sudo()

    def _get_requests_domain(self):
        customer = request.env.user.partner_id.commercial_partner_id
        return [("commercial_partner_id", "=", customer.id), ("merged_into_id", "=", False)]

    @http.route(
        ["/my/requests", "/my/requests/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_requests(self, page=1, **_kwargs):
        requests, domain = self._get_requests_sudo(), self._get_requests_domain()
        pages = pager(
            url="/my/requests",
            total=requests.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = {
            **self._prepare_portal_layout_values(),
            "requests": requests.search(
                domain, limit=self._items_per_page, offset=pages["offset"]
            ),
            "pager": pages,
            "page_name": "material_request",
            "default_url": "/my/requests",
        }
        return request.render("sale_rfq_register.portal_my_requests", values)

    @http.route("/my/requests/<int:request_id>", type="http", auth="user", website=True)
    def portal_my_request(self, request_id, registered=None, others="", **_kwargs):
        found = self._find_request(request_id)
        if not found:
            kept = self._find_request(self._get_kept_id(request_id))
            return request.redirect(f"/my/requests/{kept.id}" if kept else "/my/requests")
        values = {
            **self._prepare_portal_layout_values(),
            "material_request": found,
            "offers": found.order_ids.filtered(lambda order: order.state in ("sent", "sale")),
            "attachments": found._get_customer_files(),
            "registered": registered,
            "others": self._find_others(others),
            "page_name": "material_request",
        }
        return request.render("sale_rfq_register.portal_my_request", values)

    def _get_kept_id(self, request_id):
        """The request that another one was merged into."""
        requests = self._get_requests_sudo().with_context(active_test=False)
        return requests.browse(request_id).exists().merged_into_id.id

    def _find_request(self, request_id):
        return self._get_requests_sudo().search(
            [("id", "=", request_id), *self._get_requests_domain()]
        )

    @http.route(
        "/my/requests/<int:request_id>/files/<int:file_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_request_file(self, request_id, file_id, **_kwargs):
        """A file that the customer sent with the request."""
        files = self._find_request(request_id)._get_customer_files()
        file = files.filtered(lambda attachment: attachment.id == file_id)
        if not file:
            raise request.not_found()
        return request.env["ir.binary"]._get_stream_from(file).get_response(as_attachment=True)

    def _find_others(self, ids):
        """Requests made of further files of the same form, as far as they are the customer's."""
        wanted = [int(number) for number in ids.split(",") if number.isdecimal()][:MAX_FILES]
        return self._get_requests_sudo().search(
            [("id", "in", wanted), *self._get_requests_domain()]
        )

    @http.route(
        "/my/requests/new", type="http", auth="user", methods=["GET", "POST"], website=True
    )
    def portal_new_request(self, **post):
        if request.httprequest.method == "GET":
            return self._render_new_request({})
        post = without_zeros(post)
        pressed = fingerprint_of_form(request.httprequest)
        if known := self._find_by_fingerprint(pressed):
            return request.redirect(f"/my/requests/{known.id}?registered=1")
        try:
            with request.env.cr.savepoint():
                made = self._register_portal_request({**post, "form_fingerprint": pressed})
        except UniqueViolation as conflict:
            # somebody sends the same form right now: when tried again, his request is found
            raise ConcurrencyError(str(conflict)) from conflict
        except UserError as refusal:
            refused = {"error": str(refusal), "had_files": bool(self._get_posted_files())}
            return self._render_new_request({**post, **refused})
        others = ",".join(str(other.id) for other in made[1:])
        return request.redirect(f"/my/requests/{made[0].id}?registered=1&others={others}")

    def _find_by_fingerprint(self, form_fingerprint):
        """What an earlier press of the same button has registered."""
        requests = self._get_requests_sudo().with_context(active_test=False)
        return requests.search([("form_fingerprint", "=", form_fingerprint)], limit=1)

    def _render_new_request(self, post):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "material_request",
            "new_request": True,
            "post": post,
            "rows": self._get_posted_rows() or [{}] * 3,
            "file_kinds": ", ".join(request.env["material.request.import"]._get_file_kinds()),
            "max_bytes": MAX_MEGABYTES * 1024**2,
            "size_notice": request.env._(
                "Files may have %(size)s MB together.", size=MAX_MEGABYTES
            ),
        }
        return request.render("sale_rfq_register.portal_new_request", values)

    def _get_posted_rows(self):
        """The rows of the form that say anything, as text."""
        form = request.httprequest.form
        columns = [without_zeros(form.getlist(f"line_{name}")) for name in ROW_FIELDS]
        rows = [
            dict(zip(ROW_FIELDS, map(str.strip, row), strict=True))
            for row in zip_longest(*columns, fillvalue="")
        ]
        return [row for row in rows if any(row.values())]

    def _register_portal_request(self, post):
        rows, files = self._get_posted_rows(), self._get_posted_files()
        if not rows and not files and not (post.get("note") or "").strip():
            raise UserError(
                request.env._("Please tell us what you need: fill in a row or attach a file.")
            )
        if len(rows) > MAX_ROWS or len(files) > MAX_FILES:
            raise UserError(
                request.env._(
                    "This is more than %(rows)s rows or %(files)s files: please send the rows as a"
                    " file, or some of it as another request.",
                    rows=MAX_ROWS,
                    files=MAX_FILES,
                )
            )
        self._check_rows(rows)
        values = self._prepare_portal_values(post, rows)
        # what is noted on the way is for our people, not for the visitor
        requests = self._get_requests_sudo().with_context(lang=self._get_staff_lang(values))
        return requests._register_portal_request(values, files, request.env.user.partner_id)

    def _check_rows(self, rows):
        """A row that says how much but not of what is not dropped in silence."""
        for number, row in enumerate(rows, start=1):
            if not (row["name"] or row["customer_code"]):
                raise UserError(
                    request.env._(
                        "Row %(number)s does not say what is needed: please name the material or"
                        " give your article.",
                        number=number,
                    )
                )

    def _get_staff_lang(self, values):
        """The language of the salesperson, else of the company."""
        salesperson = request.env["res.users"].sudo().browse(values["user_id"] or [])
        company = request.env["res.company"].sudo().browse(values["company_id"])
        return salesperson.lang or company.partner_id.lang or request.env.lang

    def _get_posted_files(self):
        files = request.httprequest.files.getlist("files")
        return [(without_zeros(file.filename), file.read()) for file in files if file.filename]

    def _prepare_portal_values(self, post, rows):
        partner = request.env.user.partner_id
        company = partner.company_id or request.env.company
        salesperson = (partner.user_id or partner.commercial_partner_id.user_id).sudo()
        return {
            "channel": "portal",
            "form_fingerprint": post.get("form_fingerprint"),
            "company_id": company.id,
            "partner_id": partner.id,
            "user_id": salesperson.id if company in salesperson.company_ids else False,
            "partner_ref": (post.get("partner_ref") or "").strip()[:64],
            "delivery_date_to": self._read_day(post.get("delivery_date_to")),
            "note": (post.get("note") or "").strip(),
            "line_ids": [Command.create(self._prepare_portal_line_values(row)) for row in rows],
        }

    def _prepare_portal_line_values(self, row):
        return {
            "name": row["name"] or row["customer_code"],
            "customer_code": row["customer_code"],
            "quantity": self._read_quantity(row["quantity"]),
            "uom_text": row["uom_text"][:40],
            "date_required": self._read_day(row["date_required"]),
        }

    def _read_quantity(self, text):
        """A number as people write it, with a comma or a point; nothing is to be clarified."""
        try:
            quantity = float("".join((text or "0").split()).replace(",", "."))
        except ValueError:
            quantity = -1
        # also refuses what is no number at all
        if not 0 <= quantity <= 1e12:
            raise UserError(
                request.env._("“%(text)s” is not a quantity: please write a number.", text=text)
            )
        return quantity

    def _read_day(self, text):
        try:
            day = Date.to_date(text or False)
        except ValueError:
            day = date.min
        if day and day.year not in YEARS:
            raise UserError(
                request.env._("“%(text)s” is not a date: please choose a day.", text=text)
            )
        return day
