from odoo import api, models
from odoo.exceptions import UserError

STOREKEEPER = "stock.group_stock_user"
SELLER = "sales_team.group_sale_salesman"
CASHIER = "point_of_sale.group_pos_user"


class StockMove(models.Model):
    """What an approved order ships follows from the order, and the warehouse ships it.

    Salespeople may write moves in core, so that changes of their orders reach the deliveries.
    They may change dates and words of them; all else is the storekeepers'.
    """

    _inherit = "stock.move"

    @api.model
    def _get_own_fields(self):
        """Names of the fields that who sells may write of a delivery.

        Core writes dates too, where his order changes, and whether a move waits for a purchase
        that is cancelled.
        """
        return {
            "date",
            "date_deadline",
            "description_picking",
            "description_picking_manual",
            "partner_id",
            "priority",
            "procure_method",
            "sequence",
        }

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._check_left_to_warehouse()
        return moves

    def write(self, vals):
        if "sale_line_id" in vals:
            self._check_sold_by_its_line(vals["sale_line_id"])
        if not vals.keys() - self._get_own_fields():
            return super().write(vals)
        self._check_left_to_warehouse()
        res = super().write(vals)
        self._check_left_to_warehouse()
        return res

    def unlink(self):
        self.filtered(lambda move: move.state != "cancel")._check_left_to_warehouse()
        return super().unlink()

    def _action_done(self, *args, **kwargs):
        self._check_left_to_warehouse()
        return super()._action_done(*args, **kwargs)

    def _action_cancel(self):
        """Core does so with an order or a purchase, as who cancels it."""
        return super(StockMove, self._by_core())._action_cancel()

    def _recompute_state(self):
        return super(StockMove, self._by_core())._recompute_state()

    def _by_core(self):
        """With all rights, for what core makes of other moves when a seller acts."""
        return self.sudo() if self._is_guarded() else self

    @api.model
    def _is_guarded(self):
        """Whether a person acts who sells, and keeps no store, where tiers are."""
        return self._keeps_no_store() and self.env.user.has_group(SELLER)

    @api.model
    def _keeps_no_store(self):
        """Whether a person acts who does not, where tiers are."""
        return (
            not self.env.su
            and self.env["tier.definition"]._has_offer_tiers()
            and not self.env.user.has_group(STOREKEEPER)
        )

    def _get_tested_order(self):
        """The order for which it is shipped, if tiers look at it."""
        self.ensure_one()
        move = self.sudo()
        orders = move.sale_line_id.order_id or move.picking_id.sale_id
        # core makes lines of the order for what has its reference and comes to the customer
        ends = move.location_id | move.location_dest_id | move.location_final_id
        if not orders and "customer" in ends.mapped("usage"):
            orders = move.reference_ids.sale_ids
        return orders.filtered(lambda order: order._get_tiers_in_force())[:1]

    @api.model
    def _stand_in(self, picking, company):
        """A move that is not there, by which a transfer or a row without any is looked at."""
        return self.new({"picking_id": picking.id, "company_id": company.id})

    def _get_shipped_orders(self):
        """The order of its line, or those with which the warehouse ships it."""
        self.ensure_one()
        lines = self.sale_line_id or self.picking_id.move_ids.sale_line_id
        return lines.order_id

    def _get_delivery_words(self):
        """What the messages about it name."""
        self.ensure_one()
        move = self.sudo()
        return {
            "product": move.product_id.display_name,
            "delivery": move.picking_id.name or move.display_name,
        }

    def _check_left_to_warehouse(self, everybody=False):
        """Who sells, and keeps no store, leaves it alone.

        :param everybody: whether others, who keep no store either, leave alone what is shipped
            for a tested order
        :raise UserError: names the transfer, its order if it has one, and the way out
        """
        if not self._is_guarded():
            if not everybody or not self._keeps_no_store():
                return
            self = self.filtered(lambda move: move._get_tested_order())
        for move in self:
            order = move._get_tested_order()
            company = move.sudo().company_id
            # an order's goods may be moved by another company
            tested = order or self.env["tier.definition"]._get_offer_tier_ids(company.id)
            if not tested or move._is_moved_otherwise():
                continue
            words = move._get_delivery_words()
            if not order:
                raise UserError(
                    self.env._(
                        "Transfer %(delivery)s is left to the warehouse. Make an order for what"
                        " is to be shipped, or ask the warehouse.",
                        **words,
                    )
                )
            if move.state == "done":
                raise UserError(
                    self.env._(
                        "%(product)s of %(delivery)s is delivered: only the warehouse corrects it,"
                        " or takes it back.",
                        **words,
                    )
                )
            raise UserError(
                self.env._(
                    "What %(delivery)s ships follows from order %(order)s, and the warehouse ships"
                    " it. Change the order instead.",
                    order=order.name,
                    **words,
                )
            )

    def _is_moved_otherwise(self):
        """Whether it follows from another document that the user may change, or from his shop."""
        self.ensure_one()
        if any(
            name in self._fields and self[name] and self[name].has_access("write")
            for name in self._get_other_causes()
        ):
            return True
        # a shop tells its session only after it has handed out the goods
        kind = (self.picking_id.picking_type_id or self.picking_type_id).sudo()
        shop_kind = getattr(kind.warehouse_id, "pos_type_id", None)
        return bool(kind) and kind == shop_kind and self.env.user.has_group(CASHIER)

    @api.model
    def _get_other_causes(self):
        """Names of the links to other documents, of modules that may be there."""
        return ["purchase_line_id"]

    def _leads_to_customer(self):
        """Whether its goods go out in the end, not back."""
        self.ensure_one()
        end = self.location_final_id or self.location_dest_id
        return end._is_outgoing() and not self.location_id._is_outgoing()

    def _get_moved_quantity(self):
        """What was moved, or is to be, in the product's unit."""
        return sum(
            move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id, round=False)
            if move.state == "done"
            else move.product_qty
            for move in self
        )

    def _check_sold_by_its_line(self, line_id):
        """:raise UserError: a person takes what was delivered away from the line of its order"""
        if self.env.su or not self.env["tier.definition"]._has_offer_tiers():
            return
        for move in self.filtered(lambda move: move.state == "done" and move.sale_line_id):
            if move.sale_line_id.id != line_id and move._get_tested_order():
                raise UserError(
                    self.env._(
                        "%(product)s of %(delivery)s was sold by order %(order)s and stays with"
                        " it. Return the goods, if they were not for this order.",
                        order=move.sale_line_id.sudo().order_id.name,
                        **move._get_delivery_words(),
                    )
                )


class StockMoveLine(models.Model):
    """Its rows, from which stock and the delivered quantity come.

    Core lets everybody write them, and accountants the moves.
    """

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_left_to_warehouse()
        return rows

    def write(self, vals):
        # the day comes with that of the transfer
        if vals.keys() != {"date"}:
            self._check_left_to_warehouse()
        return super().write(vals)

    def unlink(self):
        self._check_left_to_warehouse()
        return super().unlink()

    def _check_left_to_warehouse(self):
        moves = self.env["stock.move"]
        if moves._keeps_no_store():
            for row in self:
                moves |= row.move_id or moves._stand_in(row.picking_id, row.company_id)
            moves._check_left_to_warehouse(everybody=True)


class StockReference(models.Model):
    _inherit = "stock.reference"

    @api.model_create_multi
    def create(self, vals_list):
        references = super().create(vals_list)
        references._check_left_to_warehouse()
        return references

    def write(self, vals):
        if "move_ids" not in vals:
            return super().write(vals)
        self._check_left_to_warehouse()
        res = super().write(vals)
        self._check_left_to_warehouse()
        return res

    def _check_left_to_warehouse(self):
        """:raise UserError: who keeps no store links moves with the documents of orders"""
        self.move_ids._check_left_to_warehouse()
