from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools.sql import escape_psql

from odoo.addons.sale_order_kinds.quantities import difference


class SaleMaterialRequest(models.Model):
    """The long-term contract that the customer refers to, and the offer under it."""

    _inherit = "sale.material.request"

    supply_contract_id = fields.Many2one(
        "sale.supply.contract",
        string="Long-term Contract",
        compute="_compute_supply_contract_id",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        domain="[('partner_id', '=', commercial_partner_id), ('state', '=', 'in_force')]",
        help="Found by our number or the customer's. Its products are offered at its prices.",
    )

    @api.depends("contract_ref", "commercial_partner_id", "company_id")
    def _compute_supply_contract_id(self):
        """The customer's contract with the number that he names, where it is the only one."""
        for request in self:
            kept = request.supply_contract_id
            if kept and kept.sudo().partner_id == request.commercial_partner_id:
                continue
            request.supply_contract_id = request._find_supply_contract()

    def _find_supply_contract(self):
        self.ensure_one()
        contracts = self.env["sale.supply.contract"]
        number = (self.contract_ref or "").strip()
        if not number or not self.commercial_partner_id:
            return contracts
        pattern = escape_psql(number)
        numbered = Domain("name", "=ilike", pattern) | Domain("partner_ref", "=ilike", pattern)
        releasable = contracts._get_releasable_domain(self.commercial_partner_id, self.company_id)
        found = contracts.sudo().search(releasable & numbered, limit=2)
        return found.sudo(False) if len(found) == 1 else contracts

    # === THE OFFER === #

    def _prepare_offer_values(self):
        values = super()._prepare_offer_values()
        if self._is_offered_under_contract():
            contract = self.supply_contract_id
            values |= {
                "kind_id": self._get_contract_kind().id,
                "contract_id": contract.id,
                **contract.sudo()._prepare_delivery_values(),
            }
        return values

    def _prepare_offer_currency_values(self):
        """The price list of an order under a contract is that of the contract."""
        if self._is_offered_under_contract():
            return {}
        return super()._prepare_offer_currency_values()

    def _prepare_joint_offer_values(self):
        values = super()._prepare_joint_offer_values()
        contract = self.env["sale.supply.contract"].browse(values.get("contract_id")).sudo()
        if contract:
            values["order_line"] = self._divide_by_coverage(contract, values["order_line"])
        return values

    def _divide_by_coverage(self, contract, commands):
        """What of each line the contract still covers, and beside it what it does not."""
        lines = self.line_ids.grouped("id")
        asked = [lines.get(values.get("request_line_id")) for _command, _id, values in commands]
        coverage = iter(
            contract._get_coverage([line._get_contract_demand() for line in asked if line])
        )
        return [
            Command.create(part)
            for line, (_command, _id, values) in zip(asked, commands, strict=True)
            for part in (self._divide(values, next(coverage)) if line else [values])
        ]

    @api.model
    def _divide(self, values, covered):
        beside = difference(values["product_uom_qty"], covered)
        parts = [
            {**values, "product_uom_qty": covered},
            {**values, "product_uom_qty": beside, "is_off_contract": True},
        ]
        return [part for part in parts if part["product_uom_qty"] > 0]

    def _is_offered_under_contract(self):
        """Whether the contract is in force and covers something of what is offered."""
        self.ensure_one()
        contract = self.supply_contract_id.sudo()
        return bool(
            contract
            and contract.state == "in_force"
            and self._get_contract_kind()
            and any(contract._get_coverage(self._get_contract_demands()))
        )

    def _get_contract_demands(self):
        return [line._get_contract_demand() for line in self._get_offerable_lines()]

    def _get_contract_kind(self):
        """The kind of ordinary deliveries under a contract, if there is one."""
        kind = self.env["sale.order.kind"]._get_for_contracts(self.company_id)
        return kind.filtered("contract_required")

    def _get_joint_offer_key(self):
        """Requests under different contracts do not share an offer."""
        contract = self.supply_contract_id
        return (*super()._get_joint_offer_key(), contract, self._is_offered_under_contract())

    # === WHAT IS SAID === #

    def _log_left_out(self, order):
        """Say what is not at the prices of the contract that the customer refers to."""
        super()._log_left_out(order)
        body = self._describe_off_contract(order)
        for document in (order, *self) if body else ():
            document.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _describe_off_contract(self, order):
        beside = order.order_line.filtered("is_off_contract")
        if order.contract_id:
            return beside and self.env._(
                "Off contract %(contract)s, which does not cover it on the ship date or has"
                " nothing left for it, at the price of the price list: %(lines)s.",
                contract=order.contract_id.sudo().name,
                lines="; ".join(line._describe_quantity() for line in beside),
            )
        named = self.filtered("supply_contract_id") or self.filtered("contract_ref")
        return named and named[0]._describe_missed_contract()

    def _describe_missed_contract(self):
        """Why nothing is offered under the contract of the request."""
        self.ensure_one()
        contract = self.supply_contract_id.sudo()
        if not contract or contract.state != "in_force":
            return self.env._(
                "Not under contract %(contract)s: the customer has none of this number that is in"
                " force. The prices are those of the price list.",
                contract=contract.name or self.contract_ref,
            )
        return self.env._(
            "Not under contract %(contract)s, which covers nothing of it on the ship date or has"
            " nothing left for it. The prices are those of the price list.",
            contract=contract.name,
        )


class SaleMaterialRequestLine(models.Model):
    _inherit = "sale.material.request.line"

    def _get_contract_demand(self):
        """Product, quantity, unit and ship date, as a contract is asked about them."""
        self.ensure_one()
        product, request = self.product_id, self.request_id
        unit = self._get_unit_for(product) or product.uom_id
        promised = request._get_promised_date()
        day = promised and request.company_id._get_day(promised)
        return product, self.quantity, unit, day or self._get_earliest_ship_date()

    def _get_earliest_ship_date(self):
        today = self.request_id.company_id._get_today()
        return fields.Date.add(today, days=self.product_id.sale_delay)
