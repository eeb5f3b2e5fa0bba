from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..formatting import format_quantity


class SaleWarrantyDisposition(models.Model):
    """What was decided on goods that came back, and the transfer that does it."""

    _name = "sale.warranty.disposition"
    _description = "Decision on Returned Goods"
    _inherit = ["sale.document.mixin"]
    _order = "id desc"
    _check_company_auto = True

    claim_line_id = fields.Many2one(
        "sale.warranty.claim.line",
        string="Returned Goods",
        required=True,
        index=True,
        ondelete="restrict",
    )
    claim_id = fields.Many2one(related="claim_line_id.claim_id", store=True, index=True)
    company_id = fields.Many2one(related="claim_line_id.company_id", store=True)
    product_id = fields.Many2one(related="claim_line_id.product_id", store=True)
    lot_id = fields.Many2one(related="claim_line_id.lot_id")
    uom_id = fields.Many2one(related="claim_line_id.uom_id")
    source = fields.Selection(
        [("quarantine", "Quarantine"), ("repair", "Repair")],
        string="From",
        required=True,
        default="quarantine",
    )
    decision = fields.Selection(
        [
            ("stock", "Back to stock"),
            ("scrap", "Scrap"),
            ("repair", "Repair"),
            ("supplier", "Back to the supplier"),
        ],
        required=True,
    )
    quantity = fields.Float(digits="Product Unit", required=True)
    vendor_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        check_company=True,
        help="Empty: the first supplier of the product.",
    )
    note = fields.Char()
    user_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, default=lambda self: self.env.user
    )
    date = fields.Datetime(string="Decided on", readonly=True, default=fields.Datetime.now)
    scrap_id = fields.Many2one("stock.scrap", readonly=True, copy=False)
    picking_id = fields.Many2one("stock.picking", string="Transfer", readonly=True, copy=False)

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "Decide on more than nothing.")
    _repair_once = models.Constraint(
        "CHECK(source <> 'repair' OR decision <> 'repair')",
        "The goods are in repair: decide where they go from there.",
    )

    # -- append-only -----------------------------------------------------------------------------

    def _get_decision_fields(self):
        """Names of the fields that say who decided, and what came of it."""
        return {"user_id", "date", "scrap_id", "picking_id"}

    def _get_content_fields(self):
        return super()._get_content_fields() - {"note"}

    def _get_decision_refusal(self):
        return self.env._(
            "Goods moved by this decision: it is not changed. Move them by a transfer, or decide"
            " on what is left."
        )

    def _complete_new_values(self, vals_list):
        for vals in vals_list:
            vals.update(user_id=self.env.uid, date=fields.Datetime.now())

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        decisions.claim_line_id._count()
        for decision in decisions:
            decision._check_available()
            getattr(decision, f"_apply_{decision.decision}")()
        return decisions

    def _check_draft(self):
        """The goods moved when it was made: there is no draft."""
        raise UserError(self._get_decision_refusal())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        raise UserError(
            self.env._("Goods moved by this decision: it stays on record and is not deleted.")
        )

    @api.constrains("claim_line_id", "source", "quantity")
    def _check_repair(self):
        for line in self.filtered(lambda one: one.source == "repair").claim_line_id:
            if line.uom_id.compare(line._get_repair_qty(), 0.0) < 0:
                raise ValidationError(
                    self.env._(
                        "Claim %(claim)s: so much of %(product)s is not in repair.",
                        claim=line.claim_id.name,
                        product=line.product_id.display_name,
                    )
                )

    def _check_available(self):
        """The goods are where they are decided on."""
        self.ensure_one()
        location = self._get_source_location()
        available = self.env["stock.quant"]._get_available_quantity(
            self.product_id, location, lot_id=self.lot_id or None
        )
        if self.product_id.is_storable and self.uom_id.compare(available, self.quantity) < 0:
            raise UserError(
                self.env._(
                    "Claim %(claim)s: there are %(available)s %(unit)s of %(product)s in"
                    " %(location)s, not %(asked)s. Look where the goods were put.",
                    claim=self.claim_id.name,
                    available=format_quantity(self.env, available),
                    unit=self.uom_id.name,
                    product=self.product_id.display_name,
                    location=location.display_name,
                    asked=format_quantity(self.env, self.quantity),
                )
            )

    def action_confirm(self):
        """The goods have moved when the decision was saved: back to the claim."""
        return {"type": "ir.actions.act_window_close"}
