from odoo import api, fields, models

from .sale_material_request_line import MATCH_METHODS


class SaleMaterialRequestCandidate(models.Model):
    """A product that may be what a line asks for, as the last matching found it."""

    _name = "sale.material.request.candidate"
    _description = "Material Request Candidate"
    _order = "line_id, sequence, id"
    _rec_name = "product_id"

    line_id = fields.Many2one(
        "sale.material.request.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(string="Place", readonly=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    method = fields.Selection(MATCH_METHODS, string="Found By", required=True, readonly=True)
    score = fields.Float(
        string="Similarity",
        readonly=True,
        aggregator=None,
        help="How alike the names are, from 0 to 1.",
    )
    is_taken = fields.Boolean(compute="_compute_is_taken")
    currency_id = fields.Many2one("res.currency", compute="_compute_price")
    price_uom_id = fields.Many2one("uom.uom", string="Per", compute="_compute_price_uom_id")
    price = fields.Monetary(
        compute="_compute_price",
        help="The price of the wanted quantity on the customer's price list, for one unit: the"
        " customer's, where it can be converted into the product's.",
    )

    @api.depends("product_id", "line_id.product_id")
    def _compute_is_taken(self):
        for candidate in self:
            candidate.is_taken = candidate.product_id == candidate.line_id.product_id

    @api.depends("product_id", "line_id.uom_id")
    def _compute_price_uom_id(self):
        for candidate in self:
            unit = candidate.line_id._get_unit_for(candidate.product_id)
            candidate.price_uom_id = unit or candidate.product_id.uom_id

    @api.depends("product_id", "price_uom_id", "line_id.quantity", "line_id.partner_id")
    def _compute_price(self):
        for line, candidates in self.grouped("line_id").items():
            company = line.company_id or self.env.company
            pricelist = line.partner_id.with_company(company).property_product_pricelist
            currency = pricelist.currency_id or company.currency_id
            for unit, priced in candidates.grouped("price_uom_id").items():
                prices = pricelist._get_products_price(
                    priced.product_id, line.quantity or 1.0, currency=currency, uom=unit
                )
                for candidate in priced:
                    candidate.currency_id = currency
                    candidate.price = prices.get(candidate.product_id.id, 0.0)

    def action_take(self):
        """Take the product for the line; the verdict follows at once."""
        self.ensure_one()
        self.line_id._take_product(self.product_id)
        return True
