from odoo import fields, models
from odoo.exceptions import UserError


class SaleWarrantyClaim(models.Model):
    """The way of a claim: submitted, judged, settled."""

    _inherit = "sale.warranty.claim"

    def action_submit(self):
        """Put the claims before those who decide; the whole of what is claimed is proposed."""
        self._check_state("draft")
        for claim in self:
            problem = claim._get_submission_problem()
            if problem:
                raise UserError(problem)
        self.line_ids._freeze_verdict()
        return self._set({"state": "submitted", "submitted_on": fields.Datetime.now()})

    def _get_submission_problem(self):
        """What is missing in a claim before it can be judged, or False."""
        self.ensure_one()
        names = {"claim": self.name}
        if not self.picking_id:
            return self.env._("Claim %(claim)s: choose the delivery that it is about.", **names)
        if not self.line_ids:
            return self.env._("Claim %(claim)s: enter what is defective.", **names)
        return next(filter(None, (one._get_submission_problem() for one in self.line_ids)), False)

    def action_accept(self):
        """Accept what the lines say is accepted."""
        self._check_state("submitted")
        for claim in self:
            if not any(line.accepted_qty for line in claim.line_ids):
                raise UserError(
                    self.env._(
                        "Claim %(claim)s: enter which quantity you accept, or reject it.",
                        claim=claim.name,
                    )
                )
        self._set({"state": "accepted", **self._prepare_decision()})
        self.line_ids._check_accepted()
        return True

    def action_reject(self):
        """Reject the claims whole, for the reason that they name."""
        self._check_state("submitted")
        for claim in self:
            if not (claim.reject_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Claim %(claim)s: enter on the page “Decision” why it is rejected; the"
                        " customer reads it.",
                        claim=claim.name,
                    )
                )
        self.line_ids._set({"accepted_qty": 0.0})
        return self._set({"state": "rejected", **self._prepare_decision()})

    def _prepare_decision(self):
        return {"decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()}

    def action_reopen(self):
        """Judge rejected or cancelled claims anew."""
        self._check_state("rejected", "cancel")
        for claim in self:
            claim._set(
                {
                    "state": "submitted" if claim.submitted_on else "draft",
                    "decided_by_id": False,
                    "decided_on": False,
                }
            )
        return True

    def action_cancel(self):
        """Withdraw the claims, as long as nothing came or went for them."""
        self._check_state("draft", "submitted", "accepted", "rejected")
        for line in self.line_ids:
            if line._is_used():
                raise UserError(
                    self.env._(
                        "Claim %(claim)s: %(product)s is returned, replaced or credited. Cancel"
                        " those orders or credit notes first.",
                        claim=line.claim_id.name,
                        product=line.product_id.display_name,
                    )
                )
        return self._set({"state": "cancel"})

    def action_settle(self):
        """Close the claims when everything accepted has come to its end."""
        self._check_state("accepted")
        for line in self.line_ids:
            problem = line._get_settlement_problem()
            if problem:
                raise UserError(problem)
        return self._set({"state": "settled"})
