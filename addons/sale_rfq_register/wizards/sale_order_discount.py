from odoo import api, fields, models

from ..models.sale_order_line_discount import DISCOUNT_SCOPES


class SaleOrderDiscount(models.TransientModel):
    _inherit = "sale.order.discount"

    discount_scope = fields.Selection(
        DISCOUNT_SCOPES,
        string="Discount For",
        default="all",
        required=True,
        help="Whether lines with several delivery terms get the discount for all of them, or for"
        " the selected one alone.",
    )
    has_several_terms = fields.Boolean(compute="_compute_has_several_terms")

    @api.depends("sale_order_id")
    def _compute_has_several_terms(self):
        for wizard in self:
            lines = wizard.sale_order_id.order_line
            wizard.has_several_terms = any(lines.mapped("has_several_terms"))

    def action_apply_discount(self):
        wizard = self.with_context(discount_scope=self.discount_scope)
        return super(SaleOrderDiscount, wizard).action_apply_discount()
