from odoo import api, fields, models

from ..offer_figures import highest_discount, lowest_margin


class SaleOrder(models.Model):
    """Stored figures of the whole offer and of its worst line, for the domains of approval tiers.

    Percentages are 0–100 here, while core's ``margin_percent`` is a share (0.15 is 15 %).
    """

    _inherit = "sale.order"

    offer_worst_discount = fields.Float(
        string="Highest Discount (%)",
        compute="_compute_offer_worst_discount",
        store=True,
        digits=(16, 2),
        groups="base.group_user",
        help="In percent, 10 is 10 %. The largest among the lines and of the whole offer. A"
        " line's discount counts together with what its price was lowered by hand below the price"
        " of the pricelist: 100 × (1 − unit price × (1 − discount / 100) / pricelist's price).",
    )
    offer_worst_margin = fields.Float(
        string="Lowest Margin (%)",
        compute="_compute_offer_worst_margin",
        store=True,
        digits=(16, 2),
        groups="base.group_user",
        help="In percent, 15 is 15 %. The smallest among the lines and of the whole offer:"
        " 100 × margin / untaxed amount. A free line with a cost counts as −100.",
    )
    offer_amount = fields.Monetary(
        string="Untaxed Amount in Company Currency",
        compute="_compute_offer_amount",
        store=True,
        currency_field="company_currency_id",
        groups="base.group_user",
        help="Untaxed amount / rate of the order, in the currency of the company.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )

    @api.depends(
        "order_line.price_unit",
        "order_line.technical_price_unit",
        "order_line.discount",
        "order_line.product_uom_qty",
        "order_line.is_downpayment",
    )
    def _compute_offer_worst_discount(self):
        for order in self:
            order.offer_worst_discount = highest_discount(
                [line._get_discount_figures() for line in order._get_figure_lines()]
            )

    @api.depends("order_line.margin", "order_line.price_subtotal", "margin", "amount_untaxed")
    def _compute_offer_worst_margin(self):
        for order in self:
            lines = order._get_figure_lines()
            order.offer_worst_margin = lowest_margin(
                [(line.margin, line.price_subtotal) for line in lines]
                + [(order.margin, order.amount_untaxed)]
            )

    @api.depends("amount_untaxed", "currency_rate", "company_id")
    def _compute_offer_amount(self):
        for order in self:
            amount = order.amount_untaxed / (order.currency_rate or 1)
            order.offer_amount = order.company_currency_id.round(amount)

    def _get_figure_lines(self):
        self.ensure_one()
        return self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )

    @api.model
    def _get_figure_fields(self):
        """Names of stored computed fields that tiers test, of the order and of its lines."""
        return {
            "sale.order.line": ["price_subtotal", "margin"],
            "sale.order": [
                "amount_untaxed",
                "margin",
                "offer_worst_discount",
                "offer_worst_margin",
                "offer_amount",
            ],
        }

    def _renew_figures(self):
        """Compute the tested figures again: anybody can write a stored field over RPC."""
        names = self._get_figure_fields()
        for records in (self.order_line, self):
            for name in names[records._name]:
                self.env.add_to_compute(records._fields[name], records)
