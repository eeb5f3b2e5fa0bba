from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrderKind(models.Model):
    """Kinds that serve a warranty claim: goods come back, or leave for nothing."""

    _inherit = "sale.order.kind"

    claim_required = fields.Boolean(
        string="For a Warranty Claim",
        help="The order is made from an accepted warranty claim: a return where goods come back, a"
        " free replacement where goods leave. Never more than was accepted.",
    )

    @api.constrains("claim_required", "billable", "stock_mode")
    def _check_claim_required(self):
        for kind in self:
            if kind.claim_required and (kind.billable or kind.stock_mode == "none"):
                raise ValidationError(
                    self.env._(
                        "Kind “%(kind)s” is for warranty claims: goods come back or leave, and"
                        " there is nothing to invoice. Switch “Billable” off and choose how goods"
                        " move.",
                        kind=kind.name,
                    )
                )

    @api.model
    def _find_for_claim(self, stock_mode, company):
        """The first kind for warranty claims with a stock mode that a company may use."""
        return self.search(
            [
                ("claim_required", "=", True),
                ("stock_mode", "=", stock_mode),
                ("company_id", "in", [False, company.id]),
            ],
            limit=1,
        )
