from odoo import api, fields, models

from ..offer_figures import (
    NOTHING_SOLD,
    discount_of,
    given_amount,
    given_apart,
    lowest_margin,
    whole_discount,
    whole_margin,
)

FIGURES = ["offer_worst_discount", "offer_worst_margin", "offer_amount"]


class SaleOrder(models.Model):
    """Figures of the whole offer and of its worst line, for the domains of approval tiers.

    They are computed when somebody asks: an order that no tier looks at pays nothing for them.
    Everything that the customer may choose counts, not only what is chosen now. Percentages are
    0–100 here, while core's ``margin_percent`` is a share (0.15 is 15 %).
    """

    _inherit = "sale.order"

    offer_worst_discount = fields.Float(
        string="Highest Discount (%)",
        compute="_compute_offer_figures",
        search=lambda self, *test: self._search_offer_figure("offer_worst_discount", *test),
        digits=(16, 2),
        groups="base.group_user",
        help="In percent, 10 is 10 %. The largest among the lines, what the customer may choose"
        " instead of them, and the whole offer. A line's discount counts together with what its"
        " price is below that of the pricelist:"
        " 100 × (1 − unit price × (1 − discount / 100) / pricelist's price). The pricelist counts"
        " as it is today until the offer is sent.",
    )
    offer_worst_margin = fields.Float(
        string="Lowest Margin (%)",
        compute="_compute_offer_figures",
        search=lambda self, *test: self._search_offer_figure("offer_worst_margin", *test),
        digits=(16, 2),
        groups="base.group_user",
        help="In percent, 15 is 15 %. The smallest among the lines, what the customer may choose"
        " instead of them, and the whole offer: 100 × margin / untaxed amount. A cost below that"
        " of the product counts as the product's until the offer is sent. A free line with a cost"
        " counts as −100.",
    )
    offer_amount = fields.Monetary(
        string="Untaxed Amount in Company Currency",
        compute="_compute_offer_figures",
        search=lambda self, *test: self._search_offer_figure("offer_amount", *test),
        currency_field="company_currency_id",
        groups="base.group_user",
        help="At the rate of the offer's date; at that of today, if it is worse and the date lies"
        " before the offer was made or in the future.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )

    # not on technical_price_unit: core writes it line by line, always together with the price
    @api.depends(
        "order_line.product_id",
        "order_line.product_uom_id",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.product_uom_qty",
        "order_line.purchase_price",
        "order_line.margin",
        "order_line.price_subtotal",
        "order_line.term_ids.price_unit",
        "order_line.term_ids.discount",
        "order_line.alternative_ids.price_unit",
        "order_line.alternative_ids.discount",
        "order_line.alternative_ids.product_id",
        "order_line.alternative_ids.product_uom_qty",
        "order_line.alternative_ids.product_uom_id",
        "amount_untaxed",
        "currency_id",
        "pricelist_id",
        "company_id",
        "state",
    )
    @api.depends_context("compare_with_list", "just_used")
    def _compute_offer_figures(self):
        """All three in one pass, since what is read for one is read for all."""
        compared = self.filtered(lambda order: order._is_compared_with_list())
        for order in [*compared._with_list_rules(), *(self - compared)]:
            discounts = order._get_discounts()
            margins = order._get_margins()
            order.offer_worst_discount = max(discounts.values(), default=0.0)
            order.offer_worst_margin = min(margins.values(), default=NOTHING_SOLD)
            order.offer_amount = order._get_amount_of_company()

    def _get_discounts(self):
        """What was cut, in percent: by line, by option, and for the whole under ``False``.

        Headings and down payments have no quantity, and change nothing.
        """
        order = self._in_own_context()
        rows = {line: line._get_discount_figures() for line in order.order_line}
        options = {option: option._get_discount_figures() for option in order._get_options()}
        return {
            **{record: discount_of(*row) for record, row in rows.items()},
            **{
                option: 100.0 if option._is_gift() else discount_of(*row)
                for option, row in options.items()
            },
            False: whole_discount(rows.values()),
        }

    def _get_discount_amount(self):
        """How much the lines are below the price list, in the currency of the company."""
        order = self._in_own_context()
        rows = [line._get_discount_figures() for line in order.order_line]
        return order.currency_id._convert(
            given_amount(rows), order.company_id.currency_id, order.company_id, order.date_order
        )

    def _get_given_apart(self):
        """What lines of their own give to the customer, in percent of the list prices."""
        order = self._in_own_context()
        return given_apart([line._get_discount_figures() for line in order.order_line])

    def _get_margins(self):
        """What is earned, in percent: by line, by option, and for the whole under ``False``."""
        order = self._in_own_context()
        rows = {line: line._get_margin_figures() for line in order.order_line}
        options = {option: option._get_margin_figures() for option in order._get_options()}
        return {
            **{record: lowest_margin([row]) for record, row in rows.items()},
            **{
                option: -100.0 if option._is_gift() else lowest_margin([row])
                for option, row in options.items()
            },
            False: whole_margin(*order._get_whole_margin(rows)),
        }

    def _get_whole_margin(self, rows):
        """Margin and revenue of all lines; what a customer gives back is not earned again."""
        margins = [
            revenue if line.product_uom_qty < 0 else margin
            for line, (margin, revenue) in rows.items()
            if line.product_uom_qty
        ]
        return sum(margins), self.amount_untaxed

    def _get_options(self):
        """What the customer may choose beside the lines."""
        lines = self.sudo().order_line
        return [*lines.term_ids, *lines.alternative_ids]

    def _get_amount_of_company(self):
        """The untaxed amount, which a date set by hand does not make smaller."""
        order = self._in_own_context()
        company = order.company_id
        return max(
            order.currency_id._convert(order.amount_untaxed, company.currency_id, company, date)
            for date in order._get_price_dates()
        )

    @api.model
    def _search_offer_figure(self, name, operator, value):
        """Open offers, which alone can be approved, by one of the figures."""
        offers = self.search([("state", "in", self._state_from)])
        return [("id", "in", offers.filtered_domain([(name, operator, value)]).ids)]

    @api.model
    def _get_figures(self):
        """Names of the fields, not stored, that follow from prices, costs and amounts."""
        return [*FIGURES]

    @api.model
    def _get_figure_fields(self):
        """Names of stored computed fields that the figures, or tiers themselves, come from."""
        return {
            "sale.order.line": ["price_subtotal", "margin"],
            "sale.order": ["amount_untaxed", "margin", "currency_rate"],
        }

    def _renew_figures(self):
        """Compute the tested figures again: anybody can write a stored field over RPC."""
        self.invalidate_recordset(self._get_figures(), flush=False)
        self.order_line.invalidate_recordset(["pricelist_item_id"], flush=False)
        names = self._get_figure_fields()
        just_used = self._is_just_used()
        opened = self.filtered(lambda order: order._is_open() or just_used)
        self.env.add_to_compute(self._fields["currency_id"], opened)
        for records in (self.order_line, self):
            for name in names[records._name]:
                self.env.add_to_compute(records._fields[name], records)
