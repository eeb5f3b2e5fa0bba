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

    is_off_contract = fields.Boolean(
        string="Off Contract",
        help="The contract of the order does not cover the line, or has nothing left for it: it is"
        " sold beside it at the ordinary price.",
        prefetch="order_kind",
    )

    @api.depends("order_id.contract_id", "product_id", "is_off_contract")
    def _compute_contract_line_id(self):
        for contract, lines in self.grouped(lambda line: line.order_id.contract_id).items():
            find = contract.sudo().line_ids._get_finder() if contract else None
            releases = lines._filter_releases() if contract else lines.browse()
            (lines - releases).contract_line_id = False
            for line in releases:
                line.contract_line_id = find(line.product_id._origin)

    def _filter_releases(self):
        """The lines that are to be under the contract of their order, covered or not."""
        return self._filter_goods().filtered(lambda line: not line.is_off_contract)

    def _filter_goods(self):
        """The lines with goods or services."""
        return self.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_downpayment
                and not line._is_delivery()
            )
        )

    def _filter_contracted(self):
        # read of all lines at once: most orders are under no contract
        return self.filtered("contract_line_id") if self and self.contract_line_id else self[:0]

    def _get_ship_date(self):
        """The day that the customer asked for, else the expected one of this line."""
        self.ensure_one()
        moment = self.order_id.commitment_date or self._expected_date()
        return self.order_id.company_id._get_day(moment)

    def _group_by_ship_date(self):
        """The lines by ship date; one for all lines of an order where the customer named it."""
        groups = {}
        for order, lines in self.grouped("order_id").items():
            if order.commitment_date:
                found = {order._get_ship_date(): lines}
            else:
                found = lines.grouped(lambda line: line._get_ship_date())
            for day, some in found.items():
                groups[day] = groups.get(day, self.browse()) + some
        return groups

    # -- the behaviour of the kind ---------------------------------------------------------------

    @api.depends("order_id.kind_id")
    def _compute_qty_to_invoice(self):
        free = self.order_id._filter_kind("billable", False)
        if not free:
            return super()._compute_qty_to_invoice()
        unbilled = self.filtered(lambda line: line.order_id in free)
        super(SaleOrderLine, self - unbilled)._compute_qty_to_invoice()
        unbilled.qty_to_invoice = 0.0

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        kept = self.order_id._filter_kind("stock_mode", "none", "receive")
        leaving = self.filtered(lambda line: line.order_id not in kept) if kept else self
        return super(SaleOrderLine, leaving)._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )
