from odoo import fields, models

STEPS = [
    ("explain", "Explain"),
    ("confirm", "Confirm"),
    ("waive", "Waive"),
    ("grant", "Grant"),
    ("refuse", "Refuse"),
    ("refuse_handover", "Refuse the Hand-Over"),
    ("ask", "Request an Exception"),
]


class SaleViolationDecide(models.TransientModel):
    """The dialog for the words that go with a decision, an explanation or a request."""

    _name = "sale.violation.decide"
    _description = "Reason of a Decision"

    violation_ids = fields.Many2many("sale.violation", string="Violations")
    handover_id = fields.Many2one("sale.handover")
    lead_id = fields.Many2one("crm.lead")
    rule_id = fields.Many2one("sale.regulation.rule")
    moment = fields.Char()
    step = fields.Selection(STEPS, required=True)
    text = fields.Text()

    def action_save(self):
        """Do the step with the words given."""
        self.ensure_one()
        if self.step == "refuse_handover":
            self.handover_id.action_refuse(self.text)
        elif self.step == "ask":
            self.lead_id.action_ask_exception(self.rule_id.id, self.moment, self.text)
        else:
            getattr(self.violation_ids, f"action_{self.step}")(self.text)
        return {"type": "ir.actions.act_window_close"}


class SaleViolation(models.Model):
    _inherit = "sale.violation"

    def _open_step(self, step):
        labels = dict(
            self.env["sale.violation.decide"]._fields["step"]._description_selection(self.env)
        )
        return {
            "type": "ir.actions.act_window",
            "name": labels[step],
            "res_model": "sale.violation.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_violation_ids": self.ids, "default_step": step},
        }

    def action_open_explain(self):
        """Open the dialog for the explanation."""
        return self._open_step("explain")

    def action_open_confirm(self):
        """Open the dialog for the confirmation."""
        return self._open_step("confirm")

    def action_open_waive(self):
        """Open the dialog for the reason of a waiver."""
        return self._open_step("waive")

    def action_open_grant(self):
        """Open the dialog for the reason of an exception."""
        return self._open_step("grant")

    def action_open_refuse(self):
        """Open the dialog for the reason of a refusal."""
        return self._open_step("refuse")


class SaleHandover(models.Model):
    _inherit = "sale.handover"

    def action_open_refuse(self):
        """Open the dialog for the reason of a refusal."""
        self.ensure_one()
        action = self.env["sale.violation"]._open_step("refuse_handover")
        action["context"] = {"default_handover_id": self.id, "default_step": "refuse_handover"}
        return action
