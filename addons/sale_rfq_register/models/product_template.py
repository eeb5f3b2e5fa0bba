from odoo import models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "sale.customer.article.mixin"]

    def _get_all_variants(self):
        return self.with_context(active_test=False).product_variant_ids
