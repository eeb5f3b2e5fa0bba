from odoo import fields, models

SALES = ("out_invoice", "out_refund")


class AccountMove(models.Model):
    _inherit = "account.move"

    commission_split_statement_ids = fields.One2many("commission.split.statement", "move_id")

    def write(self, vals):
        """Say what changed its state; the engine follows later, a payment's documents too.

        A bill that is cancelled frees its statements: they can be paid out again.
        """
        result = super().write(vals)
        if "state" in vals:
            self.env["commission.split.todo"]._add(self.ids)
        if vals.get("state") == "cancel":
            self._get_commission_statements()._free()
        return result

    def unlink(self):
        statements = self._get_commission_statements()
        self.env["commission.split.todo"]._add(self._get_commission_documents().ids)
        result = super().unlink()
        statements._free()
        return result

    def _get_commission_documents(self):
        return self.filtered(lambda move: move.move_type in SALES)

    def _get_commission_statements(self):
        paid_out = [("move_id", "in", self.ids)]
        return self.env["commission.split.statement"].sudo().search(paid_out)
