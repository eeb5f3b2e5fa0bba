from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.sale_contact_event import OUTCOMES
from ..models.sale_regulation_rule import CHANNELS

ASKED_OUTCOMES = [one for one in OUTCOMES if one[0] not in ("sent", "received")]
SPOKEN = ("answered", "refused", "postponed", "held")


class SaleContactLog(models.TransientModel):
    """The dialog after a talk: what was said, what was agreed, when and why the next one."""

    _name = "sale.contact.log"
    _description = "Log a Contact"

    lead_id = fields.Many2one("crm.lead", string="Lead or Opportunity")
    contact_id = fields.Many2one("sale.contact.event", help="Whose report is written.")
    corrects_id = fields.Many2one("sale.contact.event", help="The contact that this one corrects.")
    channel = fields.Selection(CHANNELS, required=True, default="call")
    outcome = fields.Selection(ASKED_OUTCOMES, required=True, default="answered")
    is_spoken = fields.Boolean(compute="_compute_is_spoken")
    started_at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    phone = fields.Char(related="lead_id.phone")
    minutes = fields.Float(string="Duration")
    said = fields.Text(string="What Was Said")
    agreed = fields.Text(string="What Was Agreed")
    next_on = fields.Datetime(string="Next Contact")
    next_goal = fields.Char(
        string="Goal of the Next", compute="_compute_next_goal", store=True, readonly=False
    )
    no_next_reason = fields.Char(string="Why There Is No Next")
    is_important = fields.Boolean(string="Important")
    step_ids = fields.One2many("sale.contact.log.step", "log_id", string="Talk Steps")
    day_item_id = fields.Many2one(
        "sale.day.item",
        string="Row of My Day",
        help="From which the dialog was opened; the next one can follow it.",
    )

    @api.depends("outcome")
    def _compute_is_spoken(self):
        for log in self:
            log.is_spoken = log.outcome in SPOKEN

    @api.depends("lead_id")
    def _compute_next_goal(self):
        """Propose the goal of the stage."""
        for log in self:
            log.next_goal = log.lead_id.pipeline_goal

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        contact = self.env["sale.contact.event"].browse(
            values.get("contact_id") or values.get("corrects_id")
        )
        if contact:
            values |= {
                "lead_id": contact.lead_id.id,
                "channel": contact.channel,
                "outcome": contact.outcome,
                "started_at": contact.started_at,
                "is_important": contact.is_important,
            }
        lead = self.env["crm.lead"].browse(values.get("lead_id") or [])
        if lead and "step_ids" in fields:
            role_id = self.env["crm.team.member"]._get_role_id(self.env.uid, lead.team_id.id)
            steps = self.env["sale.talk.step"]._get_steps(
                lead, role_id, values.get("channel", "call")
            )
            values["step_ids"] = [Command.create({"step_id": step.id}) for step in steps]
        return values

    def action_save(self):
        """Enter the contact, or the report of one that there is."""
        self.ensure_one()
        contacts = self.env["sale.contact.event"]
        report = self._prepare_report_values()
        if self.contact_id:
            self.contact_id.action_report(report)
        else:
            if self.is_spoken:
                contacts._check_report(report)
            contacts.create(self._prepare_contact_values(report))
        self._plan_next()
        return {"type": "ir.actions.act_window_close"}

    def action_save_next(self):
        """Save, and open the dialog of what comes next in My Day."""
        done = self.day_item_id
        self.action_save()
        return done._get_next_log_action() or {"type": "ir.actions.act_window_close"}

    def action_no_answer(self):
        """Enter that nobody answered: one press."""
        self.ensure_one()
        self.outcome = "no_answer"
        return self.action_save()

    def _prepare_report_values(self):
        self.ensure_one()
        skipped = self.step_ids.filtered(lambda line: not line.is_done).step_id
        return {
            "said": self.said,
            "agreed": self.agreed,
            "next_on": self.next_on,
            "next_goal": self.next_goal if self.next_on else False,
            "no_next_reason": self.no_next_reason,
            "is_important": self.is_important,
            "skipped_step_ids": [Command.set(skipped.ids)] if self.is_spoken else [],
        }

    def _prepare_contact_values(self, report):
        self.ensure_one()
        if not self.lead_id:
            raise UserError(self.env._("Choose the lead or opportunity of the contact."))
        return {
            "lead_id": self.lead_id.id,
            "channel": self.channel,
            "outcome": self.outcome,
            "started_at": self.started_at,
            "seconds": round(self.minutes * 60),
            "corrects_id": self.corrects_id.id,
            **(report if self.is_spoken else {}),
        }

    def _plan_next(self):
        """Plan what was agreed as an activity of the manager."""
        if not self.next_on or not self.is_spoken:
            return
        company = self.lead_id._get_pipeline_company() or self.env.company
        self.lead_id.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=company._get_day(self.next_on),
            summary=self.next_goal,
            user_id=self.env.uid,
            is_important=self.is_important,
        )


class SaleContactLogStep(models.TransientModel):
    """A step of the talk, ticked when it was taken."""

    _name = "sale.contact.log.step"
    _description = "Step of the Talk That Is Logged"

    log_id = fields.Many2one(
        "sale.contact.log", string="Dialog", required=True, ondelete="cascade"
    )
    step_id = fields.Many2one("sale.talk.step", required=True, ondelete="cascade")
    name = fields.Char(related="step_id.name")
    hint = fields.Text(related="step_id.hint")
    is_mandatory = fields.Boolean(related="step_id.is_mandatory")
    is_done = fields.Boolean(string="Done")


class SaleContactEvent(models.Model):
    _inherit = "sale.contact.event"

    def _get_report_action(self):
        """Return the dialog in which a contact's report is written."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report"),
            "res_model": "sale.contact.log",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contact_id": self.id},
        }

    def action_write_report(self):
        """Open the dialog in which the report is written."""
        return self._get_report_action()

    def action_correct(self):
        """Open the dialog for a contact that takes the place of this one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct"),
            "res_model": "sale.contact.log",
            "view_mode": "form",
            "target": "new",
            "context": {"default_corrects_id": self.id},
        }
