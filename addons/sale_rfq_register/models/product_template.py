from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    customer_article_count = fields.Integer(
        compute="_compute_customer_article_count",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )

    def _compute_customer_article_count(self):
        self.customer_article_count = 0
        counts = self.env["sale.customer.article"]._read_group(
            [("product_id.product_tmpl_id", "in", self.ids)], ["product_id"], ["__count"]
        )
        for product, count in counts:
            product.product_tmpl_id.customer_article_count += count

    def action_view_customer_articles(self):
        self.ensure_one()
        return self.env["sale.customer.article"]._get_view_action(
            [("product_id.product_tmpl_id", "=", self.id)], product_id=self.product_variant_id.id
        )
