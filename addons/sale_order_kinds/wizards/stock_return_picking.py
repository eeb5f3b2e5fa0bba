from odoo import fields, models


class StockReturnPicking(models.TransientModel):
    """Core's return, against the delivery that a claim is about."""

    _inherit = "stock.return.picking"

    warranty_order_id = fields.Many2one("sale.order", string="Warranty Return")

    def _prepare_picking_default_values_based_on(self, picking):
        values = super()._prepare_picking_default_values_based_on(picking)
        order = self.warranty_order_id
        if order:
            quarantine = order.company_id._get_warranty_location("quarantine")
            values.update(origin=order.name, location_dest_id=quarantine.id)
        return values

    def _create_return(self):
        origins = self.product_return_moves.move_id
        if not self.warranty_order_id and not any(origins.mapped("warranty_returned_qty")):
            return super()._create_return()
        origins.sudo()._lock_counter()
        picking = super()._create_return()
        picking.move_ids.origin_returned_move_id._check_returnable()
        return picking


class StockReturnPickingLine(models.TransientModel):
    _inherit = "stock.return.picking.line"

    warranty_order_line_id = fields.Many2one("sale.order.line", string="Line of the Return")

    def _prepare_move_default_values(self, new_picking):
        values = super()._prepare_move_default_values(new_picking)
        if self.warranty_order_line_id:
            values.update(
                warranty_order_line_id=self.warranty_order_line_id.id,
                product_uom=self.product_id.uom_id.id,
                location_id=self.move_id.location_dest_id.id,
                to_refund=False,
            )
        return values
