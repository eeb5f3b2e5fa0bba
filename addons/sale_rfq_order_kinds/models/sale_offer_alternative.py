from odoo import models

from odoo.addons.sale_order_kinds.quantities import compare_exact


class SaleOfferAlternative(models.Model):
    """An alternative that the contract does not cover is sold beside it."""

    _inherit = "sale.offer.alternative"

    def _prepare_line_values(self):
        return {**super()._prepare_line_values(), **self._prepare_coverage_values()}

    def _prepare_coverage_values(self):
        self.ensure_one()
        contract = self.order_id.sudo().contract_id
        if not contract:
            return {}
        quantity, day = self.product_uom_qty, self.order_line_id._get_ship_date()
        [covered] = contract._get_coverage([(self.product_id, quantity, self.product_uom_id, day)])
        return {"is_off_contract": compare_exact(covered, quantity) < 0}
