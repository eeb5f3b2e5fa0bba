from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql


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
            values |= {
                "kind_id": self._get_contract_kind().id,
                "contract_id": self.supply_contract_id.id,
            }
        return values

    def _get_offer_currency(self):
        contract = self.supply_contract_id.sudo()
        if self._is_offered_under_contract():
            return contract.currency_id
        return super()._get_offer_currency()

    def _is_offered_under_contract(self):
        """Whether the contract is in force and covers everything that is offered."""
        self.ensure_one()
        contract = self.supply_contract_id.sudo()
        return bool(
            contract
            and contract.state == "in_force"
            and self._get_contract_kind()
            and not self._get_lines_beside_contract()
        )

    def _get_lines_beside_contract(self):
        """What is offered and the contract does not cover."""
        self.ensure_one()
        covered = self.supply_contract_id.sudo().line_ids
        return self._get_offerable_lines().filtered(
            lambda line: not covered._find_for(line.product_id)
        )

    def _get_contract_kind(self):
        """The first kind whose orders are ordinary deliveries under a contract."""
        return self.env["sale.order.kind"].search(
            [
                ("contract_required", "=", True),
                ("stock_mode", "=", "deliver"),
                ("billable", "=", True),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=1,
        )

    def _get_joint_offer_key(self):
        """Requests under different contracts do not share an offer."""
        contract = self.supply_contract_id
        return (*super()._get_joint_offer_key(), contract, self._is_offered_under_contract())

    def _log_left_out(self, order):
        """Say why the offer is not under the contract that the customer refers to."""
        super()._log_left_out(order)
        for request in self.filtered("supply_contract_id"):
            beside = request._get_lines_beside_contract()
            if beside and not order.contract_id:
                order.message_post(
                    body=self.env._(
                        "Not under contract %(contract)s, which does not cover: %(lines)s. Offer"
                        " them apart to give the contract's prices to the others.",
                        contract=request.supply_contract_id.sudo().name,
                        lines=", ".join(beside.mapped("display_name")),
                    ),
                    subtype_xmlid="mail.mt_note",
                )
