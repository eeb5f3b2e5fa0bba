from odoo import fields, models


class CrmLostReason(models.Model):
    _inherit = "crm.lost.reason"

    is_no_lead = fields.Boolean(
        string="Not a Lead",
        help="Spam, test, duplicate: its violations are withdrawn and it counts in no rate.",
    )
