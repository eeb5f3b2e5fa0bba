from odoo import fields, models

from .sale_abc_class_mixin import READERS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    partner_abc_class = fields.Selection(
        related="partner_id.commercial_partner_id.abc_class",
        string="Customer's ABC Class",
        groups=READERS,
    )
    partner_xyz_class = fields.Selection(
        related="partner_id.commercial_partner_id.xyz_class",
        string="Customer's XYZ Class",
        groups=READERS,
    )
    partner_abc_cell = fields.Char(
        related="partner_id.commercial_partner_id.abc_cell",
        string="Customer's Class",
        groups=READERS,
    )
