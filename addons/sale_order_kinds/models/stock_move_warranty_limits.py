from collections import Counter
from functools import partial

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..formatting import format_quantity


def _get_lock_query(function, ids):
    return SQL(
        "SELECT %s(hashtext('stock_move'), id) FROM unnest(%s) AS id",
        SQL.identifier(function),
        ids,
    )


def _begin_with_lock(cr, ids):
    """After a rollback, begin the next transaction with the lock of some deliveries held.

    What a transaction sees is as old as its first statement, and to wait is a statement. So the
    session waits, begins anew, and hands the lock over to the transaction.
    """
    if "_obj" not in vars(cr):
        return  # the cursor is being closed, nothing is tried again
    cr.execute(_get_lock_query("pg_advisory_lock", ids))
    try:
        cr.connection.rollback()
        cr.execute(_get_lock_query("pg_advisory_xact_lock", ids))
    finally:
        cr.execute(_get_lock_query("pg_advisory_unlock", ids))


class StockMove(models.Model):
    """Never more of a delivery comes back, or is accepted by claims, than it brought."""

    _inherit = "stock.move"

    # -- never more comes back than was delivered ------------------------------------------------

    def _check_returnable(self):
        """Refuse when more of these deliveries comes back than they brought, drafts counted.

        Each delivery is locked and its counter updated, so that of two returns at once the
        second one is tried again by Odoo with the first one in sight, and in its turn.
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

        So nobody holds what another one waits for. Whoever waited and is now too old for what he
        waited for is tried again by Odoo, and gets the lock before he looks at anything: he
        cannot lose a second time, however many there are.
        """
        if not self:
            return
        self.env.flush_all()
        cr, ids = self.env.cr, sorted(self.ids)
        cr.postrollback.add(partial(_begin_with_lock, cr, ids))
        cr.execute(_get_lock_query("pg_advisory_xact_lock", ids))
        cr.execute(
            SQL("SELECT FROM stock_move WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", ids)
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
            delivered=format_quantity(self.env, limits[lot] if lot else delivered),
            unit=unit.name,
            product=f"{product} ({lot.name})" if lot else product,
            asked=format_quantity(self.env, returned[lot] if lot else returned.total()),
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
            delivered=format_quantity(self.env, delivered),
            unit=self.product_id.uom_id.name,
            product=self.product_id.display_name,
            claims=", ".join(lines.claim_id.sorted("id").mapped("name")),
            accepted=format_quantity(self.env, accepted),
        )
