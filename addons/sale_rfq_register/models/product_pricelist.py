from odoo import api, models
from odoo.fields import Domain


class Rules:
    """Rules of a price list for many products, of any date; in a context nobody can send it."""

    def __init__(self, items):
        self.items = items

    def at(self, date):
        return self.items.filtered(
            lambda item: (
                (not item.date_start or item.date_start <= date)
                and (not item.date_end or item.date_end >= date)
            )
        )


class ProductPricelist(models.Model):
    """The rules for all products of many lines are read at once."""

    _inherit = "product.pricelist"

    def _get_applicable_rules(self, products, date, **kwargs):
        rules = self.env.context.get("rules_of_lines")
        if isinstance(rules, Rules):
            return rules.at(date)
        return super()._get_applicable_rules(products, date, **kwargs)

    def _with_rules_for(self, products, date, **kwargs):
        """The price list, knowing all rules for the products."""
        self.ensure_one()
        domain = Domain(self._get_applicable_rules_domain(products=products, date=date, **kwargs))
        undated = domain.map_conditions(
            lambda condition: (
                Domain.TRUE if condition.field_expr in ("date_start", "date_end") else condition
            )
        )
        items = self.env["product.pricelist.item"].search(undated)
        return self.with_context(rules_of_lines=Rules(items))


class SaleOrderLine(models.Model):
    """Core asks for the rules of each line apart; an offer of a thousand lines asks once."""

    _inherit = "sale.order.line"

    @api.depends("order_id.pricelist_id")
    def _compute_pricelist_item_id(self):
        if not self.order_id.pricelist_id:
            return super()._compute_pricelist_item_id()
        many = self.filtered(
            lambda line: line.product_id and not line.display_type and line.order_id.pricelist_id
        )
        if len(many) < 2:
            return super()._compute_pricelist_item_id()
        for pricelist, lines in many.grouped(lambda line: line.order_id.pricelist_id).items():
            informed = pricelist._with_rules_for(lines.product_id, lines[0]._get_order_date())
            for line in lines:
                line.pricelist_item_id = informed._get_product_rule(
                    product=line.product_id, **line._get_pricelist_kwargs()
                )
        return super(SaleOrderLine, self - many)._compute_pricelist_item_id()
