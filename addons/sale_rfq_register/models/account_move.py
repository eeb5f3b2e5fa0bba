from odoo import fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["sale.dispatch.mixin", "account.move"]

    dispatch_ids = fields.One2many(
        "sale.dispatch",
        "move_id",
        string="Dispatches",
        groups="sale_rfq_register.sale_rfq_register_group_user,account.group_account_invoice",
    )

    def _prepare_dispatch_values(self):
        return {**super()._prepare_dispatch_values(), "move_id": self.id, "kind": "invoice"}
