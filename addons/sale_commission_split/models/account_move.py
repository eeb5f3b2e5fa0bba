from odoo import models

SALES = ("out_invoice", "out_refund")


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Say what changed its state; the engine follows later, a payment's documents too."""
        result = super().write(vals)
        if "state" in vals:
            self.env["commission.split.todo"]._add(self.ids)
        return result

    def unlink(self):
        self.env["commission.split.todo"]._add(self._get_commission_documents().ids)
        return super().unlink()

    def _get_commission_documents(self):
        return self.filtered(lambda move: move.move_type in SALES)
