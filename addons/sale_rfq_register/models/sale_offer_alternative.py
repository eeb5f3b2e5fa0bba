from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..formatting import format_quantity


class SaleOfferAlternative(models.Model):
    """Another product for a line of an offer, with its own quantity, price and amounts.

    It counts in no total. Taken, it changes places with the line: what was offered first is kept
    in its row, so that it can be taken back.
    """

    _name = "sale.offer.alternative"
    _description = "Alternative Product"
    _inherit = ["sale.offer.option"]
    _order = "order_line_id, sequence, id"

    product_id = fields.Many2one(
        "product.product",
        string="Alternative",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )
    name = fields.Text(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    product_uom_qty = fields.Float(
        string="Quantity",
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
    )
    reason = fields.Char(help="Why it is offered instead, as the customer is told it.")
    is_replaced = fields.Boolean(
        string="Offered First",
        readonly=True,
        help="The line held this product before the alternative was taken.",
    )
    incoterm_id = fields.Many2one(
        compute="_compute_incoterm", store=True, readonly=False, precompute=True
    )
    place = fields.Char(compute="_compute_incoterm", store=True, readonly=False, precompute=True)

    _positive_quantity = models.Constraint(
        "CHECK(product_uom_qty > 0)", "An alternative is offered in a quantity above zero."
    )

    @api.depends("product_id")
    def _compute_name(self):
        for alternative in self.filtered("product_id"):
            lang = alternative.order_line_id.order_id._get_lang()
            product = alternative.product_id.with_context(lang=lang)
            alternative.name = product.get_product_multiline_description_sale()

    @api.depends("product_id", "product_uom_qty", "product_uom_id")
    def _compute_ship_date(self):
        return super()._compute_ship_date()

    @api.depends("product_id", "order_line_id")
    def _compute_quantity(self):
        """The quantity of the line in its unit; in another kind of unit a person enters it."""
        for alternative in self:
            line = alternative.order_line_id
            common = line._is_measured_as(alternative.product_id)
            unit = line.product_uom_id if common else alternative.product_id.uom_id
            alternative.product_uom_id = unit
            alternative.product_uom_qty = (line.product_uom_qty or 1) if common else 0

    @api.depends("order_line_id")
    def _compute_incoterm(self):
        """The price holds for the delivery term that the line has."""
        for alternative in self:
            term = alternative.order_line_id.offer_term_id
            alternative.incoterm_id = term.incoterm_id
            alternative.place = term.place

    @api.depends("product_id", "product_uom_qty", "product_uom_id")
    def _compute_price_unit(self):
        for alternative in self:
            alternative.price_unit = alternative._get_proposed_price()

    def _get_proposed_price(self):
        """The price of the price list, with what the delivery term of the line costs beside it."""
        self.ensure_one()
        return self.product_id and self._get_list_price() + self._get_term_surcharge()

    def _get_term_surcharge(self):
        """What a unit costs above the price list on the line, for its delivery term."""
        line = self.order_line_id
        if not line._is_priced_by_term() or line.product_uom_id != self.product_uom_id:
            return 0.0
        price = line.order_id._get_list_price(
            line.product_id, line.product_uom_qty, line.product_uom_id, taxes=line.tax_ids._origin
        )
        return max(0.0, line.price_unit - price)

    @api.depends("product_id", "order_line_id")
    def _compute_tax_ids(self):
        for alternative in self:
            order = alternative.order_line_id.order_id
            taxes = alternative.product_id.taxes_id._filter_taxes_by_company(order.company_id)
            alternative.tax_ids = order.fiscal_position_id.map_tax(taxes)

    @api.depends("price_unit", "discount", "tax_ids", "product_uom_qty")
    def _compute_amounts(self):
        return super()._compute_amounts()

    def _get_price_to_keep(self):
        """A price that a person set, which a change of the quantity leaves as it is."""
        self.ensure_one()
        proposed = self._get_proposed_price()
        return {"price_unit": self.price_unit} if self.price_unit != proposed else {}

    def _get_price_of_line(self):
        """The line tells nothing of another product: what was sent is not compared any more."""
        return self.price_unit

    def _get_quantity(self):
        return self.product_uom_qty

    def _get_unit(self):
        return self.product_uom_id

    def _prepare_base_line_values(self):
        return {
            **super()._prepare_base_line_values(),
            "product_id": self.product_id,
            "product_uom_id": self.product_uom_id,
            "quantity": self.product_uom_qty,
        }

    def _get_described_product(self):
        """The product and the delivery term of its price."""
        self.ensure_one()
        return ", ".join(filter(None, [self.product_id.display_name, self.display_name]))

    def _get_described_facts(self):
        return [self.reason]

    def _get_described_price(self):
        return f"{self._get_described_quantity()} × {super()._get_described_price()}"

    def _get_described_quantity(self):
        self.ensure_one()
        quantity = format_quantity(self.env, self.product_uom_qty)
        return f"{quantity} {self.product_uom_id.name}"

    def _check_quantity(self, vals):
        """Refuse an alternative whose quantity nobody knows."""
        line = self.env["sale.order.line"].browse(vals.get("order_line_id"))
        product = self.product_id.browse(vals.get("product_id"))
        if "product_uom_qty" in vals or line._is_measured_as(product):
            return
        raise UserError(
            self.env._(
                "%(product)s is counted in %(own)s, and the line of %(other)s in %(unit)s: enter"
                " the quantity of the alternative.",
                product=product.display_name,
                own=product.uom_id.name,
                other=line.product_id.display_name,
                unit=line.product_uom_id.name,
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_quantity(vals)
        alternatives = super().create(vals_list)
        lines = alternatives.order_line_id.sudo()
        lines.filtered(lambda line: not line.has_had_alternatives).has_had_alternatives = True
        return alternatives

    # === CHOICE === #

    def action_take(self):
        """The salesperson puts the alternative into the line."""
        for alternative in self:
            text = alternative._get_choice_text()
            alternative._take()
            alternative.order_id._log_choice(text)
        return True

    def _take(self):
        """Let the alternative and the product of its line change places."""
        self.ensure_one()
        line = self.order_line_id
        self.order_id._lock_for_choice()
        self.order_id._check_offer_changeable()
        self._check_takeable()
        replaced = self._prepare_replaced_values()
        made_before = line.term_ids.filtered("is_of_alternative")
        line.term_ids._unselect()
        line.write(self._prepare_line_values())
        made_before.unlink()
        if self.incoterm_id:
            self._select_own_term()
        self.write(replaced)
        line._note_choice_in_request()

    def _select_own_term(self):
        """Make the delivery term of the price that of the line."""
        values = self._prepare_term_values()
        term = self.order_line_id._get_applicable_terms().filtered(
            lambda term: term._get_term_key() == self._get_term_key()
        )[:1]
        if term:
            term.write(values)
        else:
            term = term.create({**values, "is_of_alternative": True})
        term._select()

    def _check_takeable(self):
        if not self.product_id.active or not self.product_id.sale_ok:
            raise UserError(
                self.env._(
                    "%(product)s is not sold any more: offer another alternative.",
                    product=self.product_id.display_name,
                )
            )

    def _prepare_line_values(self):
        return {
            "product_id": self.product_id.id,
            "name": self.name,
            "product_uom_qty": self.product_uom_qty,
            "product_uom_id": self.product_uom_id.id,
            "price_unit": self.price_unit,
            # Core takes a price that differs from its own for one that a person set.
            "technical_price_unit": self._get_list_price(),
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "customer_lead": self.lead_days,
            "offer_ship_date": self.ship_date,
            "offer_term_id": False,
            "offer_reason": self.reason,
        }

    def _prepare_replaced_values(self):
        """What the line holds now, as an alternative."""
        line = self.order_line_id
        return {
            "product_id": line.product_id.id,
            "name": line.name,
            "product_uom_qty": line.product_uom_qty,
            "product_uom_id": line.product_uom_id.id,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "lead_days": line.customer_lead,
            "ship_date": line.offer_ship_date,
            "incoterm_id": line.offer_term_id.incoterm_id.id,
            "place": line.offer_term_id.place,
            "reason": line.offer_reason,
            "is_replaced": not any(line.alternative_ids.mapped("is_replaced")),
        }

    def _prepare_term_values(self):
        return {
            "order_line_id": self.order_line_id.id,
            "incoterm_id": self.incoterm_id.id,
            "place": self.place,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "lead_days": self.lead_days,
            "ship_date": self.ship_date,
        }

    def _get_choice_text(self):
        self.ensure_one()
        return self.env._(
            "%(product)s taken instead of %(replaced)s: %(quantity)s, unit price %(price)s.",
            product=self.product_id.display_name,
            replaced=self.order_line_id.product_id.display_name,
            quantity=self._get_described_quantity(),
            price=self.currency_id.format(self.price_unit),
        )
