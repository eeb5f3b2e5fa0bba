from typing import NamedTuple

from odoo import api, fields, models

from ..rule_choice import Case

# a write of one of these may change the stage, salesperson or team, or close the lead
WATCHED = {"stage_id", "user_id", "team_id", "type", "active", "probability", "company_id"}
RECORDED = ("stage_id", "user_id", "team_id", "company_id", "active", "is_lost", "type")
NO_RANK = (0, 0, False, None)
PENDING = "sale_pipeline_rules.leads"  # of a transaction: {lead id: (Facts before, fields)}


class Facts(NamedTuple):
    """What the regulation asks of a lead at a moment: ids, or False."""

    stage_id: int
    rank: tuple  # of the stage: sequence, id, is won, name
    user_id: int
    team_id: int
    role_id: int
    company_id: int
    regulation_id: int
    type: str
    active: bool
    is_lost: bool
    created_at: object

    @property
    def case(self):
        """For which rules the lead is."""
        return Case(self.stage_id, self.team_id, self.role_id, self.user_id, self.type)

    @property
    def is_won(self):
        return self.rank[2]


class Change(NamedTuple):
    """What became of a lead in one transaction; `before` is None for a new one."""

    lead_id: int
    before: Facts
    after: Facts
    moved: bool  # a visit of a stage begins
    exit_kind: str

    @property
    def is_new(self):
        return self.before is None

    @property
    def is_reopened(self):
        was_over = self.before and (not self.before.active or self.before.is_won)
        return bool(was_over) and not self.is_over

    @property
    def is_converted(self):
        return bool(self.before) and self.before.type != self.after.type

    @property
    def has_new_company(self):
        return bool(self.before) and self.before.company_id != self.after.company_id

    @property
    def is_recorded(self):
        """Whether the history has a new row; a stage that is made a won stage moves nobody."""
        return self.is_new or any(
            getattr(self.before, name) != getattr(self.after, name) for name in RECORDED
        )

    @property
    def was_open(self):
        """Whether the lead has an open row in its history."""
        return bool(self.before) and self.before.active

    @property
    def has_new_owner(self):
        return bool(self.before) and self.before.user_id != self.after.user_id

    @property
    def is_newly_won(self):
        return self.after.is_won and self.after.active and not (self.before and self.before.is_won)

    @property
    def is_newly_over(self):
        """Whether nothing is to be done for the customer from now on."""
        was_over = self.before and (not self.before.active or self.before.is_won)
        return self.is_over and not was_over

    @property
    def is_over(self):
        """Whether nothing is to be done for the customer any more: closed or won."""
        return not self.after.active or self.after.is_won


