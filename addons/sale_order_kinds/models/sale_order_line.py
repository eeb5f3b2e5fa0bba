from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """The line of a contract that a line of an order releases from; behaviour of its kind."""

    _inherit = "sale.order.line"

    contract_line_id = fields.Many2one(
        "sale.supply.contract.line",
        compute="_compute_contract_line_id",
        store=True,
        precompute=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.depends("order_id.contract_id", "product_id")
    def _compute_contract_line_id(self):
        for line in self:
            contract = line.order_id.contract_id.sudo()
            line.contract_line_id = (
                contract.line_ids._find_for(line.product_id)
                if contract and line._filter_releases()
                else False
            )

    def _filter_releases(self):
        """The lines with goods or services, which a contract covers or not."""
        return self.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_downpayment
                and not line._is_delivery()
            )
        )

    def _filter_contracted(self):
        return self.filtered("contract_line_id")

    def _get_ship_date(self):
        """The day that the customer asked for, else the expected one of this line."""
        self.ensure_one()
        moment = self.order_id.commitment_date or self._expected_date()
        return self.order_id._get_company_day(moment)

    # -- the behaviour of the kind ---------------------------------------------------------------

    @api.depends("order_id.kind_id")
    def _compute_qty_to_invoice(self):
        billable = self.filtered(lambda line: not line.order_id._is_kind("billable", False))
        super(SaleOrderLine, billable)._compute_qty_to_invoice()
        (self - billable).qty_to_invoice = 0.0

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        leaving = self.filtered(
            lambda line: (
                not (
                    line.order_id._is_kind("stock_mode", "none")
                    or line.order_id._is_kind("stock_mode", "receive")
                )
            )
        )
        return super(SaleOrderLine, leaving)._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )
