from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    partner_abc_class = fields.Selection(
        related="partner_id.commercial_partner_id.abc_class", string="Customer's ABC Class"
    )
    partner_xyz_class = fields.Selection(
        related="partner_id.commercial_partner_id.xyz_class", string="Customer's XYZ Class"
    )
    partner_abc_cell = fields.Char(
        related="partner_id.commercial_partner_id.abc_cell", string="Customer's Class"
    )
