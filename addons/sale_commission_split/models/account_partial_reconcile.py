from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._say_commission_changed()
        return partials

    def unlink(self):
        self._say_commission_changed()
        return super().unlink()

    def _say_commission_changed(self):
        """Say of which customer documents the money changed."""
        moves = (self.debit_move_id | self.credit_move_id).move_id
        self.env["commission.split.todo"]._add(moves._get_commission_documents().ids)
