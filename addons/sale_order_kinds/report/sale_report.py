from odoo import fields, models


class SaleReport(models.Model):
    """Sales by kind of order and by contract."""

    _inherit = "sale.report"

    kind_id = fields.Many2one("sale.order.kind", string="Kind of Order", readonly=True)
    contract_id = fields.Many2one("sale.supply.contract", readonly=True)

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "kind_id": "s.kind_id",
            "contract_id": "s.contract_id",
        }

    def _group_by_sale(self):
        return f"{super()._group_by_sale()}, s.kind_id, s.contract_id"
