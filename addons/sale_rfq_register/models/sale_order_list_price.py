from datetime import timedelta

from odoo import api, fields, models

# In the context of an offer that a write or create has just sent or confirmed. Only this very
# object counts, so that nobody can send it over RPC.
JUST_USED = object()
# What of a caller's context the figures may see: core reads prices from the rest.
OWN_CONTEXT = {
    "lang",
    "tz",
    "allowed_company_ids",
    "compare_with_list",
    "just_used",
    "rules_of_lines",
}


class SaleOrder(models.Model):
    """What prices and costs of an offer are compared with: price list and costs as they are now.

    What stands in the lines can be written over RPC, core's record of the list price and the cost
    included. So nothing of it is believed until the offer was sent; what was sent holds, whatever
    price list and costs do later.
    """

    _inherit = "sale.order"

    released_fingerprint = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="SHA-256 of the commercial content as it was sent. As long as it is that of the"
        " offer, a price list or a cost that has changed since is no matter for its approval.",
        prefetch="offer",
    )

    def _is_compared_with_list(self):
        """Whether the price list and costs of today count."""
        self.ensure_one()
        if self.env.context.get("compare_with_list"):
            return True
        if self.state == "sent" or self._is_just_used():
            return self.sudo().released_fingerprint != self._get_offer_fingerprint()
        return self.state != "sale"

    @api.model
    def _is_just_used(self):
        return self.env.context.get("just_used") is JUST_USED

    def _in_own_context(self):
        """The order as everybody measures it, in its own company.

        A key that a caller sends along would change what core takes for the price or the rate.
        """
        self.ensure_one()
        context = self.env.context
        order = self.with_company(self.company_id)
        if context.keys() <= OWN_CONTEXT:
            return order
        # what is left out is the point
        return order.with_context(  # pylint: disable=context-overridden
            {name: order.env.context[name] for name in OWN_CONTEXT & order.env.context.keys()}
        )

    def _is_changed_outside(self):
        """Whether the offer is not, or not any more, the one that was sent."""
        self.ensure_one()
        return self.state != "sale" and (
            self.state != "sent"
            or self.sudo().released_fingerprint != self._get_offer_fingerprint()
        )

    def _get_archived_list_refusal(self):
        """That prices of a price list out of use are no measure for the offer; else ``False``."""
        self.ensure_one()
        prices = self.pricelist_id
        if not prices or prices.active or not self._is_compared_with_list():
            return False
        return self.env._(
            "Pricelist %(pricelist)s of offer %(offer)s is archived: choose one that is in use and"
            " press Update Prices.",
            pricelist=prices.name,
            offer=self.name,
        )

    def _note_released(self):
        """Remember what was sent."""
        for order in self.sudo().filtered(lambda order: order.state == "sent"):
            order.released_fingerprint = order._get_offer_fingerprint()

    def _get_price_dates(self):
        """The date of the offer, and now: no date that is set makes prices better."""
        self.ensure_one()
        now = fields.Datetime.now()
        is_now = abs((self.date_order or now) - now) < timedelta(seconds=1)
        return [self.date_order] if is_now else [self.date_order, now]

    def _get_list_price(self, product, quantity, uom, **options):
        """The price of a product on the price list of the offer, in the offer's currency.

        :param dict options: ``date`` of the price, that of the offer by default; ``taxes`` of
            what is sold, when they are not those of the product; ``shown`` for the price before a
            discount that the price list shows as such
        """
        self.ensure_one()
        product = product.with_company(self.company_id)
        terms = {
            "quantity": quantity or 1.0,
            "uom": uom,
            "date": options.get("date") or self.date_order,
            "currency": self.currency_id,
        }
        rule = self.env["product.pricelist.item"].browse(
            self.pricelist_id._get_product_rule(product, **terms)
        )
        price = rule._compute_price(product, **terms)
        if options.get("shown") and rule._show_discount():
            price = max(price, rule._compute_price_before_discount(product, **terms))
        return self._get_price_under_taxes(product, price, options.get("taxes"))

    def _get_price_under_taxes(self, product, price, taxes=None):
        """A price of the price list as a line with these taxes has it for the same net amount.

        :param taxes: those that fiscal position and company give the product by default
        """
        own = product.taxes_id._filter_taxes_by_company(self.company_id)
        usual = self.fiscal_position_id.map_tax(own)
        price = product._get_tax_included_unit_price_from_price(
            price, product_taxes=own, product_taxes_after_fp=usual
        )
        if taxes is None or taxes == usual or not any((taxes | usual).mapped("price_include")):
            return price
        return self._get_gross_price(product, taxes, self._get_net_price(product, usual, price))

    @api.model
    def _get_net_price(self, product, taxes, price):
        """A price without the taxes that it includes."""
        if not taxes:
            return price
        return taxes._get_tax_details(
            price, 1.0, rounding_method="round_globally", product=product
        )["total_excluded"]

    @api.model
    def _get_gross_price(self, product, taxes, net):
        """A net price with those of the taxes that a price includes."""
        if not taxes:
            return net
        details = taxes._get_tax_details(
            net,
            1.0,
            rounding_method="round_globally",
            product=product,
            special_mode="total_excluded",
        )
        included = [row for row in details["taxes_data"] if row["tax"].price_include]
        return net + sum(row["tax_amount"] for row in included)


