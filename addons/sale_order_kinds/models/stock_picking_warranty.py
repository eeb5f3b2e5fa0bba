from odoo import fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """A delivery opens the claims about it; a return tells which claim it serves."""

    _inherit = "stock.picking"

    warranty_claim_ids = fields.One2many(
        "sale.warranty.claim", "picking_id", string="Claims about This Delivery"
    )
    warranty_claim_count = fields.Integer(compute="_compute_warranty_claim_count")
    warranty_claim_id = fields.Many2one(
        "sale.warranty.claim",
        compute="_compute_warranty_claim_id",
        help="The claim for which these goods move.",
    )
    is_claimable = fields.Boolean(compute="_compute_is_claimable")

    def _compute_warranty_claim_count(self):
        counted = dict(
            self.env["sale.warranty.claim"]._read_group(
                [("picking_id", "in", self.ids)], ["picking_id"], ["__count"]
            )
        )
        for picking in self:
            picking.warranty_claim_count = counted.get(picking._origin, 0)

    def _compute_warranty_claim_id(self):
        for picking in self:
            moves = picking.move_ids.sudo()
            lines = (
                moves.warranty_order_line_id | moves.sale_line_id
            ).warranty_claim_line_id | moves.warranty_disposition_id.claim_line_id
            found = lines.claim_id[:1]
            picking.warranty_claim_id = found.with_env(picking.env)._filtered_access("read")

    def _compute_is_claimable(self):
        for picking in self:
            picking.is_claimable = bool(picking.move_ids._filter_claimable())

    def _get_warranty_customer(self):
        """The company that bought what was delivered, wherever it was delivered to."""
        self.ensure_one()
        return (self.sale_id.partner_id or self.partner_id).commercial_partner_id

    def action_open_warranty_claims(self):
        """Show the claims about this delivery."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale_order_kinds.sale_warranty_claim_action"
        )
        return {**action, "domain": [("picking_id", "=", self.id)], "context": {}}

    def action_claim_warranty(self):
        """Open the form of a new claim about this delivery; nothing is saved yet."""
        self.ensure_one()
        if not self.is_claimable:
            raise UserError(
                self.env._(
                    "%(delivery)s brought nothing to a customer yet: a claim is about goods that"
                    " were delivered.",
                    delivery=self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Warranty Claim"),
            "res_model": "sale.warranty.claim",
            "view_mode": "form",
            "context": self._prepare_warranty_claim_context(),
        }

    def _prepare_warranty_claim_context(self):
        buyer = self.sale_id.sudo().partner_id or self.partner_id
        return {
            "default_partner_id": buyer.id,
            "default_picking_id": self.id,
            "default_company_id": self.company_id.id,
        }
