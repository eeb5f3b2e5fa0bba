from odoo import models
from odoo.exceptions import UserError

from odoo.addons.sale_rfq_register.formatting import format_quantity


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
        tested = self.filtered(lambda line: line.order_id._get_tiers_in_force())
        moves = tested.sudo().move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        for move in moves.filtered(lambda move: move.picked or move.quantity):
            if move.product_uom.compare(move.quantity, move.product_uom_qty) > 0:
                move.quantity = move.product_uom_qty

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        if self.env["tier.definition"]._has_offer_tiers():
            self.order_id._leave_transfers_of_others()
        res = super(SaleOrderLine, self._as_of_now())._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )
        if not self.env.su and self.env["tier.definition"]._has_offer_tiers():
            self._check_shipped_as_ordered()
        return res

    def _check_shipped_as_ordered(self):
        """Deliveries that were changed by hand are not counted by core, which would add to them.

        :raise UserError: names the line, both quantities, the deliveries and the way out
        """
        for line in self.filtered(lambda line: line.state == "sale"):
            to_come = line._get_moves_to_come()
            if not to_come or not line.order_id._get_tiers_in_force():
                continue
            unit = line.product_id.uom_id
            coming = sum(to_come.mapped("product_qty"))
            left = max(0.0, line._get_sold()[1] - line._get_shipped_quantity())
            # what is ordered by the dozen is rounded by the dozen
            exact = line.product_uom_id._compute_quantity(
                line.product_uom_id.rounding, unit, round=False
            )
            if unit.compare(coming - max(exact, unit.rounding), left) > 0:
                raise UserError(
                    self.env._(
                        "%(coming)s of “%(line)s” in order %(order)s would be shipped, while"
                        " %(left)s are left to ship. Let the warehouse correct or cancel"
                        " %(deliveries)s first.",
                        coming=format_quantity(self.env, coming),
                        left=format_quantity(self.env, left),
                        line=line.product_id.display_name,
                        order=line.order_id.name,
                        deliveries=", ".join(to_come.picking_id.mapped("name")),
                    )
                )

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Core counts the moves of one rule, and returns of one step, and ships again the rest."""
        procured = super()._get_qty_procurement(previous_product_uom_qty)
        if not self.env["tier.definition"]._has_offer_tiers():
            return procured
        if not self.order_id._get_tiers_in_force() or not self._get_moves_of_product():
            return procured
        coming = sum(self._get_moves_to_come().mapped("product_qty"))
        return self.product_id.uom_id._compute_quantity(
            coming + self._get_shipped_quantity(), self.product_uom_id, round=False
        )

    def _get_moves_of_product(self):
        """Without what is sent again after a return that was not to be credited: as in core."""
        return self.sudo().move_ids.filtered(
            lambda move: (
                move.product_id == move.sale_line_id.product_id
                and move.state != "cancel"
                and (move.to_refund or not move.origin_returned_move_id)
            )
        )

    def _get_moves_to_come(self):
        """The last of each way to the customer, or the one that the rest of it follows."""
        return self._get_moves_of_product().filtered(
            lambda move: (
                move.state != "done"
                and move._leads_to_customer()
                and (move.location_dest_id._is_outgoing() or not move.move_dest_ids)
            )
        )

    def _get_shipped_quantity(self):
        """What went out less what comes back to be credited, in the product's unit.

        Core ships again what is only announced to come back, too. What it makes of less that is
        ordered is no return.
        """
        moves = self._get_moves_of_product()
        out = moves.filtered(
            lambda move: (
                move.state == "done"
                and move._leads_to_customer()
                and move.location_dest_id._is_outgoing()
            )
        )
        back = moves.filtered(
            lambda move: (
                move.to_refund
                and move.location_id._is_outgoing()
                and (move.state == "done" or move.origin_returned_move_id)
            )
        )
        return out._get_moved_quantity() - back._get_moved_quantity()

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
