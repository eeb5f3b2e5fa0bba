from odoo import api, fields, models

from ..fingerprint import fingerprint
from ..spreadsheet_columns import HEADING_ROWS, Layout, normalise

COLUMN_TARGETS = [
    ("name", "Description"),
    ("customer_code", "Customer's Article"),
    ("supplier_code", "Our Article"),
    ("barcode", "Barcode"),
    ("quantity", "Quantity"),
    ("uom_text", "Unit"),
    ("date_required", "Required On"),
    ("categ_id", "Material Group"),
    ("details", "Details"),
    ("skip", "Do Not Read"),
]


class SaleMaterialRequestMapping(models.Model):
    """What the columns of a customer's spreadsheets hold, as a person has put it right."""

    _name = "sale.material.request.mapping"
    _description = "Columns of a Customer's Spreadsheets"
    _order = "write_date desc, id desc"
    _rec_name = "headings"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        check_company=True,
        readonly=True,
        ondelete="cascade",
    )
    sender_email = fields.Char(
        readonly=True, help="The sender of the file, where the customer is not known."
    )
    fingerprint = fields.Char(
        required=True, readonly=True, help="The headings, as one value to find them by."
    )
    headings = fields.Char(readonly=True)
    targets = fields.Json(readonly=True)
    meaning = fields.Char(string="Read As", compute="_compute_meaning")

    _partner_uniq = models.UniqueIndex(
        "(company_id, partner_id, fingerprint) WHERE partner_id IS NOT NULL",
        "The columns of this customer's spreadsheet are remembered already.",
    )
    _sender_uniq = models.UniqueIndex(
        "(company_id, sender_email, fingerprint) WHERE partner_id IS NULL",
        "The columns of this sender's spreadsheet are remembered already.",
    )
    _somebody = models.Constraint(
        "CHECK(partner_id IS NOT NULL OR sender_email IS NOT NULL)",
        "The columns of a spreadsheet are remembered for a customer or a sender.",
    )

    @api.depends("targets")
    def _compute_meaning(self):
        labels = dict(
            self.env["material.request.import.column"]
            ._fields["target"]
            ._description_selection(self.env)
        )
        for mapping in self:
            mapping.meaning = " | ".join(
                labels.get(target, "–") for target in mapping.targets or []
            )

    # === BUSINESS === #

    @api.model
    def _get_fingerprint(self, row):
        """Of the headings: case, punctuation and empty columns at the end make no difference."""
        headings = [normalise(cell) for cell in row]
        while headings and not headings[-1]:
            headings.pop()
        return fingerprint([headings])

    @api.model
    def _get_owner_domain(self, partner, email):
        """Whose mappings count: the customer's, else those of the very sender."""
        if partner:
            return [("partner_id", "=", partner.commercial_partner_id.id)]
        return [("partner_id", "=", False), ("sender_email", "=", self._clean_email(email))]

    @api.model
    def _clean_email(self, email):
        return (email or "").strip().lower() or False

    @api.model
    def _find_layout(self, company, partner, email, rows):
        """The remembered layout of one of the first rows, or ``None``."""
        if not partner and not self._clean_email(email):
            return None
        prints = {}
        for index, row in enumerate(rows[:HEADING_ROWS]):
            if row:
                prints.setdefault(self._get_fingerprint(row), index)
        mapping = self.search(
            [
                ("company_id", "=", company.id),
                ("fingerprint", "in", list(prints)),
                *self._get_owner_domain(partner, email),
            ],
            limit=1,
        )
        return Layout(prints[mapping.fingerprint], mapping.targets) if mapping else None

    @api.model
    def _remember(self, company, partner, email, row, targets):
        """Keep what the columns under these headings hold, for the next file."""
        if not partner and not self._clean_email(email):
            return self.browse()
        values = self._prepare_values(company, partner, email, row, targets)
        mapping = self.search(
            [
                ("company_id", "=", company.id),
                ("fingerprint", "=", values["fingerprint"]),
                *self._get_owner_domain(partner, email),
            ]
        )
        if mapping:
            mapping.write(values)
            return mapping
        return self.create(values)

    @api.model
    def _prepare_values(self, company, partner, email, row, targets):
        return {
            "company_id": company.id,
            "partner_id": partner.commercial_partner_id.id,
            "sender_email": False if partner else self._clean_email(email),
            "fingerprint": self._get_fingerprint(row),
            "headings": " | ".join(str(cell or "–")[:50] for cell in row),
            "targets": targets,
        }
