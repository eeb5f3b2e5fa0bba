from odoo import api, fields, models

from ..decomposition import decompose
from ..models.sale_plan_line import MEASURES


class SalePlanWhatif(models.TransientModel):
    """Another target and other ratios, and what they would ask; nothing is changed."""

    _name = "sale.plan.whatif"
    _description = "What If"

    plan_id = fields.Many2one("sale.plan", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    amount = fields.Monetary(
        string="Target", compute="_compute_from_plan", store=True, readonly=False
    )
    line_ids = fields.One2many(
        "sale.plan.whatif.line",
        "whatif_id",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
    )

    @api.depends("plan_id")
    def _compute_from_plan(self):
        for whatif in self:
            plan = whatif.plan_id
            whatif.amount = plan.amount
            whatif.line_ids = [
                fields.Command.create(
                    {"measure": line.measure, "before": line.target, "ratio": line.ratio}
                )
                for line in plan._get_main_lines().sorted("sequence")
            ]

    def action_take_over(self):
        """Write a revision with the target and the ratios that were tried; a draft is changed."""
        self.ensure_one()
        plan = self.plan_id
        if plan.state != "draft":
            plan = plan.copy({"revision_of_id": plan.id, "parent_id": plan.parent_id.id})
        plan.amount = self.amount
        ratios = {line.measure: line.ratio for line in self.line_ids}
        for line in plan._get_main_lines():
            if line.measure in ratios and line.ratio != ratios[line.measure]:
                line.ratio = ratios[line.measure]
        plan._write_targets()
        return plan._get_form(plan)


class SalePlanWhatifLine(models.TransientModel):
    _name = "sale.plan.whatif.line"
    _description = "What If: Measure"
    _order = "id"

    whatif_id = fields.Many2one(
        "sale.plan.whatif", string="What If", required=True, ondelete="cascade"
    )
    measure = fields.Selection(MEASURES, required=True, readonly=True)
    ratio = fields.Float(digits=(16, 4), aggregator=None)
    before = fields.Float(string="Planned", digits=(16, 2), readonly=True, aggregator=None)
    after = fields.Float(string="Then", compute="_compute_after", digits=(16, 2), aggregator=None)

    @api.depends("ratio", "whatif_id.amount", "whatif_id.line_ids.ratio")
    def _compute_after(self):
        for whatif, lines in self.grouped("whatif_id").items():
            ratios = {line.measure: line.ratio for line in whatif.line_ids}
            found = decompose(whatif.amount, ratios)
            for line in lines:
                line.after = found.get(line.measure) or 0
