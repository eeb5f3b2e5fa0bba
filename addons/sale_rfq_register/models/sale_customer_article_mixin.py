from odoo import fields, models


class SaleCustomerArticleMixin(models.AbstractModel):
    """The button on a product with what customers call it."""

    _name = "sale.customer.article.mixin"
    _description = "Product with Customer Articles"

    customer_article_count = fields.Integer(
        compute="_compute_customer_article_count",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )

    def _get_all_variants(self):
        """The products that the records stand for, archived ones too."""
        raise NotImplementedError

    def _compute_customer_article_count(self):
        counts = dict(
            self.env["sale.customer.article"]._read_group(
                [("product_id", "in", self._get_all_variants().ids)], ["product_id"], ["__count"]
            )
        )
        for record in self:
            record.customer_article_count = sum(
                counts.get(product, 0) for product in record._get_all_variants()
            )

    def action_view_customer_articles(self):
        self.ensure_one()
        products = self._get_all_variants().sorted("active", reverse=True)
        return self.env["sale.customer.article"]._get_view_action(
            [("product_id", "in", products.ids)], product_id=products[:1].id
        )
