from odoo import fields, models


class SaleWarrantyReason(models.Model):
    """What is wrong with goods, as customers and the analysis name it."""

    _name = "sale.warranty.reason"
    _description = "Defect Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
