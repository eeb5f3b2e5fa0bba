from odoo import api, fields, models

from odoo.addons.sale_rfq_register.offer_figures import NOTHING_SOLD


class SaleOrder(models.Model):
    """Kind and contract are a part of what is offered, approved and confirmed."""

    _inherit = "sale.order"

    supersedes_ids = fields.One2many("sale.order", "superseded_by_id", string="Replaced Revisions")
    kind_follower_ids = fields.One2many("sale.order", "kind_origin_id", string="Following Orders")

    @api.depends("kind_id")
    def _compute_confirmation_required(self):
        super()._compute_confirmation_required()
        for order in self:
            if order._is_kind("configuration_confirmation", "required"):
                order.confirmation_required = True
            elif order._is_kind("configuration_confirmation", "none") or order._is_agreed_on():
                order.confirmation_required = False

    def _is_agreed_on(self):
        """A claim was agreed on when it was accepted, and a schedule is the customer's own."""
        self.ensure_one()
        return self._is_claim_order() or self._is_kind("from_schedule")

    @api.depends("kind_id")
    def _compute_offer_figures(self):
        """What is not billed is sold at no discount and no loss: tiers ask for its kind."""
        super()._compute_offer_figures()
        for order in self:
            if order._is_kind("billable", False):
                order.offer_worst_discount = 0.0
                order.offer_worst_margin = NOTHING_SOLD

    @api.model
    def _get_offer_content_fields(self):
        return [*super()._get_offer_content_fields(), "kind_id", "contract_id"]

    def _get_offer_content(self):
        """An ordinary order adds nothing, so that approvals from before stay as they are."""
        kind = self.kind_id.id
        return {
            **super()._get_offer_content(),
            "kind": kind if kind != self._default_kind_id() else False,
            "contract": self.contract_id.id,
        }
