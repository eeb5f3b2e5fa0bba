from odoo import models
from odoo.exceptions import UserError


class StockMove(models.Model):
    """What was delivered stays with the line that sold it, where orders are approved."""

    _inherit = "stock.move"

    def write(self, vals):
        if "sale_line_id" in vals and not self.env.su:
            self._check_sold_by_its_line(vals["sale_line_id"])
        return super().write(vals)

    def _check_sold_by_its_line(self, line_id):
        """:raise UserError: a person takes what was delivered away from the line of its order"""
        done = self.filtered(lambda move: move.state == "done")
        for move in done.filtered(lambda move: move.sale_line_id.id not in (line_id, False)):
            order = move.sale_line_id.sudo().order_id
            if order._get_tiers_in_force():
                raise UserError(
                    self.env._(
                        "%(product)s of %(delivery)s was sold by order %(order)s and stays with"
                        " it. Return the goods, if they were not for this order.",
                        product=move.product_id.display_name,
                        delivery=move.picking_id.name or move.display_name,
                        order=order.name,
                    )
                )
