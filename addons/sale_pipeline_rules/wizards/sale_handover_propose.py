from odoo import api, fields, models
from odoo.fields import Command

from ..models.sale_handover import SCOPES
from ..rule_choice import choose


class SaleHandoverPropose(models.TransientModel):
    """The dialog that proposes a hand-over: to whom, with a brief and the criteria ticked."""

    _name = "sale.handover.propose"
    _description = "Propose a Hand-Over"

    lead_id = fields.Many2one("crm.lead", required=True)
    scope = fields.Selection(SCOPES, required=True, default="lead")
    to_role_id = fields.Many2one(
        "sale.pipeline.role",
    )
    to_user_id = fields.Many2one(
        "res.users",
        string="To",
        compute="_compute_to_user_id",
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
    )
    brief = fields.Text(required=True)
    criterion_ids = fields.One2many(
        "sale.handover.propose.criterion", "propose_id", string="Criteria"
    )
    meeting_at = fields.Datetime(
        string="Meeting for the Receiver",
        help="Books a meeting with the customer in the receiver's calendar.",
    )

    @api.depends("to_role_id")
    def _compute_to_user_id(self):
        for dialog in self.filtered("to_role_id"):
            dialog.to_user_id = dialog.lead_id._find_receiver(
                dialog.to_role_id.id, dialog.lead_id.user_id.id or self.env.uid
            )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        lead = self.env["crm.lead"].browse(values.get("lead_id") or [])
        if lead:
            values.setdefault("brief", lead._prepare_brief())
            rule = self._get_rule(lead)
            if rule:
                values.setdefault("to_role_id", rule.to_role_id.id)
                values["criterion_ids"] = [
                    Command.create({"name": line.strip()})
                    for line in (rule.criteria or "").splitlines()
                    if line.strip()
                ]
        return values

    @api.model
    def _get_rule(self, lead):
        """Return the rule of the stage that says to whom customers go on, and when."""
        facts = lead._get_facts()[lead.id]
        rules = self.env["sale.regulation"]._get_compiled(facts.company_id).rules
        stages = [rule for rule in rules.get("stage", ()) if rule.to_role_id]
        chosen = choose(stages, facts.case)
        return self.env["sale.regulation.rule"].sudo().browse(chosen.id if chosen else [])

    def action_propose(self):
        """Propose the hand-over, and book the receiver's meeting."""
        self.ensure_one()
        done = self.criterion_ids.filtered("is_done").mapped("name")
        handover = self.env["sale.handover"].create(
            {
                "lead_id": self.lead_id.id,
                "scope": self.scope,
                "to_user_id": self.to_user_id.id,
                "to_role_id": self.to_role_id.id,
                "brief": self.brief,
                "criteria_done": "\n".join(done),
            }
        )
        if self.meeting_at and self.to_user_id:
            handover.sudo().event_id = self._book_meeting()
        return {"type": "ir.actions.act_window_close"}

    def _book_meeting(self):
        partners = self.to_user_id.partner_id | self.env.user.partner_id | self.lead_id.partner_id
        return self.env["calendar.event"].create(
            {
                "name": self.lead_id.name,
                "start": self.meeting_at,
                "stop": fields.Datetime.add(self.meeting_at, hours=1),
                "user_id": self.to_user_id.id,
                "partner_ids": [Command.set(partners.ids)],
                "opportunity_id": self.lead_id.id,
            }
        )


class SaleHandoverProposeCriterion(models.TransientModel):
    """A criterion of the hand-over, ticked when it is met."""

    _name = "sale.handover.propose.criterion"
    _description = "Criterion of a Hand-Over"

    propose_id = fields.Many2one(
        "sale.handover.propose", string="Dialog", required=True, ondelete="cascade"
    )
    name = fields.Char(required=True)
    is_done = fields.Boolean(string="Met")
