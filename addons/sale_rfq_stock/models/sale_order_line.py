from odoo import models


class SaleOrderLine(models.Model):
    """The deliveries of an order follow its quantities, whatever key of core a caller sends."""

    _inherit = "sale.order.line"

    def write(self, vals):
        # core leaves deliveries alone for lines that it creates; no person's quantity is one
        if (
            "product_uom_qty" in vals
            and not self.env.su
            and self.env.context.get("skip_procurement")
            and self.env["tier.definition"]._has_offer_tiers()
        ):
            self = self.with_context(skip_procurement=False)
        return super().write(vals)

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        return super(SaleOrderLine, self._as_of_now())._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )

    def _compute_qty_delivered(self):
        return super(SaleOrderLine, self._as_of_now())._compute_qty_delivered()

    def _as_of_now(self):
        """Without the day of a report, on which less was delivered than there is now."""
        context = self.env.context
        if "accrual_entry_date" not in context:
            return self
        # what is left out is the point
        return self.with_context(  # pylint: disable=context-overridden
            {name: context[name] for name in context if name != "accrual_entry_date"}
        )
