from odoo import fields, models

from ..cumulative import compare
from ..quantities import difference

VERDICTS = [
    ("new", "First Generation"),
    ("same", "Unchanged"),
    ("tolerated", "Within Tolerance"),
    ("planning", "Beyond the Firm Horizon"),
    ("excess", "Out of Tolerance"),
    ("frozen", "In the Frozen Zone"),
]


class SaleDeliveryScheduleChange(models.Model):
    """What a generation asks for until a day, beside the generation before it.

    The rows are made when a generation is compared, and stay as they were when it came into
    force: what was ordered or changed later does not touch them.
    """

    _name = "sale.delivery.schedule.change"
    _description = "Change of a Delivery Schedule"
    _order = "schedule_id, product_id, partner_shipping_id, date_due, id"
    _rec_name = "date_due"

    schedule_id = fields.Many2one(
        "sale.delivery.schedule", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="schedule_id.company_id", store=True, index=True)
    contract_line_id = fields.Many2one(
        "sale.supply.contract.line", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    partner_shipping_id = fields.Many2one(
        "res.partner", string="Delivery Address", required=True, readonly=True
    )
    date_due = fields.Date(string="Ship Date", required=True, readonly=True)
    uom_id = fields.Many2one(related="contract_line_id.uom_id")
    previous_qty = fields.Float(
        string="Cumulative Before",
        min_display_digits="Product Unit",
        readonly=True,
        aggregator="max",
    )
    cumulative_qty = fields.Float(
        string="Cumulative", min_display_digits="Product Unit", readonly=True, aggregator="max"
    )
    difference_qty = fields.Float(
        string="Difference", min_display_digits="Product Unit", readonly=True, aggregator="max"
    )
    verdict = fields.Selection(VERDICTS, required=True, readonly=True)


class SaleDeliverySchedule(models.Model):
    _inherit = "sale.delivery.schedule"

    def _compare(self):
        """Put down how drafts differ from what is in force."""
        changes = self.env["sale.delivery.schedule.change"].sudo()
        changes.search([("schedule_id", "in", self.ids)]).unlink()
        ordered = self._get_ordered()
        for schedule in self:
            previous = schedule._get_current()
            schedule._set({"previous_id": previous.id})
            before = ordered.get(schedule.contract_id.id, {})
            changes.create(schedule._prepare_changes(previous, before))

    def _prepare_changes(self, previous, ordered):
        """A row for each series and day of either generation; none without a former one."""
        self.ensure_one()
        new = self._get_quantities(ordered)
        old = previous._get_quantities(ordered) if previous else {}
        zones = self.contract_id._get_schedule_zones() if previous else None
        return [
            self._prepare_change(series, *row)
            for series in {**old, **new}
            for row in compare(old.get(series, {}), new.get(series, {}), zones)
        ]

    def _prepare_change(self, series, day, before, now, verdict):
        contract_line, product, address = series
        return {
            "schedule_id": self.id,
            "contract_line_id": contract_line,
            "product_id": product,
            "partner_shipping_id": address,
            "date_due": day,
            "previous_qty": before,
            "cumulative_qty": now,
            "difference_qty": difference(now, before),
            "verdict": verdict,
        }
