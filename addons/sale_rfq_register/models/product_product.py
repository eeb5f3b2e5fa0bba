from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    customer_article_count = fields.Integer(
        compute="_compute_customer_article_count",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )

    def _compute_customer_article_count(self):
        counts = dict(
            self.env["sale.customer.article"]._read_group(
                [("product_id", "in", self.ids)], ["product_id"], ["__count"]
            )
        )
        for product in self:
            product.customer_article_count = counts.get(product, 0)

    def action_view_customer_articles(self):
        self.ensure_one()
        return self.env["sale.customer.article"]._get_view_action(
            [("product_id", "=", self.id)], product_id=self.id
        )
