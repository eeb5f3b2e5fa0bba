from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

SALESPERSON = "sales_team.group_sale_salesman"
# Fields of a line that its delivery term holds too.
TERM_FIELDS = {
    "price_unit": "price_unit",
    "discount": "discount",
    "tax_ids": "tax_ids",
    "customer_lead": "lead_days",
    "offer_ship_date": "ship_date",
}


class SaleOrderLine(models.Model):
    """A position of an offer: its delivery terms, alternatives and ship date (O2, O3, O5)."""

    _inherit = "sale.order.line"

    term_ids = fields.One2many("sale.offer.term", "order_line_id", copy=True, groups=SALESPERSON)
    alternative_ids = fields.One2many(
        "sale.offer.alternative", "order_line_id", copy=True, groups=SALESPERSON
    )
    # A column of its own, so that a write of an ordinary line asks for no alternatives.
    has_had_alternatives = fields.Boolean(
        readonly=True, copy=False, help="An alternative was offered at some time."
    )
    offer_term_id = fields.Many2one(
        "sale.offer.term",
        string="Delivery Term",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The chosen delivery term; price, discount, taxes and lead time are its.",
    )
    offer_reason = fields.Char(
        readonly=True,
        groups="base.group_user",
        help="Why this product is offered instead of another one.",
        prefetch="offer",
    )
    offer_ship_date = fields.Date(
        string="Ship Date",
        compute="_compute_offer_ship_date",
        store=True,
        readonly=False,
        precompute=True,
        help="Proposed from the day that was asked for, the stock and the lead time.",
        prefetch="offer",
    )
    offer_date = fields.Datetime(related="order_id.offer_date")
    offer_state = fields.Selection(related="order_id.offer_state")
    receipt_state = fields.Selection(related="order_id.receipt_state")
    term_prices = fields.Text(
        string="Prices per Delivery Term", compute="_compute_term_prices", groups=SALESPERSON
    )

    @api.depends(
        "term_ids.incoterm_id", "term_ids.place", "term_ids.price_unit", "term_ids.selected"
    )
    def _compute_term_prices(self):
        for line in self:
            line.term_prices = "\n".join(
                f"{'●' if term.selected else '○'} {term.display_name}"
                f" {term.currency_id.format(term.price_unit)}"
                for term in line._get_applicable_terms()
            )

    @api.depends_context("offer_position")
    def _compute_display_name(self):
        """Within its own offer a line is told by what it offers alone."""
        if not self.env.context.get("offer_position"):
            return super()._compute_display_name()
        for line in self:
            line.display_name = line.product_id.display_name or (line.name or "").split("\n")[0]

    @api.constrains("offer_term_id")
    def _check_offer_term_id(self):
        for line in self.sudo().filtered("offer_term_id"):
            if line.offer_term_id.order_line_id != line or not line.offer_term_id.selected:
                raise ValidationError(
                    self.env._(
                        "%(term)s is not the selected delivery term of %(line)s: choose it in the"
                        " list of terms.",
                        term=line.offer_term_id.display_name,
                        line=line.display_name,
                    )
                )

    def _check_priceable(self):
        """Only a product that is sold as it is can have terms and alternatives.

        :raise UserError: for headings, notes, down payments and parts of a combination
        """
        for line in self.filtered(lambda line: not line._is_priceable()):
            raise UserError(
                self.env._(
                    "%(line)s is no product with a price of its own: delivery terms and"
                    " alternatives are for lines with a product.",
                    line=line.display_name,
                )
            )

    def _is_priceable(self):
        """Whether the line is one product with a price of its own."""
        self.ensure_one()
        return bool(
            self.product_id
            and not self.display_type
            and not self.is_downpayment
            and not self.combo_item_id
            and self.product_type != "combo"
        )

    # === PRICES === #

    def _is_priced_by_term(self):
        """Whether the price of the line is that of its delivery term, not of the price list."""
        self.ensure_one()
        term = self.sudo().offer_term_id
        return bool(term) and term.product_id == self.product_id

    def _get_applicable_terms(self):
        self.ensure_one()
        return self.term_ids.filtered(lambda term: term.product_id == self.product_id)

    def _filter_priced_by_list(self):
        if not self.sudo().offer_term_id:
            return self
        return self.filtered(lambda line: not line._is_priced_by_term())

    def _compute_price_unit(self):
        """A change of the quantity leaves the price of a delivery term as it is."""
        return super(SaleOrderLine, self._filter_priced_by_list())._compute_price_unit()

    def _compute_discount(self):
        return super(SaleOrderLine, self._filter_priced_by_list())._compute_discount()

    def _is_changed(self, name, value):
        """Whether writing the value would change the line."""
        self.ensure_one()
        field = self._fields[name]
        if field.type == "many2many":
            return self[name].ids != value[0][2]
        return field.convert_to_write(self[name], self) != value

    def write(self, vals):
        followers = self._get_following_alternatives(vals)
        res = super().write(vals)
        for alternative, kept in followers:
            alternative.write({"product_uom_qty": vals["product_uom_qty"], **kept})
        if vals.keys() & {"product_id", *TERM_FIELDS}:
            lines = self.sudo()
            if lines.offer_term_id:
                lines.filtered("offer_term_id")._bring_term_along(vals)
        return res

    def _get_following_alternatives(self, vals):
        """Alternatives in the quantity of their line, which is about to be changed.

        :return: list of pairs, each alternative with what of it stays as it is
        """
        quantity = vals.get("product_uom_qty") or 0
        if quantity <= 0 or "product_id" in vals:
            return []
        lines = self.filtered("has_had_alternatives").sudo()
        return [
            (alternative, alternative._get_price_to_keep())
            for alternative in lines.alternative_ids
            if alternative.product_uom_qty != quantity
            and not alternative.is_replaced
            and not alternative.order_id._get_offer_change_refusal()
            and self._get_quantity_row(alternative)
            == self._get_quantity_row(alternative.order_line_id)
        ]

    def _bring_term_along(self, vals):
        """What a person changes on the line is changed in its delivery term too."""
        for line in self.filtered(lambda line: line.state in ("draft", "sent")):
            if not line._is_priced_by_term():
                line.offer_term_id._unselect()
                line.offer_term_id = False
                continue
            term = line.offer_term_id
            changed = {
                TERM_FIELDS[name]: line[name]
                for name in vals.keys() & TERM_FIELDS.keys()
                if term[TERM_FIELDS[name]] != line[name]
            }
            if changed:
                term.write(changed)

    def _get_kept_values(self):
        """What is computed for a line and may be changed by hand; a new order would reset it."""
        self.ensure_one()
        return {
            name: field.convert_to_write(self[name], self)
            for name, field in self._fields.items()
            if field.store and field.compute and not field.readonly
        }

    def copy_data(self, default=None):
        """A ship date that is over is proposed anew, in the line and in its options."""
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            today = line.company_id._get_today()
            options = [*vals.get("term_ids", ()), *vals.get("alternative_ids", ())]
            for values in (vals, *(command[2] for command in options)):
                for name in ("offer_ship_date", "ship_date"):
                    if values.get(name) and values[name] < today:
                        del values[name]
        return vals_list

    # === WHAT IS OFFERED === #

    @api.model
    def _get_offer_content_fields(self):
        options = [
            f"{kind}.{name}"
            for kind in ("term_ids", "alternative_ids")
            for name in self.env["sale.offer.option"]._get_offered_fields()
        ]
        return [
            *super()._get_offer_content_fields(),
            "customer_lead",
            "offer_ship_date",
            "term_ids",
            "alternative_ids",
            "alternative_ids.name",
            "alternative_ids.product_uom_qty",
            "alternative_ids.product_uom_id",
            *options,
        ]

    def _get_offer_content_row(self):
        """With options, all of them are approved: the customer's choice changes nothing."""
        row = super()._get_offer_content_row()
        line = self.sudo()
        if not line.term_ids and not line.alternative_ids:
            return {**row, **self._get_promised_dates()}
        kept = {name: row[name] for name in ("kind", "attributes", "given_taxes")}
        return {**kept, "options": line._get_offered_content()}

    def _get_offered_content(self):
        """All that the customer may end with on this line, in the same order whatever he chose."""
        self.ensure_one()
        options = [self, *self.alternative_ids]
        quantities = {option: self._get_quantity_row(option) for option in options}
        prices = [
            self._get_price_row(quantities[self]),
            *(
                term._get_price_row(
                    term.product_id, self._get_quantity_of(term.product_id, quantities)
                )
                for term in self.term_ids
            ),
            *(
                option._get_price_row(option.product_id, quantities[option])
                for option in self.alternative_ids
            ),
        ]
        products = [
            {
                "product": option.product_id.id,
                "description": option.name or "",
                **quantity,
            }
            for option, quantity in quantities.items()
        ]
        return {
            "line": self.id,
            "type": self.display_type or "",
            "products": self._sort_once(products),
            "prices": self._sort_once(prices),
        }

    @api.model
    def _sort_once(self, rows):
        return [dict(row) for row in sorted({tuple(row.items()) for row in rows})]

    @api.model
    def _get_quantity_row(self, option):
        """:param option: a line or an alternative, which have the same fields"""
        return {"quantity": f"{option.product_uom_qty:.6f}", "unit": option.product_uom_id.id}

    @api.model
    def _get_quantity_of(self, product, quantities):
        """What a delivery term is for: the least offered of its product, whatever was chosen."""
        rows = [row for option, row in quantities.items() if option.product_id == product]
        return min(rows, key=lambda row: tuple(row.values()), default={"quantity": "", "unit": 0})

    def _get_price_row(self, quantity):
        """The price of the line, in the form in which an option gives its own."""
        self.ensure_one()
        term = self.offer_term_id
        return {
            "product": self.product_id.id,
            **quantity,
            "incoterm": term.incoterm_id.id,
            "place": term.place or "",
            "price": f"{self.price_unit:.6f}",
            "discount": f"{self.discount:.6f}",
            "taxes": ",".join(str(tax_id) for tax_id in sorted(self.tax_ids.ids)),
            **self._get_promised_dates(),
        }

    def _get_promised_dates(self):
        return {
            "lead_days": f"{self.customer_lead:.2f}",
            "ship_date": str(self.offer_ship_date or ""),
        }

    def action_view_offer(self):
        self.ensure_one()
        return self.order_id._get_records_action()

    def _is_measured_as(self, product):
        """Whether a product is counted in units into which that of the line converts."""
        unit, own = self.product_uom_id, product.uom_id
        return not unit or not own or unit._has_common_reference(own)

    def _get_proposable_products(self):
        """Other products that the matching found for what was asked, and that we sell.

        Those in another kind of unit are left to a person, who knows their quantity.
        """
        self.ensure_one()
        found = self.sudo().request_line_id.candidate_ids.product_id
        return (found - self.product_id - self.alternative_ids.product_id).filtered(
            lambda product: product.active and product.sale_ok and self._is_measured_as(product)
        )

    def _note_choice_in_request(self):
        """The request keeps what was asked for and learns what the customer takes instead."""
        line = self.sudo()
        asked = line.request_line_id
        if asked:
            asked.request_id.message_post(
                body=self.env._(
                    "Offer %(offer)s: %(product)s now stands for “%(asked)s”.",
                    offer=line.order_id._get_html_link(),
                    product=line.product_id.display_name,
                    asked=asked.display_name,
                ),
                subtype_xmlid="mail.mt_note",
            )
