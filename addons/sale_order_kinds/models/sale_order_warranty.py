from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command


class SaleOrder(models.Model):
    """An order that serves a warranty claim: a return or a free replacement."""

    _inherit = "sale.order"

    warranty_claim_id = fields.Many2one(
        "sale.warranty.claim",
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    kind_claim_required = fields.Boolean(related="kind_id.claim_required")
    claim_ids = fields.One2many(
        "sale.warranty.claim", "order_id", string="Claims about This Order"
    )
    claim_count = fields.Integer(compute="_compute_claim_count")
    warranty_return_count = fields.Integer(compute="_compute_warranty_return_count")

    def _compute_claim_count(self):
        counted = dict(
            self.env["sale.warranty.claim"]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.claim_count = counted.get(order._origin, 0)

    def _compute_warranty_return_count(self):
        for order in self:
            order.warranty_return_count = len(order._get_warranty_returns())

    def _get_warranty_returns(self):
        """The transfers by which goods of these orders come back, those of parts too."""
        moves = self.env["stock.move"].search(
            [("warranty_order_line_id", "in", self.order_line.ids)]
        )
        return moves.picking_id

    def _is_claim_order(self):
        """Whether the kind serves claims; no query for that."""
        self.ensure_one()
        return self._is_kind("claim_required")

    # -- the check -------------------------------------------------------------------------------

    @api.constrains("kind_id", "warranty_claim_id", "partner_id", "company_id", "order_line")
    def _check_warranty_claim(self):
        for order in self:
            if order.state != "cancel":
                problem = order._get_claim_problem()
                if problem:
                    raise ValidationError(problem)

    def _get_claim_problem(self):
        """What speaks against the order under its claim, or False."""
        self.ensure_one()
        if not self._is_claim_order():
            return self._get_needless_claim_problem()
        claim = self.warranty_claim_id.sudo()
        names = {"order": self._get_label(), "claim": claim.name}
        if not claim:
            return self._get_missing_claim_problem()
        if claim.commercial_partner_id != self.partner_id.commercial_partner_id:
            return self.env._(
                "%(order)s is for %(partner)s, but claim %(claim)s is of %(customer)s: make"
                " it for the customer of the claim.",
                partner=self.partner_id.commercial_partner_id.display_name,
                customer=claim.commercial_partner_id.display_name,
                **names,
            )
        if self.state != "sale" and claim.state != "accepted":
            return self.env._(
                "%(order)s: claim %(claim)s is not accepted, or settled already. Only"
                " accepted claims are returned or replaced.",
                **names,
            )
        return next(filter(None, (line._get_claim_problem() for line in self.order_line)), False)

    def _get_missing_claim_problem(self):
        self.ensure_one()
        if self.warranty_claim_id or not self._is_claim_order():
            return False
        return self.env._(
            "%(order)s is of the kind “%(kind)s”: make it from an accepted warranty claim, by the"
            " button there.",
            order=self._get_label(),
            kind=self.kind_id.name,
        )

    def _get_needless_claim_problem(self):
        if not self.warranty_claim_id:
            return False
        return self.env._(
            "%(order)s serves claim %(claim)s: its kind stays one for warranty claims.",
            order=self._get_label(),
            claim=self.warranty_claim_id.sudo().name,
        )

    @api.model
    def _get_kind_demands(self):
        return [*super()._get_kind_demands(), "claim_required"]

    def _get_kind_problem(self):
        problem = super()._get_kind_problem()
        if problem or not self._is_claim_order():
            return problem
        return self._get_claim_problem() or self._get_accepted_problem()

    def _is_origin_of_customer(self):
        """A claim about a delivery without an order has its origin in that delivery."""
        claim = self.warranty_claim_id.sudo()
        return super()._is_origin_of_customer() or (bool(claim) and not claim.order_id)

    def _get_accepted_problem(self):
        self.ensure_one()
        claim = self.warranty_claim_id.sudo()
        if claim.state == "accepted":
            return False
        return self.env._(
            "%(order)s: claim %(claim)s is not accepted, or settled already. Only accepted claims"
            " are returned or replaced.",
            order=self._get_label(),
            claim=claim.name,
        )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals and any(order.warranty_claim_id for order in self):
            self.order_line.warranty_claim_line_id._count()
        return result

    def unlink(self):
        counted = self.filtered("warranty_claim_id").order_line.warranty_claim_line_id
        result = super().unlink()
        counted._count()
        return result

    def _get_fixed_by_confirmation(self):
        return [*super()._get_fixed_by_confirmation(), "warranty_claim_id"]

    # -- goods come back -------------------------------------------------------------------------

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self:
            if order._is_claim_order() and order._is_kind("stock_mode", "receive"):
                order._create_warranty_return()
        return result

    def _action_cancel(self):
        """What has not come back yet need not come back any more."""
        returns = self.filtered("warranty_claim_id").sudo()._get_warranty_returns()
        returns.filtered(lambda picking: picking.state != "done").action_cancel()
        return super()._action_cancel()

    def _create_warranty_return(self):
        """Core's return of the delivery, as the system: who confirms needs no stock rights."""
        self.ensure_one()
        lines = self.order_line.sudo()._filter_claimed()
        self.company_id._get_warranty_account()
        wizard = (
            self.env["stock.return.picking"]
            .sudo()
            .create(
                {
                    "picking_id": self.warranty_claim_id.sudo().picking_id.id,
                    "warranty_order_id": self.id,
                    "product_return_moves": [
                        Command.clear(),
                        *(Command.create(one._prepare_return_line_values()) for one in lines),
                    ],
                }
            )
        )
        picking = wizard._create_return()
        picking.move_ids._receive_claimed_lots()
        return picking

    def action_open_warranty_returns(self):
        """Show the transfers by which the goods of this order come back."""
        self.ensure_one()
        pickings = self._get_warranty_returns()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        if len(pickings) == 1:
            return {**action, "views": [(False, "form")], "res_id": pickings.id}
        return {**action, "domain": [("id", "in", pickings.ids)]}

    def action_open_claims(self):
        """Show the claims about what this order delivered."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale_order_kinds.sale_warranty_claim_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    def action_claim_warranty(self):
        """Open the form of a new claim about the last delivery of this order."""
        self.ensure_one()
        delivered = self.picking_ids.filtered("is_claimable").sorted("date_done")
        if not delivered:
            raise UserError(
                self.env._(
                    "Order %(order)s has no delivery that is done: a claim is about goods that"
                    " were delivered.",
                    order=self.name,
                )
            )
        return delivered[-1].action_claim_warranty()
