from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class SaleWarrantyClaimLine(models.Model):
    """Whether the goods are in warranty, and how much of them is accepted."""

    _inherit = "sale.warranty.claim.line"

    delivered_on = fields.Date(
        compute="_compute_verdict", store=True, help="From this day the warranty counts."
    )
    warranty_until = fields.Date(
        compute="_compute_verdict", store=True, help="The last day of the warranty included."
    )
    in_warranty = fields.Boolean(compute="_compute_verdict", store=True)
    accepted_qty = fields.Float(string="Accepted", digits="Product Unit", copy=False)

    _accepted_within_claim = models.Constraint(
        "CHECK(accepted_qty >= 0 AND accepted_qty <= quantity + 0.000001)",
        "Accept between nothing and the claimed quantity.",
    )

    @api.depends("origin_move_id", "date_complaint")
    def _compute_verdict(self):
        """As of when it was entered: a later change of a period rewrites no verdict."""
        for line in self:
            line.update(line._prepare_verdict())

    def _prepare_verdict(self):
        self.ensure_one()
        move, company = self.origin_move_id.sudo(), self.company_id
        day = move and company._get_day(move.date)
        end = day and self.product_id.product_tmpl_id._get_warranty_end(day, company)
        complaint = self.date_complaint
        return {
            "delivered_on": day,
            "warranty_until": end,
            "in_warranty": bool(end and complaint and day <= complaint <= end),
        }

    def _freeze_verdict(self):
        """Judge by the periods that hold when the claim is submitted."""
        for line in self:
            verdict = line._prepare_verdict()
            accepted = line.quantity if verdict["in_warranty"] else 0.0
            line._set({**verdict, "accepted_qty": accepted})

    # -- what is judged is not changed -----------------------------------------------------------

    def _get_decision_fields(self):
        verdict = {"delivered_on", "warranty_until", "in_warranty"}
        return super()._get_decision_fields() | verdict

    def _get_later_fields(self):
        """Nothing is accepted before the claim is submitted."""
        return super()._get_later_fields() | {"accepted_qty"}

    def _check_changes(self, vals):
        super()._check_changes(vals)
        if "accepted_qty" in vals:
            self.claim_id._check_state("submitted", "accepted")
        elif vals.keys() - {"sequence", "note"}:
            self.claim_id._check_state("draft", "submitted", "accepted")

    def write(self, vals):
        result = super().write(vals)
        if "accepted_qty" in vals:
            self._check_accepted()
        return result

    def _check_accepted(self):
        """Only what is in warranty is accepted, and not less than came or went already."""
        for line in self:
            if line.accepted_qty and not line.in_warranty:
                raise UserError(line._get_verdict_problem())
        accepted = self.filtered(lambda line: line.state == "accepted")
        accepted.origin_move_id._check_accepted()
        accepted._count()

    def _get_verdict_problem(self):
        self.ensure_one()
        names = {"claim": self.claim_id.name, "product": self.product_id.display_name}
        if not self.warranty_until:
            return self.env._(
                "Claim %(claim)s: there is no warranty on %(product)s. Reject it.", **names
            )
        return self.env._(
            "Claim %(claim)s: the warranty on %(product)s is from %(start)s to %(end)s, the"
            " complaint of %(day)s is outside of it. Reject it.",
            start=format_date(self.env, self.delivered_on),
            end=format_date(self.env, self.warranty_until),
            day=format_date(self.env, self.date_complaint),
            **names,
        )
