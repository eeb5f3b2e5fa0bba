from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .sale_order_figures import FIGURES

# In the context of lines that come from a bill. Only this very object counts, so that nobody can
# send it over RPC.
REINVOICED = object()
# what gets worse when it grows, and what when it falls; other fields matter when they change
GROWING = {"offer_worst_discount", "offer_amount", "amount_untaxed", "amount_total"}
FALLING = {"offer_worst_margin", "margin", "margin_percent"}


class Covered(frozenset):
    """In the context of a write, the ids of the orders that are looked at once it is done."""


class SaleOrder(models.Model):
    """What was approved, or needed no approval, is not made worse once it is an order.

    A person's change of a confirmed order is measured at what it was before, both times with the
    price list and the costs of now. Reviewers may make it, and it is entered in the log.
    """

    _inherit = "sale.order"

    def write(self, vals):
        if not self.env["tier.definition"]._has_offer_tiers():
            return super().write(vals)
        if "invoice_status" in vals and not self.env.su:
            # it follows from the lines, and who invoices goes by it
            vals = {name: value for name, value in vals.items() if name != "invoice_status"}
        before = self._get_tested_states(moved="company_id" in vals)
        covered = Covered(self._get_covered_ids() | {order.id for order in before})
        res = super(SaleOrder, self.with_context(confirmed_guard=covered)).write(vals)
        self._check_not_worse(before)
        self._notice_change()
        return res

    def _get_tested_states(self, moved=False):
        """What the tiers test of confirmed orders, to be measured at later.

        Nothing where the system acts, or a caller looks at the whole.

        :param moved: whether the orders may come to a company that has tiers
        """
        if self.env.su:
            return {}
        covered = self._get_covered_ids()
        return {
            order: order._get_tested_state()
            for order in self
            if order.state == "sale"
            and order.id not in covered
            and (moved or order._get_tiers_in_force())
        }

    @api.model
    def _get_covered_ids(self):
        """Orders that a caller looks at as a whole; no others that it reaches on its way."""
        covered = self.env.context.get("confirmed_guard")
        return covered if isinstance(covered, Covered) else Covered()

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
        order = self.sudo().with_context(compare_with_list=True)._in_own_context()
        order._renew_figures()
        order = order._with_list_rules()
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
            "given": order._get_discount_amount(),
            "apart": order._get_given_apart(),
            "margins": order._get_margins(),
            "sold": {line: line._get_sold() for line in order.order_line},
        }

    def _get_offended_tiers(self, before):
        """Tiers that ask for an approval which the order does not have."""
        after = self._get_tested_state()
        return after["tiers"].filtered(
            lambda tier: tier not in before["tiers"] or self._is_offended(tier, before, after)
        )

    def _is_offended(self, tier, before, after):
        """Whether something that the tier tests got worse; what is not so is no matter.

        More of a line that the tier would not let pass is worse too, and another product there;
        of what is approved for its kind, its payment term and the like, more of anything.
        """
        if any(
            self._has_become_worse(measure, before, after)
            for name in tier._get_tested_fields()
            if after["values"][name] is not False
            for measure in self._get_measures_of(name)
        ):
            return True
        by_kind = tier._is_for_kinds()
        return any(
            by_kind
            or (
                line in before["sold"]
                and self._is_line_beyond(tier, after["discounts"][line], after["margins"][line])
            )
            for line, sold in after["sold"].items()
            if self._is_more(before["sold"].get(line), *sold)
        )

    @api.model
    def _is_more(self, sold, product, quantity):
        """:param sold: product and quantity of before, nothing for a new line"""
        if not product or not sold or product != sold[0]:
            return bool(product) and quantity > 0
        return float_compare(quantity, sold[1], precision_digits=6) > 0

    def _is_line_beyond(self, tier, discount, margin):
        """Whether a line by itself, by its percentages, is what the tier asks about."""
        return tier._is_beyond("offer_worst_discount", discount) or tier._is_beyond(
            "offer_worst_margin", margin
        )

    @api.model
    def _get_measured_fields(self):
        """Names of the fields of which one can say that they got worse."""
        return GROWING | FALLING

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
            # the share of the whole grows too when a line at its full price falls away
            given = float_compare(after["given"], before["given"], precision_digits=2) > 0
            if float_compare(after["apart"], before["apart"], precision_digits=2) > 0:
                return True
            cuts = after["discounts"]
            cuts = cuts if given else {line: cut for line, cut in cuts.items() if line}
            return self._is_any_worse(before["discounts"], cuts, 0.0, 1)
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

    def _get_sold(self):
        """Product, and its quantity in the product's own unit."""
        self.ensure_one()
        product, unit = self.product_id, self.product_uom_id
        quantity = self.product_uom_qty
        if unit and unit != product.uom_id:
            quantity = unit._compute_quantity(
                quantity, product.uom_id, round=False, raise_if_failure=False
            )
        return product, quantity

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
        orders = self.env["sale.order"].browse(ids)
        before = orders._get_tested_states()
        orders._lock_tested()
        lines = super().create(vals_list)
        if before and not lines._are_charges():
            lines.order_id._check_not_worse(before)
        lines.order_id._notice_change()
        return lines

    def write(self, vals):
        if not self.env["tier.definition"]._has_offer_tiers():
            return super().write(vals)
        orders = self.order_id | self.order_id.browse(vals.get("order_id", ()))
        guarded = not vals.keys().isdisjoint(self._get_guarded_fields())
        before = orders._get_tested_states() if guarded else {}
        if guarded:
            orders._lock_tested()
        charged = bool(before) and self._are_charges()
        res = super().write(vals)
        if before and not (charged and self._are_charges()):
            orders._check_not_worse(before)
        orders._notice_change()
        return res

    def unlink(self):
        if not self.env["tier.definition"]._has_offer_tiers():
            return super().unlink()
        found = self._with_linked_lines()
        # core looks at the given lines only
        (found - self)._unlink_except_confirmed()
        orders = found.order_id
        before = orders._get_tested_states()
        orders._lock_tested()
        res = super().unlink()
        orders.exists()._check_not_worse(before)
        orders.exists()._notice_change()
        return res

    def _with_linked_lines(self):
        """These lines, and those that the database deletes with them."""
        found, linked = self, self.sudo().linked_line_ids
        while linked - found:
            found |= linked
            linked = linked.linked_line_ids
        return found

    @api.model
    def _is_reinvoiced(self):
        """Whether a bill is being posted: what it costs is charged to the customer as it is."""
        return self.env.context.get("reinvoiced") is REINVOICED

    def _are_charges(self):
        """Charges for deliveries come when they come, and change no offer."""
        return all(line._is_charge() for line in self)
