from odoo import fields, models
from odoo.exceptions import UserError


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
