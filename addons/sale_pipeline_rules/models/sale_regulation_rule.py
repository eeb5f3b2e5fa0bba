from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.safe_eval import safe_eval

from ..rule_choice import is_for

KINDS = [
    ("stage", "Stage: Role and Goal"),
    ("assignment", "Time to Assignment"),
    ("first_contact", "Time to First Contact"),
    ("stage_time", "Time in Stage"),
    ("silence", "Longest Silence"),
    ("next_step", "Next Step Planned"),
    ("report", "Contact Report"),
    ("task", "Automatic Task"),
    ("acceptance", "Acceptance of a Hand-Over"),
    ("decision", "Decision of the Head"),
    ("attempts", "Unanswered Attempts"),
    ("contacts", "Contacts to Close a Stage"),
    ("period", "Result per Period"),
    ("gate", "Gate"),
]
CLOCK_KINDS = {
    "assignment",
    "first_contact",
    "stage_time",
    "silence",
    "next_step",
    "report",
    "task",
    "acceptance",
    "decision",
}
COUNT_KINDS = {"attempts", "contacts"}
SEVERITIES = [("advice", "Advice"), ("minor", "Minor"), ("major", "Major")]
TIME_BASES = [
    ("person", "Working Hours of the Manager"),
    ("team", "Working Hours of the Team"),
    ("company", "Working Hours of the Company"),
    ("clock", "Around the Clock"),
]
CHANNELS = [
    ("call", "Call"),
    ("email", "E-Mail"),
    ("meeting", "Meeting"),
    ("messenger", "Messenger"),
    ("sms", "SMS"),
    ("chat", "Chat"),
    ("visit", "Visit"),
    ("post", "Post"),
    ("portal", "Portal"),
]
TRIGGERS = [
    ("stage", "Stage Entered"),
    ("attempt", "Unanswered Attempt No."),
    ("assigned", "Lead Assigned"),
    ("won", "Deal Won"),
]
MOMENTS = [
    ("enter", "Enter the Stage"),
    ("leave", "Leave the Stage Forward"),
    ("convert", "Convert to Opportunity"),
    ("win", "Win"),
    ("lose", "Lose"),
    ("reopen", "Reopen"),
]
MEASURES = [
    ("calls", "Calls"),
    ("answered", "Answered Calls"),
    ("meetings", "Meetings Held"),
    ("new_contacts", "Contacts with New Customers"),
    ("closings", "Stages Closed"),
    ("offers", "Offers Sent"),
    ("deals", "Deals Won"),
    ("amount", "Amount Won"),
    ("qualified", "Leads Qualified"),
]
PERIODS = [("day", "Day"), ("week", "Week"), ("month", "Month")]


class Rule(NamedTuple):
    """A rule in force, as hooks and jobs read it: ids and plain values."""

    id: int
    regulation_id: int
    kind: str
    sequence: int
    stage_ids: frozenset
    team_ids: frozenset
    role_ids: frozenset
    user_ids: frozenset
    lead_type: str
    domain: list
    severity: str
    limit_minutes: int
    limit_count: int
    time_base: str
    channel: str
    trigger: str
    trigger_count: int
    needs_answer: bool
    moment: str
    required_fields: tuple
    contact_needed: bool
    next_step_needed: bool
    from_stage_ids: frozenset
    blocks_machines: bool
    on_breach: str
    to_role_id: int
    on_reopen: str
    wait_limit_minutes: int

    @property
    def is_of_visit(self):
        """Whether its clock ends when the lead leaves the stage."""
        return self.kind in ("stage_time", "silence", "task") or (
            self.kind == "first_contact" and bool(self.stage_ids)
        )


