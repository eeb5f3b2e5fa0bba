from odoo import fields, models
from odoo.tools import SQL


class SaleSupplyContract(models.Model):
    _inherit = "sale.supply.contract"

    def _lock_releases(self):
        """Wait for whoever releases from these contracts now, and keep others waiting.

        The lock belongs to the transaction and is on no row: whoever waited goes on, where a
        changed row would send him back with a serialization error. Taken before anything is
        written, and in the order of ids, so that two never wait for each other.
        """
        if self:
            self.env.execute_query(
                SQL(
                    """SELECT pg_advisory_xact_lock(hashtext('sale_supply_contract'), id)
                         FROM unnest(%s) AS id""",
                    sorted(self.ids),
                )
            )


class SaleSupplyContractLine(models.Model):
    """How much of a line is released, summed up from confirmed orders alone.

    What a transaction sees is as old as its first statement. For the limit that is not enough:
    others may have released since. So the orders that this transaction has counted, which only it
    sees, and all others, read by a cursor of its own that sees what is committed by now, are
    summed up apart. Both are complete while the lock of the contract is held.
    """

    _inherit = "sale.supply.contract.line"

    def _compute_released(self):
        """As this transaction sees it."""
        released = self._sum_releases(SQL("TRUE"))
        for line in self:
            line.released_qty, line.released_amount = released.get(line._origin.id, (0.0, 0.0))

    def _get_released_in_all(self):
        """Quantity and value for each line's id, the orders that others confirmed included."""
        self._flush_releases()
        own = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_order
                    WHERE contract_id = ANY(%s) AND state = 'sale'
                      AND release_transaction = pg_current_xact_id()::text""",
                list(self.contract_id.ids),
            )
        )
        orders = [order for (order,) in own]
        mine = self._sum_releases(SQL("so.id = ANY(%s)", orders))
        others = self._sum_committed(SQL("so.id <> ALL(%s)", orders))
        return {
            line: tuple(
                map(sum, zip(mine.get(line, (0, 0)), others.get(line, (0, 0)), strict=True))
            )
            for line in self.ids
        }

    def _sum_releases(self, condition):
        """Released quantity and value for each line's id, of the orders that meet a condition."""
        self._flush_releases()
        query = self._get_release_query(condition)
        return {line: figures for line, *figures in self.env.execute_query(query)}

    def _flush_releases(self):
        self.env["sale.order"].flush_model(["state", "contract_id", "release_transaction"])
        self.env["sale.order.line"].flush_model(
            ["contract_line_id", "product_uom_qty", "product_uom_id", "price_subtotal", "order_id"]
        )

    def _sum_committed(self, condition):
        """The same with the eyes of a transaction that begins now."""
        if not self.env.registry.ready:
            # a module is being installed: its tables are locked, and nobody else is at work
            return self._sum_releases(condition)
        query = self._get_release_query(condition)
        with self.env.registry.cursor() as cr:
            cr.execute(query)
            return {line: figures for line, *figures in cr.fetchall()}

    def _get_release_query(self, condition):
        return SQL(
            """SELECT own.id,
                      round(sum(sol.product_uom_qty * unit.factor / own_unit.factor)::numeric, 12)
                          ::float,
                      sum(sol.price_subtotal)::float
                 FROM sale_supply_contract_line own
                 JOIN uom_uom own_unit ON own_unit.id = own.uom_id
                 JOIN sale_order_line sol ON sol.contract_line_id = own.id
                 JOIN sale_order so ON so.id = sol.order_id AND so.state = 'sale'
                 JOIN uom_uom unit ON unit.id = sol.product_uom_id
                WHERE own.id = ANY(%s) AND %s
                GROUP BY own.id""",
            list(self._origin.ids),
            condition,
        )

    def _forget_released(self):
        """The figures are to be summed up anew."""
        names = ["released_qty", "released_amount"]
        self.invalidate_recordset(names, flush=False)
        self.modified(names)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    release_transaction = fields.Char(
        readonly=True,
        copy=False,
        help="The transaction that counted the order on its contract last.",
        prefetch="order_kind",
    )

    def _mark_as_counted(self):
        """Note that what the current transaction knows of these orders is the latest.

        The UPDATE also keeps two transactions from counting one order at once.
        """
        self.env.execute_query(
            SQL(
                """UPDATE sale_order SET release_transaction = pg_current_xact_id()::text
                    WHERE id = ANY(%s) RETURNING id""",
                self.ids,
            )
        )
        self.invalidate_recordset(["release_transaction"], flush=False)
