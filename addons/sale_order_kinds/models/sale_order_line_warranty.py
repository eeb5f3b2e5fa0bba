from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrderLine(models.Model):
    """Which accepted goods of a claim a line returns or replaces, at a discount of 100 %."""

    _inherit = "sale.order.line"

    warranty_claim_line_id = fields.Many2one(
        "sale.warranty.claim.line",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _filter_claimed(self):
        if not self.warranty_claim_line_id:
            return self.browse()
        return self.filtered("warranty_claim_line_id")

    def _compute_discount(self):
        """The list price is shown, and nothing is paid."""
        claimed = self._filter_claimed()
        if not claimed:
            return super()._compute_discount()
        super(SaleOrderLine, self - claimed)._compute_discount()
        claimed.discount = 100.0

    @api.constrains("warranty_claim_line_id", "product_id", "order_id", "discount", "display_type")
    def _check_claim_line(self):
        orders = self.order_id._filter_kind("claim_required", True)
        if not orders and not self.warranty_claim_line_id:
            return
        for line in self:
            if line.warranty_claim_line_id or line.order_id in orders:
                missing = line.order_id._get_missing_claim_problem()
                problem = missing or line._get_claim_problem()
                if problem and line.order_id.state != "cancel":
                    raise ValidationError(problem)

    def _get_claim_problem(self):
        """Why the line has no place in an order under a claim, or False."""
        self.ensure_one()
        if self.display_type:
            return False
        order, claimed = self.order_id, self.warranty_claim_line_id.sudo()
        claim = order.warranty_claim_id.sudo()
        names = {
            "order": order._get_label(),
            "product": self.product_id.display_name or self.name,
            "claim": (claim or claimed.claim_id).name,
        }
        if not order._is_claim_order() or claimed.claim_id != claim:
            return self.env._(
                "%(order)s: %(product)s belongs to claim %(claim)s or to none. An order for"
                " a claim holds what that claim accepts and nothing else.",
                **names,
            )
        if claimed.product_id != self.product_id:
            return self.env._(
                "%(order)s: claim %(claim)s is about %(claimed)s, not about %(product)s.",
                claimed=claimed.product_id.display_name,
                **names,
            )
        if self.discount != 100.0:
            return self.env._(
                "%(order)s: %(product)s is free under claim %(claim)s. Its discount stays 100 %%.",
                **names,
            )
        return False

    # -- counted on the claim --------------------------------------------------------------------

    @api.model
    def _get_claim_triggers(self):
        """Names of the fields that change what a line takes from its claim."""
        return {
            "order_id",
            "product_id",
            "product_uom_qty",
            "product_uom_id",
            "warranty_claim_line_id",
        }

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.warranty_claim_line_id._count()
        return lines

    def write(self, vals):
        if not self._get_claim_triggers() & vals.keys():
            return super().write(vals)
        counted = self.warranty_claim_line_id
        if not counted and "warranty_claim_line_id" not in vals:
            return super().write(vals)
        self._check_return_on_its_way(vals)
        result = super().write(vals)
        (counted | self.warranty_claim_line_id)._count()
        return result

    def _check_return_on_its_way(self, vals):
        """The transfer of a confirmed return does not follow its order."""
        if not {"product_uom_qty", "product_uom_id"} & vals.keys():
            return
        for line in self._filter_claimed():
            order = line.order_id
            if order.state == "sale" and order._is_kind("stock_mode", "receive"):
                raise UserError(
                    self.env._(
                        "Order %(order)s is confirmed and its goods are on their way back: the"
                        " quantity is not changed any more. Change the transfer, or make another"
                        " return.",
                        order=order.name,
                    )
                )

    def unlink(self):
        counted = self.warranty_claim_line_id
        result = super().unlink()
        counted._count()
        return result

    # -- goods leave or come back ----------------------------------------------------------------

    def _get_location_final(self):
        """Replacements leave to the location that charges the warranty expense."""
        if self.warranty_claim_line_id:
            return self.company_id._get_warranty_location("customer")
        return super()._get_location_final()

    def _prepare_return_line_values(self):
        """A line of core's return wizard, in the unit of the product.

        A delivery by the dozen would make a third of a dozen of four pieces.
        """
        self.ensure_one()
        move = self.warranty_claim_line_id.origin_move_id
        return {
            "product_id": self.product_id.id,
            "move_id": move.id,
            "quantity": self.product_uom_id._compute_quantity(
                self.product_uom_qty, self.product_id.uom_id, rounding_method="HALF-UP"
            ),
            "to_refund": False,
            "warranty_order_line_id": self.id,
        }
