from odoo import api, models

from .stock_move import BY_CORE


class StockPicking(models.Model):
    """Who sells and keeps no store leaves a delivery to its order, and where it goes to."""

    _inherit = "stock.picking"

    @api.model
    def _get_ordered_fields(self):
        """Names of the fields that say for which order is shipped, and where to."""
        return {
            "location_dest_id",
            "location_id",
            "picking_type_id",
            "reference_ids",
            "sale_id",
            "state",
        }

    @api.model_create_multi
    def create(self, vals_list):
        pickings = super().create(vals_list)
        if self.env["stock.move"]._is_guarded():
            pickings._check_ordered_is_shipped()
        return pickings

    def write(self, vals):
        guarded = not vals.keys().isdisjoint(self._get_ordered_fields()) and (
            self.env["stock.move"]._is_guarded()
        )
        if guarded:
            self._check_ordered_is_shipped()
        res = super().write(vals)
        if guarded:
            self._check_ordered_is_shipped()
        return res

    def action_cancel(self):
        return super(StockPicking, self.with_context(shipping=BY_CORE)).action_cancel()

    def action_split_transfer(self):
        if self.env["stock.move"]._is_guarded():
            self.move_ids._check_no_more_than_ordered()
        return super(StockPicking, self.with_context(shipping=BY_CORE)).action_split_transfer()

    def _action_done(self):
        if self.env["stock.move"]._is_guarded():
            self.move_ids._check_own_delivery()
        return super(StockPicking, self.with_context(shipping=BY_CORE))._action_done()

    def _check_ordered_is_shipped(self):
        moves = self.env["stock.move"]
        for picking in self:
            moves |= picking.move_ids or moves.new({"picking_id": picking.id})
        moves._check_ordered_is_shipped()
