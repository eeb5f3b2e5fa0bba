from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

STRUCTURES = [("line", "Assembly Line"), ("island", "Island"), ("pod", "Pod")]


class CrmTeam(models.Model):
    _inherit = "crm.team"

    structure = fields.Selection(
        STRUCTURES,
        help="Assembly line: each role has its own part of the way. Island: each manager leads his"
        " customers from the first contact to the payment. Pod: small teams with every role.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        check_company=True,
        help="Norms that run in the team's time. Empty: the working hours of the company.",
    )
    above_user_id = fields.Many2one(
        "res.users",
        string="Leader's Superior",
        domain=[("share", "=", False)],
        help="Who hears of violations that the leader does not settle.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["resource.calendar"]._on_worktime_change()
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"resource_calendar_id", "partner_id"}:
            self.env["resource.calendar"]._on_worktime_change()
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()  # it may be the zone of a company's days
        return result


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    role_id = fields.Many2one(
        "sale.pipeline.role", string="Sales Role", check_company=True, ondelete="restrict"
    )
    pair_member_id = fields.Many2one(
        "crm.team.member",
        string="Works in a Pair with",
        domain="[('crm_team_id', '=', crm_team_id), ('id', '!=', id)]",
        ondelete="set null",
        help="A junior arranges meetings for this senior, a senior takes over from this junior.",
    )
    deputy_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Who answers first contacts during a leave, and takes over when the member goes.",
    )

    @api.constrains("pair_member_id", "deputy_id")
    def _check_pair(self):
        for member in self:
            if member.pair_member_id == member or member.deputy_id == member.user_id:
                raise ValidationError(
                    self.env._("%(member)s cannot be his own pair or deputy.", member=member.name)
                )

    @api.model
    @ormcache()
    def _get_roles(self):
        """Return ``{(user id, team id): role id}`` of all active members with a role."""
        members = self.sudo().search([("role_id", "!=", False)])
        return {
            (member.user_id.id, member.crm_team_id.id): member.role_id.id for member in members
        }

    @api.model
    def _get_role_id(self, user_id, team_id):
        """Return the role of a user in a team, or False."""
        return self._get_roles().get((user_id, team_id), False)

    @api.model
    @ormcache()
    def _get_absences(self):
        """Return ``{user id: [(from, until), …]}`` of leaves, naive moments in UTC."""
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "!=", False),
                    ("time_type", "=", "leave"),
                    ("date_to", ">", self.env.cr.now()),
                ]
            )
        )
        absences = {}
        for leave in leaves:
            span = (leave.date_from, leave.date_to)
            absences.setdefault(leave.resource_id.user_id.id, []).append(span)
        return absences

    @api.model
    def _is_absent(self, user_id, moment):
        """Tell whether a user is on leave at a moment."""
        return any(start <= moment < end for start, end in self._get_absences().get(user_id, ()))

    @api.model
    def _get_present(self, user_id, team_id, moment):
        """Return the id of a user, or of his deputy while he is on leave."""
        if not self._is_absent(user_id, moment):
            return user_id
        members = self.sudo().search([("user_id", "=", user_id), ("deputy_id", "!=", False)])
        member = members.filtered(lambda one: one.crm_team_id.id == team_id) or members
        deputy = member[:1].deputy_id
        if deputy.active and not self._is_absent(deputy.id, moment):
            return deputy.id
        return user_id

    def _get_assignment_quota(self, force_quota=False):
        """Give no new leads to who is on leave."""
        if self._is_absent(self.user_id.id, self.env.cr.now()):
            return 0
        return super()._get_assignment_quota(force_quota=force_quota)

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        self.env.registry.clear_cache()
        return members

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"role_id", "user_id", "crm_team_id", "active"}:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
