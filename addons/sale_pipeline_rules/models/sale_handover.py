from collections import defaultdict

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..rule_choice import choose

SHOWN = 10  # leads that a message names; the rest are counted
SCOPES = [
    ("lead", "Lead or Opportunity"),
    ("customer", "Customer"),
    ("paperwork", "Paperwork"),
]
REASONS = [
    ("request", "By Agreement"),
    ("attempts", "Unanswered Attempts"),
    ("contacts", "Contacts Used Up"),
    ("stage", "Stage Reached"),
    ("breach", "Violation"),
    ("absence", "Absence"),
    ("won", "Won"),
]
STATES = [
    ("proposed", "Proposed"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("expired", "Expired"),
    ("cancelled", "Withdrawn by Giver"),
]


class SaleHandover(models.Model):
    """A customer goes from one manager to another, who accepts or refuses (G7).

    Until it is accepted the giver answers. Acceptance gives the lead, the customer or the
    paperwork; only *lead* changes who sells, so that who closed stays who closed.
    """

    _name = "sale.handover"
    _inherit = [
        "sale.audit.row",
        "sale.pipeline.lead.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Hand-Over of a Customer"
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", readonly=True, index=True)
    lead_id = fields.Many2one(
        "crm.lead", string="Lead or Opportunity", ondelete="cascade", index=True
    )
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="restrict")
    scope = fields.Selection(SCOPES, required=True, default="lead")
    reason = fields.Selection(REASONS, required=True, readonly=True, default="request")
    from_user_id = fields.Many2one(
        "res.users", string="Given By", readonly=True, ondelete="restrict", index=True
    )
    from_role_id = fields.Many2one("sale.pipeline.role", readonly=True, ondelete="restrict")
    to_user_id = fields.Many2one(
        "res.users",
        string="Given To",
        ondelete="restrict",
        index=True,
        domain=[("share", "=", False)],
        check_company=True,
        help="Empty: the leader of the team decides.",
    )
    to_role_id = fields.Many2one("sale.pipeline.role", ondelete="restrict", check_company=True)
    rule_id = fields.Many2one("sale.regulation.rule", readonly=True, ondelete="restrict")
    brief = fields.Text(
        required=True, help="What was said and agreed, what comes next: the receiver starts here."
    )
    criteria_done = fields.Text(string="Criteria Met")
    event_id = fields.Many2one(
        "calendar.event", string="Booked Meeting", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="proposed",
        tracking=True,
        index=True,
    )
    refusal = fields.Text(string="Reason of the Refusal", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_on = fields.Datetime(readonly=True)

    can_decide = fields.Boolean(compute="_compute_can_decide")

    _proposed_unique = models.UniqueIndex(
        "(lead_id, scope) WHERE state = 'proposed'",
        "A hand-over of this lead is proposed already: accept, refuse or cancel it first.",
    )

    @api.depends("to_user_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        is_head = self.env.user.has_group("sale_pipeline_rules.sale_pipeline_group_head")
        for handover in self:
            handover.can_decide = is_head or handover.to_user_id == self.env.user

    @api.depends("lead_id", "partner_id", "to_user_id", "to_role_id")
    def _compute_display_name(self):
        for handover in self:
            own = handover.sudo()  # the receiver sees no lead of the giver yet
            what = own.lead_id.name or own.partner_id.display_name or ""
            whom = own.to_user_id.name or own.to_role_id.name or "…"
            handover.display_name = f"{what} → {whom}"

    @api.model
    def _get_system_fields(self):
        return {name for name, field in self._fields.items() if field.readonly and field.store} - {
            *models.MAGIC_COLUMNS
        }

    def _get_changeable_fields(self):
        return {
            "state",
            "refusal",
            "decided_by_id",
            "decided_on",
            "to_user_id",
            "event_id",
            *(name for name in self._fields if name.startswith(("message_", "activity_"))),
        }

    # === PROPOSING === #

    @api.model_create_multi
    def create(self, vals_list):
        """Propose hand-overs; the receiver hears of it."""
        if not self.env.su:
            self.check_access("create")
            for vals in vals_list:
                self._check_system_fields(self._get_system_fields() & vals.keys())
                lead = self.env["crm.lead"].browse(vals.get("lead_id") or [])
                lead.check_access("write")
        handovers = super(SaleHandover, self.sudo()).create(
            [self._complete(vals) for vals in vals_list]
        )
        for handover in handovers:
            handover._check_receiver()
            if not handover._is_of_absence():
                handover._on_proposed()
        return handovers.with_env(self.env)

    @api.model
    def _complete(self, vals):
        vals = dict(vals)
        lead = self.env["crm.lead"].sudo().browse(vals.get("lead_id") or [])
        if not lead:
            raise UserError(self.env._("State the lead or opportunity that is handed over."))
        company = lead._get_pipeline_company() or self.env.company
        giver = vals.get("from_user_id") or lead.user_id.id or self.env.uid
        if not vals.get("to_user_id") and vals.get("to_role_id"):
            vals["to_user_id"] = lead._find_receiver(vals["to_role_id"], giver).id
        vals.setdefault("brief", lead._prepare_brief())
        return {
            **vals,
            "company_id": company.id,
            "partner_id": vals.get("partner_id") or lead.partner_id.commercial_partner_id.id,
            "from_user_id": giver,
            "from_role_id": self.env["crm.team.member"]._get_role_id(giver, lead.team_id.id),
        }

    def _check_receiver(self):
        """Refuse a receiver who could not work with it."""
        self.ensure_one()
        receiver = self.to_user_id
        if not receiver:
            return
        if not receiver.active or self.company_id not in receiver.company_ids:
            raise UserError(
                self.env._(
                    "%(user)s does not work in %(company)s: choose somebody else.",
                    user=receiver.name,
                    company=self.company_id.name,
                )
            )
        if receiver == self.from_user_id:
            raise UserError(
                self.env._("%s has this customer already: choose somebody else.", receiver.name)
            )

    def _on_proposed(self):
        """Tell the receiver, or the leader where there is none, and start the norm."""
        self.ensure_one()
        user = self.to_user_id or self.lead_id.team_id.user_id
        if user:
            localized = self.with_context(lang=user.lang)
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._get_today(),
                summary=localized.env._("Accept or refuse: %s", self.display_name),
                note=self.brief,
                user_id=user.id,
            )
        self._open_clock("acceptance", user)

    def _open_clock(self, kind, user):
        """Start the norm of an answer."""
        lead = self.sudo().lead_id
        facts = lead._get_facts()[lead.id]
        facts = facts._replace(
            user_id=user.id,
            role_id=self.env["crm.team.member"]._get_role_id(user.id, facts.team_id),
        )
        rules = self.env["sale.regulation"]._get_compiled(facts.company_id).rules
        rule = choose(rules.get(kind, ()), facts.case)
        if rule and rule.limit_minutes:
            clocks = self.env["sale.rule.clock"]
            clock = clocks._prepare(
                rule, facts, lead.id, 0, self.env.cr.now(), self.id, handover_id=self.id
            )
            clocks._open([clock])

    # === DECIDING === #

    def action_accept(self):
        """Take over: owner, team and stage change together."""
        for handover in self:
            handover._check_decides()
            handover._check_current()
            handover._decide("accepted")
            handover._take_over()
        return True

    def action_refuse(self, text):
        """Refuse with a reason; the second refusal brings it to the leader."""
        for handover in self:
            handover._check_decides()
            if not isinstance(text, str) or not text.strip():
                raise UserError(self.env._("State a reason for %s.", handover.display_name))
            handover._decide("refused", text)
            handover._on_refused()
        return True

    def action_cancel(self):
        """Take a proposal back."""
        for handover in self:
            user = self.env.user
            if not self.env.su and user not in (handover.from_user_id, handover.create_uid):
                handover._check_head()
            handover._decide("cancelled")
        return True

    def _check_decides(self):
        """Refuse who is neither the receiver nor a head."""
        self.ensure_one()
        if not self.env.su and self.env.user != self.to_user_id:
            self._check_head()

    def _check_current(self):
        """Refuse to take what the giver has no more, or what is closed.

        :raise UserError: names who has it
        """
        lead = self.sudo().lead_id
        if self.scope != "lead" or self.state != "proposed":
            return
        if lead.won_status != "pending" or (lead.user_id and lead.user_id != self.from_user_id):
            raise UserError(
                self.env._(
                    "“%(lead)s” is closed or with %(user)s now: withdraw the proposal.",
                    lead=lead.name,
                    user=lead.user_id.name or "–",
                )
            )

    def _check_head(self):
        if not self.env.user.has_group("sale_pipeline_rules.sale_pipeline_group_head"):
            raise AccessError(
                self.env._(
                    "%(handover)s is decided by %(user)s or a head of sales.",
                    handover=self.display_name,
                    user=self.to_user_id.name or self.env._("the receiver"),
                )
            )

    def _decide(self, state, text=False):
        self.ensure_one()
        if self.state != "proposed":
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(handover)s: status is %(state)s already.",
                    handover=self.display_name,
                    state=labels[self.state],
                )
            )
        own = self.sudo()
        own.write(
            {
                "state": state,
                "refusal": text,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )
        if state == "accepted" and not self.to_user_id:
            own.to_user_id = self.env.user
        own.activity_ids.action_feedback()
        clocks = self.env["sale.rule.clock"].sudo().search([("handover_id", "=", self.id)])
        if state == "cancelled":
            clocks._cancel()
        else:
            clocks._meet()

    def _take_over(self):
        """Give what was handed over; only *lead* changes who sells."""
        self.ensure_one()
        own = self.sudo()
        lead, receiver = own.lead_id, own.to_user_id
        if self.scope == "customer":
            own.partner_id.user_id = receiver
        elif self.scope == "paperwork":
            lead.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._get_today(),
                summary=self.with_context(lang=receiver.lang).env._("Paperwork"),
                note=self.brief,
                user_id=receiver.id,
            )
        else:
            lead.with_user(self.env.user).sudo().write(own._prepare_lead_values())

    def _prepare_lead_values(self):
        """Return owner, team and stage, written together: core would recompute them apart."""
        self.ensure_one()
        lead, receiver = self.lead_id, self.to_user_id
        members = lead.team_id.crm_team_member_ids
        team = lead.team_id
        if receiver not in members.user_id and receiver != team.user_id:
            own = self.env["crm.team.member"].search([("user_id", "=", receiver.id)], limit=1)
            team = own.crm_team_id or team
        values = {"user_id": receiver.id, "team_id": team.id}
        stage = lead.stage_id
        if stage.team_ids and team not in stage.team_ids:
            values["stage_id"] = lead._stage_find(
                team_id=team.id, domain=[("sequence", ">=", stage.sequence)]
            ).id
        return values

    # === ABSENCE === #

    def _is_of_absence(self):
        """Whether somebody leaves and his successor is known: nothing is proposed then."""
        return self.reason == "absence" and bool(self.to_user_id)

    def _take_over_all(self):
        """Give the leads of somebody who leaves to his successor, who hears of it once."""
        own = self.sudo()
        own.write(
            {
                "state": "accepted",
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )
        groups = defaultdict(self.env["crm.lead"].sudo().browse)
        for handover in own:
            groups[tuple(handover._prepare_lead_values().items())] |= handover.lead_id
        for values, leads in groups.items():
            leads.with_context(mail_auto_subscribe_no_notify=True).write(dict(values))
        own._notify_successor()

    def _notify_successor(self):
        """Tell who took over which leads, in one message."""
        for receiver, some in self.grouped("to_user_id").items():
            localized = self.with_context(lang=receiver.lang).env
            names = some[:SHOWN].lead_id.mapped("name")
            if len(some) > SHOWN:
                names.append(localized._("And %s more.", len(some) - SHOWN))
            givers = ", ".join(some.from_user_id.mapped("name"))
            self.env["mail.thread"].message_notify(
                partner_ids=receiver.partner_id.ids,
                subject=localized._("%(count)s leads of %(user)s", count=len(some), user=givers),
                body=Markup("<br>").join(
                    [localized._("These leads are yours now, with their norms:"), *names]
                ),
            )

    def _expire(self):
        """Bring proposals that nobody answered in time to the leader."""
        for handover in self.filtered(lambda one: one.state == "proposed"):
            handover.state = "expired"
            handover.activity_ids.action_feedback()
            handover._ask_leader(handover.lead_id.team_id.user_id, "expired")

    def _ask_leader(self, user, what):
        """Make a task for who decides on a hand-over that came to nothing."""
        if not user:
            return
        localized = self.with_context(lang=user.lang).env
        summaries = {
            "expired": localized._("Hand-over not answered"),
            "refused": localized._("Hand-over refused"),
        }
        self.lead_id.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_today(),
            summary=summaries[what],
            note=self.refusal or self.brief,
            user_id=user.id,
        )

    def _on_refused(self):
        """Bring it to the leader after the second refusal."""
        self.ensure_one()
        own = self.sudo()
        lead = own.lead_id
        refused = own.search_count(
            [("lead_id", "=", lead.id), ("state", "=", "refused"), ("scope", "=", self.scope)]
        )
        own._ask_leader(lead.team_id.user_id if refused > 1 else own.from_user_id, "refused")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    handover_ids = fields.One2many("sale.handover", "lead_id", string="Hand-Overs")

    def _prepare_brief(self):
        """Write what the receiver has to know from the last contacts."""
        self.ensure_one()
        company = self._get_pipeline_company()
        contacts = (
            self.env["sale.contact.event"].sudo().search([("lead_id", "=", self.id)], limit=3)
        )
        lines = [
            " – ".join(
                part
                for part in (
                    format_date(self.env, company._get_day(contact.started_at)),
                    contact.said,
                    contact.agreed,
                    contact.next_goal,
                )
                if part
            )
            for contact in contacts
        ]
        return "\n".join(lines) or self.env._("No contact yet.")

    def _find_receiver(self, role_id, giver_id):
        """Find who takes over in a role: the pair first, else who has the fewest open leads."""
        self.ensure_one()
        members = self.env["crm.team.member"].sudo()
        own = members.search(
            [("user_id", "=", giver_id), ("crm_team_id", "=", self.team_id.id)], limit=1
        )
        partner = own.pair_member_id
        company = self._get_pipeline_company()
        if (
            partner.role_id.id == role_id
            and partner.user_id.active
            and company in partner.user_id.company_ids
        ):
            return partner.user_id
        candidates = members.search([("role_id", "=", role_id), ("user_id.active", "=", True)])
        near = candidates.filtered(lambda one: one.crm_team_id == self.team_id) or candidates
        users = near.user_id.filtered(
            lambda user: user.id != giver_id and self._get_pipeline_company() in user.company_ids
        )
        loads = dict(
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                [("user_id", "in", users.ids), ("won_status", "=", "pending")],
                ["user_id"],
                ["__count"],
            )
        )
        return min(users, key=lambda user: (loads.get(user, 0), user.id), default=users)

    def _get_proposed(self, reason=None):
        """Return the open proposals of the leads themselves, of a reason where one is given."""
        return self.handover_ids.filtered(
            lambda one: (
                one.state == "proposed" and one.scope == "lead" and reason in (None, one.reason)
            )
        )

    def _on_count_reached(self, rule, what):
        """Hand the customer over, or put him back into the pool."""
        super()._on_count_reached(rule, what)
        self._apply_consequence(rule, what)

    def _apply_consequence(self, rule, reason):
        """Do what a rule says of a lead: hand over or back to the pool.

        :param rule: a compiled `Rule`
        :param reason: a reason of a hand-over
        """
        # the regulation does it, whoever logs the contact that it follows from
        leads = self.with_user(SUPERUSER_ID)
        for lead in leads.filtered(lambda one: one.won_status == "pending"):
            if rule.on_breach == "pool" and lead.user_id:
                lead.write({"user_id": False})
            elif rule.on_breach == "hand_over" and rule.to_role_id:
                if not lead._get_proposed():
                    lead.env["sale.handover"].create(
                        {
                            "lead_id": lead.id,
                            "to_role_id": rule.to_role_id,
                            "reason": reason,
                            "rule_id": rule.id,
                        }
                    )
