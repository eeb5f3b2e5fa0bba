from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    supply_contract_four_eyes = fields.Boolean(
        related="company_id.supply_contract_four_eyes", readonly=False
    )
    supply_contract_expiry_days = fields.Integer(
        related="company_id.supply_contract_expiry_days", readonly=False
    )
    supply_contract_exhaustion_percent = fields.Float(
        related="company_id.supply_contract_exhaustion_percent", readonly=False
    )
    schedule_lead_days = fields.Integer(related="company_id.schedule_lead_days", readonly=False)
    schedule_frozen_days = fields.Integer(
        related="company_id.schedule_frozen_days", readonly=False
    )
    schedule_firm_days = fields.Integer(related="company_id.schedule_firm_days", readonly=False)
    schedule_tolerance = fields.Float(related="company_id.schedule_tolerance", readonly=False)
    schedule_tolerance_days = fields.Integer(
        related="company_id.schedule_tolerance_days", readonly=False
    )
    day_zone = fields.Selection(related="company_id.day_zone", readonly=False)
