import json
from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from .sale_regulation_rule import SEVERITIES

KINDS = [
    ("breach", "Violation of a Norm"),
    ("late_report", "Late Report"),
    ("non_standard", "Outside the Standard Process"),
    ("complaint", "Complaint"),
]
STATES = [
    ("asked", "Exception Requested"),
    ("granted", "Exception Granted"),
    ("refused", "Exception Refused"),
    ("open", "Open"),
    ("explained", "Explained"),
    ("confirmed", "Confirmed"),
    ("waived", "Waived"),
    ("withdrawn", "Withdrawn"),
]
EXCEPTION_HOURS = 24


class SaleViolation(models.Model):
    """What was not as the regulation says: violations, exceptions and complaints (G9).

    It is explained by who answers for it, then confirmed or waived by a head. Only the system
    withdraws one, when a contact that had been made in time is entered later.
    """

    _name = "sale.violation"
    _inherit = [
        "sale.audit.row",
        "sale.pipeline.lead.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Violation of the Regulation"
    _order = "happened_at desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True, readonly=True
    )
    kind = fields.Selection(KINDS, required=True, default="complaint", index=True)
    rule_id = fields.Many2one("sale.regulation.rule", ondelete="restrict", index="btree_not_null")
    regulation_id = fields.Many2one("sale.regulation", readonly=True, ondelete="restrict")
    clock_id = fields.Many2one("sale.rule.clock", readonly=True, ondelete="set null")
    user_id = fields.Many2one(
        "res.users", string="Manager", ondelete="restrict", index=True, check_company=True
    )
    author_id = fields.Many2one(
        "res.users", readonly=True, ondelete="restrict", default=lambda self: self.env.user
    )
    lead_id = fields.Many2one("crm.lead", ondelete="set null", index="btree_not_null")
    lead_name = fields.Char(readonly=True)
    happened_at = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    severity = fields.Selection(SEVERITIES, required=True, default="minor")
    is_trial = fields.Boolean(string="Trial", readonly=True)
    is_machine = fields.Boolean(
        string="By Mail, Job or Automation",
        readonly=True,
        help="No person was refused: the case passed and was recorded.",
    )
    is_confidential = fields.Boolean(
        string="Confidential", help="Seen by its author and the process owner only."
    )
    description = fields.Text(help="What happened, or why an exception is asked for.")
    evidence = fields.Json(readonly=True)
    evidence_text = fields.Html(string="Why", compute="_compute_evidence_text")
    explanation = fields.Text(readonly=True)
    explained_on = fields.Datetime(readonly=True)
    decision_note = fields.Text(string="Reason of the Decision", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_on = fields.Datetime(readonly=True)
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="open", tracking=True
    )
    moment = fields.Char(readonly=True, help="The gate of an exception.")
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    exception_until = fields.Datetime(string="Valid Until", readonly=True)
    exception_used_on = fields.Datetime(readonly=True)
    period_key = fields.Char(readonly=True)
    noticed_minutes = fields.Integer(
        string="Last Notified Step (Minutes)",
        readonly=True,
        default=-1,
        aggregator=None,
        help="The last step of the escalation.",
    )

    _clock_unique = models.UniqueIndex("(clock_id) WHERE clock_id IS NOT NULL")
    _period_unique = models.UniqueIndex(
        "(rule_id, user_id, period_key) WHERE period_key IS NOT NULL"
    )

    @api.depends("kind", "lead_name", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for violation in self:
            about = violation.lead_name or violation.user_id.name
            kind = labels.get(violation.kind, "")
            violation.display_name = f"{kind}: {about}" if about else kind

    @api.depends("evidence")
    @api.depends_context("lang", "tz")
    def _compute_evidence_text(self):
        """Tell what the verdict rests on: version, limit, calendar and the hours counted."""
        for violation in self:
            evidence = violation.evidence or {}
            violation.evidence_text = evidence.get("deadline") and violation._get_why(
                evidence["limit_minutes"],
                evidence["opened"],
                evidence["deadline"],
                evidence["calendar"],
                evidence["zone"],
                evidence["spans"],
            )

    @api.model
    def _get_why(self, limit, opened, deadline, calendar, zone, spans):
        """Write why a deadline is when it is, as HTML.

        :param spans: pairs of moments in UTC, as texts, between which time ran
        """
        rule = self.env["sale.regulation.rule"]
        moment = partial(format_datetime, self.env, dt_format="short")
        head = self.env._(
            "%(limit)s from %(opened)s until %(deadline)s, counted in %(calendar)s (%(zone)s):",
            limit=rule._format_minutes(limit),
            opened=moment(opened),
            deadline=moment(deadline),
            calendar=calendar or self.env._("every hour"),
            zone=zone,
        )
        lines = Markup().join(
            Markup("<li>%s – %s: %s</li>")
            % (moment(start), moment(end), rule._format_minutes(_minutes(start, end)))
            for start, end in spans
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (head, lines)

    @api.model
    def _get_system_fields(self):
        return {name for name, field in self._fields.items() if field.readonly and field.store} - {
            *models.MAGIC_COLUMNS
        }

    def _get_changeable_fields(self):
        return {
            "explanation",
            "explained_on",
            "decision_note",
            "decided_by_id",
            "decided_on",
            "state",
            "evidence",
            "exception_until",
            "exception_used_on",
            "noticed_minutes",
            *self._get_thread_fields(),
        }

    @api.model
    def _get_thread_fields(self):
        """Return the names of the fields of chatter and activities."""
        return {name for name in self._fields if name.startswith(("message_", "activity_"))}

    @api.model_create_multi
    def create(self, vals_list):
        """Enter violations; people enter complaints."""
        if not self.env.su:
            for vals in vals_list:
                if vals.get("kind", "complaint") != "complaint":
                    raise AccessError(
                        self.env._("Violations are found by the system: file a complaint instead.")
                    )
        violations = super().create(vals_list)
        for violation in violations.sudo().filtered("lead_id"):
            if not violation.lead_name:
                # the name outlives the lead: it is entered with the row, in one step
                self.env.cr.execute(
                    "UPDATE sale_violation SET lead_name = %s WHERE id = %s",
                    [violation.lead_id.name, violation.id],
                )
        violations.invalidate_recordset(["lead_name"])
        violations.sudo().filtered(lambda one: one.kind == "complaint")._on_filed()
        return violations

    # === STEPS === #

    def action_explain(self, text):
        """Enter what the answerable manager says to it."""
        for violation in self:
            if violation.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(violation)s is explained by %(manager)s only.",
                        violation=violation.display_name,
                        manager=violation.user_id.name,
                    )
                )
            violation._check_states("open")
            violation._check_text(text)
            violation.sudo().write(
                {
                    "explanation": text,
                    "explained_on": fields.Datetime.now(),
                    "state": "explained",
                }
            )
            violation.sudo()._on_filed()

    def action_confirm(self, text=""):
        """Confirm violations: they count."""
        self._decide("confirmed", text, needs_text=False)

    def action_waive(self, text):
        """Waive violations, with a reason: they count for nobody."""
        self._decide("waived", text)

    def _decide(self, state, text, needs_text=True):
        for violation in self:
            violation._check_decides()
            violation._check_states("open", "explained")
            if needs_text:
                violation._check_text(text)
            violation._enter_decision(state, text)

    def _enter_decision(self, state, text, **values):
        """Write a decision, and take it off the list of whoever was asked."""
        own = self.sudo()
        own.write(
            {
                "state": state,
                "decision_note": text,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
                **values,
            }
        )
        own.activity_ids.action_feedback()
        self.env["sale.rule.clock"].sudo().search([("about_id", "=", self.id)])._meet()

    def action_grant(self, text):
        """Grant an exception: the gate lets the lead through once, for 24 hours."""
        for violation in self:
            violation._check_decides()
            violation._check_states("asked")
            violation._check_text(text)
            until = fields.Datetime.add(fields.Datetime.now(), hours=EXCEPTION_HOURS)
            violation._enter_decision("granted", text, exception_until=until)

    def action_refuse(self, text):
        """Refuse an exception, with a reason."""
        for violation in self:
            violation._check_decides()
            violation._check_states("asked")
            violation._check_text(text)
            violation._enter_decision("refused", text)

    def _check_decides(self):
        """Refuse who may not decide: heads do, and nobody about himself but a process owner."""
        self.ensure_one()
        user = self.env.user
        if user.has_group("sale_pipeline_rules.sale_pipeline_group_owner"):
            return
        if (
            not user.has_group("sale_pipeline_rules.sale_pipeline_group_head")
            or self.user_id == user
        ):
            raise AccessError(
                self.env._(
                    "%(violation)s is decided by the head of the manager or the process owner.",
                    violation=self.display_name,
                )
            )

    def _check_states(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(violation)s: status is %(state)s already.",
                    violation=self.display_name,
                    state=labels[self.state],
                )
            )

    def _check_text(self, text):
        if not isinstance(text, str) or not text.strip():
            raise UserError(self.env._("State a reason for %s.", self.display_name))

    # === THE SYSTEM === #

    def _withdraw(self):
        """Take back violations of norms that were met in time after all."""
        self.filtered(lambda one: one.state in ("open", "explained")).write({"state": "withdrawn"})

    def _on_breach(self):
        """Let follow what the rules say of new violations, and keep the evidence."""
        if not self:
            return
        sentences = {
            rule.id: (rule.sentence, rule.regulation_id.number)
            for rule in self.rule_id.with_context(lang="en_US")
        }
        evidence = [
            json.dumps(violation._get_evidence(*sentences[violation.rule_id.id]))
            for violation in self
        ]
        self.env.execute_query(
            SQL(
                """
                WITH v AS (
                    UPDATE sale_violation violation SET evidence = n.evidence
                      FROM unnest(%s::int[], %s::jsonb[]) AS n(id, evidence)
                     WHERE violation.id = n.id RETURNING violation.id, violation.clock_id
                )
                UPDATE sale_rule_clock clock SET violation_id = v.id
                  FROM v WHERE clock.id = v.clock_id RETURNING clock.id
                """,
                self.ids,
                evidence,
            )
        )
        self.invalidate_model(["evidence"])
        self.env["sale.rule.clock"].invalidate_model(["violation_id"])

    def _get_evidence(self, sentence, version):
        """Return what the verdict rests on, as it is now, in plain values."""
        self.ensure_one()
        return {"rule": sentence, "version": version, **self.clock_id._get_reckoning()}


def _minutes(start, end):
    """Compute the minutes between two moments given as texts."""
    start, end = (fields.Datetime.to_datetime(moment) for moment in (start, end))
    return (end - start).total_seconds() / 60
