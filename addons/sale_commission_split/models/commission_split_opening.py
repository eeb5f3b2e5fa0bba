from odoo import api, fields, models
from odoo.exceptions import UserError


class CommissionSplitOpening(models.Model):
    """What was open with somebody before the start; two people see it (S7).

    The list is filled by hand or by Odoo's import of a spreadsheet.
    """

    _name = "commission.split.opening"
    _inherit = ["sale.audit.guard"]
    _description = "Opening Balance"
    _order = "id desc"
    _rec_name = "person_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, ondelete="restrict")
    date = fields.Date(required=True, default=lambda self: self.env.company._get_today())
    amount = fields.Monetary(required=True, help="Payable; below zero: what the person owes.")
    note = fields.Char(string="Document or Text")
    state = fields.Selection(
        [("draft", "Draft"), ("entered", "Entered")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    approver_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")

    @api.model
    def _get_system_fields(self):
        return {"state", "approver_id"}

    def write(self, vals):
        if not self.env.su and any(one.state == "entered" for one in self):
            raise UserError(
                self.env._("What was entered is not changed any more: enter a correction.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        if any(one.state == "entered" for one in self):
            raise UserError(self.env._("What was entered is not deleted: enter a correction."))

    def action_enter(self):
        """Enter balances in the ledger, as somebody other than who wrote them."""
        drafts = self.filtered(lambda one: one.state == "draft")
        for opening in drafts:
            if opening.create_uid == self.env.user and not self.env.su:
                raise UserError(
                    self.env._(
                        "You wrote the balance of %s yourself: somebody else enters it.",
                        opening.person_id.name,
                    )
                )
        for company, some in drafts.grouped("company_id").items():
            self.env["commission.split.engine"].sudo()._enter_cases(
                company,
                [(one.person_id.id, one.amount, one.date, "opening", None, None) for one in some],
            )
        drafts.sudo().write({"state": "entered", "approver_id": self.env.uid})
