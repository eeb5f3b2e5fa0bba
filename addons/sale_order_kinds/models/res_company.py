from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    supply_contract_four_eyes = fields.Boolean(
        string="Contracts Are Approved by Another Person",
        default=True,
        help="A contract and each change of it come into force when a contract manager approves"
        " them who has not asked for it.",
        prefetch="order_kind",
    )
    supply_contract_expiry_days = fields.Integer(
        string="Warning before a Contract Ends",
        default=30,
        help="How many days before the end of a contract its salesperson gets a task; 0 for none.",
        prefetch="order_kind",
    )
    supply_contract_exhaustion_percent = fields.Float(
        string="Warning before a Contract Is Used Up",
        default=90.0,
        help="At which released share of a line, in %, the salesperson gets a task; 0 for none.",
        prefetch="order_kind",
    )
    schedule_lead_days = fields.Integer(
        string="Orders of Schedules Are Made",
        default=3,
        help="For new contracts: how many days before the ship date.",
        prefetch="order_kind",
    )
    schedule_frozen_days = fields.Integer(
        string="Frozen Zone of Schedules",
        default=5,
        help="For new contracts: within how many days changes wait for an approval.",
        prefetch="order_kind",
    )
    schedule_firm_days = fields.Integer(
        string="Firm Horizon of Schedules",
        help="For new contracts: after how many days a firm schedule may change freely; 0: never.",
        prefetch="order_kind",
    )
    schedule_tolerance = fields.Float(
        string="Change Tolerance of Schedules (%)",
        default=10.0,
        help="For new contracts: by how much a cumulative quantity may change unasked.",
        aggregator=None,
        prefetch="order_kind",
    )
    schedule_tolerance_days = fields.Integer(
        string="Change Tolerance of Schedules (days)",
        default=0,
        help="For new contracts: by how many days a quantity may move unasked.",
        aggregator=None,
        prefetch="order_kind",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_supply_contract_sequences()
        return companies

    @api.model
    def _create_missing_supply_contract_sequences(self):
        """Give a numbering to the companies that were there before the contracts."""
        numbered = self.env["ir.sequence"].search(
            [("code", "=", "sale.supply.contract"), ("company_id", "!=", False)]
        )
        companies = self.with_context(active_test=False).search([])
        (companies - numbered.company_id)._create_supply_contract_sequences()

    def _create_supply_contract_sequences(self):
        self.env["ir.sequence"].sudo().create(
            [company._prepare_supply_contract_sequence_values() for company in self]
        )

    def _prepare_supply_contract_sequence_values(self):
        self.ensure_one()
        return {
            "name": self.env._("Long-term contracts of %(company)s", company=self.name),
            "code": "sale.supply.contract",
            "implementation": "no_gap",
            "prefix": "LC",
            "padding": 5,
            "company_id": self.id,
        }
