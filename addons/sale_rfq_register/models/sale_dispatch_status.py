from odoo import fields, models

STATES = [
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("viewed", "Viewed"),
    ("failed", "Not Delivered"),
]


class SaleDispatch(models.Model):
    """Whether what was sent has arrived (O9); only the system writes it."""

    _inherit = "sale.dispatch"

    state = fields.Selection(
        STATES,
        string="Delivery",
        default="sent",
        required=True,
        readonly=True,
        index=True,
        group_expand=True,
        help="Delivered: the customer's mail server or the customer said so. Viewed: the"
        " document's page on the portal was opened, which is no confirmation of receipt.",
    )
    viewed_date = fields.Datetime(
        string="Viewed On",
        readonly=True,
        help="When the customer first opened the document's page on the portal.",
    )
    failed_date = fields.Datetime(string="Came Back On", readonly=True)
    failure_reason = fields.Text(readonly=True, help="What the mail server said.")

    def _get_status_fields(self):
        """Names of the fields that the system keeps up after the sending."""
        return {"state", "viewed_date", "failed_date", "failure_reason"}

    def _get_changeable_fields(self):
        names = super()._get_changeable_fields()
        return names | self._get_status_fields() if self.env.su else names

    def _mark_delivered(self):
        self.sudo().filtered(lambda row: row.state == "sent").state = "delivered"

    def _mark_viewed(self):
        """The customer has opened the page; the first time counts."""
        news = self.sudo().filtered(lambda row: not row.viewed_date)
        news.write({"viewed_date": fields.Datetime.now(), "state": "viewed"})

    def _mark_failed(self, address, reason):
        """The sending came back.

        :param address: which it did not reach
        :param reason: what the mail server said, plain text
        """
        for row in self.sudo():
            text = f"{address}: {reason}" if reason else address
            known = row.failure_reason or ""
            if text in known:
                continue
            row.write(
                {
                    "state": "failed",
                    "failed_date": row.failed_date or fields.Datetime.now(),
                    "failure_reason": f"{known}\n{text}".strip(),
                }
            )
            row._get_document()._on_dispatch_failed(row, address)
