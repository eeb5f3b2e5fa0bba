from odoo import api, models
from odoo.exceptions import UserError

STOREKEEPER = "stock.group_stock_user"
SELLER = "sales_team.group_sale_salesman"
# In the context of what core does with deliveries by itself. Only this very object counts, so
# that nobody can send it over RPC.
BY_CORE = object()


class StockMove(models.Model):
    """What an approved order ships follows from the order, and what is delivered stays so.

    Salespeople may write moves in core, so that changes of their orders reach the deliveries.
    They may ship what is ordered, and change dates and words; all else is the storekeepers'.
    """

    _inherit = "stock.move"

    @api.model
    def _get_own_fields(self):
        """Names of the fields that who sells may write of a delivery of his order.

        Core writes the dates too, where his order changes.
        """
        return {
            "date",
            "date_deadline",
            "lot_ids",
            "move_line_ids",
            "next_serial",
            "next_serial_count",
            "partner_id",
            "picked",
            "priority",
            "quantity",
            "sequence",
        }

    @api.model
    def _get_delivered_fields(self):
        """Those of them from which the delivered quantity of an order's line comes."""
        return {"lot_ids", "move_line_ids", "picked", "quantity"}

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if moves._is_guarded():
            moves._check_ordered_is_shipped()
        return moves

    def write(self, vals):
        if "sale_line_id" in vals:
            self._check_sold_by_its_line(vals["sale_line_id"])
        guarded = self._is_guarded()
        if guarded:
            foreign = vals.keys() - self._get_own_fields()
            if foreign or vals.keys() & self._get_delivered_fields():
                self._check_delivered_stays()
            if foreign:
                self._check_ordered_is_shipped()
        res = super().write(vals)
        if guarded:
            if foreign:
                self._check_ordered_is_shipped()
            if vals.keys() & self._get_delivered_fields():
                self._check_no_more_than_ordered()
        return res

    def unlink(self):
        if self._is_guarded():
            self._check_ordered_is_shipped()
        return super().unlink()

    def _action_confirm(self, *args, **kwargs):
        moves = super(StockMove, self._by_core())._action_confirm(*args, **kwargs)
        return moves.with_env(self.env)

    def _action_assign(self, *args, **kwargs):
        return super(StockMove, self._by_core())._action_assign(*args, **kwargs)

    def _do_unreserve(self):
        return super(StockMove, self._by_core())._do_unreserve()

    def _recompute_state(self):
        return super(StockMove, self._by_core())._recompute_state()

    def _action_cancel(self):
        return super(StockMove, self._by_core())._action_cancel()

    def _create_backorder(self):
        return super(StockMove, self._by_core())._create_backorder().with_env(self.env)

    def _action_done(self, *args, **kwargs):
        if self._is_guarded():
            self._check_own_delivery()
        moves = super(StockMove, self._by_core())._action_done(*args, **kwargs)
        return moves.with_env(self.env)

    def _by_core(self):
        return self.with_context(shipping=BY_CORE)

    @api.model
    def _is_guarded(self):
        """Whether a person acts who sells, and keeps no store, where tiers are."""
        return (
            not self.env.su
            and self.env.context.get("shipping") is not BY_CORE
            and self.env["tier.definition"]._has_offer_tiers()
            and self.env.user.has_group(SELLER)
            and not self.env.user.has_group(STOREKEEPER)
        )

    def _get_tested_order(self):
        """The order for which it is shipped, if tiers look at it."""
        self.ensure_one()
        move = self.sudo()
        orders = move.sale_line_id.order_id or move.picking_id.sale_id
        # of what else has the order's reference, core makes lines of what comes to the customer
        if "customer" in (move.location_id.usage, move.location_dest_id.usage):
            orders = orders or move.reference_ids.sale_ids
        return orders.filtered(lambda order: order._get_tiers_in_force())[:1]

    def _get_delivery_words(self):
        """What the messages about it name."""
        self.ensure_one()
        return {
            "product": self.product_id.display_name,
            "delivery": self.picking_id.name or self.display_name,
        }

    def _check_delivered_stays(self):
        """:raise UserError: who keeps no store changes a delivery that is done"""
        for move in self.filtered(lambda move: move.state == "done"):
            if move.sale_line_id and move._get_tested_order():
                raise UserError(
                    self.env._(
                        "%(product)s of %(delivery)s is delivered: only the warehouse corrects it,"
                        " or takes it back.",
                        **move._get_delivery_words(),
                    )
                )

    def _check_ordered_is_shipped(self):
        """:raise UserError: who keeps no store has other things shipped than the order says"""
        for move in self:
            order = move._get_tested_order()
            if order and not move._is_moved_otherwise():
                raise UserError(
                    self.env._(
                        "What %(delivery)s ships follows from order %(order)s. Change the order"
                        " instead.",
                        order=order.name,
                        **move._get_delivery_words(),
                    )
                )

    def _check_own_delivery(self):
        """:raise UserError: who keeps no store ships other things than are ordered"""
        to_come = self.filtered(lambda move: move.state not in ("done", "cancel"))
        to_come._check_no_more_than_ordered()
        to_come._check_leaves_by_an_order()

    def _check_no_more_than_ordered(self):
        """:raise UserError: who keeps no store ships more than is to be shipped, or elsewhere"""
        self.filtered(lambda move: not move._is_shipped_as_ordered())._check_ordered_is_shipped()

    def _is_shipped_as_ordered(self):
        self.ensure_one()
        rows = self.move_line_ids
        # stock is moved by the rows' own quantities
        shipped = sum(rows.mapped("quantity_product_uom"))
        return (
            self.product_uom.compare(self.quantity, self.product_uom_qty) <= 0
            and self.product_id.uom_id.compare(shipped, self.product_qty) <= 0
            and rows.product_id <= self.product_id
            and all(row._goes_to(self.location_dest_id) for row in rows)
        )

    def _check_leaves_by_an_order(self):
        """:raise UserError: who keeps no store takes out of it what no order says"""
        for move in self.filtered(lambda move: move.picking_id and move._leaves_the_store()):
            tiers = self.env["tier.definition"]._get_offer_tier_ids(move.company_id.id)
            if tiers and not move.sudo().sale_line_id and not move._is_moved_otherwise():
                raise UserError(
                    self.env._(
                        "%(product)s of %(delivery)s was ordered by nobody. Make an order for it,"
                        " or let the warehouse ship it.",
                        **move._get_delivery_words(),
                    )
                )

    def _leads_to_customer(self):
        """Whether its goods go out in the end, not back."""
        self.ensure_one()
        end = self.location_final_id or self.location_dest_id
        return end._is_outgoing() and not self.location_id._is_outgoing()

    def _leaves_the_store(self):
        self.ensure_one()
        rows = self.move_line_ids
        ends = self.location_dest_id | rows.location_dest_id
        return "internal" in (self.location_id | rows.location_id).mapped("usage") and any(
            end.usage != "internal" for end in ends
        )

    def _is_moved_otherwise(self):
        """Whether it follows from a purchase, or a session of a shop, that the user may change."""
        self.ensure_one()
        causes = ((self, "purchase_line_id"), (self.picking_id, "pos_session_id"))
        return any(
            name in record._fields and record[name] and record[name].has_access("write")
            for record, name in causes
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
    _inherit = "stock.move.line"

    @api.model
    def _get_own_fields(self):
        """Names of the fields that who sells may write of a delivery of his order."""
        return {
            "date",
            "lot_id",
            "lot_name",
            "package_id",
            "picked",
            "quant_id",
            "quantity",
            "result_package_id",
        }

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if rows.move_id._is_guarded():
            rows.move_id._check_delivered_stays()
            rows.move_id._check_no_more_than_ordered()
        return rows

    def write(self, vals):
        guarded = vals.keys() != {"date"} and self.env["stock.move"]._is_guarded()
        if guarded:
            self.move_id._check_delivered_stays()
            if vals.keys() - self._get_own_fields():
                self.move_id._check_ordered_is_shipped()
        res = super().write(vals)
        if guarded:
            self.move_id._check_delivered_stays()
            self.move_id._check_no_more_than_ordered()
        return res

    def unlink(self):
        if self.env["stock.move"]._is_guarded():
            self.move_id._check_delivered_stays()
        return super().unlink()

    def _goes_to(self, location):
        """Whether the goods come to the place, or to one inside it."""
        self.ensure_one()
        return self.location_dest_id._child_of(location)
