from odoo import models

from .. import ubl_quotation


class SaleOfferOption(models.AbstractModel):
    """What the customer may take instead, as an alternative of its line in the file."""

    _inherit = "sale.offer.option"

    def _prepare_ubl_line(self, number, codes):
        """The option with its own product, quantity, price and delivery term.

        :param number: of the alternative in the file
        :param codes: what the file calls our records, see ``sale.order._get_ubl_codes``
        """
        self.ensure_one()
        asked = self.order_line_id.request_line_id
        is_asked = self.product_id in (asked.product_id, self.order_line_id.product_id)
        return ubl_quotation.Line(
            number=number,
            **self.order_id._prepare_ubl_offered_values(
                self._get_ubl_base_line(), self._get_ubl_description(), codes
            ),
            buyer_code=(is_asked and asked.customer_code) or codes.get(self.product_id),
            required=asked.date_required or None,
            promised=self.ship_date or None,
            incoterm=self.incoterm_id.code,
            incoterm_place=self.place,
        )

    def _get_ubl_description(self):
        return self.order_line_id.name

    def _get_ubl_base_line(self):
        """Core's figures, rounded by themselves: an option counts in no total."""
        taxes = self.env["account.tax"]
        company = self.order_id.company_id
        row = self.order_line_id._prepare_base_line_for_taxes_computation(
            **self._prepare_base_line_values()
        )
        taxes._add_tax_details_in_base_line(row, company)
        taxes._round_base_lines_tax_details([row], company)
        return row


class SaleOfferAlternative(models.Model):
    _inherit = "sale.offer.alternative"

    def _prepare_ubl_line(self, number, codes):
        line = super()._prepare_ubl_line(number, codes)
        line.reason = self.reason
        return line

    def _get_ubl_description(self):
        return self.name
