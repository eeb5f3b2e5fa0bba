from ast import literal_eval

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

EVENTS = [
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
    ("ordered", "Ordered"),
    ("records", "Records Counted"),
]
CREDITS = [
    ("pot", "A Pot That Is Shared"),
    ("basis", "A Part of the Basis by Weight"),
    ("whole", "The Whole for Each"),
]
WHO = [
    ("participants", "Who Takes Part in the Deal"),
    ("team", "Deals of the Agreement's Team"),
    ("customers", "Customers of the Agreement"),
]
BASES = [("untaxed", "Untaxed Amount"), ("margin", "Margin"), ("quantity", "Quantity")]
PAYS = [
    ("percent", "Percentage"),
    ("unit", "Amount per Unit"),
    ("quota", "Target ÷ Quota"),
    ("attainment", "Target by Attainment"),
    ("amounts", "Amounts by Steps"),
]
WINDOWS = [
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half", "Half-Year"),
    ("year", "Year"),
    ("deal", "Deal"),
]
BUSINESS = [("new", "New Business"), ("renewal", "Renewal"), ("upsell", "Upsell")]
STEP_MODES = [
    ("marginal", "Each Slice at Its Own Rate"),
    ("whole", "Everything at the Rate Reached"),
    ("interpolated", "Rates Between the Steps Interpolated"),
]
QUOTA_PAYS = ("quota", "attainment")
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}  # of a window


