from odoo import models


class SaleOrderLine(models.Model):
    """The deliveries of an order follow its quantities, whatever key of core a caller sends."""

    _inherit = "sale.order.line"

    def write(self, vals):
        if "product_uom_qty" not in vals or not self.env["tier.definition"]._has_offer_tiers():
            return super().write(vals)
        if not self.env.su and self.env.context.get("skip_procurement"):
            # core leaves deliveries alone for lines that it creates; no person's quantity is one
            self = self.with_context(skip_procurement=False)
        ordered = float(vals["product_uom_qty"] or 0.0)
        lowered = self.filtered(lambda line: ordered < line.product_uom_qty)
        res = super().write(vals)
        lowered._ship_no_more_than_ordered()
        return res

    def _ship_no_more_than_ordered(self):
        """What the warehouse has in hand already is put back; core tells it by an activity."""
        moves = self.sudo().move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        for move in moves.filtered(lambda move: move.picked or move.quantity):
            if move.product_uom.compare(move.quantity, move.product_uom_qty) > 0:
                move.quantity = move.product_uom_qty

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
