from odoo import fields, models

from .sale_abc_class_mixin import READERS


class ProductTemplate(models.Model):
    """Materials are classed like customers (A4)."""

    _name = "product.template"
    _inherit = ["product.template", "sale.abc.class.mixin"]

    abc_result_ids = fields.One2many(
        "sale.abc.result", "product_tmpl_id", string="Class History", groups=READERS
    )

    def _get_abc_subject_field(self):
        return "product_tmpl_id"
