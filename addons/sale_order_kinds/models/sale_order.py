from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The kind of an order and what it asks for."""

    _inherit = "sale.order"

    kind_id = fields.Many2one(
        "sale.order.kind",
        default=lambda self: self._default_kind_id(),
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    kind_origin_id = fields.Many2one(
        "sale.order",
        string="Follows Order",
        check_company=True,
        copy=False,
        index="btree_not_null",
        domain="[('partner_id', 'child_of', contract_customer_id), ('state', '=', 'sale')]",
        prefetch="order_kind",
    )
    kind_reason = fields.Char(string="Reason", copy=False, prefetch="order_kind")
    kind_origin_required = fields.Boolean(related="kind_id.origin_required")
    kind_reason_required = fields.Boolean(related="kind_id.reason_required")
    kind_contract_required = fields.Boolean(related="kind_id.contract_required")
    kind_billable = fields.Boolean(related="kind_id.billable")

    @api.model
    def _default_kind_id(self):
        """The ordinary kind, from the cache of XML ids."""
        return self.env["ir.model.data"]._xmlid_to_res_id(
            "sale_order_kinds.sale_order_kind_standard"
        )

    def _get_label(self):
        """The order as a refusal names it: one that is only being made keeps no number then."""
        self.ensure_one()
        if not self._origin or self.create_date == self.env.cr.now():
            customer = self.partner_id.commercial_partner_id.display_name
            return self.env._("New order of %(customer)s", customer=customer)
        return self.env._("Order %(order)s", order=self.name)

    def _is_kind(self, name, value=True):
        """Whether the kind of the order behaves so; no query for that."""
        self.ensure_one()
        return self.kind_id.id in self.env["sale.order.kind"]._get_ids_where(name, value)

    def _filter_kind(self, name, *values):
        """The orders whose kind behaves so; usually none, which is seen at a glance."""
        kind = self.env["sale.order.kind"]
        ids = set().union(*(kind._get_ids_where(name, value) for value in values))
        if ids.isdisjoint(self.kind_id._ids):
            return self.browse()
        return self.filtered(lambda order: order.kind_id.id in ids)

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._check_kind()
        return orders

    def write(self, vals):
        self._check_fixed_by_confirmation(vals)
        if vals.get("state") != "sale":
            return super().write(vals)
        confirmed = self.filtered(lambda order: order.state != "sale")
        result = super().write(vals)
        confirmed._check_kind()
        return result

    def _get_fixed_by_confirmation(self):
        """Names of the fields that do not change on a confirmed order."""
        return ["kind_id", "kind_origin_id", "contract_id"]

    def _check_fixed_by_confirmation(self, vals):
        for name in self._get_fixed_by_confirmation():
            if name not in vals:
                continue
            for order in self:
                if order.state == "sale" and order[name].id != (vals[name] or False):
                    raise UserError(
                        self.env._(
                            "Order %(order)s is confirmed: its %(field)s is not changed any"
                            " more. Cancel it first.",
                            order=order.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    def _check_kind(self):
        """Refuse a confirmation that the kind does not allow."""
        for order in self:
            problem = order._get_kind_problem()
            if problem:
                raise UserError(problem)

    def _confirmation_error_message(self):
        return super()._confirmation_error_message() or self._get_kind_problem()

    def _get_kind_problem(self):
        self.ensure_one()
        if not any(map(self._is_kind, self._get_kind_demands())):
            return False
        names = {"order": self._get_label(), "kind": self.kind_id.name}
        if self._is_kind("origin_required") and not self._is_origin_of_customer():
            return self.env._(
                "%(order)s is of the kind “%(kind)s”: name the customer's order that it follows.",
                **names,
            )
        if self._is_kind("reason_required") and not (self.kind_reason or "").strip():
            return self.env._("%(order)s is of the kind “%(kind)s”: enter its reason.", **names)
        if self._is_kind("approval_needed") and not self._is_confirmed_by_manager():
            return self.env._(
                "%(order)s is of the kind “%(kind)s”: a contract manager who is not its"
                " salesperson confirms it.",
                **names,
            )
        return False

    @api.model
    def _get_kind_demands(self):
        return ["origin_required", "reason_required", "approval_needed"]

    def _is_origin_of_customer(self):
        self.ensure_one()
        origin = self.kind_origin_id.sudo()
        customer = origin.partner_id.commercial_partner_id
        return bool(origin) and customer == self.partner_id.commercial_partner_id

    def _is_confirmed_by_manager(self):
        self.ensure_one()
        user = self.env.user
        manager = user.has_group("sale_order_kinds.sale_order_kinds_group_manager")
        return manager and user != self.user_id
