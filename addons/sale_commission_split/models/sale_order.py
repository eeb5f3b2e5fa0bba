from odoo import api, fields, models
from odoo.exceptions import UserError

PENDING = "sale_commission_split.orders"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    commission_split_deal_ids = fields.One2many("commission.split.deal", "order_id")

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._freeze_commission_deals()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "sale":
            self._freeze_commission_deals()
        if "state" in vals and self.env["commission.split.component"]._has_ordered():
            self.env["commission.split.todo"]._add(self.ids, self._name)
        return result

    def _freeze_commission_deals(self):
        """Freeze who took part in confirmed orders, in one statement at the transaction's end."""
        confirmed = self.filtered(lambda order: order.state == "sale")
        pending = self.env.cr.precommit.data.setdefault(PENDING, set())
        if confirmed and not pending:
            self.env.cr.precommit.add(self.env["sale.order"].sudo()._write_commission_deals)
        pending.update(confirmed.ids)

    @api.model
    def _write_commission_deals(self):
        order_ids = self.env.cr.precommit.data.pop(PENDING, None)
        if order_ids:
            self.env["commission.split.engine"]._open_deals_of_orders(sorted(order_ids))

    def action_open_commission(self):
        """Open the deal of the order.

        :raise UserError: where the reader takes no part in it
        """
        self.ensure_one()
        self.env.cr.flush()
        self.env["commission.split.engine"].sudo()._open_deals_of_orders(self.ids)
        deal = self.env["commission.split.deal"].search([("order_id", "=", self.id)])
        if not deal:
            raise UserError(
                self.env._(
                    "You take no part in the deal of %s: its head of sales tells you who does.",
                    self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "commission.split.deal",
            "res_id": deal.id,
            "views": [(False, "form")],
        }
