import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, ormcache
from odoo.tools.misc import split_every

from ..rule_choice import choose
from .sale_regulation_rule import CLOCK_KINDS, KINDS

_logger = logging.getLogger(__name__)

STATES = [
    ("open", "Running"),
    ("met", "Met"),
    ("breached", "Violated"),
    ("ended", "Ended"),
    ("cancelled", "Cancelled"),
]
# of those that end with the lead, whatever becomes of it
OF_LEAD = ("assignment", "first_contact", "stage_time", "silence", "next_step", "task")
SWEEP = 5000
TRIES = 3
SPANS = 60  # of working time that evidence keeps
LEAST_MINUTES = 15  # what a new owner has at least


class NewClock(NamedTuple):
    """A clock to be opened; moments are naive and in UTC."""

    rule: object
    lead_id: int
    company_id: int
    visit_no: int
    seq: int
    user_id: int
    role_id: int
    opened_at: object
    deadline_at: object
    calendar_id: int
    resource_id: int
    contact_id: int = None
    handover_id: int = None
    about_id: int = None


class SaleRuleClock(models.Model):
    """A norm that runs for a lead: opened, met in time, or violated (G3).

    *Met* and *violated* are the same whether the job runs in time or a day late: what is done
    writes `met_at` or `ended_at`, and only a deadline that has not passed changes the state at
    once. Past deadlines are judged by the sweep alone. A violated clock with neither moment is
    still overdue.
    """

    _name = "sale.rule.clock"
    _inherit = ["sale.audit.row", "sale.pipeline.lead.mixin"]
    _description = "Running Norm"
    _order = "deadline_at, id"
    _rec_name = "rule_id"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", readonly=True)
    regulation_id = fields.Many2one("sale.regulation", readonly=True, ondelete="restrict")
    rule_id = fields.Many2one(
        "sale.regulation.rule", required=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [one for one in KINDS if one[0] in CLOCK_KINDS], required=True, readonly=True
    )
    lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="cascade")
    visit_no = fields.Integer(string="Stage Visit No.", readonly=True, aggregator=None)
    seq = fields.Integer(string="No.", readonly=True, aggregator=None)
    is_of_visit = fields.Boolean(string="Ends with the Stage", readonly=True)
    user_id = fields.Many2one("res.users", string="Answerable", readonly=True, ondelete="restrict")
    role_id = fields.Many2one("sale.pipeline.role", readonly=True, ondelete="restrict")
    opened_at = fields.Datetime(string="Since", required=True, readonly=True)
    limit_minutes = fields.Integer(string="Limit (Minutes)", readonly=True, aggregator=None)
    used_minutes = fields.Float(
        readonly=True, aggregator=None, help="Used by former salespersons in their time."
    )
    counted_from = fields.Datetime(
        readonly=True, help="Since when the rest runs in the time of who answers now."
    )
    calendar_id = fields.Many2one("resource.calendar", readonly=True, ondelete="set null")
    resource_id = fields.Many2one("resource.resource", readonly=True, ondelete="set null")
    deadline_at = fields.Datetime(
        string="Deadline", readonly=True, help="Empty: there is no working time."
    )
    waited_until = fields.Datetime(readonly=True, help="Agreed with the customer.")
    state = fields.Selection(STATES, string="Status", required=True, readonly=True, default="open")
    met_at = fields.Datetime(string="Met On", readonly=True)
    met_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    ended_at = fields.Datetime(string="Ended On", readonly=True)
    goal = fields.Char(related="rule_id.goal")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    contact_id = fields.Many2one("sale.contact.event", readonly=True, ondelete="set null")
    handover_id = fields.Many2one("sale.handover", readonly=True, ondelete="cascade")
    about_id = fields.Many2one(
        "sale.violation",
        string="Decision About",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    violation_id = fields.Many2one("sale.violation", readonly=True, ondelete="set null")

    why = fields.Html(compute="_compute_why")

    _lead_unique = models.UniqueIndex("(lead_id, rule_id, visit_no, seq)")
    _due_index = models.Index("(deadline_at) WHERE state = 'open'")
    _user_due_index = models.Index("(user_id, deadline_at) WHERE state = 'open'")

    def _get_changeable_fields(self):
        return {
            "state",
            "met_at",
            "met_by_id",
            "ended_at",
            "activity_id",
            "violation_id",
            "user_id",
            "role_id",
            "used_minutes",
            "counted_from",
            "calendar_id",
            "resource_id",
            "deadline_at",
            "waited_until",
            "limit_minutes",
        }

    def _get_system_fields(self):
        return set(self._fields) - set(models.MAGIC_COLUMNS)

    def flush_model(self, fnames=None):
        self.env["crm.lead"]._write_history()
        super().flush_model(fnames)

    # === TIME === #

    @api.model
    @ormcache("user_id", "company_id")
    def _get_resource(self, user_id, company_id):
        """Return ``(calendar id, resource id)`` of a user in a company, or (False, False)."""
        resource = (
            self.env["resource.resource"]
            .sudo()
            .search(
                [
                    ("user_id", "=", user_id),
                    ("company_id", "=", company_id),
                    ("calendar_id", "!=", False),
                ],
                limit=1,
            )
        )
        return resource.calendar_id.id, resource.id

    @api.model
    @ormcache("team_id", "company_id")
    def _get_team_calendar(self, team_id, company_id):
        """Return the id of the calendar of a team, else of the company, or False."""
        team = self.env["crm.team"].sudo().browse(team_id or [])
        company = self.env["res.company"].sudo().browse(company_id or [])
        return team.resource_calendar_id.id or company.resource_calendar_id.id

    @api.model
    def _get_calendar(self, company_id, team_id, user_id, time_base):
        """Return the calendar in which a norm runs, and the id of the resource or False.

        Who has no calendar of his own works in his team's time, never day and night.
        """
        calendars = self.env["resource.calendar"]
        if time_base == "person" and user_id:
            calendar_id, resource_id = self._get_resource(user_id, company_id)
            if calendar_id:
                return calendars.browse(calendar_id), resource_id
        if time_base == "company":
            team_id = False
        return calendars.browse(self._get_team_calendar(team_id, company_id) or []), False

    @api.model
    def _get_deadline(self, rule, minutes, start, company_id, team_id, user_id):
        """Return deadline, calendar id and resource id of a norm that starts at a moment.

        The deadline is None where there is no working time.
        """
        if rule.time_base == "clock":
            return start + timedelta(minutes=minutes), False, False
        calendar, resource_id = self._get_calendar(company_id, team_id, user_id, rule.time_base)
        if not calendar:
            return None, False, False
        deadline = calendar._get_work_deadline(start, minutes, resource_id)
        return deadline, calendar.id, resource_id

    # === WHAT FOLLOWS A CHANGE OF LEADS === #

    @api.model
    def _follow(self, changes, visits):
        """End, hand on and open clocks after leads changed.

        :param changes: `Change` tuples of `crm.lead`
        :param visits: ``{lead id: visit number}``
        """
        regulations = self.env["sale.regulation"]
        compiled = {
            one.after.company_id: regulations._get_compiled(one.after.company_id)
            for one in changes
            if one.after.company_id
        }
        if not self._has_rules():
            return
        known = [one for one in changes if not one.is_new]
        self._hand_on(
            [
                one
                for one in known
                if one.has_new_owner and not one.is_over and not one.has_new_company
            ]
        )
        clocks = [
            clock
            for one in changes
            if one.after.company_id in compiled and (not one.is_over or one.is_newly_won)
            for clock in self._get_new_clocks(
                one, visits.get(one.lead_id, 0), compiled[one.after.company_id].rules
            )
        ]
        self._end_and_open(known, clocks)

    @api.model
    def _end_and_open(self, changes, clocks):
        """End what a change of leads decides and open what begins with it, in one statement."""
        if changes and clocks:
            query = SQL(
                "WITH ended AS (%s) %s", self._get_end_sql(changes), self._get_open_sql(clocks)
            )
        elif changes:
            query = self._get_end_sql(changes)
        elif clocks:
            query = self._get_open_sql(clocks)
        else:
            return
        self.env.execute_query(query)
        self.invalidate_model()

    @api.model
    @ormcache()
    def _has_rules(self):
        """Tell whether any company ever had a regulation in force."""
        return bool(
            self.env["sale.regulation"]
            .sudo()
            .search_count([("state", "in", ("in_force", "superseded"))], limit=1)
        )

    @api.model
    def _get_end_sql(self, changes):
        """Return the statement that meets or ends the clocks that changes of leads decide."""
        return SQL(
            """
            WITH n AS (
                SELECT * FROM unnest(%(lead)s::int[], %(over)s::bool[], %(moved)s::bool[],
                                     %(forward)s::bool[], %(owned)s::bool[])
                           AS n(lead_id, over, moved, forward, owned)
            )
            UPDATE sale_rule_clock c
               SET state = CASE WHEN c.state = 'breached' OR c.deadline_at <= %(now)s
                                THEN c.state
                                WHEN c.kind = 'stage_time' AND n.forward
                                  OR c.kind = 'assignment' AND n.owned THEN 'met'
                                ELSE 'ended' END,
                   met_at = CASE WHEN c.kind = 'stage_time' AND n.forward
                                   OR c.kind = 'assignment' AND n.owned
                                 THEN %(now)s END,
                   met_by_id = CASE WHEN c.kind = 'stage_time' AND n.forward
                                      OR c.kind = 'assignment' AND n.owned
                                    THEN %(uid)s END,
                   ended_at = %(now)s
              FROM n
             WHERE c.lead_id = n.lead_id
               AND c.state IN ('open', 'breached')
               AND c.ended_at IS NULL
               AND (n.over AND c.kind = ANY(%(kinds)s)
                    OR n.moved AND c.is_of_visit
                    OR n.owned AND c.kind = 'assignment')
         RETURNING c.id
            """,
            lead=[one.lead_id for one in changes],
            over=[one.is_newly_over or one.has_new_company for one in changes],
            moved=[one.moved for one in changes],
            forward=[one.exit_kind in ("forward", "won", "converted") for one in changes],
            owned=[bool(one.after.user_id) for one in changes],
            kinds=list(OF_LEAD),
            now=self.env.cr.now(),
            uid=self.env.uid,
        )

    @api.model
    def _hand_on(self, changes):
        """Let clocks of a lead run on for its new salesperson, with the minutes used kept."""
        if not changes:
            return
        now = self.env.cr.now()
        by_lead = {one.lead_id: one.after for one in changes}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, lead_id, rule_id, coalesce(counted_from, opened_at), used_minutes,
                       limit_minutes, calendar_id, resource_id, deadline_at, regulation_id
                  FROM sale_rule_clock
                 WHERE lead_id = ANY(%s) AND state = 'open' AND ended_at IS NULL
                   AND kind IN ('first_contact', 'stage_time', 'silence', 'next_step', 'task')
                   AND (deadline_at IS NULL OR deadline_at > %s)
                   AND NOT (is_of_visit AND lead_id = ANY(%s))
                """,
                list(by_lead),
                now,
                [one.lead_id for one in changes if one.moved],
            )
        )
        rules = {
            rule.id: rule
            for regulation_id in {row[9] for row in rows}
            for rule in self.env["sale.regulation"]._get_clock_rules(regulation_id)
        }
        handed = [
            self._prepare_handing_on(by_lead[row[1]], rules.get(row[2]), now, row) for row in rows
        ]
        if handed:
            self._write_handed_on(handed)

    @api.model
    def _prepare_handing_on(self, after, rule, now, row):
        """Return the row of a clock for its new owner: the minutes left run in his time."""
        clock_id, _lead, _rule, start, used, limit, calendar_id, resource_id, deadline, _reg = row
        counted_from = None
        if rule and rule.time_base == "person" and calendar_id and deadline and deadline > now:
            calendar = self.env["resource.calendar"].browse(calendar_id)
            used += calendar._get_work_minutes(start, now, resource_id or False)
            counted_from = now
            deadline, calendar_id, resource_id = self._get_deadline(
                rule,
                max(limit - used, LEAST_MINUTES),
                now,
                after.company_id,
                after.team_id,
                after.user_id,
            )
        return (
            clock_id,
            (rule and self._get_answerable(rule, after)) or None,
            after.role_id or None,
            used,
            counted_from,
            calendar_id or None,
            resource_id or None,
            deadline,
        )

    @api.model
    def _write_handed_on(self, rows):
        self.env.execute_query(
            SQL(
                """
                UPDATE sale_rule_clock c
                   SET user_id = v.user_id, role_id = v.role_id, used_minutes = v.used,
                       counted_from = coalesce(v.counted_from, c.counted_from),
                       calendar_id = v.calendar_id, resource_id = v.resource_id,
                       deadline_at = v.deadline
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::float[], %s::timestamp[],
                              %s::int[], %s::int[], %s::timestamp[])
                       AS v(id, user_id, role_id, used, counted_from, calendar_id, resource_id,
                            deadline)
                 WHERE c.id = v.id
             RETURNING c.id
                """,
                *map(list, zip(*rows, strict=True)),
            )
        )
        self.invalidate_model()

    def _is_due(self, now):
        return bool(self.deadline_at) and self.deadline_at <= now

    @api.model
    def _get_new_clocks(self, change, visit_no, rules):
        """Return the clocks that a change opens, as `NewClock`s."""
        after, now = change.after, self.env.cr.now()
        lead = self.env["crm.lead"].browse(change.lead_id)
        if change.is_newly_won:
            return [
                self._prepare(rule, after, change.lead_id, visit_no, now)
                for rule in rules.get("task", ())
                if rule.trigger == "won"
                and rule.limit_minutes
                and self._is_for(rule, after.case, lead)
            ]
        begins = change.is_new or change.is_reopened or change.has_new_company
        clocks = []

        def add(rule, seq=1):
            if rule and rule.limit_minutes and not (change.is_reopened and self._runs_on(rule)):
                clocks.append(self._prepare(rule, after, change.lead_id, visit_no, now, seq))

        def chosen(kind):
            fitting = [
                rule
                for rule in rules.get(kind, ())
                if not rule.domain or self._is_for(rule, after.case, lead)
            ]
            return choose(fitting, after.case)

        if not after.user_id and (begins or change.has_new_owner):
            add(chosen("assignment"))
        if change.moved or begins:
            add(chosen("stage_time"))
            add(chosen("silence"))
        first = chosen("first_contact")
        is_new_for = change.is_converted and first and first.lead_type
        if first and (change.moved if first.stage_ids else begins or is_new_for):
            add(first)
        for rule in rules.get("task", ()):
            starts = (rule.trigger == "stage" and change.moved) or (
                rule.trigger == "assigned"
                and after.user_id
                and (change.is_new or change.has_new_owner or change.has_new_company)
            )
            if starts and self._is_for(rule, after.case, lead):
                add(rule)
        return clocks

    @api.model
    def _is_for(self, rule, case, lead):
        return self.env["sale.regulation.rule"]._is_rule_for(rule, case, lead)

    @api.model
    def _runs_on(self, rule):
        return rule.on_reopen == "continue"

    @api.model
    def _prepare(self, rule, facts, lead_id, visit_no, start, seq=1, **values):
        """Return a `NewClock` of a rule for a lead, in the time of who answers."""
        deadline, calendar_id, resource_id = self._get_deadline(
            rule, rule.limit_minutes, start, facts.company_id, facts.team_id, facts.user_id
        )
        return NewClock(
            rule,
            lead_id,
            facts.company_id,
            visit_no,
            seq,
            self._get_answerable(rule, facts),
            facts.role_id,
            start,
            deadline,
            calendar_id,
            resource_id,
            **values,
        )

    @api.model
    def _get_answerable(self, rule, facts):
        """Return the id of who answers: the salesperson, else the leader of the team.

        A vacation does not let a new customer wait: his deputy answers for the first contact.
        """
        if rule.kind == "first_contact" and facts.user_id:
            members = self.env["crm.team.member"]
            return members._get_present(facts.user_id, facts.team_id, self.env.cr.now())
        if rule.kind != "assignment" and facts.user_id:
            return facts.user_id
        return self.env["crm.team"].sudo().browse(facts.team_id or []).user_id.id

    @api.model
    def _open(self, clocks):
        """Insert clocks; one that there is already stays."""
        self._end_and_open([], clocks)

    @api.model
    def _get_open_sql(self, clocks):
        """Return the statement that inserts clocks."""
        columns = (
            ("lead_id", "int"),
            ("company_id", "int"),
            ("visit_no", "int"),
            ("seq", "int"),
            ("user_id", "int"),
            ("role_id", "int"),
            ("opened_at", "timestamp"),
            ("deadline_at", "timestamp"),
            ("calendar_id", "int"),
            ("resource_id", "int"),
            ("contact_id", "int"),
            ("handover_id", "int"),
            ("about_id", "int"),
        )
        arrays = [
            SQL("%s::%s[]", [getattr(one, name) or None for one in clocks], SQL(kind))
            for name, kind in columns
        ]
        rules = [one.rule for one in clocks]
        arrays += [
            SQL("%s::int[]", [rule.id for rule in rules]),
            SQL("%s::int[]", [rule.regulation_id for rule in rules]),
            SQL("%s::text[]", [rule.kind for rule in rules]),
            SQL("%s::int[]", [rule.limit_minutes for rule in rules]),
            SQL("%s::bool[]", [rule.is_of_visit for rule in rules]),
        ]
        return SQL(
            """
            INSERT INTO sale_rule_clock (
                   %s, rule_id, regulation_id, kind, limit_minutes, is_of_visit, used_minutes,
                   state)
            SELECT v.*, 0, 'open' FROM unnest(%s) v
            ON CONFLICT DO NOTHING
            RETURNING id
            """,
            SQL(", ").join(SQL.identifier(name) for name, _kind in columns),
            SQL(", ").join(arrays),
        )

    def _cancel(self):
        """End norms without a verdict; one that was violated stays so."""
        for clock in self.filtered(lambda one: not one.ended_at):
            values = {"ended_at": self.env.cr.now()}
            if clock.state == "open" and not clock._is_due(self.env.cr.now()):
                values["state"] = "cancelled"
            clock.write(values)

    def _meet(self):
        """Meet norms now; a deadline that has passed is left to the sweep."""
        now = self.env.cr.now()
        for clock in self.sudo().filtered(lambda one: not one.ended_at):
            values = {"met_at": now, "ended_at": now, "met_by_id": self.env.uid}
            if clock.state == "open" and not clock._is_due(now):
                values["state"] = "met"
            clock.write(values)

    def _wait(self, until):
        """Move deadlines of stages to a date agreed with the customer, once in a visit.

        They move by the working time until then, at most by the rule's longest wait.
        """
        now = self.env.cr.now()
        for clock in self.filtered(lambda one: not one.waited_until and one.calendar_id):
            longest = clock.rule_id.wait_limit_minutes
            calendar, resource_id = clock.calendar_id, clock.resource_id.id
            wait = min(longest, calendar._get_work_minutes(now, until, resource_id))
            if wait <= 0 or clock._is_due(now):
                continue
            clock.write(
                {
                    "waited_until": until,
                    "limit_minutes": clock.limit_minutes + round(wait),
                    "deadline_at": calendar._get_work_deadline(
                        clock.deadline_at, wait, resource_id
                    ),
                }
            )

    # === WHY === #

    @api.depends("deadline_at")
    @api.depends_context("lang", "tz")
    def _compute_why(self):
        for clock in self:
            reckoning = clock.sudo()._get_reckoning()
            clock.why = clock.deadline_at and self.env["sale.violation"]._get_why(
                reckoning["limit_minutes"],
                reckoning["opened"],
                reckoning["deadline"],
                reckoning["calendar"],
                reckoning["zone"],
                reckoning["spans"],
            )

    def _get_reckoning(self):
        """Return how the deadline came about, in plain values with moments as texts."""
        self.ensure_one()
        text = fields.Datetime.to_string
        calendar, start = self.calendar_id, self.counted_from or self.opened_at
        spans = (
            calendar._get_work_spans(start, self.deadline_at, self.resource_id.id)
            if calendar and self.deadline_at
            else []
        )
        return {
            "opened": text(self.opened_at),
            "deadline": text(self.deadline_at),
            "limit_minutes": self.limit_minutes,
            "used_minutes": self.used_minutes,
            "calendar": calendar.name or "",
            "zone": self.resource_id.tz or calendar.tz or "UTC",
            "spans": [[text(begin), text(end)] for begin, end in spans[:SPANS]],
        }

    # === SWEEP === #

    @api.model
    def _cron_sweep(self):
        """Judge the clocks whose deadline has passed, and let follow what the rules say."""
        progress = self.env["ir.cron"]
        while True:
            count = self._sweep(SWEEP)
            if not progress._commit_progress(count, remaining=0) or count < SWEEP:
                break

    @api.model
    def _sweep(self, limit):
        """Judge at most so many due clocks; returns how many were judged.

        It begins its transaction, so that it seldom meets a change: three tries, then the next
        run of the job.
        """
        for number in range(TRIES):
            try:
                with self.env.cr.savepoint():
                    rows = self._judge(limit)
                    break
            except OperationalError:
                if number == TRIES - 1 or self.env.cr.closed:
                    raise
                self.env.cr.rollback()
        violations = self.env["sale.violation"].browse(
            violation_id for _clock_id, violation_id in rows if violation_id
        )
        violations._on_breach()
        self.browse(clock_id for clock_id, _violation_id in rows)._on_deadline()
        return len(rows)

    def _on_deadline(self):
        """Let follow what the rules say of norms that were not kept."""
        self.handover_id._expire()
        for clock in self.filtered(lambda one: not one.ended_at and one.lead_id):
            rule, lead = clock.rule_id, clock.lead_id
            if rule.on_breach == "nothing" or clock._is_trial():
                continue
            try:
                with self.env.cr.savepoint():
                    lead._apply_consequence(rule._compile(), "breach")
                    self.env.flush_all()
            except UserError:
                # one lead that cannot be given away holds up no other verdict
                _logger.exception("What follows from rule %s for lead %s", rule.id, lead.id)

    def _is_trial(self):
        """Tell whether a deadline lies in the trial period of its version."""
        self.ensure_one()
        until = self.regulation_id.trial_until
        return bool(until) and self.company_id._get_day(self.deadline_at) <= until

    @api.model
    def _judge(self, limit):
        """Mark due clocks as violated, with a violation each unless the rule only advises.

        :return: pairs of clock id and violation id or None
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT id FROM sale_rule_clock
                     WHERE state = 'open' AND deadline_at <= %(now)s
                  ORDER BY deadline_at LIMIT %(limit)s
                       FOR UPDATE SKIP LOCKED
                ), hit AS (
                    UPDATE sale_rule_clock c SET state = 'breached'
                      FROM due WHERE c.id = due.id RETURNING c.*
                ), added AS (
                    INSERT INTO sale_violation (
                           clock_id, kind, rule_id, regulation_id, company_id, user_id, lead_id,
                           lead_name, happened_at, severity, is_trial, noticed_minutes, state,
                           create_date, write_date, create_uid, write_uid)
                    SELECT hit.id,
                           CASE hit.kind WHEN 'report' THEN 'late_report' ELSE 'breach' END,
                           hit.rule_id, hit.regulation_id, hit.company_id, hit.user_id,
                           hit.lead_id, lead.name, hit.deadline_at, rule.severity,
                           coalesce((hit.deadline_at AT TIME ZONE 'utc'
                                     AT TIME ZONE coalesce(zone.name, 'utc'))::date
                                    <= regulation.trial_until, FALSE), -1,
                           'open', %(now)s, %(now)s, %(uid)s, %(uid)s
                      FROM hit
                      JOIN sale_regulation_rule rule ON rule.id = hit.rule_id
                      JOIN sale_regulation regulation ON regulation.id = hit.regulation_id
                      LEFT JOIN crm_lead lead ON lead.id = hit.lead_id
                      LEFT JOIN %(zone)s ON zone.company_id = hit.company_id
                     WHERE rule.severity <> 'advice'
                ON CONFLICT DO NOTHING
                 RETURNING id, clock_id
                )
                SELECT hit.id, added.id FROM hit LEFT JOIN added ON added.clock_id = hit.id
                """,
                now=self.env.cr.now(),
                limit=limit,
                uid=self.env.uid,
                zone=self.env["res.company"]._get_zone_table(),
            )
        )
        self.invalidate_model()
        return rows

    @api.model
    def _cron_recompute(self):
        """Compute open deadlines anew after working hours or leaves changed."""
        now = self.env.cr.now()
        clocks = self.search(
            [
                ("state", "=", "open"),
                ("calendar_id", "!=", False),
                "|",
                ("deadline_at", "=", False),
                ("deadline_at", ">", now),
            ]
        )
        for some in split_every(1000, clocks.ids, self.browse):
            some._recompute_deadlines()

    def _recompute_deadlines(self):
        """Compute deadlines anew in today's working time, with the minutes used kept."""
        for clock in self:
            start = clock.counted_from or clock.opened_at
            rest = clock.limit_minutes - clock.used_minutes
            calendar = clock.resource_id.calendar_id or clock.calendar_id
            deadline = calendar._get_work_deadline(start, rest, clock.resource_id.id)
            if (deadline, calendar) != (clock.deadline_at, clock.calendar_id):
                clock.write({"deadline_at": deadline, "calendar_id": calendar.id})
