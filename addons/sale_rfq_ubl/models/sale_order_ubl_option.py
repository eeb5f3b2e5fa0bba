from odoo import models

from .. import ubl_quotation


class SaleOrder(models.Model):
    """What the customer may take instead, as alternatives of a line in the file."""

    _inherit = "sale.order"

    def _get_ubl_options(self):
        """Other delivery terms and then alternatives, by line.

        As in the PDF, they are told while the offer is open.
        """
        if self.state not in ("draft", "sent"):
            return {}
        return {
            choice["line"]: [
                *choice["terms"].filtered(lambda term: not term.selected),
                *choice["alternatives"],
            ]
            for choice in self.sudo()._get_offer_choices()
        }

    def _prepare_ubl_option(self, option, number, codes):
        """An option with its own product, quantity, price and delivery term.

        :param option: a ``sale.offer.term`` or ``sale.offer.alternative`` record
        :param number: of the alternative in the file
        :param codes: what the file calls our records, see ``_get_ubl_codes``
        """
        line, product = option.order_line_id, option.product_id
        asked = line.request_line_id
        is_asked = product in (asked.product_id, line.product_id)
        is_alternative = option._name == "sale.offer.alternative"
        return ubl_quotation.Line(
            number=number,
            **self._prepare_ubl_offered_values(
                self._get_ubl_option_base_line(option),
                option.name if is_alternative else line.name,
                codes,
            ),
            reason=option.reason if is_alternative else None,
            buyer_code=(is_asked and asked.customer_code) or codes.get(product),
            required=asked.date_required or None,
            promised=option.ship_date or None,
            incoterm=option.incoterm_id.code,
            incoterm_place=option.place,
        )

    def _get_ubl_option_base_line(self, option):
        """Core's figures, rounded by themselves: an option counts in no total."""
        taxes = self.env["account.tax"]
        row = option.order_line_id._prepare_base_line_for_taxes_computation(
            **option._prepare_base_line_values()
        )
        taxes._add_tax_details_in_base_line(row, self.company_id)
        taxes._round_base_lines_tax_details([row], self.company_id)
        return row
