from odoo import fields, models


class SaleWarrantyClaim(models.Model):
    """The form of the portal opens a claim once, however often its button is pressed."""

    _inherit = "sale.warranty.claim"

    form_fingerprint = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="By which the same form of the portal, sent again, is known.",
    )

    _form_fingerprint_uniq = models.UniqueIndex(
        "(form_fingerprint) WHERE form_fingerprint IS NOT NULL",
        "This form was sent already.",
    )
