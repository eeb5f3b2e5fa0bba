from odoo import fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    is_sale_dispatch = fields.Boolean(
        string="Sends a Sales Document",
        help="The message carries an offer, an order or an invoice to the customer: once its"
        " e-mail has left, the sending is entered in the dispatch register.",
    )
