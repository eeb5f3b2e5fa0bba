from odoo import api, fields, models


class CrmLead(models.Model):
    """What the form and the cards of leads show of the regulation."""

    _inherit = "crm.lead"

    clock_ids = fields.One2many("sale.rule.clock", "lead_id", string="Norms")
    contact_ids = fields.One2many("sale.contact.event", "lead_id", string="Contacts")
    pipeline_deadline = fields.Datetime(
        string="Next Deadline", compute="_compute_pipeline", compute_sudo=True
    )
    pipeline_goal = fields.Char(string="Goal", compute="_compute_pipeline", compute_sudo=True)
    is_pipeline_overdue = fields.Boolean(
        string="Overdue", compute="_compute_pipeline", compute_sudo=True
    )
    attempt_count = fields.Integer(
        string="Unanswered Attempts", compute="_compute_attempt_count", compute_sudo=True
    )
    contact_count = fields.Integer(compute="_compute_contact_count", compute_sudo=True)
    handover_id = fields.Many2one(
        "sale.handover", string="Proposed Hand-Over", compute="_compute_handover_id"
    )

    @api.depends_context("lang", "uid")
    @api.depends("clock_ids.deadline_at", "clock_ids.state", "stage_id")
    def _compute_pipeline(self):
        """Read the next deadline and the goal of the stage, for a page of leads at once."""
        clocks = self.env["sale.rule.clock"].search(
            [
                ("lead_id", "in", self.ids),
                ("state", "in", ("open", "breached")),
                ("ended_at", "=", False),
                ("kind", "not in", ("report", "acceptance", "decision")),
                ("deadline_at", "!=", False),
            ]
        )
        first = {}
        for clock in clocks:
            first.setdefault(clock.lead_id.id, clock)
        now = fields.Datetime.now()
        for lead in self:
            clock = first.get(lead.id, clocks.browse())
            lead.pipeline_deadline = clock.deadline_at
            lead.is_pipeline_overdue = bool(clock) and clock.deadline_at < now
            lead.pipeline_goal = clock.rule_id.goal or lead._get_stage_goal()

    def _get_stage_goal(self):
        """Return the goal that the regulation states for the lead's stage."""
        self.ensure_one()
        goals = self.env["sale.regulation"]._get_stage_goals(self._get_pipeline_company().id)
        teams = goals.get(self.stage_id.id, {})
        return teams.get(self.team_id.id) or teams.get(False)

    def _compute_attempt_count(self):
        contacts = self.env["sale.contact.event"]
        for lead in self:
            lead.attempt_count = contacts._count_attempts(lead)

    @api.depends("contact_ids")
    def _compute_contact_count(self):
        contacts = self.env["sale.contact.event"]
        domain = [("lead_id", "in", self.ids)]
        counts = dict(contacts._read_group(domain, ["lead_id"], ["__count"]))
        for lead in self:
            lead.contact_count = counts.get(lead._origin, 0)

    @api.depends("handover_ids.state")
    def _compute_handover_id(self):
        for lead in self:
            lead.handover_id = lead.handover_ids.filtered(lambda one: one.state == "proposed")[:1]

    # === BUTTONS === #

    def action_log_contact(self):
        """Open the dialog that logs a contact."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log a Contact"),
            "res_model": "sale.contact.log",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_id": self.id},
        }

    def action_no_answer(self):
        """Enter that nobody answered a call just now."""
        for lead in self:
            self.env["sale.contact.event"].create(
                {"lead_id": lead.id, "channel": "call", "outcome": "no_answer"}
            )

    def action_hand_over(self):
        """Open the dialog that proposes a hand-over."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "sale.handover.propose",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_id": self.id},
        }

    def action_open_contacts(self):
        """Open the contacts of a lead."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "domain": [("lead_id", "=", self.id)],
            "name": self.env._("Contacts"),
            "res_model": "sale.contact.event",
            "view_mode": "list,form",
            "context": {"default_lead_id": self.id},
        }

    def action_why(self):
        """Open the norms of a lead: which rule, which deadline, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Norms of %s", self.name),
            "res_model": "sale.rule.clock",
            "view_mode": "list,form",
            "domain": [("lead_id", "=", self.id)],
        }
