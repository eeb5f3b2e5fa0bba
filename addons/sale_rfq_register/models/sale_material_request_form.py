from odoo import fields, models


class SaleMaterialRequest(models.Model):
    """The form of the portal registers a request once, however often its button is pressed."""

    _inherit = "sale.material.request"

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
