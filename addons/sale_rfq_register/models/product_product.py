from odoo import models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "sale.customer.article.mixin"]

    def _get_all_variants(self):
        return self
