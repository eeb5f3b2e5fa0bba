from odoo import api, fields, models, tools


class SaleOrderKind(models.Model):
    """A kind of sales order, which says how such an order behaves."""

    _name = "sale.order.kind"
    _description = "Order Kind"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company has this kind.")
    origin_required = fields.Boolean(
        string="Refers to an Order",
        help="The order names the order of the same customer that it follows.",
    )
    contract_required = fields.Boolean(
        string="Under a Contract",
        help="The order is a release of a long-term contract, at its prices.",
    )
    reason_required = fields.Boolean(
        string="With a Reason", help="The order says why it is made before it is confirmed."
    )
    approval_needed = fields.Boolean(
        string="Confirmed by a Contract Manager",
        help="Only a contract manager who is not its salesperson confirms the order.",
    )
    billable = fields.Boolean(default=True, help="Otherwise there is nothing to invoice.")
    stock_mode = fields.Selection(
        [
            ("deliver", "Goods leave"),
            ("receive", "Goods come back"),
            ("none", "No goods move"),
        ],
        string="Stock",
        required=True,
        default="deliver",
        help="Only where goods leave does the confirmation make a delivery.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache("name", "value")
    def _get_ids_where(self, name, value):
        """Ids of the kinds that behave so; remembered, so that ordinary orders cost no query."""
        kinds = self.sudo().with_context(active_test=False)
        return frozenset(kinds.search([(name, "=", value)]).ids)
