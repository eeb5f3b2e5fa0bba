from odoo import fields, models

from ..locking import lock_rows


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
        lock_rows(self.request_id)
        part = self.line_ids.request_id
        if len(part) == 1 and part.split_from_id == self.request_id:
            return part._get_records_action()
        return self.request_id._split(self.line_ids)._get_records_action()