class SaleRegulationRule(models.Model):
    """One rule of a regulation: for whom, what, until when, and what follows from a breach."""

    _name = "sale.regulation.rule"
    _inherit = ["sale.regulation.part.mixin"]
    _description = "Rule of the Sales Regulation"
    _order = "regulation_id, sequence, id"
    _check_company_auto = True

    regulation_id = fields.Many2one(
        "sale.regulation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="stage_time")

    # for whom: an emptied set would mean everybody, so what is named cannot be deleted
    stage_ids = fields.Many2many(
        "crm.stage",
        "sale_regulation_rule_stage_rel",
        "rule_id",
        "stage_id",
        string="Stages",
        ondelete="restrict",
    )
    team_ids = fields.Many2many(
        "crm.team",
        "sale_regulation_rule_team_rel",
        "rule_id",
        "team_id",
        string="Teams",
        ondelete="restrict",
        check_company=True,
    )
    role_ids = fields.Many2many(
        "sale.pipeline.role",
        "sale_regulation_rule_role_rel",
        "rule_id",
        "role_id",
        string="Roles",
        ondelete="restrict",
        check_company=True,
    )
    user_ids = fields.Many2many(
        "res.users",
        "sale_regulation_rule_user_rel",
        "rule_id",
        "user_id",
        string="Persons",
        ondelete="restrict",
        domain=[("share", "=", False)],
    )
    lead_type = fields.Selection(
        [("lead", "Leads"), ("opportunity", "Opportunities")],
        help="Empty: both.",
    )
    domain = fields.Char(
        string="Only If", default="[]", help="A condition that the lead has to meet besides."
    )

    # what
    severity = fields.Selection(
        SEVERITIES,
        required=True,
        default="minor",
        help="Advice is measured and never a violation.",
    )
    limit_minutes = fields.Integer(string="Limit (Minutes)", help="Zero exempts.")
    limit_hours = fields.Float(
        string="Limit",
        compute="_compute_limit_hours",
        inverse="_inverse_limit_hours",
        help="Hours and minutes of working time; zero exempts.",
    )
    limit_count = fields.Integer(string="Count")
    time_base = fields.Selection(
        TIME_BASES,
        compute="_compute_time_base",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        string="Working Time Of",
    )
    channel = fields.Selection(CHANNELS)
    trigger = fields.Selection(TRIGGERS, default="stage", string="Starts When")
    trigger_count = fields.Integer(string="No.", default=1)
    needs_answer = fields.Boolean(help="An attempt that nobody answered does not count.")
    goal = fields.Char(
        translate=True, help="What is to be reached: “call and get the bank details”, not “call”."
    )
    role_id = fields.Many2one(
        "sale.pipeline.role",
        string="Answerable Role",
        ondelete="restrict",
        check_company=True,
    )
    is_qualified = fields.Boolean(string="Qualified from Here On")
    activity_type_id = fields.Many2one("mail.activity.type", ondelete="restrict")

    # results per period
    measure = fields.Selection(MEASURES)
    period = fields.Selection(PERIODS)
    target = fields.Float()
    is_elastic = fields.Boolean(
        string="Prorated by Working Time",
        help="The target shrinks with the person's working time of the period.",
    )

    # gates
    moment = fields.Selection(MOMENTS)
    required_field_ids = fields.Many2many(
        "ir.model.fields",
        "sale_regulation_rule_field_rel",
        "rule_id",
        "field_id",
        string="Required Fields",
        domain=[("model", "=", "crm.lead"), ("store", "=", True)],
        ondelete="cascade",
    )
    contact_needed = fields.Boolean(
        string="Contact in This Stage", help="A contact was answered in this stage."
    )
    next_step_needed = fields.Boolean(
        string="Next Step Planned", help="An activity or a meeting lies ahead."
    )
    from_stage_ids = fields.Many2many(
        "crm.stage",
        "sale_regulation_rule_from_stage_rel",
        "rule_id",
        "stage_id",
        string="Only from Stages",
        ondelete="restrict",
    )
    machine = fields.Selection(
        [("record", "Let Pass and Record"), ("block", "Block")],
        string="If Done by Mail, Job or Automation",
        required=True,
        default="record",
    )

    # what follows
    on_breach = fields.Selection(
        [("nothing", "Nothing"), ("hand_over", "Hand Over"), ("pool", "Back to the Pool")],
        required=True,
        default="nothing",
        string="On a Violation",
    )
    to_role_id = fields.Many2one(
        "sale.pipeline.role", string="Hand Over To", ondelete="restrict", check_company=True
    )
    criteria = fields.Text(
        string="Hand-Over Criteria", translate=True, help="One on each line: the giver ticks them."
    )
    on_reopen = fields.Selection(
        [("restart", "Restarts"), ("continue", "Does Not Start Again")],
        required=True,
        default="restart",
        string="After Reopening",
    )
    wait_limit_minutes = fields.Integer(
        string="Longest Wait (Minutes)",
        help="A date agreed with the customer moves the deadline, at most by this, once in a"
        " stage.",
    )
    consequence = fields.Char(
        translate=True, help="What a violation means for who is answerable; required where major."
    )
    sentence = fields.Char(compute="_compute_sentence")
    kept_share = fields.Float(
        string="Kept, %",
        compute="_compute_kept_share",
        help="Of the norms of this rule that were judged. Below 60 % nobody can keep it.",
    )

    _limits_positive = models.Constraint(
        "CHECK (limit_minutes >= 0 AND limit_count >= 0 AND wait_limit_minutes >= 0)",
        "A norm cannot be negative: zero exempts.",
    )

    @api.depends("limit_minutes")
    def _compute_limit_hours(self):
        for rule in self:
            rule.limit_hours = rule.limit_minutes / 60

    def _inverse_limit_hours(self):
        for rule in self:
            rule.limit_minutes = round(rule.limit_hours * 60)

    @api.depends("kind")
    def _compute_time_base(self):
        """A vacation must not let a new customer wait."""
        for rule in self:
            ours = rule.kind in ("first_contact", "assignment")
            rule.time_base = "team" if ours else "person"

    @api.depends_context("lang")
    @api.depends(
        "kind",
        "stage_ids",
        "team_ids",
        "role_ids",
        "user_ids",
        "limit_minutes",
        "limit_count",
        "time_base",
        "goal",
        "channel",
        "trigger",
        "trigger_count",
        "needs_answer",
        "role_id",
        "measure",
        "period",
        "target",
        "is_elastic",
        "moment",
        "required_field_ids",
        "contact_needed",
        "next_step_needed",
        "from_stage_ids",
    )
    def _compute_sentence(self):
        for rule in self:
            rule.sentence = rule._get_sentence()

    def _compute_kept_share(self):
        """Compute the share of judged norms that were met, for all rules at once."""
        groups = (
            self.env["sale.rule.clock"]
            .sudo()
            ._read_group(
                [("rule_id", "in", self.ids), ("state", "in", ("met", "breached"))],
                ["rule_id", "state"],
                ["__count"],
            )
        )
        counts = {(rule.id, state): count for rule, state, count in groups}
        for rule in self:
            met = counts.get((rule.id, "met"), 0)
            judged = met + counts.get((rule.id, "breached"), 0)
            rule.kept_share = 100 * met / judged if judged else 0

    @api.depends("sentence")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = rule.sentence

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                self.env["crm.lead"].search_count(rule._get_domain(), limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The condition of “%(rule)s” cannot be read: %(reason)s",
                        rule=rule.sentence,
                        reason=error,
                    )
                ) from error

    def _get_domain(self):
        self.ensure_one()
        return safe_eval(self.domain or "[]", {"uid": self.env.uid})

    # === WHAT IT SAYS === #

    def _get_sentence(self):
        """Write the rule as a sentence of the handbook."""
        self.ensure_one()
        return f"{self._get_subject()}: {getattr(self, f'_get_sentence_{self.kind}')()}"

    def _get_subject(self):
        """Name for whom the rule is."""
        names = [
            ", ".join(records.mapped("display_name"))
            for records in (self.user_ids, self.role_ids, self.team_ids, self.stage_ids)
            if records
        ]
        return " · ".join(names) or self.env._("All")

    def _get_time_words(self):
        """Say the limit as a reader does: minutes, hours or days, and in which time."""
        bases = {
            "person": self.env._("of the manager's working time"),
            "team": self.env._("of the team's working time"),
            "company": self.env._("of the company's working time"),
            "clock": self.env._("around the clock"),
        }
        return f"{self._format_minutes(self.limit_minutes)} {bases[self.time_base]}"

    @api.model
    def _format_minutes(self, minutes):
        """Write minutes as `2 h 30 min`."""
        hours, rest = divmod(round(minutes), 60)
        parts = [self.env._("%s h", hours)] if hours else []
        parts += [self.env._("%s min", rest)] if rest or not hours else []
        return " ".join(parts)

    def _get_sentence_stage(self):
        goal = self.goal or self.env._("no goal stated")
        if self.role_id:
            return self.env._(
                "%(role)s answers; goal: %(goal)s", role=self.role_id.name, goal=goal
            )
        return self.env._("goal: %(goal)s", goal=goal)

    def _get_sentence_assignment(self):
        return self.env._("a new lead has a salesperson within %s", self._get_time_words())

    def _get_sentence_first_contact(self):
        if self.needs_answer:
            return self.env._("the customer is reached within %s", self._get_time_words())
        return self.env._("the customer is contacted within %s", self._get_time_words())

    def _get_sentence_stage_time(self):
        return self.env._("the stage is closed within %s", self._get_time_words())

    def _get_sentence_silence(self):
        return self.env._("no longer than %s without a contact", self._get_time_words())

    def _get_sentence_next_step(self):
        return self.env._("a next step is planned within %s", self._get_time_words())

    def _get_sentence_report(self):
        return self.env._("a contact is reported within %s", self._get_time_words())

    def _get_sentence_task(self):
        when = {
            "stage": self.env._("when the stage is entered"),
            "attempt": self.env._("after unanswered attempt %s", self.trigger_count),
            "assigned": self.env._("when the lead is assigned"),
            "won": self.env._("when the deal is won"),
        }
        return self.env._(
            "%(when)s: %(goal)s, within %(time)s",
            when=when[self.trigger or "stage"],
            goal=self.goal or "",
            time=self._get_time_words(),
        )

    def _get_sentence_acceptance(self):
        return self.env._("a hand-over is accepted or refused within %s", self._get_time_words())

    def _get_sentence_decision(self):
        return self.env._(
            "explanations, exceptions and complaints are decided within %s",
            self._get_time_words(),
        )

    def _get_sentence_attempts(self):
        return self.env._(
            "after %(count)s unanswered attempts: %(then)s",
            count=self.limit_count,
            then=self._get_consequence_words(),
        )

    def _get_consequence_words(self):
        """Say what becomes of a customer when a count is reached."""
        if self.on_breach == "hand_over":
            return self.env._("handed over to %s", self.to_role_id.name)
        return (
            self.env._("back to the pool") if self.on_breach == "pool" else self.env._("recorded")
        )

    def _get_sentence_contacts(self):
        return self.env._("the stage is closed within %s answered contacts", self.limit_count)

    def _get_sentence_period(self):
        labels = dict(self._fields["measure"]._description_selection(self.env))
        periods = dict(self._fields["period"]._description_selection(self.env))
        return self.env._(
            "%(measure)s: at least %(target)g per %(period)s",
            measure=labels.get(self.measure, ""),
            target=self.target,
            period=periods.get(self.period, "").lower(),
        )

    def _get_sentence_gate(self):
        moments = dict(self._fields["moment"]._description_selection(self.env))
        conditions = [field.field_description for field in self.sudo().required_field_ids]
        if self.contact_needed:
            conditions.append(self.env._("an answered contact"))
        if self.next_step_needed:
            conditions.append(self.env._("a planned next step"))
        if self.from_stage_ids:
            stages = ", ".join(self.from_stage_ids.mapped("name"))
            conditions.append(self.env._("from %s only", stages))
        return self.env._(
            "to %(moment)s: %(conditions)s",
            moment=moments.get(self.moment, "").lower(),
            conditions=", ".join(conditions),
        )

    # === APPROVAL === #

    def _get_problems(self):
        """Return what keeps a version with these rules from being approved, a sentence each."""
        problems = []
        for rule in self:
            problems += [f"{rule.sentence}: {problem}" for problem in rule._get_own_problems()]
        return problems

    def _get_own_problems(self):
        self.ensure_one()
        if self.kind in COUNT_KINDS and not self.limit_count:
            yield self.env._("state a count.")
        if self.kind == "task" and not self.goal:
            yield self.env._("state the goal.")
        if self.kind == "stage" and not self.stage_ids:
            yield self.env._("name the stages.")
        if self.kind == "period" and not (self.measure and self.period and self.target > 0):
            yield self.env._("state measure, period and target.")
        if self.severity == "major" and not self.consequence:
            yield self.env._("state the consequence of a major violation.")
        if self.on_breach == "hand_over" and not self.to_role_id:
            yield self.env._("state to which role the customer is handed over.")
        if self.kind == "gate":
            yield from self._get_gate_problems()

    def _get_gate_problems(self):
        if not self.moment:
            yield self.env._("state the moment.")
        conditions = (
            self.required_field_ids
            or self.contact_needed
            or self.next_step_needed
            or self.from_stage_ids
        )
        if not conditions:
            yield self.env._("state a condition.")
        if self.moment in ("enter", "leave") and not self.stage_ids:
            yield self.env._("name the stages.")
        if self.moment == "win" and self.stage_ids.filtered("is_won"):
            yield self.env._("name the stages from which deals are won, not the won stage.")
        if self.moment == "enter" and self.stage_ids & self._get_landing_stages():
            yield self.env._(
                "leads come in by mail, forms and imports in this stage: it cannot have a gate at"
                " its entry."
            )

    def _get_landing_stages(self):
        """Return the stages in which new leads begin, of each team and without one."""
        teams = self.env["crm.team"].search([]).ids
        leads = self.env["crm.lead"]
        stages = leads._stage_find(domain=[("fold", "=", False)])
        for team_id in teams:
            stages |= leads._stage_find(team_id=team_id, domain=[("fold", "=", False)])
        return stages

    def _get_content(self):
        """Return the rule as plain values, for the fingerprint."""
        self.ensure_one()
        skipped = {*models.MAGIC_COLUMNS, "regulation_id", "company_id"}
        return {
            name: self[name].ids if field.relational else self[name] or False
            for name, field in sorted(self._fields.items())
            if field.store and name not in skipped
        }

    # === IN FORCE === #

    def _compile(self):
        """Return the rule as a `Rule` of plain values."""
        self.ensure_one()
        domain = self._get_domain()
        return Rule(
            id=self.id,
            regulation_id=self.regulation_id.id,
            kind=self.kind,
            sequence=self.sequence,
            stage_ids=frozenset(self.stage_ids.ids),
            team_ids=frozenset(self.team_ids.ids),
            role_ids=frozenset(self.role_ids.ids),
            user_ids=frozenset(self.user_ids.ids),
            lead_type=self.lead_type,
            domain=domain,
            severity=self.severity,
            limit_minutes=self.limit_minutes,
            limit_count=self.limit_count,
            time_base=self.time_base,
            channel=self.channel,
            trigger=self.trigger,
            trigger_count=self.trigger_count,
            needs_answer=self.needs_answer,
            moment=self.moment,
            required_fields=tuple(self.sudo().required_field_ids.mapped("name")),
            contact_needed=self.contact_needed,
            next_step_needed=self.next_step_needed,
            from_stage_ids=frozenset(self.from_stage_ids.ids),
            blocks_machines=self.machine == "block",
            on_breach=self.on_breach,
            to_role_id=self.to_role_id.id,
            on_reopen=self.on_reopen,
            wait_limit_minutes=self.wait_limit_minutes,
        )

    @api.model
    def _is_rule_for(self, rule, case, lead):
        """Tell whether a compiled rule is for a lead, its domain included."""
        return is_for(rule, case) and (
            not rule.domain or bool(lead.sudo().filtered_domain(rule.domain))
        )
