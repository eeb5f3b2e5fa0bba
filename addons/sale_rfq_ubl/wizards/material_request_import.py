from odoo import api, models


class MaterialRequestImport(models.TransientModel):
    _inherit = "material.request.import"

    @api.model
    def _get_file_kinds(self):
        return [*super()._get_file_kinds(), self.env._("UBL 2.x RequestForQuotation")]
