from odoo import models
from odoo.exceptions import UserError

from .sale_order_confirmed import REINVOICED


class TakenBack(UserError):
    """An invoice would give the customer more than he was invoiced."""


class SaleOrder(models.Model):
    """What was agreed is invoiced: no line of an order takes back more than it was invoiced for.

    Quantities to invoice and prices of down payments can be written over RPC once an order is
    confirmed, so the sum of all invoices of a line counts, not what the line says.
    """

    _inherit = "sale.order"

    def _create_invoices(self, grouped=False, final=False, date=None):
        invoices = super()._create_invoices(grouped=grouped, final=final, date=date)
        if self.env["tier.definition"]._has_offer_tiers():
            invoices.sudo().invoice_line_ids._check_not_taken_back()
        return invoices


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_invoiced_net(self):
        """The untaxed amount of its invoices less its credit notes, without cancelled ones.

        What belongs to another order line too, or to another customer, is none of its.
        """
        self.ensure_one()
        customer = self.order_id.partner_invoice_id.commercial_partner_id
        return sum(
            row._get_signed_net()
            for row in self.invoice_lines
            if row.parent_state != "cancel"
            and row.sale_line_ids == self
            and row.move_id.commercial_partner_id == customer
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_signed_net(self):
        """Its untaxed amount in the invoice's currency; below zero it goes to the customer."""
        self.ensure_one()
        return -self.move_id.direction_sign * self.price_subtotal

    def _check_not_taken_back(self):
        """Refuse invoices that give back more than was invoiced.

        Lines that were sold below zero, such as returned goods and discounts, are agreed.

        :raise TakenBack: names the order, the line, both amounts and the way out
        """
        for row in self.filtered(lambda row: row._get_signed_net() < 0):
            for line in row.sale_line_ids:
                if line.price_subtotal < 0 or not line.order_id._get_tiers_in_force():
                    continue
                net = line._get_invoiced_net()
                if line.currency_id.compare_amounts(net, 0) < 0:
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