class SaleOrderLine(models.Model):
    """The price of the price list for a line, and the cost that counts."""

    _inherit = "sale.order.line"

    def _compute_price_unit(self):
        """Core writes its record of the list price line by line, through every ``write`` there is.

        It is a part of the computation of the price; protected like it, it is only set.
        """
        field = self._fields["technical_price_unit"]
        with self.env.protecting([field], self):
            super()._compute_price_unit()
        self.modified([field.name])

    def _get_compared_price(self):
        """The price of the price list, as of now while the offer may still be changed unseen."""
        self.ensure_one()
        order = self.order_id
        if not self._has_list_price() or not order._is_compared_with_list():
            return self.technical_price_unit
        line = self.with_company(self.company_id)
        if line._is_combo() and not line._is_in_whole_combo():
            price = line._get_display_price_ignore_combo()
        else:
            price = line._get_display_price()
        price = order._get_price_under_taxes(line.product_id, price, line.tax_ids._origin)
        dates = order._get_price_dates()[1:]
        if line.combo_item_id and line._is_in_whole_combo():
            return price * max([1.0, *(line._get_linked_line()._get_rise(date) for date in dates)])
        if line._has_exclusive_values():
            dates = [order.date_order, *dates]
            line = line.with_context(compared_without_values=True)
        return max([price, *(line._get_price_of(date) for date in dates)])

    def _has_exclusive_values(self):
        """Whether the line has several values of an attribute of which a product has one."""
        values = self.product_no_variant_attribute_value_ids.filtered(
            lambda value: value.attribute_id.display_type != "multi"
        )
        return len(values) > len(values.attribute_line_id)

    def _get_rise(self, date):
        """The price of a combo on a day, as a multiple of that on the day of the offer."""
        price = self._get_display_price_ignore_combo()
        return self._get_price_of(date) / price if price else 1.0

    def _get_price_of(self, date):
        product = self.product_id
        if not self.env.context.get("compared_without_values"):
            product = product.with_context(**self._get_product_price_context())
        return self.order_id._get_list_price(
            product,
            self.product_uom_qty,
            self.product_uom_id,
            date=date,
            taxes=self.tax_ids._origin,
            shown=True,
        )

    def _has_list_price(self):
        """Whether the price list says what the line would cost; an addon knows of more prices."""
        self.ensure_one()
        return bool(
            self.product_id
            and self.price_unit >= 0
            and not (self.product_type == "combo" and self._is_in_whole_combo())
            and not self.display_type
            and not self._is_price_agreed()
            and not self._is_charge()
        )

    def _is_price_agreed(self):
        """Whether the price follows from something else that was agreed; an addon knows of it."""
        return False

    def _is_in_whole_combo(self):
        """Whether the line is of a combo that has all its parts, no more and no less of each.

        Only then the parts together cost what the combo does: a part alone, or more of it, would
        take its share of the price for a product of its own.
        """
        self.ensure_one()
        combo = self if self.product_type == "combo" else self._get_linked_line()
        parts = combo._get_linked_lines().filtered("combo_item_id")
        chosen = parts.combo_item_id.sudo().combo_id
        return (
            self in combo + parts
            and len(parts) == len(chosen)
            and chosen == combo.product_template_id.sudo().combo_ids
            and all(part._is_part_of(combo) for part in parts)
        )

    def _is_combo(self):
        """Whether the line is a combo or a part of one."""
        self.ensure_one()
        return bool(self.product_type == "combo" or self.combo_item_id)

    def _is_part_of(self, combo):
        """Whether the line has as many units of the chosen product as there are combos."""
        self.ensure_one()
        unit = self.product_uom_id
        return (
            self.product_id == self.combo_item_id.sudo().product_id
            and unit == self.product_id.uom_id
            and not unit.compare(self.product_uom_qty, combo.product_uom_qty)
        )

    def _is_charge(self):
        """Whether it is a delivery charged to the customer, not a product sold.

        The mark of core can be written over RPC, so the product has to be that of the carrier.
        """
        self.ensure_one()
        return bool(
            self._is_delivery()
            and self.product_id == self.order_id.carrier_id.product_id
            and self.price_unit >= 0
            and self.product_uom_qty >= 0
            and not self.extra_tax_data
        )

    def _get_tested_cost(self):
        """The cost of a unit: the typed one, or that of the product where it is higher."""
        self.ensure_one()
        cost = self.purchase_price
        if self.product_id and self.order_id._is_compared_with_list():
            cost = max(cost, self._get_product_cost(self.product_id, self.product_uom_id))
        return cost

    def _get_product_cost(self, product, uom):
        """The cost of a unit of the product now, in the currency of the offer.

        As prices, it is not lowered by the rate of another day.
        """
        product = product.with_company(self.company_id)
        cost = product.uom_id._compute_price(product.standard_price, uom)
        own, order = product.cost_currency_id, self.order_id
        return max(
            own._convert(cost, order.currency_id, order.company_id, date, round=False)
            for date in order._get_price_dates()
        )
