from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..locking import lock_rows


class SaleWarrantyClaim(models.Model):
    """Returns and free replacements of what a claim accepts."""

    _inherit = "sale.warranty.claim"

    order_ids = fields.One2many(
        "sale.order", "warranty_claim_id", string="Returns and Replacements"
    )
    return_count = fields.Integer(string="Number of Returns", compute="_compute_order_counts")
    replacement_count = fields.Integer(
        string="Number of Replacements", compute="_compute_order_counts"
    )

    can_return = fields.Boolean(compute="_compute_can_settle")
    can_compensate = fields.Boolean(compute="_compute_can_settle")

    @api.depends(
        "line_ids.accepted_qty",
        "line_ids.returned_qty",
        "line_ids.replaced_qty",
        "line_ids.credited_qty",
    )
    def _compute_can_settle(self):
        for claim in self:
            lines = claim.line_ids
            claim.can_return = any(line._get_open_qty("receive") > 0 for line in lines)
            claim.can_compensate = any(line._get_open_qty("deliver") > 0 for line in lines)

    @api.depends("order_ids.kind_id.stock_mode")
    def _compute_order_counts(self):
        for claim in self:
            modes = claim.sudo().order_ids.mapped("kind_id.stock_mode")
            claim.return_count = modes.count("receive")
            claim.replacement_count = len(modes) - claim.return_count

    def action_create_return(self):
        """Make the order by which the accepted goods come back."""
        return self._create_claim_order("receive")

    def action_create_replacement(self):
        """Make the order by which the accepted goods are replaced for nothing."""
        return self._create_claim_order("deliver")

    def _create_claim_order(self, stock_mode):
        self.ensure_one()
        made = lock_rows(self) and self._filter_orders(stock_mode)
        if made:
            return self._open_orders(made.sorted("id")[-1:])
        self._check_state("accepted")
        self.company_id._get_warranty_account()
        orders = self.env["sale.order"].with_company(self.company_id)
        order = orders.create(self._prepare_claim_order_values(stock_mode))
        return self._open_orders(order)

    def _prepare_claim_order_values(self, stock_mode):
        self.ensure_one()
        return {
            "partner_id": (self.order_id.sudo().partner_id or self.partner_id).id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "kind_id": self._get_claim_kind(stock_mode).id,
            "kind_origin_id": self.order_id.id,
            "kind_reason": self._get_reasons(),
            "client_order_ref": self.customer_ref,
            "warranty_claim_id": self.id,
            "order_line": [
                Command.create(line._prepare_claim_order_line_values(quantity))
                for line, quantity in self._get_open_lines(stock_mode)
            ],
        }

    def _get_claim_kind(self, stock_mode):
        kind = self.env["sale.order.kind"]._find_for_claim(stock_mode, self.company_id)
        if not kind:
            raise UserError(
                self.env._(
                    "There is no kind of orders for warranty claims by which goods leave or come"
                    " back as needed: make one in Sales → Configuration → Order Kinds."
                )
            )
        return kind

    def _get_reasons(self):
        return ", ".join(self.line_ids.reason_id.mapped("name"))

    def _get_open_lines(self, stock_mode):
        """The lines with the quantities that may still come back or leave."""
        self.ensure_one()
        found = [(line, line._get_open_qty(stock_mode)) for line in self.line_ids]
        found = [(line, open_qty) for line, open_qty in found if open_qty > 0]
        if not found:
            raise UserError(
                self.env._(
                    "Claim %(claim)s: everything that was accepted is returned, replaced or"
                    " credited already.",
                    claim=self.name,
                )
            )
        return found

    # -- smart buttons ---------------------------------------------------------------------------

    def action_open_returns(self):
        self.ensure_one()
        return self._open_orders(self._filter_orders("receive"))

    def action_open_replacements(self):
        self.ensure_one()
        return self._open_orders(self._filter_orders("deliver"))

    def _filter_orders(self, stock_mode):
        return self.order_ids.filtered(lambda order: order.kind_id.stock_mode == stock_mode)

    def _open_orders(self, orders):
        """Show orders; to whom handles the goods only, without prices and invoices."""
        action = self._open_records("sale.action_quotations", orders)
        if orders._shows_goods_only():
            views = orders._get_goods_views()
            action["views"] = views[-1:] if action.get("res_id") else views
        return action

    def _open_records(self, action_id, records):
        """An action with some records alone: their list, or the form of the only one."""
        action = self.env["ir.actions.act_window"]._for_xml_id(action_id)
        action = {**action, "context": {}, "domain": [("id", "in", records.ids)]}
        if len(records) == 1:
            action.update(views=[(False, "form")], res_id=records.id)
        return action

    def action_open_order(self):
        """Show the order that delivered what the claim is about."""
        self.ensure_one()
        return self._open_orders(self.order_id)

    def action_open_delivery(self):
        """Show the delivery that the claim is about."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return {**action, "views": [(False, "form")], "res_id": self.picking_id.id}


class SaleWarrantyClaimLine(models.Model):
    _inherit = "sale.warranty.claim.line"

    def _get_open_qty(self, stock_mode):
        """How much may still come back, or else be replaced or credited."""
        self.ensure_one()
        if stock_mode == "receive":
            taken = max(self.returned_qty, self.received_qty)
        else:
            taken = self.replaced_qty + self.credited_qty
        return self.uom_id.round(self.accepted_qty - taken)

    def _prepare_claim_order_line_values(self, quantity):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": quantity,
            "product_uom_id": self.uom_id.id,
            "warranty_claim_line_id": self.id,
        }
