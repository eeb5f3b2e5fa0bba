from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    offer_confirmation_required = fields.Boolean(
        related="company_id.offer_confirmation_required", readonly=False
    )
    offer_expiry_reminder_days = fields.Integer(
        related="company_id.offer_expiry_reminder_days", readonly=False
    )
    offer_approval_keep_harmless = fields.Boolean(
        related="company_id.offer_approval_keep_harmless", readonly=False
    )
    offer_base_chance = fields.Float(related="company_id.offer_base_chance", readonly=False)
    material_request_alias_name = fields.Char(
        related="company_id.material_request_alias_name", readonly=False
    )
    material_request_alias_domain = fields.Char(related="company_id.alias_domain_id.name")
    offer_receipt_requested = fields.Boolean(
        related="company_id.offer_receipt_requested", readonly=False
    )
    invoice_receipt_requested = fields.Boolean(
        related="company_id.invoice_receipt_requested", readonly=False
    )
    receipt_days = fields.Integer(related="company_id.receipt_days", readonly=False)
    invoice_release_required = fields.Boolean(
        related="company_id.invoice_release_required", readonly=False
    )
    invoice_release_four_eyes = fields.Boolean(
        related="company_id.invoice_release_four_eyes", readonly=False
    )
    day_zone = fields.Selection(related="company_id.day_zone", readonly=False)
