from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..formatting import format_number
from .sale_order_line_ship_date import Demand

COMMERCIAL_FIELDS = ("price_unit", "discount", "tax_ids", "lead_days", "ship_date")


class SaleOfferOption(models.AbstractModel):
    """What a customer may choose for a line of an offer: a price under a delivery term."""

    _name = "sale.offer.option"
    _description = "Option of an Offer"
    _check_company_auto = True

    order_line_id = fields.Many2one(
        "sale.order.line",
        string="Position",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    order_id = fields.Many2one(related="order_line_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="order_line_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_line_id.currency_id")
    state = fields.Selection(related="order_line_id.state")
    sequence = fields.Integer(default=10)
    incoterm_id = fields.Many2one("account.incoterms", ondelete="restrict")
    place = fields.Char(help="The named place of the delivery term, such as a town or a port.")
    price_unit = fields.Float(
        string="Unit Price",
        min_display_digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        aggregator=None,
    )
    discount = fields.Float(string="Disc.%", digits="Discount", aggregator=None)
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        context={"active_test": False},
        domain="[('type_tax_use', '=', 'sale')]",
    )
    lead_days = fields.Float(
        string="Lead Time",
        digits=(16, 0),
        compute="_compute_lead_days",
        store=True,
        readonly=False,
        precompute=True,
        help="Days from the order to the shipment.",
        aggregator=None,
    )
    ship_date = fields.Date(
        compute="_compute_ship_date",
        store=True,
        readonly=False,
        precompute=True,
        help="Proposed from the day that was asked for, the stock and the lead time.",
    )
    price_subtotal = fields.Monetary(string="Amount", compute="_compute_amounts")
    price_total = fields.Monetary(string="Amount with Taxes", compute="_compute_amounts")

    @api.depends("order_line_id")
    def _compute_price_unit(self):
        for option in self:
            option.price_unit = option.order_line_id.price_unit

    @api.depends("order_line_id")
    def _compute_tax_ids(self):
        for option in self:
            option.tax_ids = option.order_line_id.tax_ids

    @api.depends("order_line_id")
    def _compute_lead_days(self):
        for option in self:
            option.lead_days = option.order_line_id.customer_lead

    @api.depends("lead_days", "order_line_id.required_date", "order_line_id.product_uom_qty")
    def _compute_ship_date(self):
        """Propose as for lines; what is no open offer any more keeps what was promised."""
        open_options = self.filtered(
            lambda option: option.order_line_id.state != "sale" or not option.ship_date
        )
        lines = self.env["sale.order.line"]
        days = lines._get_first_days([option._get_demand() for option in open_options])
        for option in open_options:
            option.ship_date = option.order_line_id._get_later_day(days[option])

    def _get_demand(self):
        """What the option needs, as `sale.order.line._get_first_days` takes it."""
        self.ensure_one()
        line = self.order_line_id
        quantity = line._get_quantity_in(self._get_quantity(), self._get_unit(), self.product_id)
        return Demand(self, line, self.product_id, quantity, self.lead_days or 0)

    def _compute_amounts(self):
        """The amounts as core computes those of the order's lines."""
        self.update({"price_subtotal": 0, "price_total": 0})
        for option in self.filtered("order_line_id"):
            values = option._prepare_base_line_values()
            details = option.order_line_id._get_tax_details_with(**values)
            option.price_subtotal = details["total_excluded_currency"]
            option.price_total = details["total_included_currency"]

    def _prepare_base_line_values(self):
        self.ensure_one()
        return {
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": self.tax_ids,
        }

    @api.depends("incoterm_id", "place")
    def _compute_display_name(self):
        for option in self:
            option.display_name = option._get_term_label()

    def _get_term_label(self):
        self.ensure_one()
        return " ".join(filter(None, [self.incoterm_id.code, self.place]))

    def _get_term_key(self):
        """What makes two options belong to the same delivery."""
        self.ensure_one()
        return self.incoterm_id.id, " ".join((self.place or "").split()).casefold()

    def _get_described_price(self):
        """Price, and what the customer gets for it, in the words of the reader."""
        self.ensure_one()
        price = self.currency_id.format(self.price_unit)
        discount = format_number(self.env, self.discount, 2)
        days = formatLang(self.env, self.lead_days, digits=0)
        parts = [
            price,
            self.discount and self.env._("%(discount)s %% off", discount=discount),
            self.lead_days and self.env._("%(days)s days", days=days),
            *self._get_described_facts(),
        ]
        return ", ".join(filter(None, parts))

    def _get_described_facts(self):
        return []

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        derived = self._get_derived_fields()
        if not all(vals.get("order_line_id") for vals in vals_list):
            raise UserError(self.env._("Choose the line of the offer for which it is offered."))
        lines = self.env["sale.order.line"].browse(vals["order_line_id"] for vals in vals_list)
        lines.order_id._check_offer_changeable()
        lines._check_priceable()
        options = super().create(
            [{name: vals[name] for name in vals if name not in derived} for vals in vals_list]
        )
        options.order_id._notice_change()
        return options

    def write(self, vals):
        derived = self._get_derived_fields() | self._get_lasting_fields()
        vals = {name: value for name, value in vals.items() if name not in derived}
        if vals.keys() - {"sequence"}:
            self.order_id._check_offer_changeable()
        res = super().write(vals)
        self.order_id._notice_change()
        return res

    def unlink(self):
        orders = self.order_id
        res = super().unlink()
        orders.exists()._notice_change()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.order_id._check_offer_changeable()

    @api.model
    def _get_derived_fields(self):
        """Fields that always follow the line, whatever a caller sends."""
        return {"order_id", "company_id", "currency_id", "state"}

    @api.model
    def _get_lasting_fields(self):
        """Fields that stay as they were when the option was made."""
        return {"order_line_id"}

    # === FIGURES FOR THE APPROVAL === #

    def _get_discount_figures(self):
        """List price, price, discount and quantity, as ``discount_of`` takes them."""
        self.ensure_one()
        return self._get_compared_price(), self.price_unit, self.discount, self._get_quantity()

    def _get_margin_figures(self):
        """Margin and revenue, as ``lowest_margin`` takes them."""
        self.ensure_one()
        return self.price_subtotal - self._get_unit_cost() * self._get_quantity(), (
            self.price_subtotal
        )

    def _is_gift(self):
        """Whether the customer would get money with it, more than its line gives him already."""
        self.ensure_one()
        given = min(0.0, self.order_line_id.price_subtotal)
        return self.currency_id.compare_amounts(self.price_subtotal, given) < 0

    def _get_compared_price(self):
        """The price of the price list for what the option offers."""
        line, order = self.order_line_id, self.order_id
        if not self.product_id or not order._is_compared_with_list():
            return self._get_price_of_line()
        if self.product_id == line.product_id and line._is_price_agreed():
            return line._get_compared_price()
        return max(
            self._get_list_price(date=date, taxes=self.tax_ids._origin, shown=True)
            for date in order._get_price_dates()
        )

    def _get_list_price(self, **options):
        """The price of the product on the price list of the offer."""
        self.ensure_one()
        return self.order_id._get_list_price(
            self.product_id, self._get_quantity(), self._get_unit(), **options
        )

    def _get_price_of_line(self):
        """What the line was compared with when it was priced."""
        return self.order_line_id.technical_price_unit

    def _get_quantity(self):
        return self.order_line_id.product_uom_qty

    def _get_unit(self):
        return self.order_line_id.product_uom_id

    def _get_unit_cost(self):
        """The cost of one unit in the currency of the offer."""
        line = self.order_line_id
        if self.product_id == line.product_id:
            return line._get_tested_cost()
        return line._get_product_cost(self.product_id, self._get_unit())

    # === OFFERED CONTENT === #

    @api.model
    def _get_offered_fields(self):
        """Names of the fields that ``_get_price_row`` reads."""
        return ["product_id", "incoterm_id", "place", *COMMERCIAL_FIELDS]

    def _get_price_row(self, product, quantity):
        """:param dict quantity: quantity and unit for which the price holds"""
        self.ensure_one()
        return {
            "product": product.id,
            **quantity,
            "incoterm": self.incoterm_id.id,
            "place": self.place or "",
            "price": f"{self.price_unit:.6f}",
            "discount": f"{self.discount:.6f}",
            "taxes": ",".join(str(tax_id) for tax_id in sorted(self.tax_ids.ids)),
            "lead_days": f"{self.lead_days:.2f}",
            "ship_date": str(self.ship_date or ""),
        }
