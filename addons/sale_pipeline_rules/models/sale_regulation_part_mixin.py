from odoo import api, models


class SaleRegulationPartMixin(models.AbstractModel):
    """A rule, step or talk step: it is added, changed and deleted while its version is a draft."""

    _name = "sale.regulation.part.mixin"
    _description = "Part of the Sales Regulation"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.regulation_id._check_draft()
        return parts

    def write(self, vals):
        """Refuse to change a part of an approved version, and to move one into it."""
        self.regulation_id._check_draft()
        result = super().write(vals)
        self.regulation_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self.regulation_id._check_draft()
