from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """The line of a delivery schedule that a line of an order fulfils."""

    _inherit = "sale.order.line"

    schedule_line_id = fields.Many2one(
        "sale.delivery.schedule.line",
        readonly=True,
        copy=False,
        ondelete="restrict",
        prefetch="order_kind",
    )

    # also the index by which the line of a schedule finds its order
    _schedule_line_once = models.UniqueIndex(
        "(schedule_line_id) WHERE schedule_line_id IS NOT NULL",
        "A line of a delivery schedule becomes one order and not a second one.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Nothing given, nor by a default of the context: only the schedule ties them."""
        return super().create([{**vals, "schedule_line_id": False} for vals in vals_list])

    def write(self, vals):
        if "schedule_line_id" in vals:
            raise UserError(self.env._("Which line of a schedule an order fulfils is not typed."))
        return super().write(vals)

    def _set_schedule_lines(self, schedule_lines):
        """Tie lines to those of a schedule, one to one; the database refuses a second time."""
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """UPDATE sale_order_line line SET schedule_line_id = pair.schedule_line_id
                     FROM unnest(%s, %s) AS pair (id, schedule_line_id)
                    WHERE line.id = pair.id
                RETURNING line.id""",
                self.ids,
                schedule_lines.ids,
            )
        )
        self.invalidate_recordset(["schedule_line_id"], flush=False)
        schedule_lines.invalidate_recordset(["order_line_ids", "order_id", "is_ordered"])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_scheduled(self):
        self.order_id._unlink_except_scheduled()


class SaleOrder(models.Model):
    """An order made of due lines of a delivery schedule."""

    _inherit = "sale.order"

    schedule_id = fields.Many2one(
        "sale.delivery.schedule", string="Delivery Schedule", compute="_compute_schedule_id"
    )

    @api.depends("order_line.schedule_line_id")
    def _compute_schedule_id(self):
        for order in self:
            schedule_lines = order.sudo().order_line.schedule_line_id
            order.schedule_id = schedule_lines.schedule_id[:1].sudo(False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_scheduled(self):
        scheduled = self.env["sale.order.line"].search(
            [("order_id", "in", self.ids), ("schedule_line_id", "!=", False)], limit=1
        )
        if scheduled:
            raise UserError(
                self.env._(
                    "Order %(order)s fulfils schedule %(schedule)s and stays on record: cancel it"
                    " instead.",
                    order=scheduled.order_id.name,
                    schedule=scheduled.schedule_line_id.sudo().schedule_id.name,
                )
            )

    def _get_kind_problem(self):
        return super()._get_kind_problem() or self._get_schedule_problem()

    def _get_schedule_problem(self):
        """Orders of a kind that comes from schedules are not made by hand."""
        self.ensure_one()
        if not self._is_kind("from_schedule"):
            return False
        if all(line.schedule_line_id for line in self.order_line._filter_goods()):
            return False
        return self.env._(
            "%(order)s is of the kind “%(kind)s”, which is made from due lines of a delivery"
            " schedule: enter them there, or choose another kind.",
            order=self._get_label(),
            kind=self.kind_id.name,
        )

    def action_open_schedule(self):
        self.ensure_one()
        return self.schedule_id._get_records_action(name=self.env._("Delivery Schedule"))
