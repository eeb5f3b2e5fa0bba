from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .sale_order_figures import FIGURES

# In the context of a write that is looked at as a whole. Only this very object counts, so that
# nobody can send it over RPC.
GUARDED = object()
# likewise for lines that come from a bill
REINVOICED = object()
# what gets worse when it grows, and what when it falls; other fields matter when they change
GROWING = {"offer_worst_discount", "offer_amount", "amount_untaxed", "amount_total"}
FALLING = {"offer_worst_margin", "margin", "margin_percent"}


class SaleOrder(models.Model):
    """What was approved, or needed no approval, is not made worse once it is an order.

    A person's change of a confirmed order is measured at what it was before, both times with the
    price list and the costs of now. Reviewers may make it, and it is entered in the log.
    """

    _inherit = "sale.order"

    def write(self, vals):
        if not self.env["tier.definition"]._has_offer_tiers():
            return super().write(vals)
        before = self._get_tested_states(moved="company_id" in vals)
        res = super(SaleOrder, self.with_context(confirmed_guard=GUARDED)).write(vals)
        self._check_not_worse(before)
        self._notice_change()
        return res

    def _get_tested_states(self, moved=False):
        """What the tiers test of confirmed orders, to be measured at later.

        Nothing where the system acts, or a caller looks at the whole.

        :param moved: whether the orders may come to a company that has tiers
        """
        if self.env.su or self.env.context.get("confirmed_guard") is GUARDED:
            return {}
        return {
            order: order._get_tested_state()
            for order in self
            if order.state == "sale" and (moved or order._get_tiers_in_force())
        }

    @api.model
    def _check_not_worse(self, before):
        """Refuse a change that made confirmed orders worse.

        :param before: what ``_get_tested_states`` gave before the change
        :raise UserError: names the order, the tiers that ask for an approval, and the way out
        """
        for order, state in before.items():
            tiers = order._get_offended_tiers(state)
            if not tiers:
                continue
            if not all(order._is_reviewer(tier) for tier in tiers):
                raise UserError(order._get_confirmed_message(tiers))
            order._log_approval("changed", tier_name=", ".join(tiers.mapped("name")))

    def _get_tested_state(self):
        """What the tiers test now, with the price list and the costs of now."""
        self.ensure_one()
        order = self.sudo().with_context(compare_with_list=True)
        order._renew_figures()
        tiers = order._get_matching_tiers()
        names = {
            measure
            for tier in order._get_tiers_in_force()
            for name in tier._get_tested_fields()
            for measure in {name, *self._get_measures_of(name)}
        }
        return {
            "tiers": tiers,
            "values": {name: order[name] for name in names},
            "discounts": order._get_discounts(),
            "margins": order._get_margins(),
        }

    def _get_offended_tiers(self, before):
        """Tiers that ask for an approval which the order does not have."""
        after = self._get_tested_state()
        return after["tiers"].filtered(
            lambda tier: tier not in before["tiers"] or self._is_offended(tier, before, after)
        )

    def _is_offended(self, tier, before, after):
        """Whether something that the tier tests got worse; what is not so is no matter."""
        return any(
            self._has_become_worse(measure, before, after)
            for name in tier._get_tested_fields()
            if after["values"][name] is not False
            for measure in self._get_measures_of(name)
        )

    def _get_confirmed_message(self, tiers):
        self.ensure_one()
        return self.env._(
            "Order %(order)s is confirmed, and with this change it would need an approval:"
            " %(tiers)s. Let a reviewer make the change, or cancel the order, set it to quotation"
            " and request the approval.",
            order=self.name,
            tiers=", ".join(tiers.mapped("name")),
        )

    @api.model
    def _get_measures_of(self, name):
        """What tells whether a field that a tier tests got worse, when it may stay the same.

        What is computed from others, such as a limit exceeded, is measured at all figures; an
        addon that knows better says so.
        """
        if name in GROWING | FALLING or self._fields[name].store:
            return [name]
        return [name, *FIGURES]

    @api.model
    def _has_become_worse(self, name, before, after):
        """Whether a field that a tier tests got worse; of discounts and margins, line by line."""
        if name == "offer_worst_discount":
            return self._is_any_worse(before["discounts"], after["discounts"], 0.0, 1)
        if name == "offer_worst_margin":
            lowest = min(before["margins"].values())
            return self._is_any_worse(before["margins"], after["margins"], lowest, -1)
        old, new = before["values"][name], after["values"][name]
        if name in GROWING | FALLING:
            return float_compare(new, old, precision_digits=4) == (1 if name in GROWING else -1)
        return old != new or self._fields[name].type in ("one2many", "many2many")

    @api.model
    def _is_any_worse(self, before, after, usual, direction):
        """:param usual: what a new line is measured at"""
        return any(
            float_compare(value, before.get(record, usual), precision_digits=2) == direction
            for record, value in after.items()
        )

    def _is_reviewer(self, tier):
        """Whether the user would be asked to review the order, four eyes considered.

        Who made the order stays one of two, whoever is named as its salesperson now.
        """
        if tier.exclude_requester and self.env.user == self.create_uid:
            return False
        review = self.env["tier.review"].sudo()
        return review.new(
            {
                "model": "sale.order",
                "res_id": self.id,
                "definition_id": tier.id,
                "requested_by": self.user_id.id,
            }
        )._may_be_done_by(self.env.user)


class SaleOrderLine(models.Model):
    """Confirmed orders are made no worse, and changes of approved offers are noticed."""

    _inherit = "sale.order.line"

    @api.model
    def _get_guarded_fields(self):
        """Names of the fields that change what the tiers test."""
        return {
            "combo_item_id",
            "discount",
            "extra_tax_data",
            "is_delivery",
            "is_downpayment",
            "is_expense",
            "order_id",
            "price_unit",
            "product_id",
            "product_no_variant_attribute_value_ids",
            "product_uom_id",
            "product_uom_qty",
            "purchase_price",
            "tax_ids",
        }

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env["tier.definition"]._has_offer_tiers() or self._is_reinvoiced():
            return super().create(vals_list)
        default = self.env.context.get("default_order_id")
        ids = {vals.get("order_id", default) for vals in vals_list} - {None, False}
        before = self.env["sale.order"].browse(ids)._get_tested_states()
        lines = super().create(vals_list)
        lines._check_orders_not_worse(before)
        lines.order_id._notice_change()
        return lines

    def write(self, vals):
        if not self.env["tier.definition"]._has_offer_tiers():
            return super().write(vals)
        orders = self.order_id | self.order_id.browse(vals.get("order_id", ()))
        guarded = not vals.keys().isdisjoint(self._get_guarded_fields())
        before = orders._get_tested_states() if guarded else {}
        res = super().write(vals)
        self._check_orders_not_worse(before)
        orders._notice_change()
        return res

    def unlink(self):
        orders = self.order_id
        res = super().unlink()
        orders.exists()._notice_change()
        return res

    @api.model
    def _is_reinvoiced(self):
        """Whether a bill is being posted: what it costs is charged to the customer as it is."""
        return self.env.context.get("reinvoiced") is REINVOICED

    def _check_orders_not_worse(self, before):
        """Charges for deliveries come when they come, and change no offer."""
        if before and not all(line._is_charge() for line in self):
            self.env["sale.order"]._check_not_worse(before)
