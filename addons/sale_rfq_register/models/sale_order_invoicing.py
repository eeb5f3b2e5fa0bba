from odoo import api, models
from odoo.exceptions import UserError

from .sale_order_confirmed import REINVOICED


class TakenBack(UserError):
    """An invoice would give the customer more than he was invoiced."""


class SaleOrder(models.Model):
    """What was agreed is invoiced: no line of an order takes back more than it was invoiced for.

    Quantities to invoice and prices of down payments can be written over RPC once an order is
    confirmed, so the quantities are computed anew, and the sum of all invoices of a line counts.
    """

    _inherit = "sale.order"

    def _create_invoices(self, grouped=False, final=False, date=None):
        has_tiers = self.env["tier.definition"]._has_offer_tiers()
        if has_tiers and not self.env.su:
            self.order_line._renew_quantities_to_invoice()
        invoices = super()._create_invoices(grouped=grouped, final=final, date=date)
        if has_tiers:
            invoices.sudo().invoice_line_ids._check_not_taken_back()
        return invoices


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # by their default in the context too
        if any("invoice_lines" in vals for vals in vals_list) or (
            "default_invoice_lines" in self.env.context
        ):
            lines._check_invoices_follow()
        return lines

    def write(self, vals):
        if "invoice_lines" in vals:
            self._check_invoices_follow()
        return super().write(vals)

    def _check_invoices_follow(self):
        """:raise UserError: a person says which invoices are those of a line"""
        if self.env.su:
            return
        for line in self.filtered(lambda line: line.order_id._get_tiers_in_force()):
            raise UserError(
                self.env._(
                    "The invoices of order %(order)s are made from it: nobody chooses those of a"
                    " line.",
                    order=line.order_id.name,
                )
            )

    def _renew_quantities_to_invoice(self):
        """Compute them again; those of recorded hours are for the days that a wizard was asked."""
        lines = self.filtered(
            lambda line: (
                line.product_id.service_type != "timesheet" and line.order_id._get_tiers_in_force()
            )
        )
        for name in ("qty_invoiced", "qty_to_invoice"):
            self.env.add_to_compute(self._fields[name], lines)

    def _get_invoiced_net(self):
        """The untaxed amount of its invoices less its credit notes, without cancelled ones.

        What belongs to another order line too is none of its.
        """
        self.ensure_one()
        return sum(
            row._get_signed_net()
            for row in self.invoice_lines
            if row.parent_state != "cancel" and row.sale_line_ids == self
        )

    def _get_agreed_return(self):
        """What the line gives to the customer, as it was agreed: zero, or an amount below it."""
        self.ensure_one()
        return min(0.0, self._get_tax_details_with()["total_excluded_currency"])


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_signed_net(self):
        """Its untaxed amount in the invoice's currency; below zero it goes to the customer."""
        self.ensure_one()
        return -self.move_id.direction_sign * self.price_subtotal

    def _check_not_taken_back(self):
        """Refuse invoices that give back more than was invoiced, or agreed.

        :raise TakenBack: names the order, the line, both amounts and the way out
        """
        for row in self.filtered(lambda row: row._get_signed_net() < 0):
            for line in row.sale_line_ids.filtered(
                lambda line: line.order_id._get_tiers_in_force()
            ):
                net, agreed = line._get_invoiced_net(), line._get_agreed_return()
                if line.currency_id.compare_amounts(net, agreed) < 0:
                    raise TakenBack(row._get_taken_back_message(line, net))

    def _get_taken_back_message(self, line, net):
        """:param net: what all invoices of the order line come to with this one, below zero"""
        back = -self._get_signed_net()
        return self.env._(
            "Order %(order)s: the invoice would take back %(back)s for “%(line)s”, of which"
            " %(invoiced)s were invoiced. Correct the quantity or the price of the line, or post"
            " the invoice that is missing.",
            order=line.order_id.name,
            line=line.name.split("\n")[0],
            back=line.currency_id.format(back),
            invoiced=line.currency_id.format(max(net + back, 0.0)),
        )

    def _sale_create_reinvoice_sale_line(self):
        """What a bill costs is charged as it is; the same line made by a person is looked at."""
        charged = self.with_context(reinvoiced=REINVOICED)
        found = super(AccountMoveLine, charged)._sale_create_reinvoice_sale_line()
        return {row_id: line.with_env(self.env) for row_id, line in found.items()}
