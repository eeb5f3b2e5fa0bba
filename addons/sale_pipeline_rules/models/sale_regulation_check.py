from datetime import timedelta

from odoo import api, fields, models

POD_MEMBERS = (3, 7)
JOB_PATIENCE = timedelta(minutes=15)  # after which a job that should have run is reported


class SaleRegulation(models.Model):
    """What a process owner should look at before he approves: none of it forbids the approval."""

    _inherit = "sale.regulation"

    warnings = fields.Text(string="To Look At", compute="_compute_warnings", compute_sudo=True)

    @api.depends(
        "structure", "rule_ids.kind", "rule_ids.stage_ids", "rule_ids.role_id", "rule_ids.team_ids"
    )
    @api.depends_context("lang")
    def _compute_warnings(self):
        for version in self:
            version.warnings = "\n".join(version._get_warnings()) or False

    def _get_warnings(self):
        """Return what is missing or does not fit together, a sentence each."""
        self.ensure_one()
        return [
            *self._get_stage_warnings(),
            *self._get_role_warnings(),
            *self._get_team_warnings(),
            *self._get_time_warnings(),
            *self._get_recipient_warnings(),
            *self._get_calendar_warnings(),
            *self._get_job_warnings(),
        ]

    def _get_teams(self):
        teams = self.rule_ids.team_ids
        return teams or self.env["crm.team"].search(
            [("company_id", "in", (False, self.company_id.id)), ("use_opportunities", "=", True)]
        )

    def _get_stage_warnings(self):
        """Each stage that is not won has a role that answers."""
        teams = self._get_teams()
        stages = self.env["crm.stage"].search(
            [("is_won", "=", False), "|", ("team_ids", "=", False), ("team_ids", "in", teams.ids)]
        )
        named = self.rule_ids.filtered(lambda rule: rule.kind == "stage" and rule.role_id)
        return [
            self.env._("Stage %s: no role answers.", stage.name)
            for stage in stages - named.stage_ids
        ]

    def _get_role_warnings(self):
        """Each role that answers has a member."""
        members = self._get_teams().crm_team_member_ids
        roles = self.rule_ids.role_id | self.rule_ids.to_role_id
        return [
            self.env._("Role %s: nobody has it.", role.name) for role in roles - members.role_id
        ]

    def _get_team_warnings(self):
        """Teams fit their structure: a pod is small, an island has a deputy for everybody."""
        least, most = POD_MEMBERS
        for team in self._get_teams():
            members = team.crm_team_member_ids
            structure = team.structure or self.structure
            if structure == "pod" and not least <= len(members) <= most:
                yield self.env._(
                    "Team %(team)s: a pod has %(least)s to %(most)s members, not %(count)s.",
                    team=team.name,
                    least=least,
                    most=most,
                    count=len(members),
                )
            if structure == "island":
                for member in members.filtered(lambda one: not one.deputy_id):
                    yield self.env._(
                        "Team %(team)s: %(member)s has no deputy.",
                        team=team.name,
                        member=member.user_id.name,
                    )
            if not team.user_id:
                yield self.env._("Team %s: there is no leader.", team.name)

    def _get_time_warnings(self):
        """The first contact comes before the end of the stage."""
        first = self.rule_ids.filtered(lambda rule: rule.kind == "first_contact")
        stages = self.rule_ids.filtered(lambda rule: rule.kind == "stage_time")
        for rule in first:
            for other in stages:
                shared = (
                    not rule.stage_ids or not other.stage_ids or rule.stage_ids & other.stage_ids
                )
                if shared and 0 < other.limit_minutes <= rule.limit_minutes:
                    yield self.env._(
                        "“%(first)s” leaves no time for “%(stage)s”.",
                        first=rule.sentence,
                        stage=other.sentence,
                    )

    def _get_recipient_warnings(self):
        """Each step of the escalation has somebody to tell in each team."""
        asked = set(self.ladder_ids.mapped("recipient"))
        for team in self._get_teams():
            if "above" in asked and not team.above_user_id:
                yield self.env._("Team %s: the leader has no superior to be told.", team.name)
            if "pair" in asked:
                for member in team.crm_team_member_ids:
                    if not member.pair_member_id:
                        yield self.env._(
                            "Team %(team)s: %(member)s has no partner to be told.",
                            team=team.name,
                            member=member.user_id.name,
                        )

    def _get_calendar_warnings(self):
        """The company has working hours, without which no deadline can be computed."""
        calendar = self.company_id.resource_calendar_id
        if not calendar.attendance_ids:
            yield self.env._(
                "%(company)s: no working hours, so there are no deadlines. Set them in Settings:"
                " Companies.",
                company=self.company_id.name,
            )
        members = self._get_teams().crm_team_member_ids
        for user in members.user_id:
            own = user.with_company(self.company_id).resource_calendar_id
            if own and own != calendar and not own.attendance_ids:
                yield self.env._(
                    "%(member)s: the working hours “%(calendar)s” are empty.",
                    member=user.name,
                    calendar=own.name,
                )

    def _get_job_warnings(self):
        """The scheduled jobs run."""
        if self.state != "in_force":
            return
        jobs = self.env["ir.model.data"].search(
            [("module", "=", "sale_pipeline_rules"), ("model", "=", "ir.cron")]
        )
        late = fields.Datetime.now() - JOB_PATIENCE
        for job in (
            self.env["ir.cron"].with_context(active_test=False).browse(jobs.mapped("res_id"))
        ):
            if not job.active or job.nextcall < late:
                yield self.env._("The scheduled job “%s” does not run.", job.name)
