from odoo import api, fields, models

from ..offer_figures import NOTHING_SOLD, highest_discount, lowest_margin


class SaleOrder(models.Model):
    """Tiers test everything that the customer may choose, not only what is chosen now.

    The figures are written when an option changes, so that an offer without options pays nothing
    for them.
    """

    _inherit = "sale.order"

    offer_option_discount = fields.Float(
        string="Highest Discount of the Options (%)",
        digits=(16, 2),
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="In percent, over all delivery terms and alternatives.",
        aggregator="max",
    )
    offer_option_margin = fields.Float(
        string="Lowest Margin of the Options (%)",
        digits=(16, 2),
        default=NOTHING_SOLD,
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="In percent, over all delivery terms and alternatives; 100 without any.",
        aggregator="min",
    )

    @api.depends("offer_option_discount", "offer_option_margin")
    def _compute_offer_figures(self):
        super()._compute_offer_figures()
        for order in self:
            order.offer_worst_discount = max(
                order.offer_worst_discount, order.offer_option_discount
            )
            order.offer_worst_margin = min(order.offer_worst_margin, order.offer_option_margin)

    @api.model
    def _get_approval_fields(self):
        return super()._get_approval_fields() | {"offer_option_discount", "offer_option_margin"}

    def _update_option_figures(self):
        """Write the figures after a change of the options."""
        for order in self.sudo():
            options = [*order.order_line.term_ids, *order.order_line.alternative_ids]
            values = {
                "offer_option_discount": max(
                    (highest_discount([option._get_discount_figures()]) for option in options),
                    default=0.0,
                ),
                "offer_option_margin": lowest_margin(
                    [option._get_margin_figures() for option in options]
                ),
            }
            changed = {name: value for name, value in values.items() if order[name] != value}
            if changed:
                order.write(changed)
