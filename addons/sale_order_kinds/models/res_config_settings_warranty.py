from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    warranty_length = fields.Integer(related="company_id.warranty_length", readonly=False)
    warranty_unit = fields.Selection(related="company_id.warranty_unit", readonly=False)
    warranty_expense_account_id = fields.Many2one(
        related="company_id.warranty_expense_account_id", readonly=False
    )
    warranty_quarantine_location_id = fields.Many2one(
        related="company_id.warranty_quarantine_location_id", readonly=False
    )
    warranty_repair_location_id = fields.Many2one(
        related="company_id.warranty_repair_location_id", readonly=False
    )
