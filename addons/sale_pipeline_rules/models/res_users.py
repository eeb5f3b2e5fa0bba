from odoo import models


class ResUsers(models.Model):
    """Who leaves gives his leads and tasks to his deputy, his pair or the leader (G7)."""

    _inherit = "res.users"

    def action_archive(self):
        """Hand over first: core deletes the open activities of archived users."""
        self.filtered("active")._hand_over_pipeline()
        return super().action_archive()

    def write(self, vals):
        leaving = self.filtered("active") if vals.get("active") is False else self.browse()
        leaving._hand_over_pipeline()
        return super().write(vals)

    def _hand_over_pipeline(self):
        """Move open leads, activities and clocks of users who are archived, and write it down."""
        ruled = self.env["sale.regulation"]._get_ruled()
        for user in self if ruled else self.browse():
            leads = (
                self.env["crm.lead"]
                .sudo()
                .search([("user_id", "=", user.id), ("won_status", "=", "pending")])
                .filtered(
                    lambda lead: (
                        lead._get_pipeline_company().id in ruled
                        and not lead._get_proposed("absence")
                    )  # nobody was there to take it
                )
            )
            for team, some in leads.grouped("team_id").items():
                receiver = user._get_successor(team)
                some._get_proposed().action_cancel()
                self.env.flush_all()  # one proposal at a time, in the database too
                handovers = (
                    self.env["sale.handover"]
                    .sudo()
                    .create(
                        [
                            {
                                "lead_id": lead.id,
                                "from_user_id": user.id,
                                "to_user_id": receiver.id,
                                "reason": "absence",
                            }
                            for lead in some
                        ]
                    )
                )
                if receiver:
                    handovers._take_over_all()
            receiver = user._get_successor(self.env["crm.team"])
            activities = (
                self.env["mail.activity"]
                .sudo()
                .search([("user_id", "=", user.id), ("res_model", "=", "crm.lead")])
            )
            for activity in activities:
                lead = self.env["crm.lead"].sudo().browse(activity.res_id)
                activity.user_id = lead.user_id or receiver or activity.user_id

    def _get_successor(self, team):
        """Return who takes over: deputy, else pair, else the leader, else nobody."""
        self.ensure_one()
        members = self.env["crm.team.member"].sudo().search([("user_id", "=", self.id)])
        member = (members.filtered(lambda one: one.crm_team_id == team) or members)[:1]
        choices = [
            member.deputy_id,
            member.pair_member_id.user_id,
            (team or member.crm_team_id).user_id,
        ]
        companies = team.company_id or self.company_id
        return next(
            (
                user
                for user in choices
                if user.active and user != self and companies <= user.company_ids
            ),
            self.env["res.users"],
        )
