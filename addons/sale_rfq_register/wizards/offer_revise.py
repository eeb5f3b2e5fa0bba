from odoo import fields, models

from ..locking import lock_rows


class OfferRevise(models.TransientModel):
    """Make the next revision of an offer, and say why."""

    _name = "offer.revise"
    _description = "New Revision of an Offer"

    order_id = fields.Many2one("sale.order", string="Offer", required=True, readonly=True)
    reason = fields.Text(help="What the customer asked for, what we change.")

    def action_revise(self):
        self.ensure_one()
        if lock_rows(self.order_id) and self.order_id.superseded_by_id:
            return self.order_id.action_open_current_revision()
        return self.order_id._revise(self.reason)._get_records_action()
