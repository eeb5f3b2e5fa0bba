from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from ..daybook import count_minutes

STATES = [("draft", "Draft"), ("running", "Running"), ("closed", "Closed")]
OPERATIONS = {"call": "call", "meeting": "meeting", "visit": "meeting"}
LEAST_PEOPLE = 3  # an average of fewer would tell about a person


class SaleDayStudy(models.Model):
    """Where the time of managers goes, for some days (M5): a working-day study.

    A person sees his own time; his head sees averages of the group.
    """

    _name = "sale.day.study"
    _description = "Working-Day Study"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._get_today()
    )
    date_to = fields.Date(string="Until", required=True)
    member_ids = fields.Many2many(
        "res.users",
        string="Takes Part",
        domain=[("share", "=", False)],
        check_company=True,
    )
    role_ids = fields.Many2many("sale.pipeline.role", compute="_compute_role_ids")
    block_ids = fields.One2many("sale.day.block", "study_id", string="Time Plan", copy=True)
    entry_ids = fields.One2many("sale.day.entry", "study_id")
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, copy=False)
    is_member = fields.Boolean(compute="_compute_mine")
    running_operation = fields.Char(compute="_compute_mine", string="Running Now")
    my_result = fields.Html(string="My Time", compute="_compute_results")
    group_result = fields.Html(string="The Group", compute="_compute_results")

    _days = models.Constraint("CHECK (date_to >= date_from)", "A study ends after it begins.")

    @api.depends("member_ids")
    def _compute_role_ids(self):
        for study in self:
            study.role_ids = study.member_ids.crm_team_member_ids.role_id

    @api.depends_context("uid")
    def _compute_mine(self):
        for study in self:
            study.is_member = self.env.user in study.sudo().member_ids
            study.running_operation = study._get_running(self.env.user).operation_id.name

    def _get_entries(self):
        """Return the entries of all people.

        They are searched for: a list that was read with all rights would be shown to anybody.
        """
        return self.env["sale.day.entry"].sudo().search([("study_id", "in", self.ids)])

    def _get_running(self, user=None):
        """Return the entries that run, of one person or of all."""
        return self._get_entries().filtered(
            lambda one: not one.stop and (not user or one.user_id == user)
        )

    def action_start_study(self):
        """Let the study run: its members start and stop their time."""
        self.check_access("write")
        for study in self:
            if not study.member_ids:
                raise UserError(self.env._("%s: choose who takes part.", study.name))
            study.state = "running"

    def action_close(self):
        """End the study: what runs is stopped, contacts are taken over."""
        self.check_access("write")
        for study in self:
            study._get_running().write({"stop": fields.Datetime.now()})
            study.action_collect()
            study.state = "closed"

    def action_collect(self):
        """Take over calls and meetings of the members that are in the CRM."""
        self.check_access("read")
        operations = {
            one.channel: one for one in self.env["sale.day.operation"].search([]) if one.channel
        }
        for study in self.filtered(lambda one: one.state == "running").sudo():
            known = study._get_entries().contact_id.ids
            company = study.company_id
            contacts = (
                self.env["sale.contact.event"]
                .sudo()
                .search(
                    [
                        ("user_id", "in", study.member_ids.ids),
                        ("started_at", ">=", company._get_day_start(study.date_from)),
                        ("started_at", "<=", company._get_day_end(study.date_to)),
                        ("seconds", ">", 0),
                        ("is_bulk", "=", False),
                        ("id", "not in", known),
                    ]
                )
            )
            self.env["sale.day.entry"].sudo().create(
                [
                    {
                        "study_id": study.id,
                        "user_id": contact.user_id.id,
                        "operation_id": operation.id,
                        "start": contact.started_at,
                        "stop": contact.started_at + timedelta(seconds=contact.seconds),
                        "origin": "contact",
                        "contact_id": contact.id,
                    }
                    for contact in contacts
                    if (operation := operations.get(OPERATIONS.get(contact.channel, "other")))
                ]
            )

    def action_start(self):
        """Choose what one does now."""
        self.ensure_one()
        self._check_member()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Do You Do Now?"),
            "res_model": "sale.day.operation",
            "views": [
                (self.env.ref("sale_pipeline_kpi.sale_day_operation_view_kanban").id, "kanban")
            ],
            "context": {"study_id": self.id},
            "target": "new",
        }

    def _start(self, operation):
        """Stop what the reader does in the study, and start an operation."""
        self.ensure_one()
        self._check_member()
        self.action_stop()
        self.env["sale.day.entry"].sudo().create(
            {
                "study_id": self.id,
                "user_id": self.env.uid,
                "operation_id": operation.id,
                "start": fields.Datetime.now(),
                "origin": "timer",
            }
        )

    def action_stop(self):
        """Stop what the reader does."""
        self._check_member()
        running = self._get_running(self.env.user)
        running.write({"stop": fields.Datetime.now()})
        running.flush_recordset()  # one thing at a time: the next may only begin then

    def action_open_mine(self):
        """Open one's own time, to correct it or to add what was forgotten."""
        self.ensure_one()
        self._check_member()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My Time: %s", self.name),
            "res_model": "sale.day.entry",
            "views": [(False, "list")],
            "domain": [("study_id", "=", self.id), ("user_id", "=", self.env.uid)],
            "context": {"default_study_id": self.id},
        }

    def _check_member(self):
        """Refuse the timer to whoever does not take part, or out of time.

        :raise UserError: names the study
        """
        for study in self:
            if self.env.user not in study.sudo().member_ids:
                raise AccessError(self.env._("You take no part in %s.", study.name))
            if study.state != "running":
                raise UserError(self.env._("%s does not run.", study.name))

    # === RESULTS === #

    def _count(self, users):
        """Count minutes: ``{user: {operation: minutes}}``, each minute of a person once."""
        self.ensure_one()
        now = fields.Datetime.now()
        found = {}
        for user, entries in self._get_entries().grouped("user_id").items():
            if user in users:
                found[user] = count_minutes(
                    [
                        (one.start, max(one.start, one.stop or now), one.operation_id)
                        for one in entries.sorted("start")
                    ]
                )
        return found

    def _get_planned(self, role):
        """Return ``{operation: minutes of a day}`` of the time plan of a role."""
        found = {}
        for block in self.block_ids.filtered(lambda one: one.role_id == role):
            minutes = 60 * (block.hour_to - block.hour_from)
            found[block.operation_id] = found.get(block.operation_id, 0) + minutes
        return found

    @api.depends_context("uid", "lang")
    def _compute_results(self):
        for study in self:
            user = self.env.user
            mine = study._count(user).get(user) if study.is_member else None
            role = user.sudo().crm_team_member_ids.role_id[:1]
            study.my_result = bool(mine) and study._render(mine, 1, study._get_planned(role), user)
            study.group_result = study._get_group_result()

    def _get_group_result(self):
        """Return the averages of all and of each role as HTML, where enough people have it.

        Where those whose role is not shown are too few, the smallest role is not shown either:
        the difference to all would tell about them.
        """
        if not self.env.user.has_group("sale_pipeline_rules.sale_pipeline_group_head"):
            return False
        found = self._count(self._get_entries().user_id)
        groups = [(self.env._("All"), list(found.values()), {})]
        by_role = {}
        for user, minutes in found.items():
            by_role.setdefault(user.sudo().crm_team_member_ids.role_id[:1], []).append(minutes)
        shown = sorted(
            (role for role, people in by_role.items() if len(people) >= LEAST_PEOPLE),
            key=lambda role: -len(by_role[role]),
        )
        while shown and 0 < len(found) - sum(len(by_role[role]) for role in shown) < LEAST_PEOPLE:
            shown.pop()
        for role in shown:
            title = role.name or self.env._("Without a Role")
            groups.append((title, by_role[role], self._get_planned(role)))
        return Markup("").join(self._get_average(*group) for group in groups if group[1])

    def _get_average(self, title, people, planned):
        """Return the average of a group of people as HTML; of few it would tell about one."""
        if len(people) < LEAST_PEOPLE:
            note = self.env._(
                "%(role)s: %(count)s of at least %(least)s people needed for an average.",
                role=title,
                count=len(people),
                least=LEAST_PEOPLE,
            )
            return Markup('<p class="text-muted">%s</p>') % note
        total = {}
        for minutes in people:
            for operation, count in minutes.items():
                total[operation] = total.get(operation, 0) + count
        return self._render(total, len(people), planned, title=title)

    def _render(self, minutes, people, planned, user=None, title=None):
        """Return operations with their time on average of a person as HTML."""
        whole = sum(minutes.values()) or 1
        days = self._count_days(user)
        rows = [
            {
                "name": operation.name,
                "is_productive": operation.is_productive,
                "hours": formatLang(self.env, minutes.get(operation, 0) / people / 60, digits=1),
                "share": round(100 * minutes.get(operation, 0) / whole),
                "planned": formatLang(self.env, planned.get(operation, 0) * days / 60, digits=1)
                if planned
                else "",
            }
            for operation in (self.env["sale.day.operation"].union(*minutes, *planned)).sorted()
        ]
        productive = sum(count for one, count in minutes.items() if one.is_productive)
        return self.env["ir.qweb"]._render(
            "sale_pipeline_kpi.sale_day_result",
            {
                "title": title,
                "people": people,
                "rows": rows,
                "has_plan": bool(planned),
                "productive": round(100 * productive / whole),
            },
        )

    def _count_days(self, user=None):
        """Count the days on which something was entered."""
        entries = self._get_entries().filtered(lambda one: not user or one.user_id == user)
        return len({self.company_id._get_day(one.start) for one in entries}) or 1


class SaleDayBlock(models.Model):
    """A part of the day and what a role does in it: the time plan of a manager."""

    _name = "sale.day.block"
    _description = "Time Plan of the Day"
    _order = "role_id, hour_from"

    study_id = fields.Many2one("sale.day.study", required=True, ondelete="cascade", index=True)
    role_id = fields.Many2one("sale.pipeline.role", required=True, ondelete="restrict")
    hour_from = fields.Float(string="From", required=True, default=9, aggregator=None)
    hour_to = fields.Float(string="Until", required=True, default=10, aggregator=None)
    operation_id = fields.Many2one("sale.day.operation", required=True, ondelete="restrict")

    _hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to > hour_from AND hour_to <= 24)",
        "A part of the day ends after it begins, between 0 and 24.",
    )