class CommissionSplitPlan(models.Model):
    """What is paid: pots of deals, or what a person earns by an agreement (S5).

    A deal keeps the version of a pot that held on its day: what was promised. A person's plan
    goes by the day of the document.
    """

    _name = "commission.split.plan"
    _inherit = ["commission.split.version.mixin"]
    _description = "Commission Plan"
    _check_company_auto = True

    kind = fields.Selection(
        [("pot", "Pots of Deals"), ("person", "Personal, by Agreement")],
        required=True,
        default="pot",
        help="Pots hold for all deals of the teams; a personal plan for those with an agreement.",
    )
    advance = fields.Selection(
        [("final", "With the Final Invoice"), ("invoiced", "As They Are Invoiced")],
        string="Down Payments Count",
        required=True,
        default="final",
    )
    clawback_days = fields.Integer(
        string="Refunds Take Back within (Days)",
        aggregator=None,
        help="Of the invoice. A later credit note takes nothing back and is listed. 0: always.",
    )
    component_ids = fields.One2many(
        "commission.split.component", "plan_id", string="Components", copy=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    pay_currency = fields.Selection(
        [("company", "The Company's"), ("document", "The Document's")],
        string="Currency of Pay",
        required=True,
        default="company",
        help="The document's: what an invoice in dollars earns is paid in dollars, by a statement"
        " of its own. Else by the invoice's own rate in the company's currency.",
    )
    description = fields.Html(string="Plan in Words", help="What whoever signs is shown.")

    def _check_approval(self):
        super()._check_approval()
        if not self.component_ids:
            raise UserError(self.env._("%s has no component: enter one.", self.display_name))
        for component in self.component_ids:
            if problem := component._get_problem():
                raise UserError(
                    self.env._(
                        "“%(component)s” of %(plan)s: %(problem)s",
                        component=component.name,
                        plan=self.display_name,
                        problem=problem,
                    )
                )

    def _get_content(self):
        return {
            **super()._get_content(),
            "kind": self.kind,
            "advance": self.advance,
            "clawback": self.clawback_days,
            "currency": self.pay_currency,
            "text": str(self.description or ""),
            "components": [one._get_content() for one in self.component_ids],
        }


class CommissionSplitComponent(models.Model):
    """A component of a plan: what is counted, what it pays and when."""

    _name = "commission.split.component"
    _inherit = ["commission.split.version.part.mixin"]
    _description = "Component of a Commission Plan"
    _order = "plan_id, sequence, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "commission.split.plan", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(related="plan_id.kind")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    root_id = fields.Integer(readonly=True, copy=True, aggregator=None)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    credit = fields.Selection(
        CREDITS,
        string="Counts as",
        required=True,
        compute="_compute_credit",
        store=True,
        readonly=False,
        precompute=True,
        help="A pot is divided among those who took part. Of a part of the basis each earns by his"
        " own rate; what belongs to somebody without a plan is paid to nobody.",
    )
    who = fields.Selection(WHO, string="Paid for", required=True, default="participants")
    role_ids = fields.Many2many(
        "commission.split.role",
        "commission_split_component_role_rel",
        "component_id",
        "role_id",
        string="Roles",
        help="In which the person takes part. Empty: any.",
    )
    basis = fields.Selection(BASES, required=True, default="untaxed")
    event = fields.Selection(
        EVENTS,
        string="Payable When",
        required=True,
        default="paid",
        help="Invoiced, ordered: at once. Paid: in the measure in which the customer's money has"
        " come.",
    )
    pays = fields.Selection(PAYS, required=True, default="percent")
    model_id = fields.Many2one(
        "ir.model",
        string="Records",
        ondelete="cascade",
        domain=[("transient", "=", False)],
        help="What is counted: qualified leads, meetings, calls. Each once for ever.",
    )
    model_name = fields.Char(related="model_id.model")
    domain = fields.Char(string="Which of Them", default="[]")
    date_field_id = fields.Many2one(
        "ir.model.fields",
        string="By the Day",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime'))]",
    )
    person_field_id = fields.Many2one(
        "ir.model.fields",
        string="Of the Person",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', '=', 'many2one'),"
        " ('relation', 'in', ('res.users', 'res.partner'))]",
    )
    value_field_id = fields.Many2one(
        "ir.model.fields",
        string="Counted as",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('integer', 'float', 'monetary'))]",
        help="Empty: each counts one.",
    )
    target_share = fields.Float(
        string="Share of the Target, %",
        digits=(16, 6),
        aggregator=None,
        help="Of the agreement's variable target; 0 means all of it.",
    )
    window_kind = fields.Selection(
        WINDOWS, string="Window", help="Over which steps, quota and cap are reckoned."
    )
    step_ids = fields.One2many(
        "commission.split.step",
        "component_id",
        string="Steps",
        copy=True,
        groups="sale_commission_split.commission_split_group_administrator",
    )
    step_mode = fields.Selection(STEP_MODES, string="Steps Hold for", default="marginal")
    step_values = fields.Selection(
        [("rates", "Rates, %"), ("multipliers", "Percent of What Was Earned")],
        string="Steps Are",
        default="rates",
    )
    step_unit = fields.Selection(
        [("amount", "Basis"), ("quota", "Percent of the Quota")],
        string="Steps Count",
        default="amount",
    )
    threshold = fields.Float(
        string="Threshold, % of Quota",
        digits=(16, 6),
        aggregator=None,
        help="A window below it earns nothing.",
    )
    cap = fields.Monetary(help="The most that a window pays to a person. 0: no limit.")
    rate_ids = fields.One2many(
        "commission.split.rate",
        "component_id",
        copy=True,
        groups="sale_commission_split.commission_split_group_administrator",
    )

    curve = fields.Html(
        string="Pay Curve",
        compute="_compute_curve",
        compute_sudo=True,
        sanitize=False,
        groups="sale_commission_split.commission_split_group_administrator",
    )

    @api.depends("plan_id.kind")
    def _compute_credit(self):
        for component in self:
            wanted = ("pot",) if component.plan_id.kind != "person" else ("basis", "whole")
            if component.credit not in wanted:
                component.credit = wanted[-1]

    @api.model
    @ormcache()
    def _has_ordered(self):
        """Tell whether any approved plan pays by the order."""
        return bool(
            self.sudo().search_count(
                [("event", "=", "ordered"), ("plan_id.state", "=", "approved")], limit=1
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        components = super().create(vals_list)
        for component in components.filtered(lambda one: not one.root_id):
            component.sudo().root_id = component.id
        return components

    def _get_version(self):
        return self.plan_id

    def _get_problem(self):
        """Return why the component cannot hold, as a sentence, or nothing."""
        self.ensure_one()
        needs_rates = self.pays in ("percent", "unit")
        if (self.credit == "pot") != (self.plan_id.kind == "pot"):
            return self.env._("pots belong to plans of deals, the other forms to personal plans.")
        if needs_rates and not self.rate_ids:
            return self.env._("it pays nothing, give it a rate.")
        if self.credit == "basis" and self.who != "participants":
            return self.env._(
                "a part of the basis belongs to who takes part; choose the whole for each."
            )
        if self.pays in QUOTA_PAYS and self.window_kind not in (
            "month",
            "quarter",
            "half",
            "year",
        ):
            return self.env._("a quota needs a window of the calendar.")
        if self.pays == "amounts" and not self.step_ids:
            return self.env._("enter the amounts as steps.")
        if (self.step_ids or self.threshold or self.cap) and not self.window_kind:
            return self.env._(
                "choose the window over which steps, threshold and cap are reckoned."
            )
        if self.credit == "pot" and self.window_kind not in (False, "deal"):
            return self.env._("the window of a pot is the deal.")
        if self.step_ids and min(self.step_ids.mapped("from_value")) != 0:
            return self.env._("the first step begins at 0.")
        if self.step_values == "rates" and self.pays == "percent" and self.step_ids:
            if len(self.rate_ids) != 1:
                return self.env._(
                    "steps that are rates need a single rate; choose percent of what was earned."
                )
        if self.plan_id.pay_currency == "document" and (
            (self.pays, self.basis) != ("percent", "untaxed")
            or self.window_kind
            or self.event == "records"
        ):
            return self.env._(
                "in the document's currency a plan pays a percentage of the untaxed amount,"
                " without a window."
            )
        if self.pays == "unit" and self.basis != "quantity":
            return self.env._("an amount per unit counts quantities.")
        if self.event == "records":
            return self._get_record_problem()
        return None

    def _get_record_problem(self):
        """Return why records cannot be counted, as a sentence, or nothing."""
        if self.credit == "pot":
            return self.env._("records are counted for people, not for pots.")
        if not (self.model_id and self.date_field_id and self.person_field_id):
            return self.env._("name the records, their day and their person.")
        fields_of = self.date_field_id | self.person_field_id | self.value_field_id
        if fields_of.model_id != self.model_id or not all(one.store for one in fields_of):
            return self.env._("the fields are stored ones of the records.")
        try:
            self._get_record_domain()
        except (ValueError, SyntaxError, TypeError):
            return self.env._("“%s” is no condition.", self.domain)
        return None

    def _get_record_domain(self):
        """Return the condition on records; raises ValueError and the like where it is none."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain or "[]"))
        domain.validate(self.env[self.model_id.sudo().model])
        return domain

    def _get_window_start(self, day):
        """Return the first day of the window in which a day lies, or nothing without one."""
        self.ensure_one()
        months = MONTHS.get(self.window_kind)
        return day and months and day.replace(day=1, month=(day.month - 1) // months * months + 1)

    def _get_window_end(self, day):
        """Return the last day of the window that begins on a day."""
        self.ensure_one()
        return day + relativedelta(months=MONTHS[self.window_kind], days=-1)

    def _get_step_label(self, step):
        """Return what a step pays, in words."""
        self.ensure_one()
        number = f"{step.value:.6f}".rstrip("0").rstrip(".")
        return number if self.pays == "amounts" else f"{number} %"

    def _get_content(self):
        """Return the component in plain values, for the fingerprint."""
        self.ensure_one()
        names = (
            *("credit", "who", "basis", "event", "pays", "target_share", "window_kind"),
            *("step_mode", "step_values", "step_unit", "threshold", "cap"),
        )
        return {
            "name": self.with_context(lang="en_US").name,
            **{name: self[name] or "" for name in names},
            "roles": sorted(self.role_ids.ids),
            "records": [
                self.model_id.model or "",
                self.domain or "",
                *(self[f"{name}_field_id"].name or "" for name in ("date", "person", "value")),
            ],
            "steps": [[step.from_value, step.value] for step in self.step_ids],
            "rates": [rate._get_content() for rate in self.rate_ids],
        }


class CommissionSplitStep(models.Model):
    """From which value on which rate holds. There is no end, so no gap can be written."""

    _name = "commission.split.step"
    _inherit = ["commission.split.version.part.mixin"]
    _description = "Step of a Commission"
    _order = "component_id, from_value, id"
    _rec_name = "value"

    component_id = fields.Many2one(
        "commission.split.component", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="component_id.company_id", store=True)
    from_value = fields.Float(string="From", digits=(16, 2), aggregator=None)
    value = fields.Float(digits=(16, 6), required=True, aggregator=None)

    _once = models.Constraint(
        "UNIQUE (component_id, from_value)", "Two steps cannot begin at the same value."
    )
    _from_positive = models.Constraint("CHECK (from_value >= 0)", "A step begins at 0 or above.")

    def _get_version(self):
        return self.component_id.plan_id


class CommissionSplitRate(models.Model):
    """A line of rates: the first that fits a line of an invoice holds."""

    _name = "commission.split.rate"
    _inherit = ["commission.split.version.part.mixin"]
    _description = "Commission Rate"
    _order = "component_id, sequence, id"
    _check_company_auto = True

    component_id = fields.Many2one(
        "commission.split.component", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="component_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    pays = fields.Selection(related="component_id.pays")
    sequence = fields.Integer(default=10)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", check_company=True, ondelete="restrict"
    )
    categ_id = fields.Many2one(
        "product.category", string="Product Category", ondelete="restrict", help="And below it."
    )
    partner_tag_id = fields.Many2one(
        "res.partner.category", string="Customer Tag", ondelete="restrict"
    )
    country_id = fields.Many2one("res.country", ondelete="restrict")
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", check_company=True, ondelete="restrict"
    )
    business = fields.Selection(
        BUSINESS,
        help="New: the customer bought nothing before. Renewal: this product. Upsell: another.",
    )
    discount_from = fields.Float(string="Discount from, %", digits=(16, 2), aggregator=None)
    discount_to = fields.Float(
        string="Discount below, %", digits=(16, 2), aggregator=None, help="0: no limit."
    )
    percent = fields.Float(string="Rate, %", digits=(16, 6), aggregator=None)
    amount = fields.Float(string="Amount per Unit", digits=(16, 6), aggregator=None)

    @api.depends("percent", "amount", "pays")
    def _compute_display_name(self):
        for rate in self:
            number = rate.amount if rate.pays == "unit" else rate.percent
            text = f"{number:.6f}".rstrip("0").rstrip(".")
            rate.display_name = text if rate.pays == "unit" else f"{text} %"

    @api.constrains("percent")
    def _check_percent(self):
        for rate in self:
            if not 0 <= rate.percent <= 100:
                raise ValidationError(
                    self.env._("A rate of “%s” lies between 0 and 100 %%.", rate.component_id.name)
                )

    def _get_version(self):
        return self.component_id.plan_id

    def _get_content(self):
        """Return the line in plain values, for the fingerprint."""
        self.ensure_one()
        return [
            *(self[name].id for name in self._get_filter_fields()),
            *(self.business or "", self.discount_from, self.discount_to),
            *(self.percent, self.amount),
        ]

    @api.model
    def _get_filter_fields(self):
        return ("product_tmpl_id", "categ_id", "partner_tag_id", "country_id", "team_id")
