from odoo import api, fields, models

ORIGINS = [("timer", "Timer"), ("contact", "Contact"), ("typed", "Typed")]


class SaleDayEntry(models.Model):
    """What a person did from when to when, in a working-day study."""

    _name = "sale.day.entry"
    _description = "Time Entry"
    _order = "start desc, id desc"

    study_id = fields.Many2one(
        "sale.day.study",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("state", "=", "running")],
    )
    company_id = fields.Many2one(related="study_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    operation_id = fields.Many2one("sale.day.operation", required=True, ondelete="restrict")
    is_productive = fields.Boolean(related="operation_id.is_productive")
    start = fields.Datetime(required=True, default=fields.Datetime.now)
    stop = fields.Datetime()
    minutes = fields.Float(compute="_compute_minutes", digits=(16, 0))
    origin = fields.Selection(ORIGINS, required=True, readonly=True, default="typed")
    contact_id = fields.Many2one("sale.contact.event", readonly=True, ondelete="set null")

    _one_running = models.UniqueIndex(
        "(user_id) WHERE stop IS NULL", "You do something already: stop it first."
    )
    _contact_once = models.UniqueIndex(
        "(study_id, contact_id) WHERE contact_id IS NOT NULL",
        "The contact is in the study already.",
    )
    _in_order = models.Constraint("CHECK (stop >= start)", "What is done ends after it begins.")

    @api.depends("start", "stop")
    def _compute_minutes(self):
        for entry in self:
            stop = entry.stop or fields.Datetime.now()
            entry.minutes = entry.start and max(0, (stop - entry.start).total_seconds() / 60)

    @api.depends("operation_id", "user_id")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = f"{entry.operation_id.name or ''}: {entry.user_id.name or ''}"
