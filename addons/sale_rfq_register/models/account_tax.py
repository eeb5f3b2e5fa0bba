from odoo import api, models


class GivenTaxes(dict):
    """Amounts and taxes beside a price, as core computed them.

    Nobody can send an object of this class over RPC, so what is one was not made up.
    """


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model
    def _export_base_line_extra_tax_data(self, base_line):
        return GivenTaxes(super()._export_base_line_extra_tax_data(base_line))
