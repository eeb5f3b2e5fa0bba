from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class StockMove(models.Model):
    """Goods that a customer claims are defective, and their way back."""

    _inherit = "stock.move"

    warranty_order_line_id = fields.Many2one(
        "sale.order.line",
        string="Line of the Warranty Return",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    warranty_disposition_id = fields.Many2one(
        "sale.warranty.disposition",
        string="Decision on Returned Goods",
        copy=False,
        index="btree_not_null",
    )
    warranty_returned_qty = fields.Float(
        string="Counted Returns", digits="Product Unit", readonly=True, copy=False
    )

    def _filter_claimable(self):
        """Those that brought goods to a customer."""
        return self.filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage == "customer"
        )

    def _get_delivered_qty(self, lot=None):
        """What was delivered, of a lot or of all, in the unit of the product."""
        self.ensure_one()
        lines = self.move_line_ids
        if lot:
            lines = lines.filtered(lambda line: line.lot_id == lot)
        return sum(lines.mapped("quantity_product_uom"))

    # -- never more comes back than was delivered ------------------------------------------------

    def _check_returnable(self):
        """Refuse when more of these deliveries comes back than they brought, drafts counted.

        Each delivery is locked and its counter updated, so that of two returns at once the
        second one is tried again by Odoo with the first one in sight.
        """
        moves = self.sudo()
        for move, returned in moves._count_under_lock().items():
            problem = move._get_return_problem(returned)
            if problem:
                raise UserError(problem)

    def _count_under_lock(self):
        """What comes back of each delivery, by lot, with the counters brought up to date."""
        self._lock_counter()
        counted = {move: move._count_returned() for move in self}
        self._set_counters({move: returned.total() for move, returned in counted.items()})
        return counted

    def _lock_counter(self):
        """In the order of ids, and before anything else that belongs to a return or a claim.

        So nobody holds what another one waits for.
        """
        if not self:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM stock_move WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                list(self.ids),
            )
        )
        self.invalidate_recordset(["returned_move_ids"])

    def _set_counters(self, quantities):
        """UPDATE also where nothing changes: that is what the other transaction meets."""
        self.env.execute_query(
            SQL(
                """UPDATE stock_move SET warranty_returned_qty = counted.quantity
                     FROM unnest(%s::int[], %s::numeric[]) AS counted (id, quantity)
                    WHERE stock_move.id = counted.id RETURNING counted.id""",
                [move.id for move in quantities],
                list(quantities.values()),
            )
        )
        self.invalidate_recordset(["warranty_returned_qty"], flush=False)

    def _count_returned(self):
        """What came back or is to come back of each lot, in the unit of the product."""
        self.ensure_one()
        counted = Counter()
        for back in self.returned_move_ids.filtered(lambda move: move.state != "cancel"):
            counted.update(back._get_quantity_by_lot())
        return counted

    def _get_quantity_by_lot(self):
        """Moved quantity of each lot; of what waits, the ordered one with the lot if known."""
        self.ensure_one()
        counted = Counter()
        for line in self.move_line_ids:
            counted[line.lot_id] += line.quantity_product_uom
        if self.state != "done":
            claimed = self.warranty_order_line_id.warranty_claim_line_id.lot_id
            if claimed:
                return Counter({claimed: max(self.product_qty, counted.total())})
            rest = self.product_qty - counted.total()
            counted[self.env["stock.lot"]] += max(rest, 0.0)
        return counted

    def _get_return_problem(self, returned):
        """Why so much cannot come back, or False.

        :param returned: quantities by lot, as of ``_count_returned``
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        limits = {lot: self._get_delivered_qty(lot) for lot in returned if lot}
        too_much = [lot for lot, most in limits.items() if unit.compare(returned[lot], most) > 0]
        delivered = self._get_delivered_qty()
        if not too_much and unit.compare(returned.total(), delivered) <= 0:
            return False
        lot = too_much[0] if too_much else None
        product = self.product_id.display_name
        return self.env._(
            "%(delivery)s brought %(delivered)s %(unit)s of %(product)s, so that %(asked)s cannot"
            " come back. Lower the quantity, or cancel another return of that delivery.",
            delivery=self.reference,
            delivered=limits[lot] if lot else delivered,
            unit=unit.name,
            product=f"{product} ({lot.name})" if lot else product,
            asked=returned[lot] if lot else returned.total(),
        )

    # -- one piece is accepted once --------------------------------------------------------------

    def _check_accepted(self):
        """Refuse when claims together accept more than was delivered, of a lot or of all."""
        moves = self.sudo()
        moves._count_under_lock()
        lines = self.env["sale.warranty.claim.line"].sudo()
        lines = lines.search(
            [("origin_move_id", "in", moves.ids), ("state", "in", ["accepted", "settled"])]
        )
        for (move, lot), same in lines.grouped(lambda x: (x.origin_move_id, x.lot_id)).items():
            accepted, delivered = sum(same.mapped("accepted_qty")), move._get_delivered_qty(lot)
            if move.product_id.uom_id.compare(accepted, delivered) > 0:
                raise UserError(move._get_accepted_problem(same, accepted, delivered))

    def _get_accepted_problem(self, lines, accepted, delivered):
        self.ensure_one()
        return self.env._(
            "%(delivery)s brought %(delivered)s %(unit)s of %(product)s, but claims %(claims)s"
            " accept %(accepted)s together. Lower what one of them accepts.",
            delivery=self.reference,
            delivered=delivered,
            unit=self.product_id.uom_id.name,
            product=self.product_id.display_name,
            claims=", ".join(lines.claim_id.sorted("id").mapped("name")),
            accepted=accepted,
        )

    # -- the way back ----------------------------------------------------------------------------

    def _action_done(self, cancel_backorder=False):
        self._get_watched_origins().sudo()._lock_counter()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        if moves.origin_returned_move_id or moves.warranty_order_line_id:
            moves._check_warranty_done()
        moves.sale_line_id.sudo().warranty_claim_line_id._count()
        return moves

    def _get_watched_origins(self):
        """The deliveries among those that come back for which returns are counted."""
        origins = self.origin_returned_move_id
        if not origins:
            return origins
        claimed = self.filtered("warranty_order_line_id").origin_returned_move_id
        return claimed | origins.filtered("warranty_returned_qty")

    def _check_warranty_done(self):
        """Count what came back; ordinary returns of deliveries without a claim cost nothing."""
        back = self.filtered("warranty_order_line_id")
        for move in back:
            move._check_claimed_goods()
        self._get_watched_origins()._check_returnable()
        back.warranty_order_line_id.sudo().warranty_claim_line_id._count()

    def _action_cancel(self):
        result = super()._action_cancel()
        self.warranty_disposition_id.sudo().claim_line_id._count()
        return result

    def _check_claimed_goods(self):
        """What comes back is what was delivered, of the lot that the claim is about."""
        self.ensure_one()
        line = self.warranty_order_line_id.sudo().warranty_claim_line_id
        if line.origin_move_id != self.sudo().origin_returned_move_id:
            raise UserError(
                self.env._(
                    "%(transfer)s: %(product)s does not come back from the delivery of a claim."
                    " Make the return from the claim.",
                    transfer=self.reference,
                    product=self.product_id.display_name,
                )
            )
        if line.lot_id and self.move_line_ids.sudo().lot_id != line.lot_id:
            raise UserError(
                self.env._(
                    "%(transfer)s: claim %(claim)s is about lot %(lot)s of %(product)s. Receive"
                    " that lot, or open another claim.",
                    transfer=self.reference,
                    claim=line.claim_id.name,
                    lot=line.lot_id.name,
                    product=self.product_id.display_name,
                )
            )

    def _receive_claimed_lots(self):
        """Put the lot of the claim on what is to be received."""
        for move in self:
            lot = move.warranty_order_line_id.warranty_claim_line_id.lot_id
            if not lot:
                continue
            if not move.move_line_ids:
                values = move._prepare_move_line_vals(quantity=move.product_qty)
                self.env["stock.move.line"].create(values)
            move.move_line_ids.lot_id = lot

    def _check_warranty_links(self, vals):
        """Which claim or decision a transfer serves is told when it is made."""
        for name in {"warranty_order_line_id", "warranty_disposition_id"} & vals.keys():
            for move in self:
                if move[name].id != vals[name] and (
                    move[name] or name != "warranty_disposition_id"
                ):
                    raise UserError(
                        self.env._(
                            "%(transfer)s: the claim or decision that it serves is not changed."
                            " Cancel it and make another one.",
                            transfer=move.reference,
                        )
                    )
        if "warranty_returned_qty" in vals:
            raise UserError(self.env._("Returns of a delivery are counted, not typed."))

    def write(self, vals):
        self._check_warranty_links(vals)
        result = super().write(vals)
        if "to_refund" in vals:
            self.warranty_order_line_id.sudo().warranty_claim_line_id._count()
        return result

    def _prepare_move_split_vals(self, qty):
        return {
            **super()._prepare_move_split_vals(qty),
            "warranty_order_line_id": self.warranty_order_line_id.id,
            "warranty_disposition_id": self.warranty_disposition_id.id,
        }

    def _prepare_merge_moves_distinct_fields(self):
        names = super()._prepare_merge_moves_distinct_fields()
        return [*names, "warranty_order_line_id", "warranty_disposition_id"]
