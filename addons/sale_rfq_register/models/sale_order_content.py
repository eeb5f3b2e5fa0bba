from odoo import api, fields, models

from ..fingerprint import fingerprint


def _without_empty(values):
    return {name: value for name, value in values.items() if value}


class SaleOrder(models.Model):
    """What of an offer is approved: its commercial content, and the fingerprint of it."""

    _inherit = "sale.order"

    @api.model
    def _get_offer_content_fields(self):
        """Names of the fields that ``_get_offer_content`` reads; extend both together.

        A change of one of them is looked at when the offer has an approval.
        """
        return [
            "company_id",
            "partner_id",
            "partner_invoice_id",
            "partner_shipping_id",
            "currency_id",
            "pricelist_id",
            "fiscal_position_id",
            "payment_term_id",
            "require_payment",
            "prepayment_percent",
            "validity_date",
            "commitment_date",
            "note",
            *self._get_pdf_fields(),
        ]

    @api.model
    def _get_pdf_fields(self):
        """What core's PDF Quote Builder, where it is installed, adds to the document."""
        names = ("customizable_pdf_form_fields", "quotation_document_ids")
        return [name for name in names if name in self._fields]

    def _get_pdf_value(self, name):
        value = self[name]
        return sorted(value.ids) if isinstance(value, models.BaseModel) else value

    @api.model
    def _get_offer_content_dependencies(self):
        lines = self.env["sale.order.line"]._get_offer_content_fields()
        return [
            *self._get_offer_content_fields(),
            "order_line",
            *(f"order_line.{name}" for name in lines),
        ]

    def _get_offer_content(self):
        """What is approved; everything that JSON can hold, numbers as they are written.

        Rows stand in the order of their making, so that moving a line changes nothing.
        """
        self.ensure_one()
        lines = self.order_line.sorted(lambda line: line._origin.id or 0)
        return {
            "company": self.company_id.id,
            "customer": self.partner_id.id,
            "invoice_address": self.partner_invoice_id.id,
            "delivery_address": self.partner_shipping_id.id,
            "currency": self.currency_id.id,
            "pricelist": self.pricelist_id.id,
            "fiscal_position": self.fiscal_position_id.id,
            "payment_term": self.payment_term_id.id,
            "prepayment": f"{self.prepayment_percent:.4f}" if self.require_payment else "",
            "validity": fields.Date.to_string(self.validity_date) or "",
            "delivery_date": fields.Datetime.to_string(self.commitment_date) or "",
            "terms": str(self.note or ""),
            **{name: self._get_pdf_value(name) for name in self._get_pdf_fields()},
            "lines": [line._get_offer_content_row() for line in lines],
        }

    def _get_offer_fingerprint(self):
        """SHA-256 of the commercial content as it is now.

        What is empty is left out, so that an addon which adds something to the content voids no
        approval of offers that do not use it.
        """
        self.ensure_one()
        content = self._get_offer_content()
        content["lines"] = [_without_empty(row) for row in content["lines"]]
        return fingerprint(_without_empty(content))

    def _get_offer_conditions(self):
        """SHA-256 of what holds for the whole offer, and of the lines that have options.

        What the customer may choose has no figure that says whether it got worse.
        """
        self.ensure_one()
        content = self._get_offer_content()
        chosen = [row for row in content.pop("lines") if row.get("options")]
        return fingerprint({**_without_empty(content), "options": chosen})
