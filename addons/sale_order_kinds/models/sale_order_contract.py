from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class SaleOrder(models.Model):
    """An order under a long-term contract."""

    _inherit = "sale.order"

    contract_customer_id = fields.Many2one(
        "res.partner", string="Ordering Company", related="partner_id.commercial_partner_id"
    )
    contract_id = fields.Many2one(
        "sale.supply.contract",
        compute="_compute_contract_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        copy=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('state', '=', 'in_force'), ('partner_id', '=', contract_customer_id)]",
    )

    @api.depends("kind_id", "partner_id", "company_id")
    def _compute_contract_id(self):
        """The customer's only contract in force, where the kind asks for one."""
        for order in self:
            if order._origin and order.state in ("sale", "cancel"):
                order.contract_id = order.contract_id
            elif not order._is_kind("contract_required"):
                order.contract_id = False
            elif not order._is_contract_of_customer():
                order.contract_id = order._get_only_contract()

    def _is_contract_of_customer(self):
        self.ensure_one()
        contract = self.contract_id.sudo()
        return bool(contract) and contract.partner_id == self.partner_id.commercial_partner_id

    def _get_only_contract(self):
        self.ensure_one()
        contracts = self.env["sale.supply.contract"]
        domain = contracts._get_releasable_domain(self.partner_id, self.company_id)
        found = contracts.sudo().search(domain, limit=2)
        return found if len(found) == 1 else contracts

    def _compute_pricelist_id(self):
        """Contract prices are not converted: the price list is in the currency of the contract."""
        super()._compute_pricelist_id()
        for contract, orders in self.sudo().grouped("contract_id").items():
            foreign = contract and orders._filter_foreign(contract)
            if foreign:
                foreign.pricelist_id = contract._get_pricelist()

    def _filter_foreign(self, contract):
        """The drafts whose price list is in another currency than their contract."""
        return self.filtered(
            lambda order: (
                order.state == "draft"
                and (order.pricelist_id.currency_id or order.company_id.currency_id)
                != contract.currency_id
            )
        )

    @api.onchange("kind_id", "contract_id", "commitment_date", "partner_id")
    def _onchange_contract_terms(self):
        contract = self.contract_id.sudo()
        if contract:
            pricelist = self._filter_foreign(contract) and contract._get_pricelist()
            if pricelist:
                self.pricelist_id = pricelist.sudo(False)
            self.update(self._prepare_missing_delivery_values())
        self.order_line._filter_contracted()._set_contract_terms()

    def _prepare_missing_delivery_values(self):
        """Delivery terms of the contract, unless the order has its own."""
        self.ensure_one()
        values = self.contract_id.sudo()._prepare_delivery_values()
        return {} if self.incoterm or not values["incoterm"] else values

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        for order in orders.filtered("contract_id"):
            if values := order._prepare_missing_delivery_values():
                order.write(values)
        return orders

    def _complete_contract_values(self, vals):
        """A contract in another currency brings its price list along."""
        contract = self.env["sale.supply.contract"].browse(vals.get("contract_id")).sudo()
        foreign = contract and "pricelist_id" not in vals and self._filter_foreign(contract)
        if foreign and foreign == self:
            return {**vals, "pricelist_id": contract._get_pricelist().id}
        return vals

    def write(self, vals):
        if not self._get_contract_triggers() & vals.keys():
            return super().write(vals)
        vals = self._complete_contract_values(vals)
        before = self.filtered("contract_id").order_line._filter_contracted()
        counted = before._filter_counted()._start_counting()
        if vals.get("state") == "sale":
            before.contract_line_id.sudo().contract_id._lock_releases()
            before._apply_contract_terms()
        result = super().write(vals)
        if before or any(order.contract_id for order in self):
            self.order_line._follow_contract(before, counted)
        return result

    @api.model
    def _get_contract_triggers(self):
        """Names of the fields after whose change contract terms are looked up again."""
        return {"state", "kind_id", "contract_id", "partner_id", "company_id", "commitment_date"}

    # -- the check -------------------------------------------------------------------------------

    @api.constrains(
        "kind_id",
        "contract_id",
        "partner_id",
        "partner_shipping_id",
        "pricelist_id",
        "company_id",
        "commitment_date",
        "state",
    )
    def _check_contract(self):
        """Refuse what a contract does not allow: for an offer and for its confirmation."""
        for order in self:
            if order.state != "cancel":
                problem = order._get_contract_problem()
                if problem:
                    raise ValidationError(problem)

    def _get_contract_problem(self):
        """What speaks against the order under its contract, or nothing."""
        self.ensure_one()
        if not self.contract_id:
            return self._get_missing_contract_problem()
        checks = (
            self._get_contract_customer_problem,
            self._get_contract_currency_problem,
            self._get_contract_address_problem,
            self._get_contract_validity_problem,
            self._get_contract_material_problem,
            self._get_contract_commitment_problem,
        )
        return next(filter(None, (check() for check in checks)), False)

    def _get_missing_contract_problem(self):
        if not self._is_kind("contract_required"):
            return False
        return self.env._(
            "%(order)s is of the kind “%(kind)s”: choose a contract of %(customer)s that is in"
            " force.",
            order=self._get_label(),
            kind=self.kind_id.name,
            customer=self.partner_id.commercial_partner_id.display_name,
        )

    def _get_contract_customer_problem(self):
        contract = self.contract_id.sudo()
        if contract.partner_id == self.partner_id.commercial_partner_id:
            return False
        return self.env._(
            "Contract %(contract)s is concluded with %(customer)s, not with %(partner)s.",
            contract=contract.name,
            customer=contract.partner_id.display_name,
            partner=self.partner_id.commercial_partner_id.display_name,
        )

    def _get_contract_currency_problem(self):
        contract = self.contract_id.sudo()
        if contract.currency_id == self.currency_id:
            return False
        names = {"contract": contract.name, "wanted": contract.currency_id.name}
        if not contract._get_pricelist():
            return self.env._(
                "Contract %(contract)s is in %(wanted)s, and its prices are not converted: give"
                " %(customer)s a price list in %(wanted)s.",
                customer=contract.partner_id.display_name,
                **names,
            )
        return self.env._(
            "%(order)s: contract %(contract)s is in %(wanted)s, the order in %(found)s. Choose a"
            " price list in %(wanted)s; prices of a contract are not converted.",
            order=self._get_label(),
            found=self.currency_id.name,
            **names,
        )

    def _get_contract_address_problem(self):
        contract = self.contract_id.sudo()
        allowed = contract.address_ids
        asking = self.partner_shipping_id | (self.partner_id - contract.partner_id)
        strangers = asking - allowed
        if not allowed or not strangers:
            return False
        return self.env._(
            "%(address)s may not release from contract %(contract)s: it is not among its"
            " authorised addresses.",
            address=strangers[0].display_name,
            contract=contract.name,
        )

    def _get_contract_validity_problem(self):
        contract = self.contract_id.sudo()
        if contract.state != "in_force":
            labels = dict(contract._fields["state"]._description_selection(self.env))
            return self.env._(
                "Contract %(contract)s is not in force but “%(state)s”: extend it, or choose"
                " another one.",
                contract=contract.name,
                state=labels[contract.state],
            )
        days = self.order_line._filter_releases()._group_by_ship_date()
        for day in sorted(days or {self._get_ship_date()}):
            if not contract._is_valid_on(day):
                return self.env._(
                    "Contract %(contract)s is valid from %(start)s until %(end)s, which does not"
                    " cover the ship date %(day)s.",
                    contract=contract.name,
                    start=format_date(self.env, contract.date_start),
                    end=format_date(self.env, contract._get_terms_at(day)["date_end"]),
                    day=format_date(self.env, day),
                )
        return False

    def _get_contract_material_problem(self):
        contract = self.contract_id.sudo()
        find = contract.line_ids._get_finder()
        for line in self.order_line._filter_releases():
            covering = find(line.product_id)
            if not covering or line.contract_line_id.sudo() != covering:
                return self.env._(
                    "Contract %(contract)s does not cover %(product)s.",
                    contract=contract.name,
                    product=line.product_id.display_name,
                )
            if not line.product_uom_id._has_common_reference(covering.uom_id):
                return self.env._(
                    "%(product)s is ordered in %(unit)s, contract %(contract)s counts in"
                    " %(wanted)s: they cannot be converted.",
                    product=line.product_id.display_name,
                    unit=line.product_uom_id.name,
                    contract=contract.name,
                    wanted=covering.uom_id.name,
                )
        return False

    def _get_contract_commitment_problem(self):
        """What an offer asks for beside what is released; confirmed orders are counted."""
        if self.state == "sale" or self.contract_id.sudo().maximum_policy != "enforced":
            return False
        asked = self.order_line._filter_contracted().grouped("contract_line_id")
        allowed = self.env["sale.order.line"].union(*(x[0] for x in asked.values()))._get_allowed()
        for contract_line, lines in asked.items():
            wanted = sum(line._get_release() for line in lines)
            released = contract_line.sudo()._get_released()
            problem = lines[0]._get_commitment_problem(released + wanted, allowed[lines[0]])
            if problem:
                return problem
        return False

    def _get_ship_date(self):
        """The requested day, else today: in the time zone of the company."""
        self.ensure_one()
        return self.company_id._get_day(self.commitment_date or fields.Datetime.now())
