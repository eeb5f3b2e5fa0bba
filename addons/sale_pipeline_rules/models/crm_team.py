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
        string="Above the Leader",
        domain=[("share", "=", False)],
        help="Who hears of violations that the leader does not settle.",
    )


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
        string="Deputy",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Who answers first contacts during an absence, and takes over when the member leaves.",
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
