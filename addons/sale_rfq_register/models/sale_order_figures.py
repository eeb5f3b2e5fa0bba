from odoo import api, fields, models

from ..offer_figures import highest_discount, lowest_margin


class SaleOrder(models.Model):
    """Figures of the whole offer and of its worst line, for the domains of approval tiers.

    They are computed when somebody asks: an order that no tier looks at pays nothing for them.
    Percentages are 0–100 here, while core's ``margin_percent`` is a share (0.15 is 15 %).
    """

    _inherit = "sale.order"

    offer_worst_discount = fields.Float(
        string="Highest Discount (%)",
        compute="_compute_offer_figures",
        search=lambda self, *test: self._search_offer_figure("offer_worst_discount", *test),
        digits=(16, 2),
        groups="base.group_user",
        help="In percent, 10 is 10 %. The largest among the lines and of the whole offer. A"
        " line's discount counts together with what its price was lowered by hand below the price"
        " of the pricelist: 100 × (1 − unit price × (1 − discount / 100) / pricelist's price).",
    )
    offer_worst_margin = fields.Float(
        string="Lowest Margin (%)",
        compute="_compute_offer_figures",
        search=lambda self, *test: self._search_offer_figure("offer_worst_margin", *test),
        digits=(16, 2),
        groups="base.group_user",
        help="In percent, 15 is 15 %. The smallest among the lines and of the whole offer:"
        " 100 × margin / untaxed amount. A free line with a cost counts as −100.",
    )
    offer_amount = fields.Monetary(
        string="Untaxed Amount in Company Currency",
        compute="_compute_offer_figures",
        search=lambda self, *test: self._search_offer_figure("offer_amount", *test),
        currency_field="company_currency_id",
        groups="base.group_user",
        help="Untaxed amount / rate of the order, in the currency of the company.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )

    # not on technical_price_unit: core writes it line by line, always together with the price
    @api.depends(
        "order_line.price_unit",
        "order_line.discount",
        "order_line.product_uom_qty",
        "order_line.margin",
        "order_line.price_subtotal",
        "margin",
        "amount_untaxed",
        "currency_rate",
        "company_id",
    )
    def _compute_offer_figures(self):
        """All three in one pass: an ordinary order pays for each field that is computed apart.

        Headings and down payments have no quantity, and change none of the figures.
        """
        for order in self:
            lines = order.order_line
            order.offer_worst_discount = highest_discount(
                [line._get_discount_figures() for line in lines]
            )
            order.offer_worst_margin = lowest_margin(
                [(line.margin, line.price_subtotal) for line in lines]
                + [(order.margin, order.amount_untaxed)]
            )
            order.offer_amount = order.amount_untaxed / (order.currency_rate or 1)

    @api.model
    def _search_offer_figure(self, name, operator, value):
        """Open offers, which alone can be approved, by one of the figures."""
        offers = self.search([("state", "in", self._state_from)])
        return [("id", "in", offers.filtered_domain([(name, operator, value)]).ids)]

    @api.model
    def _get_figure_fields(self):
        """Names of stored computed fields that the figures come from."""
        return {
            "sale.order.line": ["price_subtotal", "margin"],
            "sale.order": ["amount_untaxed", "margin"],
        }

    def _renew_figures(self):
        """Compute the tested figures again: anybody can write a stored field over RPC."""
        self.invalidate_recordset(
            ["offer_worst_discount", "offer_worst_margin", "offer_amount"], flush=False
        )
        names = self._get_figure_fields()
        for records in (self.order_line, self):
            for name in names[records._name]:
                self.env.add_to_compute(records._fields[name], records)
