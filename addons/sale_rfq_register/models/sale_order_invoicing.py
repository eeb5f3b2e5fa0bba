from odoo import api, models
from odoo.exceptions import UserError

from ..offer_figures import whole_discount, whole_margin
from .sale_order_confirmed import REINVOICED


class InvoiceRefused(UserError):
    """An invoice would give back, or ask for, more than was agreed and approved."""


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
            rows = invoices.sudo().invoice_line_ids
            rows._keep_to_down_payments()
            rows._check_not_taken_back()
            orders = rows.sale_line_ids.order_id
            orders._check_invoiced_amount()
            orders._tell_postponed_discount()
        return invoices

    def _get_invoiceable_lines(self, final=False):
        """A discount on a line of its own is invoiced with the goods that it is for.

        Core puts all of it on the first invoice, whatever of the order that is.
        """
        lines = super()._get_invoiceable_lines(final=final)
        given = lines.filtered(lambda line: line._is_given_apart())
        if given and not self.env.su and self._is_discount_early(lines):
            lines -= given
        return lines

    def _is_discount_early(self, lines):
        """Whether so much of what is invoiced would be cut that a tier asks, and more than agreed.

        :param lines: what would be invoiced now
        """
        order = self.sudo()
        tiers = order._get_tiers_in_force()
        if not tiers:
            return False
        order = order._in_own_context()
        sold = [line for line in order.order_line if not line.is_downpayment]
        share = whole_discount([line._get_invoiced_figures(line in lines) for line in sold])
        if share <= order._get_discounts()[False]:
            return False
        margins = [line._get_invoiced_margin(line in lines) for line in sold]
        margin = whole_margin(*map(sum, zip(*margins, strict=True)))
        asking = tiers.filtered(
            lambda tier: (
                tier._is_beyond("offer_worst_discount", share)
                or tier._is_beyond("offer_worst_margin", margin)
                # what a domain says of lines is not known of a part
                or "order_line" in tier._get_tested_fields()
            )
        )
        return not all(order._is_reviewer(tier) for tier in asking)

    def _nothing_to_invoice_error_message(self):
        for order in self:
            given = order.order_line.filtered(
                lambda line: line._is_given_apart() and line.qty_to_invoice
            )
            if given and order._get_tiers_in_force():
                return self.env._(
                    "Order %(order)s: only the discount of %(amount)s is left, and it waits for"
                    " the goods that it is for. Deliver the rest. If nothing more is delivered,"
                    " cancel the order, set it to quotation, lower the quantities to what was"
                    " delivered and request the approval.",
                    order=order.name,
                    amount=order.currency_id.format(-sum(given.mapped("price_subtotal"))),
                )
        return super()._nothing_to_invoice_error_message()

    def _tell_postponed_discount(self):
        for order in self:
            given = order.order_line.filtered(
                lambda line: line._is_given_apart() and line.qty_to_invoice
            )
            if given and order._get_tiers_in_force():
                order.message_post(
                    body=self.env._(
                        "The discount of %(amount)s is not on the invoice yet: its share of what"
                        " is invoiced so far would be larger than in the whole order.",
                        amount=order.currency_id.format(-sum(given.mapped("price_subtotal"))),
                    ),
                    subtype_xmlid="mail.mt_note",
                )

    def _check_invoiced_amount(self):
        """Refuse to invoice more than was ordered, where an order of as much would be approved.

        Delivered quantities can be written, and no limit of an amount is met by what was ordered.

        :raise InvoiceRefused: names the order, both amounts, the tiers and the way out
        """
        for order in self.filtered(lambda order: order._get_tiers_in_force()):
            more = sum(line._get_invoiced_beyond() for line in order.order_line)
            if order.currency_id.compare_amounts(more, 0) <= 0:
                continue
            order._renew_figures()
            own = order.company_id.currency_id
            invoiced = order.offer_amount + order.currency_id._convert(
                more, own, order.company_id, order.date_order
            )
            tiers = order._get_tiers_in_force().filtered(
                lambda tier, order=order, invoiced=invoiced: (
                    order._is_amount_beyond(tier, invoiced)
                    and not order._is_amount_beyond(tier, order.offer_amount)
                )
            )
            if tiers:
                raise InvoiceRefused(order._get_invoiced_message(own, invoiced, tiers))

    def _is_amount_beyond(self, tier, amount):
        """Whether the tier asks about an untaxed amount in the currency of the company."""
        return tier._is_beyond("offer_amount", amount)

    def _get_invoiced_message(self, currency, invoiced, tiers):
        return self.env._(
            "Order %(order)s: %(invoiced)s would be invoiced, while %(ordered)s were ordered, and"
            " an order of that amount needs an approval: %(tiers)s. Let a reviewer change the"
            " ordered quantities to what was delivered.",
            order=self.name,
            invoiced=currency.format(invoiced),
            ordered=currency.format(self.offer_amount),
            tiers=", ".join(tiers.mapped("name")),
        )


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

    def _is_given_apart(self):
        """Whether the line gives something to the customer."""
        self.ensure_one()
        return not self.is_downpayment and self.price_unit * self.product_uom_qty < 0

    def _get_invoiced_figures(self, with_rest):
        """As ``_get_discount_figures``, of what is invoiced so far.

        :param with_rest: whether what is to be invoiced counts as well
        """
        *figures, _quantity = self._get_discount_figures()
        return *figures, self._get_invoiced_quantity(with_rest)

    def _get_invoiced_margin(self, with_rest):
        """Margin and revenue, as ``whole_margin`` takes them, of what is invoiced so far."""
        part = self._get_invoiced_quantity(with_rest) / (self.product_uom_qty or 1.0)
        margin, revenue = self._get_margin_figures()
        return margin * part, revenue * part

    def _get_invoiced_quantity(self, with_rest):
        """:param with_rest: whether what is to be invoiced counts as well"""
        return self.qty_invoiced + (self.qty_to_invoice if with_rest else 0.0)

    def _get_invoiced_net(self):
        """The untaxed amount of its invoices less its credit notes, without cancelled ones.

        What belongs to another order line too is none of its.
        """
        self.ensure_one()
        return sum(row._get_signed_net() for row in self._get_live_rows())

    def _get_live_rows(self):
        self.ensure_one()
        return self.invoice_lines.filtered(
            lambda row: row.parent_state != "cancel" and row.sale_line_ids == self
        )

    def _get_invoiced_beyond(self):
        """How much more was invoiced than the line comes to; down payments are part of it."""
        self.ensure_one()
        if not self.product_id or self.display_type:
            return 0.0
        agreed = self._get_tax_details_with()["total_excluded_currency"]
        return max(0.0, self._get_invoiced_net() - max(0.0, agreed))

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

    def _keep_to_down_payments(self):
        """Take back what is left of a down payment, where part of it was taken back before.

        Core takes back all of it with each final invoice.
        """
        for row in self.filtered(lambda row: row._get_signed_net() < 0):
            line = row.sale_line_ids
            if (
                len(line) != 1
                or not line.is_downpayment
                or not line.order_id._get_tiers_in_force()
            ):
                continue
            back = -row._get_signed_net()
            left = line._get_invoiced_net() + back
            paid = sum(max(0.0, other._get_signed_net()) for other in line._get_live_rows())
            compare = line.currency_id.compare_amounts
            if compare(left, back) < 0 and compare(back, paid) <= 0:
                row.quantity *= max(0.0, left) / back

    def _check_not_taken_back(self):
        """Refuse invoices that give back more than was invoiced, or agreed.

        :raise InvoiceRefused: names the order, the line, both amounts and the way out
        """
        for row in self.filtered(lambda row: row._get_signed_net() < 0):
            for line in row.sale_line_ids.filtered(
                lambda line: line.order_id._get_tiers_in_force()
            ):
                net, agreed = line._get_invoiced_net(), line._get_agreed_return()
                if line.currency_id.compare_amounts(net, agreed) < 0:
                    raise InvoiceRefused(row._get_taken_back_message(line, net))

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
