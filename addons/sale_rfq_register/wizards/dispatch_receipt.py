from odoo import fields, models
from odoo.exceptions import UserError

from ..models.sale_dispatch_receipt import RECEIPT_CHANNELS


class DispatchReceipt(models.TransientModel):
    """Record that the customer has confirmed the receipt in another way (O10)."""

    _name = "sale.dispatch.receipt"
    _description = "Record a Receipt"

    dispatch_id = fields.Many2one("sale.dispatch", string="Sending", required=True, readonly=True)
    person = fields.Char(
        string="Confirmed By", required=True, help="The person who answered for the customer."
    )
    date = fields.Datetime(string="Received On", required=True, default=fields.Datetime.now)
    channel = fields.Selection(
        [row for row in RECEIPT_CHANNELS if row[0] != "portal"],
        string="Confirmed Through",
        required=True,
        default="phone",
    )
    note = fields.Text()
    evidence = fields.Binary(help="The answer, the signed slip, the postal receipt.")
    evidence_name = fields.Char(string="File Name")

    def action_record(self):
        self.ensure_one()
        self.dispatch_id._check_receipt_recordable()
        if not self.dispatch_id.date <= self.date <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "%(sending)s can only have been received after it was sent and not in the"
                    " future: correct the date.",
                    sending=self.dispatch_id.display_name,
                )
            )
        self.dispatch_id._confirm_receipt(self._prepare_receipt_values())
        return {"type": "ir.actions.act_window_close"}

    def _prepare_receipt_values(self):
        return {
            "receipt_date": self.date,
            "receipt_by": self.person,
            "receipt_channel": self.channel,
            "receipt_note": self.note,
            "receipt_file": self.evidence,
            "receipt_file_name": self.evidence_name,
            "receipt_user_id": self.env.uid,
        }
