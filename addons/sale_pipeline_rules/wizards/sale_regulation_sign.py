from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SaleRegulationSign(models.TransientModel):
    """The page on which a version is read rule by rule, and signed."""

    _name = "sale.regulation.sign"
    _description = "Read and Sign the Regulation"

    regulation_id = fields.Many2one("sale.regulation", required=True)
    preamble = fields.Html(related="regulation_id.preamble")
    change_note = fields.Text(related="regulation_id.change_note")
    added = fields.Text(string="New", compute="_compute_changes")
    dropped = fields.Text(string="No Longer", compute="_compute_changes")
    line_ids = fields.One2many("sale.regulation.sign.line", "sign_id", string="Rules")

    @api.depends("regulation_id")
    def _compute_changes(self):
        for page in self:
            added, dropped = page.regulation_id._get_changes()
            page.added = "\n".join(added)
            page.dropped = "\n".join(dropped)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        version = self.env["sale.regulation"].browse(values.get("regulation_id") or [])
        values["line_ids"] = [Command.create({"rule_id": rule.id}) for rule in version.rule_ids]
        return values

    def action_sign(self):
        """Sign, once every rule is ticked as read."""
        self.ensure_one()
        unread = self.line_ids.filtered(lambda line: not line.is_read)
        if unread:
            raise UserError(self.env._("Tick what you have read: %s rules are left.", len(unread)))
        self.regulation_id._sign()
        return {"type": "ir.actions.act_window_close"}


class SaleRegulationSignLine(models.TransientModel):
    """A rule, ticked when it was read."""

    _name = "sale.regulation.sign.line"
    _description = "Rule That Is Read"

    sign_id = fields.Many2one(
        "sale.regulation.sign", string="Dialog", required=True, ondelete="cascade"
    )
    rule_id = fields.Many2one("sale.regulation.rule", required=True, ondelete="cascade")
    sentence = fields.Char(related="rule_id.sentence")
    consequence = fields.Char(related="rule_id.consequence")
    is_read = fields.Boolean(string="Read")
