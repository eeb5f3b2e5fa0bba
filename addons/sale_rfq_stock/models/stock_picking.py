from odoo import api, models


class StockPicking(models.Model):
    """Who sells and keeps no store leaves a delivery to its order, and where it goes to."""

    _inherit = "stock.picking"

    @api.model
    def _get_warehouse_fields(self):
        """Names of the fields that say for which order is shipped, whose goods, and where to."""
        return {
            "backorder_id",
            "company_id",
            "location_dest_id",
            "location_id",
            "owner_id",
            "picking_type_id",
            "reference_ids",
            "return_id",
            "sale_id",
            "state",
        }

    @api.model_create_multi
    def create(self, vals_list):
        pickings = super().create(vals_list)
        pickings._check_left_to_warehouse()
        return pickings

    def write(self, vals):
        left = not vals.keys().isdisjoint(self._get_warehouse_fields())
        if (left or "partner_id" in vals) and self.env["stock.move"]._is_guarded():
            changed = self if left else self._get_sent_elsewhere(vals["partner_id"])
            changed._check_left_to_warehouse()
            res = super().write(vals)
            changed._check_left_to_warehouse()
            return res
        return super().write(vals)

    def unlink(self):
        self.filtered(lambda picking: picking.state != "cancel")._check_left_to_warehouse()
        return super().unlink()

    def _action_done(self):
        self._check_left_to_warehouse()
        return super()._action_done()

    def action_confirm(self):
        """Core does so with each change of an order, as who changes it."""
        return super(StockPicking, self._by_core()).action_confirm()

    def action_cancel(self):
        """Who sells takes back what he ordered, but not what the customer sends back."""
        if self.env["stock.move"]._is_guarded():
            self.filtered(
                lambda picking: not picking._is_to_be_shipped()
            )._check_left_to_warehouse()
        return super(StockPicking, self._by_core()).action_cancel()

    def _by_core(self):
        """With all rights, for what core makes of the moves when a seller acts."""
        if not self.env["stock.move"]._is_guarded():
            return self
        self.check_access("write")
        return self.sudo()

    def _is_to_be_shipped(self):
        """Whether all of it that is to come goes to the customer of its order, or nothing is."""
        self.ensure_one()
        picking = self.sudo()
        return all(
            move.state in ("done", "cancel")
            or (
                picking.sale_id
                and move.sale_line_id.order_id == picking.sale_id
                and move._leads_to_customer()
            )
            for move in picking.move_ids
        )

    def _get_sent_elsewhere(self, partner_id):
        """Those that would go to somebody whom their order does not name."""
        return self.filtered(
            lambda picking: (
                partner_id
                not in (picking.partner_id.id, picking.sudo().sale_id.partner_shipping_id.id)
            )
        )

    def _check_left_to_warehouse(self):
        """:raise UserError: names the transfer, its order if it has one, and the way out"""
        moves = self.env["stock.move"]
        if moves._is_guarded():
            for picking in self:
                moves |= picking.move_ids or moves._stand_in(picking, picking.company_id)
            moves._check_left_to_warehouse()
