from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    offer_confirmation_required = fields.Boolean(
        related="company_id.offer_confirmation_required", readonly=False
    )
