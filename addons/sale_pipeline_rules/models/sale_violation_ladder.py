from markupsafe import Markup

from odoo import api, models

from ..rule_choice import Case, choose
from .sale_rule_clock import NewClock


class SaleViolation(models.Model):
    """Unsettled violations climb: manager, leader, above him, process owner (G8)."""

    _inherit = "sale.violation"

    @api.model
    def _cron_escalate(self):
        """Tell each recipient once of all that has become due for him."""
        found = self.search(
            [
                ("state", "in", ("open", "explained", "asked")),
                ("is_trial", "=", False),
                ("regulation_id", "!=", False),
            ]
        )
        due = {}
        for violation in found:
            if step := violation._get_due_step():
                recipient = violation._get_recipient(step)
                if recipient:
                    due.setdefault(recipient, self.browse())
                    due[recipient] |= violation
                violation.noticed_minutes = step.after_minutes
        for recipient, violations in due.items():
            violations._notify_recipient(recipient)

    def _get_due_step(self):
        """Return the highest step that is due and was not taken, one for each violation."""
        self.ensure_one()
        steps = self.regulation_id.ladder_ids.filtered(
            lambda step: (
                step.severity == self.severity and step.after_minutes > self.noticed_minutes
            )
        )
        if not steps:
            return steps
        waited = self._get_waited_minutes()
        return steps.filtered(lambda step: step.after_minutes <= waited).sorted("after_minutes")[
            -1:
        ]

    def _get_waited_minutes(self):
        """Compute for how long a violation has been unsettled, in the company's time."""
        self.ensure_one()
        calendar = self.company_id.resource_calendar_id
        now = self.env.cr.now()
        if not calendar:
            return (now - self.happened_at).total_seconds() / 60
        return calendar._get_work_minutes(self.happened_at, now)

    def _get_recipient(self, step):
        """Return whom a step names, or the next above him who is there and is not concerned."""
        self.ensure_one()
        team = self.lead_id.team_id or self._get_team()
        member = team.crm_team_member_ids.filtered(lambda one: one.user_id == self.user_id)
        above = [team.user_id, team.above_user_id, self.regulation_id.owner_id]
        first = {
            "owner": [self.user_id, *above],
            "pair": [member.pair_member_id.user_id, *above],
            "leader": above,
            "above": above[1:],
            "process_owner": above[2:],
            "named": [step.user_id, *above[2:]],
        }[step.recipient]
        concerned = self.env["res.users"] if step.recipient == "owner" else self.user_id
        return next(
            (user for user in first if user.active and user not in concerned),
            self.env["res.users"],
        )

    def _get_team(self):
        """Return the team of who is concerned, or of who complains."""
        user = self.user_id or self.author_id
        members = self.env["crm.team.member"].search([("user_id", "=", user.id)], limit=1)
        return members.crm_team_id

    def _notify_recipient(self, recipient):
        """Write one message about all violations that became due for somebody."""
        localized = self.with_context(lang=recipient.lang)
        lines = Markup().join(
            Markup("<li>%s</li>")
            % f"{one.user_id.name}: {one.rule_id.sentence or one.display_name}"
            for one in localized
        )
        localized[:1].message_notify(
            partner_ids=recipient.partner_id.ids,
            subject=localized.env._("Sales regulation: %s violations to settle", len(self)),
            body=Markup("<ul>%s</ul>") % lines,
        )

    def _open_decision_clock(self, user):
        """Start the norm for the decision of whoever is asked."""
        self.ensure_one()
        team = self.lead_id.team_id or self._get_team()
        role_id = self.env["crm.team.member"]._get_role_id(user.id, team.id)
        rules = self.env["sale.regulation"]._get_compiled(self.company_id.id).rules
        rule = choose(
            rules.get("decision", ()),
            Case(team_id=team.id, role_id=role_id, user_id=user.id, type=False),
        )
        if not rule or not rule.limit_minutes or not user:
            return
        clocks, now = self.env["sale.rule.clock"], self.env.cr.now()
        deadline, calendar_id, resource_id = clocks._get_deadline(
            rule, rule.limit_minutes, now, self.company_id.id, team.id, user.id
        )
        clock = NewClock(
            rule,
            self.lead_id.id,
            self.company_id.id,
            0,
            self.id,
            user.id,
            role_id,
            now,
            deadline,
            calendar_id,
            resource_id,
            about_id=self.id,
        )
        clocks._open([clock])

    def _on_filed(self):
        """Tell who decides about an exception or a complaint, and start the norm for it."""
        for row in self:
            owner = (
                row.regulation_id.owner_id
                or row.env["sale.regulation"]._get_in_force(row.company_id).owner_id
            )
            team = row.lead_id.team_id or row._get_team()
            heads = (team.user_id | team.above_user_id).filtered(
                lambda one, row=row: (
                    one.active
                    and one != row.user_id
                    and one.has_group("sale_pipeline_rules.sale_pipeline_group_head")
                )
            )
            user = owner if row.is_confidential else heads[:1] or owner
            row._open_decision_clock(user)
            if user:
                row.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=row.company_id._get_today(),
                    summary=row.with_context(lang=user.lang).display_name,
                    note=row.description,
                    user_id=user.id,
                )
