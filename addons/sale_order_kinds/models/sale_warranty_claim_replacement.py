from odoo import fields, models
from odoo.tools import SQL

from ..formatting import format_quantity


class SaleWarrantyClaimLine(models.Model):
    """What a replacement promises, and what of it has left."""

    _inherit = "sale.warranty.claim.line"

    replacement_delivered_qty = fields.Float(
        string="Replaced",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What has been delivered as a replacement.",
    )

    def _get_figures(self):
        return [*super()._get_figures(), "replacement_delivered_qty"]

    def _get_decision_fields(self):
        return super()._get_decision_fields() | {"replacement_delivered_qty"}

    def _get_replaced_query(self):
        """What core counts on the lines of replacements from transfers that are done."""
        return SQL(
            """SELECT sum((sol.qty_delivered * unit.factor / own.factor)::numeric)
                 FROM sale_order_line sol
                 JOIN sale_order so ON so.id = sol.order_id
                 JOIN sale_order_kind kind ON kind.id = so.kind_id
                      AND kind.stock_mode IS DISTINCT FROM 'receive'
                 JOIN uom_uom unit ON unit.id = sol.product_uom_id
                 JOIN product_product pp ON pp.id = sol.product_id
                 JOIN product_template pt ON pt.id = pp.product_tmpl_id
                 JOIN uom_uom own ON own.id = pt.uom_id
                WHERE sol.warranty_claim_line_id = line.id"""
        )

    def _get_settlement_problem(self):
        problem = super()._get_settlement_problem()
        open_qty = self.replaced_qty - self.replacement_delivered_qty
        if problem or self.uom_id.compare(open_qty, 0.0) <= 0:
            return problem
        return self.env._(
            "Claim %(claim)s: %(quantity)s %(unit)s of %(product)s are still to be delivered as a"
            " replacement. Deliver them, or lower the quantity of that order or cancel it.",
            claim=self.claim_id.name,
            quantity=format_quantity(self.env, open_qty),
            unit=self.uom_id.name,
            product=self.product_id.display_name,
        )
