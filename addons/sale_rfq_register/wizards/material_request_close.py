from odoo import fields, models


class MaterialRequestClose(models.TransientModel):
    """Close requests, or lines of requests, without an order, and say why."""

    _name = "material.request.close"
    _description = "Close Material Requests"

    request_ids = fields.Many2many("sale.material.request", string="Requests", required=True)
    line_ids = fields.Many2many(
        "sale.material.request.line",
        string="Lines",
        help="Only these lines are closed; empty closes everything that nobody has ordered.",
    )
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
        if self.line_ids:
            self.line_ids._close(self.state, self.reason_id, self.note)
            self.request_ids._close_where_nothing_waits(self.state, self.reason_id, self.note)
        else:
            self.request_ids._close(self.state, self.reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}