class CrmLead(models.Model):
    """The history of leads is written with them (G3)."""

    _inherit = "crm.lead"

    interval_ids = fields.One2many("crm.lead.interval", "lead_id", string="History")

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._follow_pipeline({}, leads._get_facts())
        leads._give_to_salesperson_of_customer()
        return leads

    def _give_to_salesperson_of_customer(self):
        """Give new leads that nobody has to the salesperson of their customer (G11)."""
        regulations = self.env["sale.regulation"]
        for lead in self.sudo().filtered(lambda one: not one.user_id and one.partner_id):
            user = lead.partner_id.user_id or lead.partner_id.commercial_partner_id.user_id
            company = lead._get_pipeline_company() or user.company_id
            works_there = user.active and company in user.company_ids
            if works_there and regulations._get_compiled(company.id).regulation_id:
                lead.user_id = user

    def write(self, vals):
        if not vals.keys() & self._get_watched_fields():
            return super().write(vals)
        given = set(vals)  # core adds keys
        before = self._get_facts()
        result = super().write(vals)
        self._follow_pipeline(before, self._get_facts(), given)
        return result

    @api.model
    def _get_watched_fields(self):
        """Return the names of the fields of which a change may matter to the regulation."""
        return WATCHED

    def _get_pipeline_company(self):
        """Return whose regulation holds for a lead: its company, its team's, its owner's."""
        self.ensure_one()
        lead = self.sudo()
        return lead.company_id or lead.team_id.company_id or lead.user_id.company_id

    def _get_facts(self):
        """Return ``{lead id: Facts}`` as the leads are now."""
        ranks = self.env["crm.stage"]._get_ranks()
        members = self.env["crm.team.member"]
        regulations = self.env["sale.regulation"]
        facts = {}
        for lead in self.sudo():
            company_id = lead._get_pipeline_company().id
            facts[lead.id] = Facts(
                stage_id=lead.stage_id.id,
                rank=ranks.get(lead.stage_id.id, NO_RANK),
                user_id=lead.user_id.id,
                team_id=lead.team_id.id,
                role_id=members._get_role_id(lead.user_id.id, lead.team_id.id),
                company_id=company_id,
                regulation_id=company_id and regulations._get_compiled(company_id).regulation_id,
                type=lead.type,
                active=lead.active,
                is_lost=not lead.active and not lead.probability,
                created_at=lead.create_date or self.env.cr.now(),
            )
        return facts

    def _follow_pipeline(self, before, after, given=()):
        """Keep what changed until the history is written, once in a transaction.

        :param before: ``{lead id: Facts}`` before the write; empty for new leads
        :param after: the same after it
        :param given: names of the fields that were written
        """
        self._keep_changes(before, after, given)
        lost = [
            lead_id
            for lead_id, facts in after.items()
            if facts.is_lost and not (before.get(lead_id) and before[lead_id].is_lost)
        ]
        self.browse(lost)._withdraw_if_no_lead()

    @api.model
    def _keep_changes(self, before, after, given=()):
        """Keep for the history how leads were before this transaction."""
        pending = self.env.cr.precommit.data.setdefault(PENDING, {})
        if not pending:
            self.env.cr.precommit.add(self.env["crm.lead"]._write_history)
        for lead_id, facts in after.items():
            first, names = pending.get(lead_id, (before.get(lead_id), frozenset()))
            if lead_id in pending or self._get_change(lead_id, first, facts, given):
                pending[lead_id] = first, names.union(given)

    @api.model
    def _write_history(self):
        """Record what became of leads in this transaction so far, and let clocks follow.

        Called at its end, and earlier by whoever reads the history or the clocks.
        """
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if pending:
            after = self.browse(pending)._get_facts()
            changes = [
                change
                for lead_id, (before, given) in pending.items()
                if (change := self._get_change(lead_id, before, after[lead_id], given))
            ]
            self._record_changes(changes)

    @api.model
    def _record_changes(self, changes, origin="orm"):
        if changes:
            intervals = self.env["crm.lead.interval"].sudo()
            visits = intervals._record([one for one in changes if one.is_recorded], origin)
            if still := [one.lead_id for one in changes if not one.is_recorded]:
                visits |= intervals._get_visits(still)
            self.env["sale.rule.clock"].sudo()._follow(changes, visits)

    def _forget_changes(self):
        """Forget what leads became that end in this transaction: it lasted no time."""
        pending = self.env.cr.precommit.data.get(PENDING, {})
        for lead_id in pending.keys() & set(self.ids):
            del pending[lead_id]

    def unlink(self):
        self._forget_changes()
        return super().unlink()

    def _withdraw_if_no_lead(self):
        """Take back the violations of what turned out to be spam, a test or a duplicate."""
        none = self.sudo().filtered("lost_reason_id.is_no_lead")
        if none:
            self.env["sale.violation"].sudo().search(
                [("lead_id", "in", none.ids), ("kind", "in", ("breach", "late_report"))]
            )._withdraw()

    @api.model
    def _get_change(self, lead_id, before, after, given=()):
        """Compare a lead before and after: a `Change`, or None where nothing matters."""
        if before is None:
            exit_kind = self._get_exit(after, after, given)
            return Change(lead_id, None, after, True, exit_kind)
        if all(getattr(before, name) == getattr(after, name) for name in (*RECORDED, "is_won")):
            return None
        if not (before.active or after.active or after.is_lost):
            return None  # an archived lead that is given to somebody else stays archived
        moved = (
            before.stage_id != after.stage_id
            or before.type != after.type
            or before.company_id != after.company_id
            or (after.active and not before.active)
        )
        return Change(lead_id, before, after, moved, self._get_exit(before, after, given))

    @api.model
    def _get_exit(self, before, after, given):
        """Say how a lead left the stretch in which it was."""
        if not after.active:
            return "lost" if after.is_lost else "archived"
        if before.type != after.type and not after.is_won:
            return "converted"
        if before.stage_id == after.stage_id:
            return "owner" if before.user_id != after.user_id else "team"
        if before.team_id != after.team_id and "stage_id" not in given:
            return "team"  # the team has stages of its own
        if after.is_won:
            return "won"
        return "forward" if after.rank[:2] > before.rank[:2] else "back"

    def _repair_history(self):
        """Close and open rows so that they agree with the leads."""
        after = self._get_facts()
        stages = {
            row.lead_id.id: row.stage_id.id
            for row in self.env["crm.lead.interval"]
            .sudo()
            .search([("lead_id", "in", self.ids), ("left_at", "=", False)])
        }
        changes = [  # without a before: the rows may be missing
            Change(lead_id, None, facts, stages.get(lead_id) != facts.stage_id, "repair")
            for lead_id, facts in after.items()
        ]
        self._record_changes(changes, "repair")

    def _merge_dependences(self, opportunities):
        """Keep history and contacts of the leads that are merged into this one."""
        opportunities._forget_changes()
        self.env["crm.lead.interval"].sudo()._merge(self, opportunities)
        self.env["sale.contact.event"].sudo()._merge(self, opportunities)
        return super()._merge_dependences(opportunities)
