from odoo import fields, models


class MaterialRequestSplit(models.TransientModel):
    """Move some lines of a request into a request of their own."""

    _name = "material.request.split"
    _description = "Split a Material Request"

    request_id = fields.Many2one("sale.material.request", required=True)
    line_ids = fields.Many2many(
        "sale.material.request.line",
        string="Lines to Move",
        domain="[('request_id', '=', request_id)]",
    )

    def action_split(self):
        self.ensure_one()
        return self.request_id._split(self.line_ids)._get_records_action()
