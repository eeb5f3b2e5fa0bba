from odoo import api, fields, models

from .sale_regulation_rule import KINDS

DAYS = 30


class SaleTrainingTopic(models.Model):
    """What is trained: steps of the talk, norms, tools (G12)."""

    _name = "sale.training.topic"
    _description = "Training Topic"
    _order = "missed_count desc, name"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("sales", "Sales"), ("tool", "Tools")], required=True, default="sales"
    )
    is_practice = fields.Boolean(string="Practice")
    link = fields.Char()
    rule_kind = fields.Selection(KINDS, help="Violations of these norms suggest the topic.")
    step_names = fields.Char(string="Talk Steps", help="Names of talk steps, one after a comma.")
    active = fields.Boolean(default=True)
    event_ids = fields.One2many("calendar.event", "training_topic_id", string="Trainings")
    missed_count = fields.Integer(
        string="Missed in 30 Days",
        compute="_compute_missed_count",
        store=True,
        readonly=True,
        aggregator=None,
    )
    last_held_on = fields.Datetime(compute="_compute_last_held_on")

    @api.depends("rule_kind", "step_names")
    def _compute_missed_count(self):
        """Count violations and skipped steps of 30 days; a job counts them again every day."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=DAYS)
        for topic in self:
            count = 0
            if topic.rule_kind:
                count += (
                    self.env["sale.violation"]
                    .sudo()
                    .search_count(
                        [
                            ("rule_id.kind", "=", topic.rule_kind),
                            ("happened_at", ">=", since),
                            ("state", "not in", ("waived", "withdrawn")),
                        ]
                    )
                )
            names = [name.strip() for name in (topic.step_names or "").split(",") if name.strip()]
            if names:
                count += (
                    self.env["sale.contact.event"]
                    .sudo()
                    .search_count(
                        [("skipped_step_ids.name", "in", names), ("started_at", ">=", since)]
                    )
                )
            topic.missed_count = count

    @api.depends("event_ids.start")
    def _compute_last_held_on(self):
        now = fields.Datetime.now()
        for topic in self:
            held = topic.event_ids.filtered(lambda event: event.start <= now)
            topic.last_held_on = max(held.mapped("start"), default=False)

    @api.model
    def _cron_count(self):
        """Count anew what was missed, so that the list suggests the next topic."""
        topics = self.search([])
        topics.env.add_to_compute(self._fields["missed_count"], topics)
        topics.flush_recordset(["missed_count"])

    def action_plan_training(self):
        """Open the calendar's form for a training about the topic, with the team invited."""
        self.ensure_one()
        team = self.env["crm.team"].search([("user_id", "=", self.env.uid)], limit=1)
        people = team.member_ids.partner_id | self.env.user.partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan Training"),
            "res_model": "calendar.event",
            "view_mode": "form",
            "context": {
                "default_name": self.env._("Training: %s", self.name),
                "default_training_topic_id": self.id,
                "default_partner_ids": people.ids,
                "default_duration": 0.5,
            },
        }


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    training_topic_id = fields.Many2one(
        "sale.training.topic", string="Training", ondelete="set null", index="btree_not_null"
    )


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    attended = fields.Boolean(help="Was at the training.")
