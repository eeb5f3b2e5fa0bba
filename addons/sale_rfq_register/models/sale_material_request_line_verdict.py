from odoo import fields, models


class SaleMaterialRequestLine(models.Model):
    """The verdict: whether the company sells today what is asked, stored as it was given (R3)."""

    _inherit = "sale.material.request.line"

    def _judge(self):
        """Judge against what the company sells today, and store who judged and when."""
        sold_groups = self._get_sold_groups()
        for line in self:
            verdict, reason = line._get_verdict(sold_groups)
            if (line.verdict, line.verdict_reason) != (verdict, reason):
                line.write(line._prepare_verdict_values(verdict, reason))

    def _prepare_verdict_values(self, verdict, reason):
        return {
            "verdict": verdict,
            "verdict_reason": reason,
            "verdict_date": fields.Datetime.now(),
            "verdict_user_id": self.env.uid,
        }

    def _get_sold_groups(self):
        """Ids of the wanted groups in which something is sold."""
        groups = self.filtered(lambda line: not line.product_id).categ_id
        if not groups:
            return set()
        sold = self.env["product.template"]._read_group(
            [("sale_ok", "=", True), ("categ_id", "child_of", groups.ids)], ["categ_id"]
        )
        return {
            group.id
            for group in groups
            if any(categ.parent_path.startswith(group.parent_path) for (categ,) in sold)
        }

    def _get_verdict(self, sold_groups):
        """Return the verdict on one line and its reason."""
        self.ensure_one()
        product = self.product_id
        if product:
            return self._get_product_verdict(product)
        if self.categ_id.id in sold_groups:
            return "group_match", "choose_of_group"
        if self.categ_id:
            return "not_sold", "empty_group"
        if self.suggested_product_id:
            return "unknown", "accept_suggestion"
        return "unknown", "nothing_alike"

    def _get_product_verdict(self, product):
        if not product.active:
            return "not_sold", "archived"
        if not product.sale_ok:
            return "not_sold", "not_for_sale"
        if product.company_id and product.company_id != self.company_id:
            return "not_sold", "other_company"
        return "sellable", "sold"
