from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class SaleSupplyContractVersionLine(models.Model):
    """The terms of one line of a contract in a version, and those before."""

    _name = "sale.supply.contract.version.line"
    _description = "Line of a Contract Version"
    _inherit = ["sale.document.line.mixin"]
    _order = "version_id, id"

    version_id = fields.Many2one(
        "sale.supply.contract.version", required=True, ondelete="cascade", index=True
    )
    contract_line_id = fields.Many2one(
        "sale.supply.contract.line",
        string="Material",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="version_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="version_id.currency_id")
    user_id = fields.Many2one(related="version_id.user_id")
    commitment_type = fields.Selection(related="contract_line_id.commitment_type")
    uom_id = fields.Many2one(related="contract_line_id.uom_id")
    quantity = fields.Float(
        string="Committed Quantity",
        digits="Product Unit",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(
        string="Committed Value",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    price_unit = fields.Float(
        min_display_digits="Product Price",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    discount = fields.Float(
        string="Discount (%)",
        digits="Discount",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    tax_ids = fields.Many2many(
        "account.tax",
        "sale_supply_contract_version_line_tax_rel",
        string="Taxes",
        context={"active_test": False},
        domain="[('type_tax_use', '=', 'sale')]",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    old_quantity = fields.Float(string="Quantity, Before", digits="Product Unit", readonly=True)
    old_amount = fields.Monetary(string="Value, Before", readonly=True)
    old_price_unit = fields.Float(
        string="Price, Before", min_display_digits="Product Price", readonly=True
    )
    old_discount = fields.Float(
        string="Discount (%), Before", digits="Discount", readonly=True, aggregator=None
    )
    old_tax_ids = fields.Many2many(
        "account.tax",
        "sale_supply_contract_version_line_old_tax_rel",
        string="Taxes, Before",
        context={"active_test": False},
        readonly=True,
    )

    _line_once = models.UniqueIndex(
        "(version_id, contract_line_id)", "A line of a contract is once in a version."
    )
    _nothing_negative = models.Constraint(
        "CHECK(quantity >= 0 AND amount >= 0 AND price_unit >= 0)",
        "Quantity, value and price of a contract are not negative.",
    )
    _discount_range = models.Constraint(
        "CHECK(discount >= 0 AND discount <= 100)", "A discount is between 0 and 100 %."
    )

    @api.depends("contract_line_id")
    def _compute_terms(self):
        terms = self.contract_line_id._get_terms_at(fields.Date.to_date("9999-12-31"))
        for row in self:
            row.update(terms.get(row.contract_line_id, {}))

    @api.constrains("contract_line_id", "version_id")
    def _check_same_contract(self):
        for row in self:
            if row.contract_line_id.contract_id != row.version_id.contract_id:
                raise ValidationError(
                    self.env._(
                        "%(line)s is not a line of the contract of version %(version)s.",
                        line=row.contract_line_id.display_name,
                        version=row.version_id.display_name,
                    )
                )

    def _get_document(self):
        return self.version_id

    def _get_decision_fields(self):
        """Names of the fields with the terms before, which the version remembers."""
        return {f"old_{name}" for name in self.contract_line_id._get_terms_fields()}

    def write(self, vals):
        """The terms before may come along, and stay as they are."""
        remembered = self._get_decision_fields()
        return super().write(
            {name: value for name, value in vals.items() if name not in remembered}
        )

    def _check_changes(self, vals):
        self._check_draft()

    def _remember(self):
        """Note the terms that the version replaces."""
        terms = self.contract_line_id._get_terms_at(fields.Date.to_date("9999-12-31"))
        for row in self:
            old = terms[row.contract_line_id]
            row._set(
                {
                    f"old_{name}": [Command.set(value.ids)] if name == "tax_ids" else value
                    for name, value in old.items()
                }
            )

    def _get_terms(self, prefix=""):
        """The new terms, or with ``old_`` those before."""
        self.ensure_one()
        names = self.contract_line_id._get_terms_fields()
        return {name: self[f"{prefix}{name}"] for name in names}

    def _prepare_contract_line_values(self):
        self.ensure_one()
        values = self._get_terms()
        return {
            **values,
            "tax_ids": [Command.set(values["tax_ids"].ids)],
            "exhaustion_warned": False,
        }
