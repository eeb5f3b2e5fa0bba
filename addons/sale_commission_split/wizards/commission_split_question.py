from odoo import fields, models


class CommissionSplitQuestion(models.TransientModel):
    """What somebody has to say about a statement or a figure."""

    _name = "commission.split.question"
    _description = "Question about Commission"

    statement_id = fields.Many2one("commission.split.statement")
    entry_id = fields.Many2one("commission.split.entry")
    case_id = fields.Many2one("commission.split.case")
    text = fields.Text(string="What Is Wrong", required=True)

    def action_send(self):
        """Send the question: it marks the statement, or opens a dispute about the figure."""
        self.ensure_one()
        if self.statement_id:
            self.statement_id._question(self.text)
            return {"type": "ir.actions.act_window_close"}
        dispute = self.env["commission.split.dispute"]._open_about(
            self.entry_id or self.case_id, self.text
        )
        return dispute._get_form_action()
