from odoo import fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    is_sale_dispatch = fields.Boolean(
        string="Sends a Sales Document",
        help="The message carries an offer, an order or an invoice to the customer: once its"
        " e-mail has left, the sending is entered in the dispatch register.",
    )
    # The link to the confirmation of receipt, which is in the e-mail before its row is there.
    receipt_key = fields.Char(
        copy=False, readonly=True, index="btree_not_null", groups="base.group_system"
    )
    receipt_token = fields.Char(copy=False, readonly=True, groups="base.group_system")
