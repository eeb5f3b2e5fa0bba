from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..formatting import format_quantity


class SaleWarrantyClaimLine(models.Model):
    """Defective goods of one delivery, of one lot where they are tracked."""

    _name = "sale.warranty.claim.line"
    _description = "Line of a Warranty Claim"
    _inherit = ["sale.document.line.mixin"]
    _order = "claim_id, sequence, id"
    _check_company_auto = True

    claim_id = fields.Many2one(
        "sale.warranty.claim", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="claim_id.commercial_partner_id", store=True, index=True, string="Customer"
    )
    state = fields.Selection(related="claim_id.state", store=True)
    date_complaint = fields.Date(related="claim_id.date_complaint", store=True)
    picking_id = fields.Many2one(related="claim_id.picking_id")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        check_company=True,
        domain="[('id', 'in', delivered_product_ids)]",
    )
    delivered_product_ids = fields.Many2many(
        "product.product", compute="_compute_delivered", string="Delivered Products"
    )
    delivered_lot_ids = fields.Many2many(
        "stock.lot", compute="_compute_delivered", string="Delivered Lots"
    )
    origin_move_id = fields.Many2one(
        "stock.move",
        string="Delivered Goods",
        compute="_compute_origin_move_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('picking_id', '=', picking_id), ('state', '=', 'done')]",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    tracking = fields.Selection(related="product_id.tracking")
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial Number",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('id', 'in', delivered_lot_ids)]",
    )
    quantity = fields.Float(string="Claimed", digits="Product Unit", required=True, default=1.0)
    reason_id = fields.Many2one(
        "sale.warranty.reason", string="Defect", index="btree_not_null", ondelete="restrict"
    )
    note = fields.Char(string="Details")
    returned_qty = fields.Float(
        string="To Come Back", digits="Product Unit", readonly=True, copy=False
    )
    received_qty = fields.Float(
        string="Came Back", digits="Product Unit", readonly=True, copy=False
    )
    replaced_qty = fields.Float(
        string="Replacement Planned",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What is offered or ordered as a replacement.",
    )
    credited_qty = fields.Float(
        string="Credited", digits="Product Unit", readonly=True, copy=False
    )
    disposed_qty = fields.Float(string="Decided", digits="Product Unit", readonly=True, copy=False)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The claimed quantity must be more than zero."
    )

    @api.depends("claim_id.picking_id", "product_id")
    def _compute_delivered(self):
        """What the form offers."""
        for line in self:
            moves = line.claim_id.picking_id.sudo().move_ids._filter_claimable()
            line.delivered_product_ids = moves.product_id
            own = moves.filtered(lambda move: move.product_id == line.product_id)  # noqa: B023
            line.delivered_lot_ids = own.move_line_ids.lot_id

    @api.depends("claim_id.picking_id", "product_id", "lot_id")
    def _compute_origin_move_id(self):
        """The one that brought the product and lot; a choice that fits is kept."""
        for line in self:
            moves = line._find_origin_moves()
            if moves and line.origin_move_id._origin not in moves:
                line.origin_move_id = moves[0]
            else:
                line.origin_move_id = line.origin_move_id

    def _find_origin_moves(self):
        self.ensure_one()
        moves = self.claim_id.picking_id._origin.sudo().move_ids._filter_claimable()
        moves = moves.filtered(lambda move: move.product_id == self.product_id._origin)
        lot = self.lot_id._origin
        return moves.filtered(lambda move: not lot or lot in move.move_line_ids.lot_id)

    @api.depends("claim_id.name", "product_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.claim_id.name}: {line.product_id.display_name}"

    @api.constrains("origin_move_id", "product_id", "lot_id", "quantity", "claim_id")
    def _check_origin(self):
        for line in self.filtered("origin_move_id"):
            problem = line._get_origin_problem()
            if problem:
                raise ValidationError(problem)

    def _get_origin_problem(self):
        """Why the line does not fit to what was delivered, or False."""
        self.ensure_one()
        move, lot = self.origin_move_id.sudo(), self.lot_id.sudo()
        names = {
            "claim": self.claim_id.name,
            "product": self.product_id.display_name,
            "delivery": self.claim_id.picking_id.sudo().name or "",
        }
        fits = move.picking_id == self.claim_id.picking_id and move.product_id == self.product_id
        if not fits or not move._filter_claimable():
            return self.env._(
                "Claim %(claim)s: %(product)s was not delivered with %(delivery)s. Choose what"
                " that delivery brought.",
                **names,
            )
        delivered = move._get_delivered_qty(lot)
        if lot and self.uom_id.is_zero(delivered):
            return self.env._(
                "Claim %(claim)s: lot %(lot)s of %(product)s was not delivered with %(delivery)s.",
                lot=lot.name,
                **names,
            )
        if self.uom_id.compare(self.quantity, delivered) > 0:
            return self.env._(
                "Claim %(claim)s: only %(delivered)s %(unit)s of %(product)s were delivered with"
                " %(delivery)s.",
                delivered=format_quantity(self.env, delivered),
                unit=self.uom_id.name,
                **names,
            )
        return False

    def _get_submission_problem(self):
        self.ensure_one()
        names = {"claim": self.claim_id.name, "product": self.product_id.display_name}
        if not self.origin_move_id:
            return self.env._(
                "Claim %(claim)s: choose with which delivered goods %(product)s came.", **names
            )
        if self.tracking != "none" and not self.lot_id:
            return self.env._(
                "Claim %(claim)s: enter the lot or serial number of %(product)s.", **names
            )
        if not self.reason_id:
            return self.env._("Claim %(claim)s: choose what is wrong with %(product)s.", **names)
        return False

    # -- what was submitted or counted is not changed --------------------------------------------

    def _get_document(self):
        return self.claim_id

    def _get_decision_fields(self):
        """Names of the fields that orders, transfers and credit notes change, never people."""
        return {"returned_qty", "received_qty", "replaced_qty", "credited_qty", "disposed_qty"}

    def _get_content_fields(self):
        """Names of the fields that say what the customer reported: fixed when submitted."""
        return {"claim_id", "origin_move_id", "product_id", "lot_id", "quantity"}

    def _get_decision_refusal(self):
        return self.env._("Quantities and verdict of a claim are counted, not typed.")

    def _complete_new_values(self, vals_list):
        for vals in vals_list:
            if vals.get("origin_move_id") and not vals.get("product_id"):
                move = self.env["stock.move"].sudo().browse(vals["origin_move_id"])
                vals["product_id"] = move.product_id.id
