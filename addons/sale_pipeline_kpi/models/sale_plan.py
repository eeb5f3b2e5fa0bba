from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..decomposition import MEASURES, decompose

PERIODS = [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
STATES = [("draft", "Draft"), ("set", "In Force"), ("closed", "Closed")]
COUNTED = Domain("is_bulk", "=", False) & Domain("correction_ids", "=", False)
HELD = COUNTED & Domain("channel", "in", ("meeting", "visit")) & Domain("outcome", "=", "held")
CALLED = COUNTED & Domain("channel", "=", "call")
LEAST_CASES = 30  # below, a measured ratio is called a small sample


class SalePlan(models.Model):
    """A sales target and what has to be done for it, for a company, a team or a person (M3).

    A plan that is set is not changed: a revision keeps it beside the new one, with the reason.
    """

    _name = "sale.plan"
    _inherit = ["mail.thread"]
    _description = "Sales Plan"
    _order = "date_from desc, team_id, user_id, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    parent_id = fields.Many2one(
        "sale.plan", string="Part of", check_company=True, ondelete="restrict", index=True
    )
    child_ids = fields.One2many(
        "sale.plan",
        "parent_id",
        string="Parts",
        domain=[
            ("is_current", "=", True),
            *("|", ("revision_of_id", "=", False), ("state", "!=", "draft")),
        ],
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", check_company=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", domain=[("share", "=", False)], check_company=True
    )
    period = fields.Selection(PERIODS, required=True, default="month")
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._get_today().replace(day=1),
    )
    date_to = fields.Date(string="Until", compute="_compute_date_to", store=True)
    amount = fields.Monetary(string="Target", required=True, tracking=True)
    sample_from = fields.Date(
        string="Measured from",
        compute="_compute_sample",
        store=True,
        readonly=False,
        help="Ratios are measured on the deals that were closed in this time.",
    )
    sample_to = fields.Date(
        string="Measured until", compute="_compute_sample", store=True, readonly=False
    )
    by_category = fields.Boolean(
        string="By Product Category", help="Share the target out by what was invoiced before."
    )
    by_source = fields.Boolean(help="Share the leads out by the sources that brought them before.")
    line_ids = fields.One2many("sale.plan.line", "plan_id", string="Decomposition", copy=True)
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, tracking=True
    )
    revision_of_id = fields.Many2one(
        "sale.plan", readonly=True, copy=False, ondelete="restrict", index="btree_not_null"
    )
    revision_ids = fields.One2many("sale.plan", "revision_of_id", string="Revisions")
    reason = fields.Char(copy=False, help="Why the plan was revised.")
    is_current = fields.Boolean(
        compute="_compute_is_current", store=True, help="No revision has been set in its place."
    )
    days_done = fields.Integer(string="Working Days Done", compute="_compute_days")
    days_left = fields.Integer(string="Working Days Left", compute="_compute_days")
    fact = fields.Monetary(string="Won so far", compute="_compute_fact")
    reached_share = fields.Float(string="Reached, %", compute="_compute_fact")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "A target is above zero.")

    @api.depends("date_from", "team_id", "user_id", "period")
    def _compute_display_name(self):
        for plan in self:
            about = plan.user_id.name or plan.team_id.name or plan.company_id.name or ""
            month = f"{plan.date_from:%Y-%m}" if plan.date_from else ""
            if plan.period == "quarter" and plan.date_from:
                month = f"{plan.date_from.year} Q{(plan.date_from.month + 2) // 3}"
            elif plan.period == "year" and plan.date_from:
                month = str(plan.date_from.year)
            plan.display_name = f"{month} {about}"

    @api.depends("date_from", "period")
    def _compute_date_to(self):
        for plan in self:
            months = MONTHS.get(plan.period)
            plan.date_to = (
                plan.date_from
                and months
                and plan.date_from + relativedelta(months=months, days=-1)
            )

    @api.depends("date_from", "company_id")
    def _compute_sample(self):
        for plan in self:
            today = plan.company_id._get_today()
            end = min(plan.date_from or today, today) - timedelta(days=1)
            plan.sample_to = end
            plan.sample_from = end + relativedelta(years=-1, days=1)

    @api.depends("revision_ids.state")
    def _compute_is_current(self):
        for plan in self:
            plan.is_current = not any(one.state != "draft" for one in plan.revision_ids)

    def _compute_days(self):
        for plan in self:
            today = plan.company_id._get_today()
            plan.days_done = plan._count_days(plan.date_from, today - timedelta(days=1))
            plan.days_left = plan._count_days(max(today, plan.date_from), plan.date_to)

    def _get_yesterday(self):
        """Return the last day of the plan that is over."""
        return min(self.company_id._get_today() - timedelta(days=1), self.date_to)

    def _count_days(self, start, end):
        """Count working days by the person's, the team's or the company's calendar."""
        end = min(end, self.date_to)
        if start > end:
            return 0
        calendar, resource_id = (
            self.env["sale.rule.clock"]
            .sudo()
            ._get_calendar(self.company_id.id, self.team_id.id, self.user_id.id, "person")
        )
        if not calendar:
            return 0
        company, day, count = self.company_id, start, 0
        while day <= end:
            bounds = company._get_day_start(day), company._get_day_end(day)
            count += bool(calendar._get_work_minutes(*bounds, resource_id))
            day += timedelta(days=1)
        return count

    def _compute_fact(self):
        for plan in self:
            plan.fact = plan._get_fact("revenue")
            plan.reached_share = 100 * plan.fact / plan.amount if plan.amount else 0

    # === WHAT IS MEASURED === #

    def _get_scope(self):
        """Return the domain of whose work the plan is about."""
        self.ensure_one()
        domain = Domain("company_id", "in", (False, self.company_id.id))
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        return domain

    def _get_bounds(self, name, start, end):
        """Return the domain of a moment within days of the company."""
        company = self.company_id
        return Domain(name, ">=", company._get_day_start(start)) & Domain(
            name, "<=", company._get_day_end(end)
        )

    def _get_records(self, measure, start=None, end=None):
        """Return the model and the domain of what counts for a measure within days.

        :param start, end: the days of the plan, unless others are asked for
        """
        self.ensure_one()
        start, end = start or self.date_from, end or self.date_to
        scope = self._get_scope()
        if measure in ("meetings", "calls"):
            # a contact has no team of its own: it is that of its lead
            scope = Domain("company_id", "in", (False, self.company_id.id))
            if self.user_id:
                scope &= Domain("user_id", "=", self.user_id.id)
            if self.team_id:
                scope &= Domain("lead_id.team_id", "=", self.team_id.id)
            kind = HELD if measure == "meetings" else CALLED
            return "sale.contact.event", scope & kind & self._get_bounds("started_at", start, end)
        if measure in ("revenue", "deals"):
            kind = Domain("outcome", "=", "won") & self._get_bounds("closed_at", start, end)
        elif measure == "opportunities":
            kind = self._get_bounds("opportunity_at", start, end)
        else:
            kind = self._get_bounds("entered_at", start, end)
        return "sale.pipeline.report", scope & kind

    def _get_invoiced(self, start, end):
        """Return the domain of lines that were invoiced within days, of the plan's scope."""
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "not in", ("draft", "cancel"))
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("invoice_date", ">=", start)
            & Domain("invoice_date", "<=", end)
        )
        if self.user_id:
            domain &= Domain("invoice_user_id", "=", self.user_id.id)
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        return domain

    def _get_fact(self, measure, extra=None):
        """Return what was reached so far, as a number."""
        name, domain = self._get_records(measure)
        if extra:
            domain &= extra
        aggregate = "won_revenue:sum" if measure == "revenue" else "__count"
        # a sum of the plan's scope: whoever may see the plan sees what was reached of it
        [(value,)] = self.env[name].sudo()._read_group(domain, [], [aggregate])
        return value or 0

    def _get_scopes(self):
        """Return whose past is asked, from the person to the company: ``[(kind, domain), …]``."""
        company = Domain("company_id", "in", (False, self.company_id.id))
        scopes = [("company", company)]
        if self.team_id:
            scopes.insert(0, ("team", company & Domain("team_id", "=", self.team_id.id)))
        if self.user_id:
            scopes.insert(0, ("person", self._get_scope()))
        return scopes

    def _measure_ratios(self):
        """Measure the ratios on deals that were closed in the sample's time.

        It is the person's past, or where that has too few cases the team's, or the company's.

        :return: ``{measure: (ratio, number of cases, whose)}``
        """
        self.ensure_one()
        found = {}
        for kind, scope in self._get_scopes():
            for measure, (ratio, cases) in self._measure_scope(scope).items():
                if measure not in found or found[measure][1] < LEAST_CASES:
                    found[measure] = (ratio, cases, kind)
        return found

    def _get_sample(self, measure, scope):
        """Return the domain of the leads on which a ratio is measured."""
        if measure == "leads":
            return scope & self._get_bounds("entered_at", self.sample_from, self.sample_to)
        outcomes = ("won",) if measure == "deals" else ("won", "lost")
        return (
            scope
            & Domain("type", "=", "opportunity")
            & Domain("outcome", "in", outcomes)
            & self._get_bounds("closed_at", self.sample_from, self.sample_to)
        )

    def _measure_scope(self, scope):
        """Return ``{measure: (ratio, number of cases)}`` of a scope."""
        report = self.env["sale.pipeline.report"]
        [(won, revenue)] = report._read_group(
            self._get_sample("deals", scope), [], ["__count", "won_revenue:sum"]
        )
        closed = self._get_sample("opportunities", scope)
        cases = report.search_count(closed)
        ratios = {
            "deals": (revenue / won if won else 0, won),
            "opportunities": (won / cases if cases else 0, cases),
        }
        leads = report._search(closed)  # a row has the id of its lead
        for measure, kind in (("meetings", HELD), ("calls", CALLED)):
            # whenever they were: what an opportunity took until it was closed
            count = self.env["sale.contact.event"].search_count(
                kind & Domain("lead_id", "in", leads)
            )
            ratios[measure] = (count / cases if cases else 0, cases)
        entered = self._get_sample("leads", scope)
        came = report.search_count(entered)
        became = report.search_count(entered & Domain("type", "=", "opportunity"))
        ratios["leads"] = (became / came if came else 0, came)
        return ratios

    def action_measure(self):
        """Measure the ratios and decompose the target; ratios that were typed stay."""
        self.check_access("write")
        for plan in self:
            plan._check_draft()
            measured = plan._measure_ratios()
            known = {line.measure: line for line in plan._get_main_lines()}
            for measure in MEASURES:
                line = known.get(measure) or self.env["sale.plan.line"].create(
                    {"plan_id": plan.id, "measure": measure}
                )
                ratio, sample, whose = measured.get(measure, (0, 0, False))
                values = {"measured_ratio": ratio, "sample": sample, "sample_of": whose}
                if line.ratio_source == "measured":
                    values["ratio"] = ratio
                line.write(values)
            plan._write_targets()
            plan._share_by_past()

    def _get_main_lines(self):
        return self.line_ids.filtered(lambda line: not line.category_id and not line.source_id)

    def _write_targets(self):
        """Write what each measure has to reach, from the target and the ratios."""
        for plan in self:
            lines = {line.measure: line for line in plan._get_main_lines()}
            ratios = {measure: line.ratio for measure, line in lines.items()}
            for measure, target in decompose(plan.amount, ratios).items():
                if measure in lines:
                    lines[measure].target = target or 0
            # parts are shares in percent
            for line in plan.line_ids.filtered(lambda one: one.category_id or one.source_id):
                line.target = lines[line.measure].target * line.ratio / 100

    def _share_by_past(self):
        """Share the target out by product categories and the leads by sources, as in the past."""
        self.ensure_one()
        self.line_ids.filtered(lambda line: line.category_id or line.source_id).unlink()
        shares = []
        if self.by_category:
            invoiced = self._get_invoiced(self.sample_from, self.sample_to) & Domain(
                "product_categ_id", "!=", False
            )
            # sums of the plan's own scope: its head need not be allowed to open invoices
            rows = (
                self.env["account.invoice.report"]
                .sudo()
                ._read_group(invoiced, ["product_categ_id"], ["price_subtotal:sum"])
            )
            shares.append(("revenue", "category_id", self.amount, rows))
        if self.by_source:
            entered = self._get_scope() & self._get_bounds(
                "entered_at", self.sample_from, self.sample_to
            )
            rows = self.env["sale.pipeline.report"]._read_group(
                entered & Domain("source_id", "!=", False), ["source_id"], ["__count"]
            )
            leads = self._get_main_lines().filtered(lambda line: line.measure == "leads").target
            shares.append(("leads", "source_id", leads, rows))
        for measure, name, whole, rows in shares:
            rows = [(record, value) for record, value in rows if value > 0]
            total = sum(value for _record, value in rows)
            self.env["sale.plan.line"].create(
                [
                    {
                        "plan_id": self.id,
                        "measure": measure,
                        name: record.id,
                        "target": whole * value / total,
                        "ratio": 100 * value / total,
                        "measured_ratio": 100 * value / total,
                    }
                    for record, value in rows
                ]
            )

    # === LIFE === #

    def _check_draft(self):
        for plan in self:
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "%s is set and not changed any more: press Revise.", plan.display_name
                    )
                )

    def write(self, vals):
        fixed = {
            *("amount", "date_from", "period", "team_id", "user_id", "company_id", "line_ids"),
            *("sample_from", "sample_to", "by_category", "by_source"),
        }
        if vals.keys() & fixed:
            self._check_draft()
        result = super().write(vals)
        if "amount" in vals:
            self._write_targets()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_set(self):
        self._check_draft()

    def action_set(self):
        """Set the plan: it holds from now on, and so does its revision instead of the former."""
        self.check_access("write")
        for plan in self:
            plan._check_draft()
            if not plan.line_ids:
                plan.action_measure()
            missing = plan._get_main_lines().filtered(lambda line: not line.target)
            if missing:
                raise UserError(
                    self.env._(
                        "%(plan)s: no deals were closed in the time it is measured on, so that"
                        " “%(measure)s” cannot be computed. Type its ratio.",
                        plan=plan.display_name,
                        measure=missing[0]._get_label(),
                    )
                )
            if plan.revision_of_id and not plan.reason:
                raise UserError(
                    self.env._("%s: write why the plan is revised.", plan.display_name)
                )
            plan.state = "set"
            former = plan.revision_of_id
            self.search([("parent_id", "=", former.id), ("parent_id", "!=", False)]).write(
                {"parent_id": plan.id}
            )

    def action_close(self):
        """Close plans whose period is over."""
        self.check_access("write")
        for plan in self:
            if plan.date_to >= plan.company_id._get_today():
                raise UserError(
                    self.env._(
                        "%(plan)s runs until %(day)s.",
                        plan=plan.display_name,
                        day=format_date(self.env, plan.date_to),
                    )
                )
            plan.state = "closed"

    def action_revise(self):
        """Write a revision; the plan holds until it is set."""
        self.ensure_one()
        self.check_access("write")
        revision = self.copy({"revision_of_id": self.id, "parent_id": self.parent_id.id})
        return self._get_form(revision)

    def action_share_out(self):
        """Make a plan for each member of the team, in equal parts; heads change them."""
        self.ensure_one()
        self.check_access("write")
        members = self.team_id.crm_team_member_ids.user_id - self.child_ids.user_id
        if not self.team_id or self.user_id or not members:
            raise UserError(
                self.env._(
                    "%s: choose a sales team with members who have no part of it yet.",
                    self.display_name,
                )
            )
        left = self.amount - sum(self.child_ids.mapped("amount"))
        if left <= 0:
            raise UserError(
                self.env._("%s: its parts reach the target already.", self.display_name)
            )
        share = self.currency_id.round(left / len(members))
        for number, user in enumerate(members):
            last = number == len(members) - 1
            self.create(
                {
                    "parent_id": self.id,
                    "company_id": self.company_id.id,
                    "team_id": self.team_id.id,
                    "user_id": user.id,
                    "period": self.period,
                    "date_from": self.date_from,
                    "amount": left - share * number if last else share,
                }
            ).action_measure()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Parts of %s", self.display_name),
            "res_model": "sale.plan",
            "views": [(False, "list"), (False, "form")],
            "domain": [("parent_id", "=", self.id)],
        }

    def action_whatif(self):
        """Try another target and other ratios."""
        self.ensure_one()
        wizard = self.env["sale.plan.whatif"].create({"plan_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What If?"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _get_form(self, plan):
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.plan",
            "res_id": plan.id,
            "views": [(False, "form")],
        }
