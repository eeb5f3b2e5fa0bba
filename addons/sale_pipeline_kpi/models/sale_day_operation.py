from odoo import fields, models
from odoo.exceptions import UserError


class SaleDayOperation(models.Model):
    """What a manager does in his day: calls, meetings, paperwork (M5)."""

    _name = "sale.day.operation"
    _description = "Operation of the Day"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_productive = fields.Boolean(
        string="Sells", help="Brings deals nearer; paperwork and waiting do not."
    )
    channel = fields.Selection(
        [("call", "Calls"), ("meeting", "Meetings and Visits"), ("other", "Other Contacts")],
        string="Takes Contacts",
        help="Contacts of this kind come into the study by themselves.",
    )
    active = fields.Boolean(default=True)

    _channel_unique = models.UniqueIndex(
        "(channel) WHERE channel IS NOT NULL AND active",
        "Another operation takes these contacts already.",
    )

    def action_start(self):
        """Start what was chosen, in the study from which the choice was opened."""
        self.ensure_one()
        study = self.env["sale.day.study"].browse(self.env.context.get("study_id")).exists()
        if not study:
            raise UserError(self.env._("Open the study and press Start there."))
        study._start(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
