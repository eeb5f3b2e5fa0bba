from psycopg2.errors import UniqueViolation

from odoo import http
from odoo.exceptions import AccessError, ConcurrencyError, MissingError, UserError
from odoo.fields import Command, Domain
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..form_fingerprint import fingerprint_of_form

MAX_FILES = 10
MAX_MEGABYTES = 10
MAX_TEXT = 20000
MAX_CHOICES = 500
MIMETYPES = {"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"}


class WarrantyPortal(CustomerPortal):
    """The customer's claims: those that he opened or we did, and a form for a new one.

    Claims are found by the rights of the customer. What he may complain about is looked up as
    the system, each time among the deliveries of his own company only.

    Odoo makes one class of all portals of all addons, so that each method has “claim” in its name.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "warranty_claim_count" in counters:
            claims = request.env["sale.warranty.claim"]
            allowed = claims.has_access("read")
            values["warranty_claim_count"] = (
                claims.search_count(self._get_claims_domain()) if allowed else 0
            )
        return values

    def _get_claims_domain(self):
        """Also for our own people, who see the claims of all customers otherwise."""
        return [("commercial_partner_id", "=", self._get_claim_customer().id)]

    def _get_claim_customer(self):
        return request.env.user.partner_id.commercial_partner_id

    @http.route(
        ["/my/claims", "/my/claims/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_claims(self, page=1, **_kwargs):
        claims, domain = request.env["sale.warranty.claim"], self._get_claims_domain()
        pages = pager(
            url="/my/claims",
            total=claims.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = claims.search(domain, limit=self._items_per_page, offset=pages["offset"])
        values = {
            **self._prepare_portal_layout_values(),
            "claims": found.sudo(),
            "pager": pages,
            "page_name": "warranty_claim",
            "default_url": "/my/claims",
        }
        return request.render("sale_order_kinds.portal_my_claims", values)

    @http.route("/my/claims/<int:claim_id>", type="http", auth="public", website=True)
    def portal_my_claim(self, claim_id, access_token=None, **options):
        try:
            claim_sudo = self._document_check_access("sale.warranty.claim", claim_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if options.get("report_type") == "pdf" and claim_sudo._get_open_returns():
            return self._show_report(
                model=claim_sudo,
                report_type="pdf",
                report_ref="sale_order_kinds.action_report_warranty_return_note",
                download=options.get("download"),
            )
        values = self._get_page_view_values(
            claim_sudo,
            access_token,
            {"claim": claim_sudo, "opened": options.get("opened"), "page_name": "warranty_claim"},
            "my_claims_history",
            False,
        )
        return request.render("sale_order_kinds.portal_my_claim", values)

    # -- a new one -------------------------------------------------------------------------------

    @http.route("/my/claims/new", type="http", auth="user", methods=["GET", "POST"], website=True)
    def portal_new_claim(self, **post):
        if request.httprequest.method == "GET":
            return self._render_new_claim(post)
        pressed = fingerprint_of_form(request.httprequest)
        if known := self._find_claim_by_fingerprint(pressed):
            return request.redirect(f"/my/claims/{known.id}?opened=1")
        try:
            with request.env.cr.savepoint():
                claim = self._open_portal_claim({**post, "form_fingerprint": pressed})
        except UniqueViolation as conflict:
            # somebody sends the same form right now: when tried again, his claim is found
            raise ConcurrencyError(str(conflict)) from conflict
        except UserError as refusal:
            return self._render_new_claim({**post, "error": str(refusal)})
        return request.redirect(f"/my/claims/{claim.id}?opened=1")

    def _find_claim_by_fingerprint(self, form_fingerprint):
        """What an earlier press of the same button has opened."""
        claims = request.env["sale.warranty.claim"].sudo()
        return claims.search([("form_fingerprint", "=", form_fingerprint)], limit=1)

    def _render_new_claim(self, post):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "warranty_claim",
            "post": post,
            "choices": self._get_claim_choices(),
            "reasons": request.env["sale.warranty.reason"].sudo().search([]),
        }
        return request.render("sale_order_kinds.portal_new_claim", values)

    def _get_claim_delivered_domain(self):
        """What was delivered to the customer's company, whoever it was sent to."""
        customer = self._get_claim_customer()
        bought = Domain("picking_id.sale_id.partner_id.commercial_partner_id", "=", customer.id)
        received = Domain("picking_id.partner_id.commercial_partner_id", "=", customer.id)
        unsold = Domain("picking_id.sale_id", "=", False)
        done = Domain([("state", "=", "done"), ("location_dest_id.usage", "=", "customer")])
        return done & (bought | (unsold & received))

    def _get_claim_choices(self):
        """What the form offers: delivered goods, each lot of its own, the latest first."""
        moves = request.env["stock.move"].sudo()
        moves = moves.search(
            self._get_claim_delivered_domain(), order="date desc", limit=MAX_CHOICES
        )
        return [
            (f"{move.id}-{lot.id or 0}", move, lot)
            for move in moves
            for lot in (move.move_line_ids.lot_id or [move.env["stock.lot"]])
        ]

    def _read_claim_choice(self, text):
        """The chosen move and lot; looked up anew, so that nobody chooses what is another's."""
        move_id, _dash, lot_id = (text or "").partition("-")
        move, lot = request.env["stock.move"].sudo(), request.env["stock.lot"].sudo()
        if move_id.isdecimal() and lot_id.isdecimal() and len(text) < 30:
            own = Domain("id", "=", int(move_id)) & self._get_claim_delivered_domain()
            move = move.search(own, limit=1)
            lot = move.move_line_ids.lot_id.filtered(lambda one: one.id == int(lot_id))
        if not move or (lot_id != "0" and not lot):
            raise UserError(request.env._("Please choose what is defective from your deliveries."))
        return move, lot

    def _open_portal_claim(self, post):
        move, lot = self._read_claim_choice(post.get("delivered"))
        files = self._get_claim_files()
        values = self._prepare_portal_claim_values(post, move, lot)
        claim = request.env["sale.warranty.claim"].sudo().create(values)
        claim.action_submit()
        partner = request.env.user.partner_id
        claim.message_subscribe(partner.ids)
        if files:
            claim.message_post(
                author_id=partner.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachments=files,
            )
        return claim

    def _prepare_portal_claim_values(self, post, move, lot):
        partner = request.env.user.partner_id
        return {
            "form_fingerprint": post.get("form_fingerprint"),
            "company_id": move.company_id.id,
            "partner_id": partner.id,
            "picking_id": move.picking_id.id,
            "user_id": False,  # found when it is submitted
            "customer_ref": (post.get("customer_ref") or "").strip()[:64],
            "description": (post.get("description") or "").strip()[:MAX_TEXT],
            "line_ids": [Command.create(self._prepare_portal_claim_line_values(post, move, lot))],
        }

    def _prepare_portal_claim_line_values(self, post, move, lot):
        reason = (post.get("reason") or "").strip()
        reasons = request.env["sale.warranty.reason"].sudo()
        if reason.isdecimal() and len(reason) < 10:
            reasons = reasons.search([("id", "=", int(reason))])
        return {
            "origin_move_id": move.id,
            "lot_id": lot.id,
            "quantity": self._read_claim_quantity(post.get("quantity")),
            "reason_id": reasons.id,
        }

    def _read_claim_quantity(self, text):
        """A number as people write it, with a comma or a point."""
        try:
            quantity = float("".join((text or "").split()).replace(",", "."))
        except ValueError:
            quantity = 0.0
        # also refuses what is no number at all
        if not 0 < quantity <= 1e12:
            raise UserError(request.env._("Please write how many are defective, as a number."))
        return quantity

    def _get_claim_files(self):
        """Names and contents of photos and documents; UserError for what we do not take."""
        posted = request.httprequest.files.getlist("files")
        posted = [file for file in posted if file.filename]
        if len(posted) > MAX_FILES:
            raise UserError(request.env._("Please send at most %(count)s files.", count=MAX_FILES))
        return [(file.filename, self._read_claim_file(file)) for file in posted]

    def _read_claim_file(self, file):
        content = file.read(MAX_MEGABYTES * 2**20 + 1)
        if len(content) > MAX_MEGABYTES * 2**20:
            raise UserError(
                request.env._(
                    "“%(file)s” is too large: please send files of up to %(size)s MB.",
                    file=file.filename,
                    size=MAX_MEGABYTES,
                )
            )
        if guess_mimetype(content) not in MIMETYPES:
            raise UserError(
                request.env._(
                    "“%(file)s” is not a photo or a PDF: please send JPEG, PNG, GIF, WebP or PDF.",
                    file=file.filename,
                )
            )
        return content
