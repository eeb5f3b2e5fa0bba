from odoo import api, models
from odoo.exceptions import UserError

STOREKEEPER = "stock.group_stock_user"


class StockMove(models.Model):
    """What was delivered of an order that is approved stays delivered, and stays with its line.

    Salespeople may write moves in core, so that confirmed orders can change deliveries to come.
    Those that are done are the storekeepers'.
    """

    _inherit = "stock.move"

    @api.model
    def _get_delivered_fields(self):
        """Names of the fields from which the delivered quantity of an order's line comes."""
        return {
            "location_dest_id",
            "location_id",
            "move_line_ids",
            "picked",
            "product_id",
            "product_uom",
            "product_uom_qty",
            "quantity",
            "sale_line_id",
            "state",
            "to_refund",
        }

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any("state" in vals for vals in vals_list) or "default_state" in self.env.context:
            moves._check_delivered_stays()
        moves._check_ordered_is_shipped()
        return moves

    def write(self, vals):
        if "product_uom_qty" in vals:
            more = self.filtered(lambda move: vals["product_uom_qty"] > move.product_uom_qty)
            more._check_ordered_is_shipped()
        if not vals.keys().isdisjoint(self._get_delivered_fields()):
            if "sale_line_id" in vals:
                self._check_sold_by_its_line(vals["sale_line_id"])
            self._check_delivered_stays()
        return super().write(vals)

    def _get_sold_and_done(self):
        """Done moves of orders that tiers look at."""
        return self.filtered(
            lambda move: (
                move.state == "done"
                and move.sale_line_id
                and move.sale_line_id.sudo().order_id._get_tiers_in_force()
            )
        )

    def _get_delivery_name(self):
        self.ensure_one()
        return self.picking_id.name or self.display_name

    def _check_delivered_stays(self):
        """:raise UserError: who keeps no store changes a delivery that is done"""
        if self.env.su or self.env.user.has_group(STOREKEEPER):
            return
        for move in self._get_sold_and_done():
            raise UserError(
                self.env._(
                    "%(product)s of %(delivery)s is delivered: only the warehouse corrects it, or"
                    " takes it back.",
                    product=move.product_id.display_name,
                    delivery=move._get_delivery_name(),
                )
            )

    def _check_ordered_is_shipped(self):
        """:raise UserError: who keeps no store has more shipped than the order says"""
        if self.env.su or self.env.user.has_group(STOREKEEPER):
            return
        for move in self:
            order = (move.sale_line_id.order_id or move.picking_id.sale_id).sudo()
            if order and order._get_tiers_in_force():
                raise UserError(
                    self.env._(
                        "What %(delivery)s ships follows from order %(order)s. Change the order"
                        " instead.",
                        delivery=move._get_delivery_name(),
                        order=order.name,
                    )
                )

    def _check_sold_by_its_line(self, line_id):
        """:raise UserError: a person takes what was delivered away from the line of its order"""
        if self.env.su:
            return
        for move in self._get_sold_and_done():
            if move.sale_line_id.id != line_id:
                raise UserError(
                    self.env._(
                        "%(product)s of %(delivery)s was sold by order %(order)s and stays with"
                        " it. Return the goods, if they were not for this order.",
                        product=move.product_id.display_name,
                        delivery=move._get_delivery_name(),
                        order=move.sale_line_id.sudo().order_id.name,
                    )
                )


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def write(self, vals):
        self.move_id._check_delivered_stays()
        return super().write(vals)

    def unlink(self):
        self.move_id._check_delivered_stays()
        return super().unlink()
