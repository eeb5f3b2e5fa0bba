from odoo import fields, models


class SaleSupplyContract(models.Model):
    """The requests that refer to a contract."""

    _inherit = "sale.supply.contract"

    request_ids = fields.One2many("sale.material.request", "supply_contract_id", string="Requests")
