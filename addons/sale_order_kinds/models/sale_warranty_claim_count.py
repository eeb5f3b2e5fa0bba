from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..formatting import format_quantity


class SaleWarrantyClaimLine(models.Model):
    """How much of a line comes back, is replaced and credited, never more than was accepted.

    The figures are summed up anew from orders, transfers, credit notes and decisions whenever
    one of them changes, under a lock and with an UPDATE in the same transaction: of two that
    want the same line at once, the second one gets a serialization error and is tried again by
    Odoo with the first one in sight.
    """

    _inherit = "sale.warranty.claim.line"

    def _count(self):
        """Bring the figures up to date, and refuse what is too much."""
        lines = self.sudo().exists()
        if not lines:
            return
        lines.origin_move_id._lock_counter()  # what returns lock first is locked first here too
        self.env.flush_all()
        self.env.execute_query(lines._get_lock_query())
        self.env.execute_query(lines._get_count_query())
        figures = lines._get_figures()
        lines.invalidate_recordset(figures, flush=False)
        lines.modified(figures)
        for line in lines:
            problem = line._get_limit_problem()
            if problem:
                raise UserError(problem)

    def _get_figures(self):
        """Names of the fields that are counted."""
        return ["returned_qty", "received_qty", "replaced_qty", "credited_qty", "disposed_qty"]

    def _get_lock_query(self):
        """In the order of ids, so that two orders never wait for each other."""
        return SQL(
            """SELECT id FROM sale_warranty_claim_line
                WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE""",
            list(self.ids),
        )

    def _get_count_query(self):
        return SQL(
            """UPDATE sale_warranty_claim_line line
                  SET returned_qty = round(coalesce((%(ordered)s AND %(back)s), 0), 6),
                      replaced_qty = round(coalesce((%(ordered)s AND NOT %(back)s), 0), 6),
                      replacement_delivered_qty = round(coalesce((%(replaced)s), 0), 6),
                      received_qty = round(coalesce((%(received)s), 0), 6),
                      credited_qty = round(coalesce((%(credited)s), 0)
                                           + coalesce((%(received)s AND move.to_refund), 0), 6),
                      disposed_qty = round(coalesce((%(disposed)s), 0), 6)
                WHERE line.id = ANY(%(ids)s)
            RETURNING line.id""",
            ordered=self._get_ordered_query(),
            back=SQL("kind.stock_mode = 'receive'"),
            replaced=self._get_replaced_query(),
            received=self._get_received_query(),
            credited=self._get_credited_query(),
            disposed=self._get_disposed_query(),
            ids=list(self.ids),
        )

    def _get_ordered_query(self):
        """Offers count too: two of them must not promise the same goods.

        So does what left beyond the order, or before it was cancelled.
        """
        return SQL(
            """SELECT sum((CASE so.state WHEN 'cancel' THEN coalesce(sol.qty_delivered, 0)
                           ELSE greatest(sol.product_uom_qty, sol.qty_delivered)
                            END * unit.factor / own.factor)::numeric)
                 FROM sale_order_line sol
                 JOIN sale_order so ON so.id = sol.order_id
                 JOIN sale_order_kind kind ON kind.id = so.kind_id
                 JOIN uom_uom unit ON unit.id = sol.product_uom_id
                 JOIN product_product pp ON pp.id = sol.product_id
                 JOIN product_template pt ON pt.id = pp.product_tmpl_id
                 JOIN uom_uom own ON own.id = pt.uom_id
                WHERE sol.warranty_claim_line_id = line.id"""
        )

    def _get_received_query(self):
        return SQL(
            """SELECT sum((move.quantity * unit.factor / own.factor)::numeric)
                 FROM stock_move move
                 JOIN uom_uom unit ON unit.id = move.product_uom
                 JOIN product_product pp ON pp.id = move.product_id
                 JOIN product_template pt ON pt.id = pp.product_tmpl_id
                 JOIN uom_uom own ON own.id = pt.uom_id
                 JOIN sale_order_line sol ON sol.id = move.warranty_order_line_id
                WHERE move.state = 'done' AND sol.warranty_claim_line_id = line.id"""
        )

    def _get_credited_query(self):
        return SQL(
            """SELECT sum((aml.quantity * unit.factor / own.factor)::numeric)
                 FROM account_move_line aml
                 JOIN account_move am ON am.id = aml.move_id
                      AND am.state <> 'cancel' AND am.move_type = 'out_refund'
                 JOIN uom_uom unit ON unit.id = aml.product_uom_id
                 JOIN product_product pp ON pp.id = aml.product_id
                 JOIN product_template pt ON pt.id = pp.product_tmpl_id
                 JOIN uom_uom own ON own.id = pt.uom_id
                WHERE aml.warranty_claim_line_id = line.id AND aml.display_type = 'product'"""
        )

    def _get_disposed_query(self):
        return SQL(
            """SELECT sum(disposition.quantity::numeric)
                 FROM sale_warranty_disposition disposition
                WHERE disposition.claim_line_id = line.id
                  AND disposition.source = 'quarantine'
                  AND NOT EXISTS (SELECT FROM stock_move move
                                   WHERE move.warranty_disposition_id = disposition.id
                                     AND move.state = 'cancel')"""
        )

    def _get_limit_problem(self):
        """Which limit the figures break, or False."""
        self.ensure_one()
        unit, settled = self.uom_id, self.replaced_qty + self.credited_qty
        names = {
            "claim": self.claim_id.name,
            "product": self.product_id.display_name,
            "accepted": format_quantity(self.env, self.accepted_qty),
            "unit": unit.name,
        }
        if unit.compare(max(self.returned_qty, self.received_qty), self.accepted_qty) > 0:
            return self.env._(
                "Claim %(claim)s: %(accepted)s %(unit)s of %(product)s are accepted, so that"
                " %(asked)s cannot come back. Lower the quantity or cancel another return.",
                asked=format_quantity(self.env, max(self.returned_qty, self.received_qty)),
                **names,
            )
        if unit.compare(settled, self.accepted_qty) > 0:
            return self.env._(
                "Claim %(claim)s: %(accepted)s %(unit)s of %(product)s are accepted, so that"
                " %(asked)s cannot be replaced and credited together. Lower the quantity or cancel"
                " another replacement or credit note.",
                asked=format_quantity(self.env, settled),
                **names,
            )
        if unit.compare(self.disposed_qty, self.received_qty) > 0:
            return self.env._(
                "Claim %(claim)s: %(received)s %(unit)s of %(product)s came back, so that"
                " nothing can be decided on %(asked)s.",
                received=format_quantity(self.env, self.received_qty),
                asked=format_quantity(self.env, self.disposed_qty),
                **names,
            )
        return False

    def _is_used(self):
        self.ensure_one()
        return any((self.returned_qty, self.received_qty, self.replaced_qty, self.credited_qty))

    def _get_settlement_problem(self):
        """What is still open on the line, or False."""
        self.ensure_one()
        unit = self.uom_id
        names = {
            "claim": self.claim_id.name,
            "product": self.product_id.display_name,
            "unit": unit.name,
        }
        if unit.compare(self.received_qty, self.returned_qty) < 0:
            return self.env._(
                "Claim %(claim)s: %(quantity)s %(unit)s of %(product)s are still to come back."
                " Receive them, or cancel their return.",
                quantity=format_quantity(self.env, self.returned_qty - self.received_qty),
                **names,
            )
        if unit.compare(self.disposed_qty, self.received_qty) < 0:
            return self.env._(
                "Claim %(claim)s: decide what happens to %(quantity)s %(unit)s of %(product)s that"
                " came back.",
                quantity=format_quantity(self.env, self.received_qty - self.disposed_qty),
                **names,
            )
        in_repair = self._get_repair_qty()
        if unit.compare(in_repair, 0.0) > 0:
            return self.env._(
                "Claim %(claim)s: %(quantity)s %(unit)s of %(product)s are in repair. Decide what"
                " happens to them afterwards.",
                quantity=format_quantity(self.env, in_repair),
                **names,
            )
        settled = max(self.received_qty, self.replaced_qty + self.credited_qty)
        if unit.compare(settled, self.accepted_qty) < 0:
            return self.env._(
                "Claim %(claim)s: %(quantity)s %(unit)s of %(product)s are accepted and neither"
                " returned nor replaced nor credited. Do so, or lower the accepted quantity.",
                quantity=format_quantity(self.env, self.accepted_qty - settled),
                **names,
            )
        return False
