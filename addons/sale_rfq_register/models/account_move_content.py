from odoo import api, fields, models

from ..fingerprint import fingerprint

CONTENT_LINES = ("product", "line_section", "line_subsection", "line_note")


def _without_empty(values):
    return {name: value for name, value in values.items() if value}


class AccountMove(models.Model):
    """What of an invoice is approved: its commercial content, and the fingerprint of it."""

    _inherit = "account.move"

    @api.model
    def _get_invoice_content_fields(self):
        """Names of the fields that ``_get_invoice_content`` reads; extend both together."""
        return [
            "company_id",
            "journal_id",
            "move_type",
            "reversed_entry_id",
            "partner_id",
            "partner_shipping_id",
            "currency_id",
            "invoice_currency_rate",
            "fiscal_position_id",
            "invoice_date",
            "invoice_date_due",
            "invoice_payment_term_id",
            "invoice_cash_rounding_id",
            "invoice_incoterm_id",
            "incoterm_location",
            "partner_bank_id",
            "narration",
            "amount_untaxed",
            "amount_tax",
            "amount_total",
        ]

    @api.model
    def _get_invoice_content_dependencies(self):
        lines = self.env["account.move.line"]._get_invoice_content_fields()
        return [
            *self._get_invoice_content_fields(),
            "line_ids",
            *(f"line_ids.{name}" for name in lines),
        ]

    def _get_invoice_content(self):
        """What is approved; everything that JSON can hold, numbers as they are written.

        Rows stand in the order of their making, so that moving a line changes nothing.
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.display_type in CONTENT_LINES)
        lines = lines.sorted(lambda line: line._origin.id or 0)
        lines = lines.with_prefetch(self.line_ids._prefetch_ids)
        return {
            "company": self.company_id.id,
            "journal": self.journal_id.id,
            "type": self.move_type,
            "reverses": self.reversed_entry_id.id,
            "customer": self.partner_id.id,
            "delivery_address": self.partner_shipping_id.id,
            "currency": self.currency_id.id,
            "fiscal_position": self.fiscal_position_id.id,
            "payment_term": self.invoice_payment_term_id.id,
            "rounding": self.invoice_cash_rounding_id.id,
            "incoterm": self.invoice_incoterm_id.id,
            "incoterm_location": self.incoterm_location or "",
            "bank_account": self.partner_bank_id.id,
            "terms": str(self.narration or ""),
            **self._get_invoice_content_dates(),
            **self._get_invoice_content_amounts(lines),
            "lines": [line._get_invoice_content_row() for line in lines],
        }

    def _get_invoice_content_dates(self):
        """An invoice without a date is dated, and the rate is taken, when it is posted."""
        dated = bool(self.invoice_date)
        foreign = self.currency_id != self.company_id.currency_id
        fixed = dated or not self.invoice_payment_term_id
        return {
            "date": fields.Date.to_string(self.invoice_date) or "",
            "due": (fixed and fields.Date.to_string(self.invoice_date_due)) or "",
            "rate": f"{self.invoice_currency_rate:.6f}" if dated and foreign else "",
        }

    def _get_invoice_content_amounts(self, lines):
        """Totals tell of taxes that were changed by hand; the account, who is asked for them."""
        places = self.currency_id.decimal_places or 0
        payable = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        return {
            "untaxed": f"{self.amount_untaxed:.{places}f}" if lines else "",
            "tax": f"{self.amount_tax:.{places}f}" if lines else "",
            "total": f"{self.amount_total:.{places}f}" if lines else "",
            "receivable": sorted(payable.account_id.ids),
        }

    def _get_invoice_fingerprint(self):
        """SHA-256 of the commercial content as it is now.

        What is empty is left out, so that an addon which adds something to the content voids no
        approval of invoices that do not use it.
        """
        self.ensure_one()
        content = self._get_invoice_content()
        content["lines"] = [_without_empty(row) for row in content["lines"]]
        return fingerprint(_without_empty(content))


class AccountMoveLine(models.Model):
    """What of a line is approved."""

    _inherit = "account.move.line"

    @api.model
    def _get_invoice_content_fields(self):
        """Names of the fields that ``_get_invoice_content_row`` reads; extend both together."""
        return [
            "display_type",
            "product_id",
            "name",
            "quantity",
            "product_uom_id",
            "price_unit",
            "discount",
            "tax_ids",
            "account_id",
        ]

    def _get_invoice_content_row(self):
        """What of the line is approved; everything that JSON can hold, numbers as written."""
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get
        return {
            "kind": self.display_type,
            "product": self.product_id.id,
            "description": self.name or "",
            "quantity": f"{self.quantity:.{digits('Product Unit')}f}",
            "unit": self.product_uom_id.id,
            "price": f"{self.price_unit:.{digits('Product Price')}f}",
            "discount": f"{self.discount:.{digits('Discount')}f}",
            "taxes": sorted(self.tax_ids.ids),
            "account": self.account_id.id,
        }
