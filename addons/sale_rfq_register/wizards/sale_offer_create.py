from odoo import api, fields, models


class SaleOfferCreate(models.TransientModel):
    """What an offer leaves out, said before it is made."""

    _name = "sale.offer.create"
    _description = "Create Offer"

    request_ids = fields.Many2many("sale.material.request", string="Requests", required=True)
    is_again = fields.Boolean(help="Lines that are offered already are offered again.")
    seen_offer_count = fields.Integer()
    left_out_ids = fields.Many2many(
        "sale.material.request.line", string="Not Offered", compute="_compute_left_out_ids"
    )
    notice = fields.Char(compute="_compute_left_out_ids")

    @api.depends("request_ids", "is_again")
    def _compute_left_out_ids(self):
        for wizard in self:
            requests = wizard._get_requests()
            wizard.left_out_ids = requests._get_left_out_lines()
            wizard.notice = requests._get_left_out_notice()

    def _get_requests(self):
        """The requests as the button looks at them that was pressed."""
        return self.request_ids._origin.with_context(
            offer_only_new_lines=not self.is_again,
            seen_offer_count=self.seen_offer_count,
            ask_left_out=False,
        )

    def action_create(self):
        self.ensure_one()
        requests = self._get_requests()
        if self.is_again:
            return requests.action_create_another_offer()
        return requests.action_create_offer()

    def action_work_through(self):
        """Choose the products that are missing first."""
        return self._get_requests()._get_left_out_lines()._work_through()
