from odoo import fields, models


class SaleOrderKind(models.Model):
    """Whether the customer confirms the configuration of such orders (C1)."""

    _inherit = "sale.order.kind"

    configuration_confirmation = fields.Selection(
        [("required", "Required"), ("none", "Not Required")],
        help="Whether the customer confirms the exact composition before such an order is made."
        " Empty: as the company's settings say, and never for what is made of a delivery schedule"
        " or a warranty claim.",
    )
