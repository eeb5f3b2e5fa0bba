from odoo import api, fields, models
from odoo.fields import Domain


class Rules:
    """Rules of price lists for many products, of any date; in a context nobody can send it."""

    def __init__(self):
        self.known = {}

    def add(self, pricelist, products, items):
        self.known[pricelist.id] = frozenset(products.ids), items

    def find(self, pricelist, products, date):
        """Rules of the day, or ``None`` where they were not read for the products."""
        ids, items = self.known.get(pricelist.id, (frozenset(), None))
        if products._name != "product.product" or not ids.issuperset(products._ids):
            return None
        return items.filtered(
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
        found = rules.find(self, products, date) if isinstance(rules, Rules) else None
        if found is not None:
            return found
        return super()._get_applicable_rules(products, date, **kwargs)

    def _with_rules_for(self, products, date, **kwargs):
        """The price list, knowing all rules for the products."""
        rules = Rules()
        rules.add(self, products, self._get_rules_of_any_date(products, date, **kwargs))
        return self.with_context(rules_of_lines=rules)

    def _get_rules_of_any_date(self, products, date, **kwargs):
        self.ensure_one()
        domain = Domain(self._get_applicable_rules_domain(products=products, date=date, **kwargs))
        undated = domain.map_conditions(
            lambda condition: (
                Domain.TRUE if condition.field_expr in ("date_start", "date_end") else condition
            )
        )
        return self.env["product.pricelist.item"].search(undated)


class SaleOrder(models.Model):
    """What prices are compared with is read at once for all that offers have in them."""

    _inherit = "sale.order"

    def _with_list_rules(self):
        """The orders, knowing the rules of their price lists for lines and options."""
        rules, now = Rules(), fields.Datetime.now()
        for pricelist, orders in self.grouped("pricelist_id").items():
            lines = orders.sudo().order_line
            products = lines.product_id | lines.term_ids.product_id
            products |= lines.alternative_ids.product_id
            if pricelist and products:
                rules.add(pricelist, products, pricelist._get_rules_of_any_date(products, now))
        return self.with_context(rules_of_lines=rules)


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
