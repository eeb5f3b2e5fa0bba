from odoo import models

from .. import ubl_quotation


class SaleOrderLine(models.Model):
    """A line of the offer as a line of the file."""

    _inherit = "sale.order.line"

    def _prepare_ubl_line(self, number, base_line, codes):
        """A quoted line.

        :param number: of the line in the file
        :param base_line: core's figures of the line
        :param codes: what the file calls our records, see ``_get_ubl_codes``
        """
        self.ensure_one()
        line = self.sudo()
        asked = line.request_line_id
        term = line._is_priced_by_term() and line.offer_term_id
        return ubl_quotation.Line(
            number=number,
            **self.order_id._prepare_ubl_offered_values(base_line, self.name, codes),
            reason=line.offer_reason,
            buyer_code=asked.customer_code or codes.get(self.product_id),
            request_number=asked.request_id.partner_ref,
            request_line=asked.ubl_line_number,
            required=asked.date_required or None,
            promised=self._get_ubl_promised_day(),
            incoterm=term and term.incoterm_id.code,
            incoterm_place=term and term.place,
        )

    def _get_ubl_promised_day(self):
        """The day agreed for the whole order, or the ship date of the line as in the PDF."""
        order = self.order_id
        if order.commitment_date:
            return order._get_ubl_day(order.commitment_date)
        return self.offer_ship_date or order._get_ubl_day(self._expected_date())
