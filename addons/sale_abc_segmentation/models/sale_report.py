from odoo import fields, models

from .sale_abc_class_mixin import READERS


class SaleReport(models.Model):
    _inherit = "sale.report"

    partner_abc_class = fields.Selection(
        related="commercial_partner_id.abc_class", string="Customer's ABC Class", groups=READERS
    )
    partner_xyz_class = fields.Selection(
        related="commercial_partner_id.xyz_class", string="Customer's XYZ Class", groups=READERS
    )
    product_abc_class = fields.Selection(
        related="product_tmpl_id.abc_class", string="Product's ABC Class", groups=READERS
    )
