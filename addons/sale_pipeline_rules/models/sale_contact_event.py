from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..rule_choice import choose
from .sale_regulation_rule import CHANNELS

DIRECTIONS = [("out", "Outgoing"), ("in", "Incoming")]
OUTCOMES = [
    ("answered", "Answered"),
    ("no_answer", "No Answer"),
    ("busy", "Busy"),
    ("refused", "Customer Refused"),
    ("postponed", "Postponed"),
    ("wrong_number", "Wrong Number"),
    ("held", "Meeting Held"),
    ("no_show", "No-Show"),
    ("sent", "Sent"),
    ("received", "Received"),
]
ANSWERED = {"answered", "refused", "postponed", "held", "received"}
REPORT_STATES = [
    ("none", "Not Needed"),
    ("owed", "Report Due"),
    ("done", "Submitted"),
    ("late", "Submitted Late"),
]
REPORTED_CHANNELS = {"call", "meeting", "visit", "messenger", "chat"}
LEAST_WORDS = 3  # characters of a report that says something
JOIN_MINUTES = 10


class SaleContactEvent(models.Model):
    """A contact with a customer: on which channel, with what outcome, what was agreed (G5)."""

    _name = "sale.contact.event"
    _inherit = ["sale.audit.row", "sale.pipeline.lead.mixin"]
    _description = "Contact with a Customer"
    _order = "started_at desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", readonly=True, index=True)
    lead_id = fields.Many2one("crm.lead", ondelete="set null", string="Lead or Opportunity")
    lead_name = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    visit_no = fields.Integer(string="Stage Visit No.", readonly=True, aggregator=None)
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    user_id = fields.Many2one(
        "res.users", string="Manager", ondelete="restrict", help="Empty: nobody answered."
    )
    other_user_ids = fields.Many2many(
        "res.users",
        "sale_contact_event_user_rel",
        "contact_id",
        "user_id",
        string="Also Took Part",
    )
    role_id = fields.Many2one("sale.pipeline.role", readonly=True, ondelete="restrict")
    channel = fields.Selection(CHANNELS, required=True, default="call")
    direction = fields.Selection(DIRECTIONS, required=True, default="out")
    outcome = fields.Selection(OUTCOMES, required=True, default="answered")
    is_answered = fields.Boolean(
        string="Reached", compute="_compute_is_answered", store=True, precompute=True
    )
    started_at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    seconds = fields.Integer(string="Duration (Seconds)")
    said = fields.Text(string="What Was Said")
    agreed = fields.Text(string="What Was Agreed")
    next_on = fields.Datetime(string="Next Contact")
    next_goal = fields.Char(string="Goal of the Next")
    no_next_reason = fields.Char(string="Why There Is No Next")
    is_important = fields.Boolean(string="Important")
    is_first = fields.Boolean(string="First Contact", readonly=True)
    response_minutes = fields.Float(
        readonly=True, aggregator="avg", help="Working minutes from the lead to the first contact."
    )
    report_state = fields.Selection(
        REPORT_STATES, string="Report", required=True, readonly=True, default="none"
    )
    reported_on = fields.Datetime(readonly=True)
    skipped_step_ids = fields.Many2many(
        "sale.talk.step",
        "sale_contact_event_step_rel",
        "contact_id",
        "step_id",
        string="Skipped Steps",
        ondelete="restrict",
    )
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    event_id = fields.Many2one("calendar.event", readonly=True, ondelete="set null")
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null")
    is_bulk = fields.Boolean(string="Mass Mailing", readonly=True, help="Answers no norm.")
    source = fields.Char(readonly=True, help="The system that reported the contact.")
    external_ref = fields.Char(
        string="External Reference", readonly=True, help="The number that it has there."
    )
    address = fields.Char(help="The number or address where no lead was found.")
    corrects_id = fields.Many2one(
        "sale.contact.event",
        ondelete="restrict",
    )
    correction_ids = fields.One2many("sale.contact.event", "corrects_id", string="Corrected By")
    is_late_entry = fields.Boolean(
        string="Entered Late",
        readonly=True,
        help="Entered later than the regulation allows: it settles a violation only when the head"
        " confirms it.",
    )

    _activity_unique = models.UniqueIndex("(activity_id) WHERE activity_id IS NOT NULL")
    _event_unique = models.UniqueIndex("(event_id) WHERE event_id IS NOT NULL")
    _message_unique = models.UniqueIndex("(message_id) WHERE message_id IS NOT NULL")
    _source_unique = models.UniqueIndex("(source, external_ref) WHERE external_ref IS NOT NULL")
    _first_index = models.Index("(lead_id) WHERE is_first")
    _lead_index = models.Index("(lead_id, started_at)")
    _user_index = models.Index("(company_id, user_id, started_at)")

    @api.depends("outcome", "is_bulk")
    def _compute_is_answered(self):
        for contact in self:
            contact.is_answered = contact.outcome in ANSWERED and not contact.is_bulk

    @api.depends("channel", "lead_name", "partner_id", "started_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for contact in self:
            about = contact.lead_name or contact.partner_id.display_name or contact.address or ""
            contact.display_name = f"{labels.get(contact.channel, '')}: {about}"

    @api.model
    def _get_system_fields(self):
        return {name for name, field in self._fields.items() if field.readonly and field.store} - {
            *models.MAGIC_COLUMNS,
            "is_answered",
        }

    def _get_changeable_fields(self):
        """A report is written once; a lead found later is linked."""
        return {
            "report_state",
            "reported_on",
            "is_first",
            "response_minutes",
            *self._get_report_fields(),
            *self._get_link_fields(),
        }

    @api.model
    def _get_report_fields(self):
        """Return the names of the fields that the report of a contact fills in."""
        return {
            "said",
            "agreed",
            "next_on",
            "next_goal",
            "no_next_reason",
            "is_important",
            "skipped_step_ids",
        }

    @api.model
    def _get_link_fields(self):
        return {
            "lead_id",
            "lead_name",
            "partner_id",
            "visit_no",
            "stage_id",
            "role_id",
            "address",
        }

    @api.constrains("started_at")
    def _check_started_at(self):
        """What lies ahead is a plan."""
        for contact in self:
            if contact.started_at > fields.Datetime.add(fields.Datetime.now(), minutes=5):
                raise ValidationError(
                    self.env._(
                        "%(contact)s lies in the future: plan an activity or a meeting instead.",
                        contact=contact.display_name,
                    )
                )

    # === ENTERING === #

    @api.model_create_multi
    def create(self, vals_list):
        """Enter contacts, and let the norms of their leads follow."""
        if not self.env.su:
            self.check_access("create")
            for vals in vals_list:
                self._check_given(vals)
        contacts = super(SaleContactEvent, self.sudo()).create(
            [self._complete(vals) for vals in vals_list]
        )
        contacts._follow()
        return contacts.with_env(self.env)

    @api.model
    def _check_given(self, vals):
        """Refuse what people do not enter: fields of the system, contacts of other managers."""
        names = self._get_system_fields()
        self._check_system_fields(
            names & {*vals, *(name for name in names if f"default_{name}" in self.env.context)}
        )
        if vals.get("user_id", self.env.uid) != self.env.uid and not self.env.user.has_group(
            "sale_pipeline_rules.sale_pipeline_group_head"
        ):
            raise AccessError(
                self.env._("Contacts of other managers are entered by a head of sales.")
            )
        self.env["crm.lead"].browse(vals.get("lead_id") or []).check_access("read")

    def write(self, vals):
        if not self.env.su and vals.keys() & self._get_report_fields():
            self._check_report_open()
        if not self.env.su and vals.get("lead_id"):
            self._link(self.env["crm.lead"].browse(vals["lead_id"]))
            vals = {name: value for name, value in vals.items() if name != "lead_id"}
        return super().write(vals)

    def _link(self, lead):
        """Link contacts that waited without a lead, and let its norms follow.

        :raise UserError: where a contact has a lead already
        """
        self.check_access("write")
        lead.check_access("read")
        for contact in self:
            if contact.lead_id:
                raise UserError(
                    self.env._(
                        "“%(contact)s” belongs to its lead: press Correct, which enters a new"
                        " contact in its place.",
                        contact=contact.display_name,
                    )
                )
            own = contact.sudo()
            vals = {name: own[name] for name in ("direction", "outcome", "is_bulk", "started_at")}
            company = lead._get_pipeline_company() or own.company_id
            vals |= {"user_id": own.user_id.id, "company_id": company.id}
            own.write(self._get_link_values(lead.sudo(), vals))
            own._follow()

    def _check_report_open(self):
        """Refuse to write a report a second time."""
        for contact in self:
            if contact.report_state in ("done", "late"):
                raise UserError(
                    self.env._(
                        "The report of “%(contact)s” is written: press Correct, which enters a new"
                        " contact in its place.",
                        contact=contact.display_name,
                    )
                )

    @api.model
    def _complete(self, vals):
        """Return values with what the lead says of itself."""
        vals = {"user_id": self.env.uid, **vals}
        lead = self.env["crm.lead"].sudo().browse(vals.get("lead_id") or [])
        company = lead._get_pipeline_company() if lead else self.env.company
        vals.setdefault("started_at", fields.Datetime.now())
        vals["company_id"] = company.id
        if lead:
            vals |= self._get_link_values(lead, vals)
        if vals.get("said") or vals.get("agreed"):
            vals["report_state"], vals["reported_on"] = "done", fields.Datetime.now()
        vals["is_late_entry"] = self._is_late(vals["started_at"], company)
        return vals

    @api.model
    def _get_link_values(self, lead, vals):
        """Return the values that a contact takes from its lead."""
        user_id = vals.get("user_id")
        self.env["crm.lead.interval"].flush_model(["visit_no"])
        [(visit_no, earliest)] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT max(visit_no) FROM crm_lead_interval
                         WHERE lead_id = %(lead)s AND origin <> 'merge'),
                       (SELECT min(started_at) FROM sale_contact_event
                         WHERE lead_id = %(lead)s AND is_first)
                """,
                lead=lead.id,
            )
        )
        values = {
            "lead_id": lead.id,
            "lead_name": lead.name,
            "partner_id": lead.partner_id.id,
            "visit_no": visit_no,
            "stage_id": lead.stage_id.id,
            "role_id": self.env["crm.team.member"]._get_role_id(user_id, lead.team_id.id),
        }
        if not earliest and user_id and self._is_by_hand(vals):
            values |= self._get_first_values(lead, vals)
        return values

    @api.model
    def _is_by_hand(self, vals):
        """Tell whether one of ours has done something for the customer."""
        return not vals.get("is_bulk") and (
            vals.get("direction", "out") == "out" or vals.get("outcome", "answered") in ANSWERED
        )

    @api.model
    def _get_first_values(self, lead, vals):
        """Return what the first contact says: the team's working minutes since the lead came."""
        started = fields.Datetime.to_datetime(vals["started_at"])
        calendar, _resource = self.env["sale.rule.clock"]._get_calendar(
            vals["company_id"], lead.team_id.id, False, "team"
        )
        created = min(lead.create_date or started, started)
        minutes = calendar._get_work_minutes(created, started) if calendar else 0
        return {"is_first": True, "response_minutes": minutes}

    @api.model
    def _is_late(self, started_at, company):
        """Tell whether a contact is entered later than the regulation allows."""
        minutes = self.env["sale.regulation"]._get_compiled(company.id).backdate_minutes
        if minutes is None:
            return False
        latest = fields.Datetime.add(fields.Datetime.to_datetime(started_at), minutes=minutes)
        return fields.Datetime.now() > latest

    # === WHAT FOLLOWS === #

    def _follow(self):
        """Let clocks, first contacts, reports and attempts of the leads follow."""
        contacts = self.filtered(lambda one: one.lead_id and not one.is_bulk)
        for contact in contacts.sorted("started_at"):
            rules = contact._get_rules()
            if not rules:
                continue
            contact._follow_clocks(rules)
            contact._follow_written_report()
            contact._follow_report(rules)
            contact._follow_attempts(rules)

    def _get_rules(self):
        """Return the compiled rules by kind that hold for the lead's company."""
        self.ensure_one()
        regulations = self.env["sale.regulation"]
        return self.company_id and regulations._get_compiled(self.company_id.id).rules

    def _is_human_outbound(self):
        """Whether one of ours has done something for the customer."""
        self.ensure_one()
        return bool(self.user_id) and (self.direction == "out" or self.is_answered)

    def _follow_clocks(self, rules):
        """Meet the norms that this contact answers; one in time takes a violation back."""
        self.ensure_one()
        if not self._is_human_outbound():
            return
        clocks = self.env["sale.rule.clock"]
        clocks.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE sale_rule_clock c
                   SET met_at = %(at)s, ended_at = %(at)s, met_by_id = %(user)s,
                       state = CASE WHEN c.deadline_at IS NULL OR c.deadline_at >= %(at)s
                                         AND (c.state = 'open' OR NOT %(late)s)
                                    THEN 'met' ELSE c.state END
                  FROM sale_regulation_rule r
                 WHERE r.id = c.rule_id AND c.lead_id = %(lead)s
                   AND c.state IN ('open', 'breached') AND c.ended_at IS NULL
                   AND (c.kind = 'first_contact' AND NOT c.is_of_visit
                        OR date_trunc('second', c.opened_at) <= %(at)s)
                   AND (c.kind = 'silence'
                        OR c.kind = 'first_contact'
                           AND (%(answered)s OR r.needs_answer IS NOT TRUE)
                        OR c.kind = 'task' AND r.channel = %(channel)s)
             RETURNING c.id, c.state, c.violation_id, c.kind, c.rule_id, c.visit_no, c.seq
                """,
                at=self.started_at,
                user=self.user_id.id,
                late=self.is_late_entry,
                lead=self.lead_id.id,
                answered=self.is_answered,
                channel=self.channel,
            )
        )
        clocks.invalidate_model()
        cured = [row[2] for row in rows if row[1] == "met" and row[2]]
        self.env["sale.violation"].browse(cured)._withdraw()
        self._restart_silence(rules, rows)

    def _restart_silence(self, rules, rows):
        """Open the next silence after this contact."""
        if "silence" not in {row[3] for row in rows}:
            return
        lead = self.lead_id
        facts = lead._get_facts()[lead.id]
        if not facts.active or facts.is_won:
            return
        rule = choose(rules.get("silence", ()), facts.case)
        if not rule or not rule.limit_minutes:
            return
        clocks = self.env["sale.rule.clock"]
        clocks._open(
            [
                clocks._prepare(rule, facts, lead.id, visit_no, self.started_at, seq + 1)
                for _id, _state, _violation, kind, rule_id, visit_no, seq in rows
                if kind == "silence"
            ]
        )

    def _follow_written_report(self):
        """Let the agreed date move the stage's deadline, and enter mandatory steps skipped."""
        if self.next_on:
            self.env["sale.rule.clock"].search(
                [
                    ("lead_id", "=", self.lead_id.id),
                    ("kind", "=", "stage_time"),
                    ("state", "=", "open"),
                    ("rule_id.wait_limit_minutes", ">", 0),
                ]
            )._wait(self.next_on)
        skipped = self.skipped_step_ids.filtered("is_mandatory")
        if skipped:
            self.env["sale.violation"].create(
                {
                    "kind": "non_standard",
                    "company_id": self.company_id.id,
                    "regulation_id": skipped.regulation_id[:1].id,
                    "user_id": self.user_id.id,
                    "lead_id": self.lead_id.id,
                    "lead_name": self.lead_name,
                    "happened_at": self.started_at,
                    "description": self.env._(
                        "Skipped in the talk: %s", ", ".join(skipped.mapped("name"))
                    ),
                }
            )

    def _follow_report(self, rules):
        """Ask for a report where the regulation does."""
        self.ensure_one()
        if self.report_state != "none" or self.channel not in REPORTED_CHANNELS:
            return
        if not self.user_id or not self.is_answered:
            return
        if self.corrects_id.report_state in ("done", "late", "owed"):
            return
        lead = self.lead_id
        facts = lead._get_facts()[lead.id]
        rule = choose(rules.get("report", ()), facts.case)
        if rule and rule.limit_minutes:
            self.report_state = "owed"
            clocks = self.env["sale.rule.clock"]
            clock = clocks._prepare(
                rule,
                facts._replace(user_id=self.user_id.id, role_id=self.role_id.id),
                lead.id,
                self.visit_no,
                self.started_at,
                self.id,
                contact_id=self.id,
            )
            clocks._open([clock])

    def _follow_attempts(self, rules):
        """Count attempts that nobody answered, and contacts of the visit."""
        self.ensure_one()
        if self.direction != "out" or not self.user_id:
            return
        if not self.is_answered and self.channel in ("email", "post"):
            return  # no attempt, as in _count_attempts
        lead = self.lead_id
        if not {"attempts", "contacts", "task"} & rules.keys():
            return
        facts = lead._get_facts()[lead.id]
        attempts = choose(rules.get("attempts", ()), facts.case)
        contacts = choose(rules.get("contacts", ()), facts.case)
        tasks = [
            rule
            for rule in rules.get("task", ())
            if rule.trigger == "attempt"
            and self.env["sale.rule.clock"]._is_for(rule, facts.case, lead)
        ]
        if not self.is_answered and (attempts or tasks):
            count = self._count_attempts(lead)
            clocks = self.env["sale.rule.clock"]
            clocks._open(
                [
                    clocks._prepare(rule, facts, lead.id, self.visit_no, self.started_at, self.id)
                    for rule in tasks
                    if rule.trigger_count == count and rule.limit_minutes
                ]
            )
            if attempts and attempts.limit_count and count >= attempts.limit_count:
                lead._on_count_reached(attempts, "attempts")
        elif self.is_answered and contacts and contacts.limit_count:
            count = self.search_count(
                [
                    ("lead_id", "=", lead.id),
                    ("visit_no", "=", self.visit_no),
                    ("is_answered", "=", True),
                    ("user_id", "!=", False),
                    ("correction_ids", "=", False),
                    *self._get_since_owner(lead),
                ]
            )
            if count >= contacts.limit_count:
                lead._on_count_reached(contacts, "contacts")

    @api.model
    def _count_attempts(self, lead):
        """Count the attempts since the customer was last reached."""
        lead = lead._origin
        if not lead:
            return 0
        last = self.search(
            [
                ("lead_id", "=", lead.id),
                ("is_answered", "=", True),
                ("correction_ids", "=", False),
            ],
            limit=1,
        )
        domain = [
            ("lead_id", "=", lead.id),
            ("direction", "=", "out"),
            ("is_answered", "=", False),
            ("is_bulk", "=", False),
            ("user_id", "!=", False),
            ("channel", "not in", ("email", "post")),
            ("correction_ids", "=", False),
        ]
        domain += self._get_since_owner(lead)
        if last:
            domain.append(("started_at", ">", last.started_at))
        return self.search_count(domain)

    @api.model
    def _get_since_owner(self, lead):
        """Return the condition that a contact is since the lead has its salesperson."""
        former = (
            self.env["crm.lead.interval"]
            .sudo()
            .search(
                [
                    ("lead_id", "=", lead.id),
                    ("origin", "!=", "merge"),
                    ("left_at", "!=", False),
                    ("user_id", "!=", lead.user_id.id),
                ],
                order="id desc",
                limit=1,
            )
        )
        return [("started_at", ">=", former.left_at)] if former else []

    # === REPORTS === #

    def action_report(self, values):
        """Write the report that a contact owes, once.

        :param values: the report's fields; next contact or the reason why there is none
        """
        self.ensure_one()
        self._check_report_open()
        if not self.env.su and self.user_id != self.env.user:
            raise AccessError(
                self.env._(
                    "The report of “%(contact)s” is written by %(manager)s.",
                    contact=self.display_name,
                    manager=self.user_id.name,
                )
            )
        self._check_report(values)
        clock = self.env["sale.rule.clock"].sudo().search([("contact_id", "=", self.id)], limit=1)
        now = fields.Datetime.now()
        late = bool(clock.deadline_at) and clock.deadline_at < now
        self.sudo().write(
            {
                **{name: values[name] for name in self._get_report_fields() & values.keys()},
                "report_state": "late" if late else "done",
                "reported_on": now,
            }
        )
        self.sudo()._follow_written_report()
        if clock and not clock.ended_at:
            clock.write(
                {
                    "met_at": now,
                    "ended_at": now,
                    "met_by_id": self.env.uid,
                    **({} if late or clock.state != "open" else {"state": "met"}),
                }
            )

    @api.model
    def _check_report(self, values):
        """Refuse a report that says nothing.

        :raise UserError: names what is missing
        """
        missing = []
        if len((values.get("said") or "").strip()) < LEAST_WORDS:
            missing.append(self.env._("what was said"))
        if not values.get("next_on") and not (values.get("no_next_reason") or "").strip():
            missing.append(self.env._("the next contact, or why there is none"))
        if values.get("next_on") and not (values.get("next_goal") or "").strip():
            missing.append(self.env._("the goal of the next contact"))
        if missing:
            raise UserError(self.env._("The report lacks: %s.", ", ".join(missing)))

    # === INLET === #

    @api.model
    def register_contact(self, values):
        """Enter a contact that another system reports, such as a telephone exchange.

        The same source and reference are entered once. A lead is found by `lead_id`, else by the
        customer's number or address among open leads of the manager, then of all; what finds none
        waits in the list *Without a Lead*.

        :param values: `source`, `external_ref`, `channel`, `direction`, `outcome`, `started_at`
            (UTC), `seconds`, `user_login`, `phone` or `email`, `lead_id`
        :return: id of the contact
        :raise UserError: names what is missing or not known
        """
        if not isinstance(values, dict):
            raise UserError(self.env._("Give the contact as a dictionary of values."))
        values = dict(values)
        if not values.get("source") or not values.get("external_ref"):
            raise UserError(self.env._("State source and external_ref of the contact."))
        self.check_access("create")
        known = self.sudo().search(
            [("source", "=", values["source"]), ("external_ref", "=", values["external_ref"])]
        )
        if known:
            return known.id
        contact = self.sudo().create(self._prepare_registered_values(values))
        return contact.id

    @api.model
    def _prepare_registered_values(self, values):
        """Translate the values of another system.

        :raise UserError: names a value that is not known
        """
        for name, choices in (
            ("channel", CHANNELS),
            ("direction", DIRECTIONS),
            ("outcome", OUTCOMES),
        ):
            if values.get(name) and values[name] not in dict(choices):
                raise UserError(
                    self.env._(
                        "%(name)s “%(value)s” is not known: use one of %(choices)s.",
                        name=name,
                        value=values[name],
                        choices=", ".join(dict(choices)),
                    )
                )
        user = self.env["res.users"].browse()
        if values.get("user_login"):
            user = self.env["res.users"].sudo().search([("login", "=", values["user_login"])])
            if not user:
                raise UserError(self.env._("There is no user “%s”.", values["user_login"]))
        lead = self._find_lead(values, user)
        joined = self._find_typed_twin(lead, user, values)
        return {
            "source": values["source"],
            "external_ref": values["external_ref"],
            "channel": values.get("channel", "call"),
            "direction": values.get("direction", "out"),
            "outcome": values.get("outcome", "answered"),
            "started_at": fields.Datetime.to_datetime(values.get("started_at"))
            or fields.Datetime.now(),
            "seconds": values.get("seconds") or 0,
            "user_id": user.id,
            "lead_id": lead.id,
            "address": values.get("phone") or values.get("email"),
            "corrects_id": joined.id,
        }

    @api.model
    def _find_lead(self, values, user):
        """Find the open lead that a contact belongs to, the manager's first."""
        leads = self.env["crm.lead"].sudo()
        if values.get("lead_id"):
            return leads.browse(int(values["lead_id"])).exists()
        domain = []
        if values.get("phone"):
            domain = [("phone_sanitized", "=", self._sanitize_phone(values["phone"]))]
        elif values.get("email"):
            domain = [("email_normalized", "=", (values["email"] or "").strip().lower())]
        if not domain:
            return leads.browse()
        domain += [
            ("won_status", "=", "pending"),
            ("company_id", "in", [False, *self.env.companies.ids]),
        ]
        found = leads.search(domain, order="id desc")
        return (found.filtered(lambda lead: lead.user_id == user) or found)[:1]

    @api.model
    def _sanitize_phone(self, number):
        company = self.env.company
        return (
            self.env["crm.lead"]._phone_format(number=number, country=company.country_id) or number
        )

    @api.model
    def _find_typed_twin(self, lead, user, values):
        """Find a contact that a person typed for the same call: it is counted once."""
        started = fields.Datetime.to_datetime(values.get("started_at"))
        if not lead or not user or not started:
            return self.browse()
        return self.sudo().search(
            [
                ("lead_id", "=", lead.id),
                ("user_id", "=", user.id),
                ("channel", "=", values.get("channel", "call")),
                ("source", "=", False),
                ("started_at", ">=", fields.Datetime.subtract(started, minutes=JOIN_MINUTES)),
                ("started_at", "<=", fields.Datetime.add(started, minutes=JOIN_MINUTES)),
            ],
            limit=1,
        )

    # === MERGED LEADS === #

    @api.model
    def _merge(self, head, tails):
        """Let contacts of merged leads go on as the head's; the earliest first contact stays."""
        self.flush_model()
        contacts = self.env.execute_query(
            SQL(
                """
                WITH moved AS (
                    SELECT id, is_first FROM sale_contact_event WHERE lead_id IN %(all)s
                ), first AS (
                    SELECT id FROM sale_contact_event WHERE lead_id IN %(all)s AND is_first
                  ORDER BY started_at, id LIMIT 1
                )
                UPDATE sale_contact_event c
                   SET is_first = c.id IN (SELECT id FROM first)
                  FROM moved WHERE moved.id = c.id RETURNING c.id, c.is_first
                """,
                all=(head.id, *tails.ids),
            )
        )
        if not contacts:
            return
        self.env.execute_query(
            SQL(
                "UPDATE sale_contact_event SET lead_id = %s WHERE lead_id IN %s RETURNING id",
                head.id,
                tuple(tails.ids),
            )
        )
        self.invalidate_model()
        for first in self.browse(contact_id for contact_id, is_first in contacts if is_first):
            first._follow_clocks(first._get_rules() or {})  # the head's customer was reached too
