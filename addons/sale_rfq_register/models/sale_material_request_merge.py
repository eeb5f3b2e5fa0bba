from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..locking import lock_rows


class SaleMaterialRequest(models.Model):
    """Two requests that are one, and one that is two."""

    _inherit = "sale.material.request"

    duplicate_ids = fields.Many2many(
        "sale.material.request",
        string="Looks the Same",
        compute="_compute_duplicate_ids",
        help="Open requests of the same sender with the same number or the same file.",
    )
    merged_into_id = fields.Many2one(
        "sale.material.request", readonly=True, copy=False, index="btree_not_null"
    )
    split_from_id = fields.Many2one(
        "sale.material.request", readonly=True, copy=False, index="btree_not_null"
    )

    @api.depends("partner_ref", "partner_id", "sender_email", "company_id", "merged_into_id")
    def _compute_duplicate_ids(self):
        alike = self._search_same_number() | self._search_same_file()
        for request in self:
            request.duplicate_ids = alike.filtered(request._is_same_as) - request._origin

    def _search_same_number(self):
        numbers = [number for number in self.mapped("partner_ref") if number]
        return self.search([("partner_ref", "in", numbers)]) if numbers else self.browse()

    def _search_same_file(self):
        checksums = self._get_checksums()
        found = (
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("checksum", "in", list(checksums))],
                ["res_id"],
            )
        )
        # A search, so that what the reader may not see stays out.
        return self.search([("id", "in", [res_id for (res_id,) in found])])

    def _get_checksums(self):
        """Checksums of the files with which the requests arrived."""
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search_fetch(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["checksum"]
            )
        )
        return set(files.mapped("checksum")) - {False}

    def _is_same_as(self, other):
        self.ensure_one()
        if self.company_id != other.company_id or self.split_from_id == other._origin:
            return False
        if other.split_from_id == self._origin or self._is_of_other_customer(other):
            return False
        if self._get_checksums() & other._get_checksums():
            return True
        return self.partner_ref == other.partner_ref and self._get_sender_keys() & (
            other._get_sender_keys()
        )

    def _is_of_other_customer(self, other):
        """One file of two known customers, such as an empty form, makes no double."""
        mine, theirs = self.commercial_partner_id, other.commercial_partner_id
        return bool(mine and theirs and mine != theirs)

    def _get_sender_keys(self):
        """What a sender is known by: his company and his address."""
        keys = {("partner", self.commercial_partner_id.id), ("email", self.sender_email)}
        return {key for key in keys if key[1]}

    # === MERGE === #

    def action_merge_duplicates(self):
        """Keep the first of this request and those that look the same."""
        self.ensure_one()
        lock_rows(self)
        if not self.duplicate_ids:
            return (self.merged_into_id or self)._get_records_action()
        return (self | self.duplicate_ids).action_merge()

    def action_merge(self):
        """Merge the selected requests into the one that arrived first, and open it."""
        lock_rows(self)
        kept = self.sorted(lambda request: (request.date_received, request.id))[:1]
        others = self - kept
        if not others or any(other.merged_into_id != kept for other in others):
            others._merge_into(kept)
        return kept._get_records_action()

    def _merge_into(self, kept):
        """What this request says goes into ``kept``; the request itself is archived, not lost."""
        kept._check_mergeable_with(self)
        for request in self:
            request._copy_missing_into(kept)
            request._hand_over_offers(kept)
            kept._log_merge(request)
            request._copy_files_into(kept)
            request.sudo().activity_ids.write({"res_id": kept.id})
        (self + kept).invalidate_recordset(["activity_ids"])
        self.write({"merged_into_id": kept.id, "active": False})

    def _check_mergeable_with(self, others):
        if not self or not others:
            raise UserError(self.env._("Choose at least two material requests to merge."))
        companies, customers = others.company_id, others.commercial_partner_id
        if companies - self.company_id or customers - (
            self.commercial_partner_id or customers[:1]
        ):
            raise UserError(
                self.env._(
                    "Material request %(name)s can be merged with requests of the same company"
                    " and customer only.",
                    name=self.name,
                )
            )
        (self | others)._check_open()

    def _copy_missing_into(self, kept):
        """Copy values and lines that the other request lacks."""
        known = {line._get_identity() for line in kept.line_ids}
        lines = self.line_ids.filtered(lambda line: line._get_identity() not in known)
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._get_merged_fields()
            if self._is_given(name) and not kept._is_given(name)
        }
        last = max(kept.line_ids.mapped("sequence"), default=0)
        values["line_ids"] = [
            Command.create({**data, "sequence": last + place})
            for place, data in enumerate(lines.copy_data(), 1)
        ]
        values["order_ids"] = [Command.link(order.id) for order in self.order_ids]
        kept.write(values)

    def _hand_over_offers(self, kept):
        """Offers of these lines answer the same lines of the other request."""
        lines = {line._get_identity(): line for line in kept.line_ids}
        for line in self.line_ids:
            positions = line.sudo().order_line_ids.filtered(
                lambda position: not position.order_id.superseded_by_id
            )
            positions.request_line_id = lines[line._get_identity()]

    def _get_merged_fields(self):
        return (
            "partner_id",
            "sender_name",
            "sender_contact",
            "sender_email",
            "sender_phone",
            "sender_vat",
            "sender_address",
            "partner_ref",
            "subject",
            "date_sent",
            "date_due",
            "delivery_date_from",
            "delivery_date_to",
            "delivery_address",
            "delivery_terms",
            "contract_ref",
            "contract_date",
            "currency_id",
            "note",
            "opportunity_id",
        )

    def _copy_files_into(self, kept):
        """What the customer sent with this request is found with the other one."""
        for message in self._get_customer_messages().filtered("attachment_ids"):
            files = message.sudo().attachment_ids
            kept.message_post(
                body=self.env._("Files of %(request)s.", request=self._get_html_link()),
                author_id=message.author_id.id,
                attachment_ids=[file.copy({"res_id": kept.id}).id for file in files],
                subtype_xmlid="mail.mt_note",
            )

    def _log_merge(self, request):
        link = request._get_html_link()
        if request.partner_ref and request.partner_ref != self.partner_ref:
            body = self.env._(
                "%(request)s was merged into this; the customer's number is %(number)s.",
                request=link,
                number=request.partner_ref,
            )
        else:
            body = self.env._("%(request)s was merged into this.", request=link)
        self.message_post(body=body)
        request.message_post(
            body=self.env._("Merged into %(request)s.", request=self._get_html_link())
        )

    # === SPLIT === #

    def _split(self, lines):
        """Move lines into a request of their own, with the same header.

        :return: the new request
        """
        self.ensure_one()
        self._check_open()
        if not lines or lines.request_id != self or not (self.line_ids - lines):
            raise UserError(
                self.env._(
                    "To split material request %(name)s, choose some of its lines, but not all.",
                    name=self.name,
                )
            )
        part = self.create(self._prepare_split_values())
        lines.request_id = part
        for one, other in ((self, part), (part, self)):
            one.message_post(
                body=self.env._("Split: see %(request)s.", request=other._get_html_link())
            )
        return part

    def _prepare_split_values(self):
        names = (*self._get_merged_fields(), "company_id", "user_id", "team_id", "channel")
        return {
            **{name: self._fields[name].convert_to_write(self[name], self) for name in names},
            "date_received": self.date_received,
            "split_from_id": self.id,
        }
