from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import ormcache

from odoo.addons.sale_audit_trail.fingerprint import fingerprint
from odoo.addons.sale_audit_trail.locking import lock_rows

from .crm_team import STRUCTURES

STATES = [
    ("draft", "Draft"),
    ("approved", "Approved"),
    ("in_force", "In Force"),
    ("superseded", "Superseded"),
]


class SaleRegulation(models.Model):
    """One version of a company's sales regulation: its text and its rules (G1).

    Drafts are written, discussed and checked; the approver approves one, which fixes its content.
    It comes into force on its day and supersedes the former version.
    """

    _name = "sale.regulation"
    _inherit = ["sale.audit.guard", "mail.thread", "mail.activity.mixin"]
    _description = "Sales Regulation"
    _order = "company_id, number desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Sales Regulation"))
    number = fields.Integer(string="Version", readonly=True, copy=False, aggregator=None)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Process Owner",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        check_company=True,
        help="Who is answerable for the regulation, and hears of what nobody else settles.",
    )
    approver_id = fields.Many2one(
        "res.users", string="Approved By", readonly=True, copy=False, tracking=True
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    valid_from = fields.Date(
        string="Effective From", copy=False, help="Empty: as soon as it is approved."
    )
    valid_to = fields.Date(string="Valid Until", readonly=True, copy=False)
    in_force_since = fields.Datetime(readonly=True, copy=False)
    trial_until = fields.Date(
        copy=False,
        help="Until this day violations are recorded, and count for nobody.",
    )
    structure = fields.Selection(STRUCTURES, help="How the teams share the way of a customer.")
    preamble = fields.Html(
        string="Text", help="What the rules are for, and what no rule can say.", sanitize=True
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "sale_regulation_attachment_rel",
        "regulation_id",
        "attachment_id",
        string="Enclosures",
    )
    change_note = fields.Text(string="What Changes", help="For those who signed the former one.")
    digest = fields.Char(string="Fingerprint", readonly=True, copy=False)
    previous_id = fields.Many2one("sale.regulation", readonly=True, copy=False)
    backdate_minutes = fields.Integer(
        string="Contacts May Be Entered Late By (Minutes)",
        default=1440,
        help="A contact that is entered later is kept, but settles a violation only when the head"
        " confirms it.",
    )
    rule_ids = fields.One2many("sale.regulation.rule", "regulation_id", string="Rules", copy=True)
    ladder_ids = fields.One2many(
        "sale.regulation.ladder", "regulation_id", string="Escalation", copy=True
    )
    step_ids = fields.One2many("sale.talk.step", "regulation_id", string="Talk Steps", copy=True)

    _number_unique = models.UniqueIndex(
        "(company_id, number) WHERE number > 0", "Two versions of a company cannot share a number."
    )
    _in_force_unique = models.UniqueIndex(
        "(company_id) WHERE state = 'in_force'", "A company has one regulation in force."
    )

    @api.depends("name", "number")
    def _compute_display_name(self):
        for regulation in self:
            number = f" № {regulation.number}" if regulation.number else ""
            regulation.display_name = f"{regulation.name}{number}"

    @api.model
    def _get_system_fields(self):
        return {
            "number",
            "state",
            "approver_id",
            "approved_on",
            "valid_to",
            "in_force_since",
            "digest",
            "previous_id",
        }

    @api.model
    def _get_content_fields(self):
        """Return the names of the fields that are fixed by the approval."""
        return {
            "name",
            "company_id",
            "owner_id",
            "valid_from",
            "trial_until",
            "structure",
            "preamble",
            "attachment_ids",
            "change_note",
            "backdate_minutes",
            "rule_ids",
            "ladder_ids",
            "step_ids",
        }

    def write(self, vals):
        if self._get_content_fields() & vals.keys():
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_draft()

    def _check_draft(self):
        """Refuse to change a version that was approved.

        :raise UserError: names the version and the way out
        """
        for regulation in self:
            if regulation.state != "draft":
                raise UserError(
                    self.env._(
                        "%(version)s is approved and does not change any more: press New Version.",
                        version=regulation.display_name,
                    )
                )

    def _check_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for regulation in self:
            if regulation.state not in states:
                raise UserError(
                    self.env._(
                        "%(version)s is %(state)s.",
                        version=regulation.display_name,
                        state=labels[regulation.state],
                    )
                )

    @api.model
    def _check_process_owner(self):
        """Refuse what only process owners decide."""
        if not self.env.user.has_group("sale_pipeline_rules.sale_pipeline_group_owner"):
            raise AccessError(self.env._("Only a process owner decides on the regulation."))

    # === LIFE CYCLE === #

    def action_approve(self):
        """Fix the content, and put the version in force where its day has come."""
        self.ensure_one()
        self._check_process_owner()
        self._check_state("draft")
        lock_rows(self)
        problems = self._get_problems()
        if problems:
            raise UserError("\n".join([self.env._("Not approved:"), *problems]))
        [number] = self.env["sale.audit.counter"]._take("sale.regulation", self.company_id)
        self.sudo().write(
            {
                "state": "approved",
                "number": number,
                "approver_id": self.env.uid,
                "approved_on": fields.Datetime.now(),
                "digest": self._get_digest(),
                "previous_id": self._get_in_force(self.company_id).id,
            }
        )
        self._activate_due()
        return True

    def action_new_version(self):
        """Copy a version into a draft."""
        self.ensure_one()
        draft = self.copy({"change_note": False})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def _get_problems(self):
        """Return what forbids the approval, a sentence each."""
        self.ensure_one()
        return self.rule_ids._get_problems()

    def _get_chapters(self):
        """Return pairs of a chapter's title and its rules, for the handbook."""
        self.ensure_one()
        labels = dict(self.rule_ids._fields["kind"]._description_selection(self.env))
        by_kind = self.rule_ids.grouped("kind")
        return [(labels[kind], by_kind[kind]) for kind in labels if kind in by_kind]

    def _get_digest(self):
        """Compute the fingerprint of text, rules, steps and enclosures."""
        self.ensure_one()
        return fingerprint(
            {
                "name": self.name,
                "preamble": str(self.preamble or ""),
                "structure": self.structure or "",
                "rules": [rule._get_content() for rule in self.rule_ids.sorted("id")],
                "steps": [
                    [step.name, step.hint or "", step.is_mandatory]
                    for step in self.step_ids.sorted("id")
                ],
                "ladder": [
                    [step.severity, step.after_minutes, step.recipient, step.user_id.id]
                    for step in self.ladder_ids.sorted("id")
                ],
                "enclosures": sorted(
                    attachment.checksum or "" for attachment in self.attachment_ids.sudo()
                ),
            }
        )

    @api.model
    def _get_in_force(self, company):
        """Return the version in force of a company, or of the nearest one above it."""
        versions = self.sudo().search([("company_id", "in", company.sudo().parent_ids.ids)])
        versions = versions.filtered(lambda version: version.state == "in_force")
        for one in reversed(company.sudo().parent_ids):
            if found := versions.filtered(lambda version, one=one: version.company_id == one):
                return found
        return versions.browse()

    def _activate_due(self):
        """Put approved versions in force whose day has come, the former ones out of it."""
        for version in self.sudo().sorted("number"):
            today = version.company_id._get_today()
            if version.state != "approved" or (version.valid_from or today) > today:
                continue
            former = self.sudo().search(
                [("company_id", "=", version.company_id.id), ("state", "=", "in_force")]
            )
            former.write({"state": "superseded", "valid_to": today})
            former.flush_recordset()
            version.write({"state": "in_force", "in_force_since": self.env.cr.now()})
            self.env.registry.clear_cache()
            version._on_in_force(former)

    def _on_in_force(self, former):
        """Let follow what depends on the version in force."""

    @api.model
    def _cron_activate(self):
        """Put versions in force whose day has come."""
        self.sudo().search([("state", "=", "approved")])._activate_due()

    # === COMPILED === #

    @api.model
    @ormcache("company_id")
    def _get_compiled(self, company_id):
        """Return the rules in force of a company as plain values: a `Compiled`."""
        version = self._get_in_force(self.env["res.company"].browse(company_id))
        rules = [rule._compile() for rule in version.rule_ids]
        by_kind = {}
        for rule in rules:
            by_kind.setdefault(rule.kind, []).append(rule)
        required = {name for rule in rules for name in rule.required_fields}
        minutes = version.backdate_minutes if version else None
        return Compiled(version.id, by_kind, frozenset(required), minutes)

    @api.model
    @ormcache("company_id", "self.env.lang")
    def _get_stage_goals(self, company_id):
        """Return ``{stage id: {team id or False: goal}}`` of the version in force."""
        goals = {}
        version = self._get_in_force(self.env["res.company"].browse(company_id or []))
        for rule in version.rule_ids.filtered(lambda one: one.kind == "stage"):
            for stage in rule.stage_ids:
                for team_id in rule.team_ids.ids or [False]:
                    goals.setdefault(stage.id, {}).setdefault(team_id, rule.goal)
        return goals

    @api.model
    @ormcache("regulation_id")
    def _get_clock_rules(self, regulation_id):
        """Return the compiled rules of a version, in force or superseded."""
        return [rule._compile() for rule in self.sudo().browse(regulation_id or []).rule_ids]

    @api.model
    @ormcache()
    def _get_required_fields(self):
        """Return the names of the fields that a gate of any company wants."""
        return frozenset().union(
            *(self._get_compiled(company_id).required_fields for company_id in self._get_ruled())
        )

    @api.model
    @ormcache()
    def _has_gates(self):
        """Tell whether any company has a gate in force."""
        return any("gate" in self._get_compiled(one).rules for one in self._get_ruled())

    @api.model
    def _get_ruled(self):
        """Return the ids of the companies that have a version in force, branches included."""
        companies = self.sudo().search([("state", "=", "in_force")]).company_id
        branches = [("id", "child_of", companies.ids)]
        return self.env["res.company"].sudo().search(branches).ids if companies else []


class Compiled(NamedTuple):
    """The rules in force of a company.

    `rules` by kind; the fields that some gate wants; by how many minutes contacts may be entered
    late, None without a version.
    """

    regulation_id: int
    rules: dict
    required_fields: frozenset
    backdate_minutes: int
