from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleWarrantyClaimLine(models.Model):
    """What of the returned goods waits for a decision, in quarantine or in repair."""

    _inherit = "sale.warranty.claim.line"

    disposition_ids = fields.One2many("sale.warranty.disposition", "claim_line_id")
    waits_for_decision = fields.Boolean(
        compute="_compute_waits_for_decision",
        store=True,
        help="Goods came back, and nobody has decided what happens to them.",
    )

    @api.depends("received_qty", "disposed_qty", "disposition_ids")
    def _compute_waits_for_decision(self):
        for line in self:
            waiting = line.received_qty - line.disposed_qty
            open_qty = max(waiting, line._get_repair_qty())
            line.waits_for_decision = round(open_qty, 6) > 0

    def _get_repair_qty(self):
        """What is in repair now."""
        self.ensure_one()
        into = self.disposition_ids.filtered(lambda one: one.decision == "repair")
        out = self.disposition_ids.filtered(lambda one: one.source == "repair")
        return sum(into.mapped("quantity")) - sum(out.mapped("quantity"))

    def action_dispose(self):
        """Ask what happens to what came back and waits in quarantine."""
        self.ensure_one()
        waiting = self.uom_id.round(self.received_qty - self.disposed_qty)
        in_repair = self._get_repair_qty()
        if waiting <= 0 and in_repair <= 0:
            raise UserError(
                self.env._(
                    "Claim %(claim)s: nothing of %(product)s waits for a decision. Receive the"
                    " return first.",
                    claim=self.claim_id.name,
                    product=self.product_id.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide on Returned Goods"),
            "res_model": "sale.warranty.disposition",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_claim_line_id": self.id,
                "default_source": "quarantine" if waiting > 0 else "repair",
                "default_quantity": waiting if waiting > 0 else in_repair,
            },
        }


class SaleWarrantyClaim(models.Model):
    _inherit = "sale.warranty.claim"

    disposition_ids = fields.One2many("sale.warranty.disposition", "claim_id")
