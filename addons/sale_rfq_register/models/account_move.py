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

    def _get_receipt_default(self):
        return self.company_id.invoice_receipt_requested

    def _get_salesperson(self):
        return self.invoice_user_id

    def _is_dispatchable(self):
        return self.state == "posted" and self.is_sale_document(include_receipts=True)
