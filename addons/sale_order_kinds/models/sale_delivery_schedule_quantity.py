from odoo import api, fields, models
from odoo.tools import SQL

from ..cumulative import Curve
from ..quantities import difference

SERIES = ("contract_line_id", "product_id", "partner_shipping_id")


class SaleDeliverySchedule(models.Model):
    """What is asked for, ordered and delivered, day by day."""

    _inherit = "sale.delivery.schedule"

    def _get_ordered(self):
        """What is ordered already for each contract, by series and ship date.

        A series is a line of a contract, a product and an address; quantities are in the unit of
        the contract line. Only confirmed orders count.
        """
        self.env["sale.order"].flush_model(["state"])
        self.env["sale.order.line"].flush_model(
            ["schedule_line_id", "product_uom_qty", "product_uom_id", "order_id"]
        )
        self.env["sale.delivery.schedule.line"].flush_model()
        rows = self.env.execute_query(self._get_ordered_query())
        ordered = {}
        for contract, *series, day, quantity in rows:
            ordered.setdefault(contract, {}).setdefault(tuple(series), {})[day] = quantity
        return ordered

    def _get_ordered_query(self):
        return SQL(
            """SELECT line.contract_id, line.contract_line_id, line.product_id,
                      line.partner_shipping_id, line.date_due,
                      round(sum(sol.product_uom_qty * unit.factor / own_unit.factor)::numeric, 12)
                          ::float
                 FROM sale_delivery_schedule_line line
                 JOIN sale_order_line sol ON sol.schedule_line_id = line.id
                 JOIN sale_order so ON so.id = sol.order_id AND so.state = 'sale'
                 JOIN uom_uom unit ON unit.id = sol.product_uom_id
                 JOIN sale_supply_contract_line own ON own.id = line.contract_line_id
                 JOIN uom_uom own_unit ON own_unit.id = own.uom_id
                WHERE line.contract_id = ANY(%s)
                GROUP BY 1, 2, 3, 4, 5""",
            list(self.contract_id.ids),
        )

    def _get_delivered(self):
        """What was delivered in all for each series, returns that are refunded taken off.

        It is what core counts on the order lines from done moves.
        """
        self.env["sale.order.line"].flush_model(["schedule_line_id", "qty_delivered"])
        rows = self.env.execute_query(
            SQL(
                """SELECT line.contract_line_id, line.product_id, line.partner_shipping_id,
                          round(sum(sol.qty_delivered * unit.factor / own_unit.factor)
                              ::numeric, 12)::float
                     FROM sale_delivery_schedule_line line
                     JOIN sale_order_line sol ON sol.schedule_line_id = line.id
                     JOIN uom_uom unit ON unit.id = sol.product_uom_id
                     JOIN sale_supply_contract_line own ON own.id = line.contract_line_id
                     JOIN uom_uom own_unit ON own_unit.id = own.uom_id
                    WHERE line.contract_id = ANY(%s)
                    GROUP BY 1, 2, 3""",
                list(self.contract_id.ids),
            )
        )
        return {tuple(series): quantity for *series, quantity in rows}

    def _get_quantities(self, ordered):
        """What the generation asks for: quantities by day for each series.

        What was ordered for a day counts even where the generation does not name it any more.
        """
        self.ensure_one()
        found = {series: dict(days) for series, days in ordered.items()}
        for line in self.line_ids.filtered("date_due"):
            days = found.setdefault(line._get_series(), {})
            days[line.date_due] = max(line._get_contract_qty(), days.get(line.date_due, 0.0))
        return found


class SaleDeliveryScheduleLine(models.Model):
    """Where a line is on the curves of cumulative quantities."""

    _inherit = "sale.delivery.schedule.line"

    cumulative_qty = fields.Float(
        string="Cumulative", min_display_digits="Product Unit", compute="_compute_cumulative_qty"
    )
    previous_qty = fields.Float(
        string="Cumulative Before",
        min_display_digits="Product Unit",
        compute="_compute_cumulative_qty",
    )
    difference_qty = fields.Float(
        string="Difference", min_display_digits="Product Unit", compute="_compute_cumulative_qty"
    )
    delivered_qty = fields.Float(
        string="Delivered in All",
        min_display_digits="Product Unit",
        compute="_compute_delivered_qty",
        help="To this address until now, returns that are refunded taken off.",
    )
    open_qty = fields.Float(
        string="Open",
        min_display_digits="Product Unit",
        compute="_compute_delivered_qty",
        help="Cumulative quantity less what is delivered in all.",
    )

    @api.depends("quantity", "uom_id", "date_due", *SERIES)
    def _compute_cumulative_qty(self):
        """For drafts as things are now, for others as they were when they came into force."""
        drafts = self.filtered(lambda line: line.schedule_id.state == "draft")
        found = {**drafts._get_draft_cumulatives(), **(self - drafts)._get_fixed_cumulatives()}
        for line in self:
            before, now = found.get(line._get_point(), (0.0, 0.0))
            line.previous_qty, line.cumulative_qty = before, now
            line.difference_qty = difference(now, before)

    def _get_draft_cumulatives(self):
        ordered, found = self.schedule_id._get_ordered(), {}
        for schedule, lines in self.grouped("schedule_id").items():
            previous = schedule._get_current()
            before = ordered.get(schedule.contract_id.id, {})
            new = schedule._get_quantities(before)
            old = previous._get_quantities(before) if previous else {}
            for series, rows in lines.grouped(lambda line: line._get_series()).items():
                curves = Curve(old.get(series, {})), Curve(new.get(series, {}))
                for row in rows.filtered("date_due"):
                    found[row._get_point()] = tuple(curve.at(row.date_due) for curve in curves)
        return found

    def _get_fixed_cumulatives(self):
        changes = self.env["sale.delivery.schedule.change"].sudo()
        rows = changes.search_fetch(
            [("schedule_id", "in", self.schedule_id.ids)],
            ["schedule_id", *SERIES, "date_due", "previous_qty", "cumulative_qty"],
        )
        return {
            (row.schedule_id.id, tuple(row[name].id for name in SERIES), row.date_due): (
                row.previous_qty,
                row.cumulative_qty,
            )
            for row in rows
        }

    @api.depends("cumulative_qty")
    def _compute_delivered_qty(self):
        delivered = self.schedule_id._get_delivered()
        for line in self:
            line.delivered_qty = delivered.get(line._get_series(), 0.0)
            line.open_qty = max(difference(line.cumulative_qty, line.delivered_qty), 0.0)

    def _get_series(self):
        """What is summed up over the days: ids of contract line, product and address."""
        self.ensure_one()
        return tuple(self[name]._origin.id for name in SERIES)

    def _get_point(self):
        """Where the line is on the curves of cumulative quantities."""
        self.ensure_one()
        schedule = self.schedule_id
        return schedule._origin.id or schedule.id, self._get_series(), self.date_due

    def _get_contract_qty(self):
        """The quantity in the unit of the contract line."""
        self.ensure_one()
        unit = self.contract_line_id.sudo().uom_id
        return self.uom_id._compute_quantity(self.quantity, unit, round=False)
