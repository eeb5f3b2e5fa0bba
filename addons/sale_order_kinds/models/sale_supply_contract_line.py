from odoo import api, fields, models

from ..formatting import format_number
from ..quantities import compare_exact, difference


class SaleSupplyContractLine(models.Model):
    """A product or a category that a customer takes under a contract, with its terms."""

    _name = "sale.supply.contract.line"
    _description = "Line of a Long-Term Contract"
    _inherit = ["sale.document.line.mixin"]
    _order = "contract_id, sequence, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "sale.supply.contract", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    user_id = fields.Many2one(related="contract_id.user_id")
    state = fields.Selection(related="contract_id.state", string="Status")
    commitment_type = fields.Selection(related="contract_id.commitment_type")
    product_id = fields.Many2one(
        "product.product", check_company=True, domain="[('sale_ok', '=', True)]"
    )
    categ_id = fields.Many2one("product.category", string="Product Category")
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        required=True,
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Of the committed quantity and of the price.",
    )
    quantity = fields.Float(string="Committed Quantity", digits="Product Unit")
    amount = fields.Monetary(string="Committed Value", help="Without taxes.")
    price_unit = fields.Float(
        string="Unit Price",
        min_display_digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    discount = fields.Float(string="Discount (%)", digits="Discount", aggregator=None)
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        context={"active_test": False},
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        precompute=True,
        help="Empty: no taxes.",
    )
    released_qty = fields.Float(
        string="Released", min_display_digits="Product Unit", compute="_compute_released"
    )
    released_amount = fields.Monetary(string="Released Value", compute="_compute_released")
    remaining_qty = fields.Float(
        string="Remaining", min_display_digits="Product Unit", compute="_compute_remaining"
    )
    remaining_amount = fields.Monetary(string="Remaining Value", compute="_compute_remaining")
    released_rate = fields.Float(string="Released (%)", compute="_compute_remaining")
    exhaustion_warned = fields.Boolean(readonly=True, copy=False)

    _product_or_category = models.Constraint(
        "CHECK((product_id IS NULL) <> (categ_id IS NULL))",
        "A line of a contract is for a product or for a product category.",
    )
    _nothing_negative = models.Constraint(
        "CHECK(quantity >= 0 AND amount >= 0 AND price_unit >= 0)",
        "Quantity, value and price of a contract are not negative.",
    )
    _discount_range = models.Constraint(
        "CHECK(discount >= 0 AND discount <= 100)", "A discount is between 0 and 100 %."
    )
    _product_once = models.UniqueIndex(
        "(contract_id, product_id) WHERE product_id IS NOT NULL",
        "A product is once in a contract.",
    )
    _category_once = models.UniqueIndex(
        "(contract_id, categ_id) WHERE categ_id IS NOT NULL",
        "A product category is once in a contract.",
    )

    @api.depends("product_id", "categ_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (line.product_id or line.categ_id).display_name

    @api.depends("product_id")
    def _compute_uom_id(self):
        unit = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        for line in self:
            line.uom_id = line.product_id.uom_id or line.uom_id or unit

    @api.depends("product_id")
    def _compute_price_unit(self):
        for line in self:
            line.price_unit = line.price_unit or line.product_id.lst_price

    @api.depends("product_id", "categ_id")
    def _compute_tax_ids(self):
        for line in self:
            company = line.company_id or line.contract_id.company_id or self.env.company
            usual = line.product_id.taxes_id if line.product_id else company.account_sale_tax_id
            line.tax_ids = usual._filter_taxes_by_company(company)

    @api.depends("quantity", "amount", "commitment_type", "released_qty", "released_amount")
    def _compute_remaining(self):
        for line in self:
            line.remaining_qty = max(difference(line.quantity, line.released_qty), 0.0)
            line.remaining_amount = max(line.amount - line.released_amount, 0.0)
            committed = line._get_committed()
            line.released_rate = 100.0 * line._get_released() / committed if committed else 0.0

    # -- what is in force is not changed ---------------------------------------------------------

    def _get_document(self):
        return self.contract_id

    def _get_decision_fields(self):
        """Names of the fields that only confirmed releases change."""
        return {"released_qty", "released_amount", "exhaustion_warned"}

    def _get_content_fields(self):
        return super()._get_content_fields() - {"sequence"}

    def _get_decision_refusal(self):
        return self.env._("What is released from a contract is counted, not typed.")

    # -- what holds on a day ---------------------------------------------------------------------

    def _get_terms_fields(self):
        """Names of the fields that a version may change."""
        return ["quantity", "amount", "price_unit", "discount", "tax_ids"]

    def _get_terms_at(self, day):
        """The terms of each line on a day, from the version that holds then."""
        terms = {}
        for contract, lines in self.grouped("contract_id").items():
            versions = contract._get_approved_versions()
            current = versions.filtered(lambda version: version.date_from <= day)[-1:]
            rows = (current or versions[:1]).line_ids.grouped("contract_line_id")
            prefix = "" if current else "old_"
            for line in lines:
                row = rows.get(line._origin)
                terms[line] = row._get_terms(prefix) if row else line._get_terms()
        return terms

    def _get_terms(self):
        self.ensure_one()
        return {name: self[name] for name in self._get_terms_fields()}

    def _get_committed(self, terms=None):
        self.ensure_one()
        terms = terms or self._get_terms()
        return terms["quantity" if self.commitment_type == "quantity" else "amount"]

    def _get_released(self):
        self.ensure_one()
        return self.released_qty if self.commitment_type == "quantity" else self.released_amount

    def _get_commitment_unit(self):
        self.ensure_one()
        by_quantity = self.commitment_type == "quantity"
        return self.uom_id.name if by_quantity else self.currency_id.name

    def _format_measure(self, value):
        """A quantity or a value of this line for its reader, without the unit."""
        self.ensure_one()
        if self.commitment_type == "quantity":
            return format_number(self.env, value, 6)  # as exact as it is compared
        return format_number(self.env, value, self.currency_id.decimal_places)

    def _compare(self, one, other):
        """Compare two quantities or two values of this line."""
        self.ensure_one()
        if self.commitment_type == "quantity":
            return compare_exact(one, other)
        return self.currency_id.compare_amounts(one, other)

    def _find_for(self, product):
        """The line that covers a product: its own, else that of the nearest category."""
        return self._get_finder()(product)

    def _get_finder(self):
        """A function that finds the line for a product; for many products at once."""
        by_product = {line.product_id.id: line for line in self if line.product_id}
        by_category = {line.categ_id.id: line for line in self if line.categ_id}

        def find(product):
            if product.id in by_product:
                return by_product[product.id]
            path = (product.categ_id.parent_path or "") if by_category else ""
            nearest = (int(part) for part in reversed(path.split("/")) if part)
            found = (by_category[category] for category in nearest if category in by_category)
            return next(found, self.browse())

        return find
