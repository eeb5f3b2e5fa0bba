from odoo import fields, models


class MaterialRequestClose(models.TransientModel):
    """Close requests without an order, and say why."""

    _name = "material.request.close"
    _description = "Close Material Requests"

    request_ids = fields.Many2many("sale.material.request", string="Requests", required=True)
    state = fields.Selection(
        [("lost", "Lost: the customer decided otherwise"), ("no_bid", "No bid: we do not offer")],
        string="Outcome",
        required=True,
        default="lost",
    )
    reason_id = fields.Many2one("crm.lost.reason", required=True)
    note = fields.Text(string="Explanation")

    def action_close(self):
        self.ensure_one()
        self.request_ids.write(
            {
                "state": self.state,
                "close_reason_id": self.reason_id.id,
                "close_note": self.note,
            }
        )
        return {"type": "ir.actions.act_window_close"}
