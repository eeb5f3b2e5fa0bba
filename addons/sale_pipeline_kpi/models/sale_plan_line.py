from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from ..decomposition import expect, norm_of_day, worth
from .sale_plan import LEAST_CASES

MEASURES = [
    ("revenue", "Amount Won"),
    ("deals", "Deals"),
    ("opportunities", "Opportunities"),
    ("meetings", "Meetings"),
    ("calls", "Calls"),
    ("leads", "Leads"),
]
ORDER = {measure: number for number, (measure, _label) in enumerate(MEASURES)}


class SalePlanLine(models.Model):
    """What a plan asks of one measure, with the fact beside it."""

    _name = "sale.plan.line"
    _description = "Sales Plan Line"
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one("sale.plan", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    measure = fields.Selection(MEASURES, required=True)
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    category_id = fields.Many2one("product.category", ondelete="restrict")
    source_id = fields.Many2one("utm.source", ondelete="restrict")
    target = fields.Float(digits=(16, 2), aggregator=None)
    ratio = fields.Float(
        digits=(16, 4),
        aggregator=None,
        help="Deals: money a deal. Opportunities: wins an opportunity. Meetings, calls: how many"
        " an opportunity takes. Leads: opportunities a lead.",
    )
    measured_ratio = fields.Float(digits=(16, 4), readonly=True, aggregator=None)
    ratio_source = fields.Selection(
        [("measured", "Measured"), ("typed", "Typed")],
        required=True,
        default="measured",
    )
    sample = fields.Integer(string="Cases", readonly=True, aggregator=None)
    sample_of = fields.Selection(
        [("person", "Own"), ("team", "Team's"), ("company", "Company's")],
        string="Whose",
        readonly=True,
        help="Whose past the ratio was measured on: the person's, or where that has too few"
        " cases, the team's or the company's.",
    )
    note = fields.Char(compute="_compute_note")
    fact = fields.Float(compute="_compute_fact", digits=(16, 2))
    expected = fields.Float(
        compute="_compute_fact",
        digits=(16, 2),
        help="At the pace of the working days that are over.",
    )
    promised = fields.Float(
        string="Promises",
        compute="_compute_fact",
        digits=(16, 2),
        help="What comes out at this pace is worth so much in the end, through the ratios of the"
        " plan: meetings and leads tell it weeks before the amount does.",
    )
    day_norm = fields.Float(
        string="A Day",
        compute="_compute_fact",
        digits=(16, 2),
        help="What each working day that is left has to bring.",
    )
    pace = fields.Float(
        string="Due by Today",
        compute="_compute_fact",
        digits=(16, 2),
        help="The part of the target for the working days that are over.",
    )
    is_behind = fields.Boolean(
        compute="_compute_fact", help="At today's pace the target is not reached."
    )

    _measure_unique = models.UniqueIndex(
        "(plan_id, measure, COALESCE(category_id, 0), COALESCE(source_id, 0))",
        "The plan has this measure already.",
    )

    @api.depends("measure", "category_id", "source_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line._get_label()

    def _get_label(self):
        labels = dict(self._fields["measure"]._description_selection(self.env))
        about = self.category_id.display_name or self.source_id.display_name
        return (
            f"{labels.get(self.measure, '')}: {about}" if about else labels.get(self.measure, "")
        )

    @api.depends("measure", "category_id", "source_id")
    def _compute_sequence(self):
        for line in self:
            line.sequence = 10 * ORDER.get(line.measure, 9) + bool(
                line.category_id or line.source_id
            )

    @api.depends("sample", "sample_of", "ratio_source", "measured_ratio", "measure")
    def _compute_note(self):
        for line in self:
            note = ""
            if line.category_id or line.source_id:
                note = self.env._("by its part of the past")
            elif line.measure == "revenue":
                note = ""
            elif line.ratio_source == "typed":
                note = self.env._(
                    "typed; measured %s", formatLang(self.env, line.measured_ratio, digits=2)
                )
            else:
                whose = dict(self._fields["sample_of"]._description_selection(self.env))
                values = {"count": line.sample, "whose": whose.get(line.sample_of, "")}
                note = (
                    self.env._("small sample: %(count)s cases (%(whose)s)", **values)
                    if line.sample < LEAST_CASES
                    else self.env._("%(count)s cases (%(whose)s)", **values)
                )
            line.note = note

    def _compute_fact(self):
        ratios = {
            plan: {line.measure: line.ratio for line in plan._get_main_lines()}
            for plan in self.plan_id
        }
        for line in self:
            plan = line.plan_id
            line.fact = line._get_fact()
            done, left = plan.days_done, plan.days_left
            # today is not over: its hours would count as a day without work
            line.expected = expect(line._get_fact(plan._get_yesterday()), done, done + left)
            line.pace = line.target * done / (done + left) if done + left else line.target
            line.day_norm = norm_of_day(line.target, line.fact, left) or 0
            line.promised = worth(line.measure, line.expected, ratios[plan]) or 0
            line.is_behind = bool(done) and line.expected < line.target

    def _get_fact(self, end=None):
        """Return what was reached by the end of the plan, or of a day."""
        name, domain, aggregate = self._get_records(end)
        # a sum within the plan's scope, as the target is
        [(value,)] = self.env[name].sudo()._read_group(domain, [], [aggregate])
        return value or 0

    def _get_records(self, end=None):
        """Return model, domain and aggregate of what the line counts."""
        self.ensure_one()
        plan = self.plan_id
        if self.category_id:
            domain = plan._get_invoiced(plan.date_from, end or plan.date_to) & Domain(
                "product_categ_id", "=", self.category_id.id
            )
            return "account.invoice.report", domain, "price_subtotal:sum"
        name, domain = plan._get_records(self.measure, end=end)
        if self.source_id:
            domain &= Domain("source_id", "=", self.source_id.id)
        return name, domain, "won_revenue:sum" if self.measure == "revenue" else "__count"

    def action_open_records(self):
        """Open what the fact counts."""
        self.ensure_one()
        name, domain, _aggregate = self._get_records()
        self.env[name].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.plan_id.display_name}: {self._get_label()}",
            "res_model": name,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
        }

    def action_open_sample(self):
        """Open the deals on which the ratio was measured."""
        self.ensure_one()
        plan = self.plan_id
        scopes = dict(plan._get_scopes())
        domain = plan._get_sample(self.measure, scopes.get(self.sample_of, plan._get_scope()))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Measured on: %s", self._get_label()),
            "res_model": "sale.pipeline.report",
            "views": [(False, "list"), (False, "pivot")],
            "domain": list(domain),
        }

    def write(self, vals):
        if not self.env.su and vals.keys() & {"target", "ratio", "ratio_source", "measure"}:
            self.plan_id._check_draft()
        result = super().write(vals)
        # a ratio that a person types is no longer the measured one
        if "ratio" in vals and "measured_ratio" not in vals and "ratio_source" not in vals:
            typed = self.filtered(lambda line: line.ratio != line.measured_ratio)
            super(SalePlanLine, typed).write({"ratio_source": "typed"})
            super(SalePlanLine, self - typed).write({"ratio_source": "measured"})
            self.plan_id._write_targets()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_set(self):
        for line in self:
            if line.plan_id.state != "draft":
                raise UserError(
                    self.env._(
                        "%s is set and not changed any more: press Revise.",
                        line.plan_id.display_name,
                    )
                )
