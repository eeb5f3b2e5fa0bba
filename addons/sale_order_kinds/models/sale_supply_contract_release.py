from odoo import models
from odoo.tools import SQL


class SaleSupplyContractLine(models.Model):
    """How much of a line is released, counted from confirmed orders alone.

    The figures are stored and summed up anew whenever an order changes them, under a lock and
    with an UPDATE in the same transaction. Under REPEATABLE READ a second transaction that wants
    the same line gets a serialization error and is tried again by Odoo, with the first one's
    order in sight; a lock without an UPDATE would let it go on with what it saw before.
    """

    _inherit = "sale.supply.contract.line"

    def _count_releases(self):
        """Bring the released figures up to date.

        :return: what was released before, quantity and value, for each line's id
        """
        if not self:
            return {}
        self._flush_releases()
        before = {
            line: (quantity, amount)
            for line, quantity, amount in self.env.execute_query(self._get_lock_query())
        }
        self.env.execute_query(self._get_count_query())
        figures = ["released_qty", "released_amount"]
        self.invalidate_recordset(figures, flush=False)
        self.modified(figures)
        return before

    def _flush_releases(self):
        self.flush_recordset()
        self.env["sale.order"].flush_model(["state"])
        self.env["sale.order.line"].flush_model(
            ["contract_line_id", "product_uom_qty", "product_uom_id", "price_subtotal", "order_id"]
        )

    def _get_lock_query(self):
        """In the order of ids, so that two orders never wait for each other."""
        return SQL(
            """SELECT id, coalesce(released_qty, 0), coalesce(released_amount, 0)
                 FROM sale_supply_contract_line
                WHERE id = ANY(%s) ORDER BY id FOR UPDATE""",
            list(self.ids),
        )

    def _get_count_query(self):
        return SQL(
            """UPDATE sale_supply_contract_line line
                  SET released_qty = counted.quantity, released_amount = counted.amount
                 FROM (SELECT own.id,
                              round(coalesce(sum(
                                  sol.product_uom_qty * unit.factor / own_unit.factor
                              ), 0)::numeric, 6) AS quantity,
                              coalesce(sum(sol.price_subtotal), 0) AS amount
                         FROM sale_supply_contract_line own
                         JOIN uom_uom own_unit ON own_unit.id = own.uom_id
                    LEFT JOIN (sale_order_line sol
                               JOIN sale_order so ON so.id = sol.order_id AND so.state = 'sale'
                               JOIN uom_uom unit ON unit.id = sol.product_uom_id)
                           ON sol.contract_line_id = own.id
                        WHERE own.id = ANY(%s)
                        GROUP BY own.id) counted
                WHERE line.id = counted.id
            RETURNING line.id""",
            list(self.ids),
        )
