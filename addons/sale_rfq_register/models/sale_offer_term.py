from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .sale_offer_option import COMMERCIAL_FIELDS


class SaleOfferTerm(models.Model):
    """The price of one line of an offer for one delivery term.

    The selected term of a line writes the line. A term belongs to the product that it prices:
    while the line holds another one, such as an accepted alternative, it cannot be chosen.
    """

    _name = "sale.offer.term"
    _description = "Price for a Delivery Term"
    _inherit = ["sale.offer.option"]
    _order = "order_line_id, sequence, id"

    incoterm_id = fields.Many2one(required=True)
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,  # a copy brings its own; it does not change afterwards
        precompute=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    selected = fields.Boolean(readonly=True, help="This term is the one of the line.")
    is_of_alternative = fields.Boolean(
        readonly=True, help="Made when an alternative was taken; goes with it."
    )
    is_applicable = fields.Boolean(
        compute="_compute_is_applicable", help="The line holds the product that is priced here."
    )

    _selected_uniq = models.UniqueIndex(
        "(order_line_id) WHERE selected", "Only one delivery term of a line can be the chosen one."
    )
    _term_uniq = models.UniqueIndex(
        "(order_line_id, product_id, incoterm_id, COALESCE(place, ''))",
        "The line has a price for this delivery term and place already.",
    )

    @api.depends("order_line_id")
    def _compute_product_id(self):
        for term in self:
            term.product_id = term.order_line_id.product_id

    @api.depends("product_id", "order_line_id.product_id")
    def _compute_is_applicable(self):
        for term in self:
            term.is_applicable = term.product_id == term.order_line_id.product_id

    @api.depends("price_unit", "discount", "tax_ids", "order_line_id.product_uom_qty")
    def _compute_amounts(self):
        return super()._compute_amounts()

    def _get_described_term(self):
        """Term and place; with its product while the line holds another one."""
        self.ensure_one()
        product = not self.is_applicable and self.product_id.display_name
        return ", ".join(filter(None, [product, self.display_name]))

    def _get_described_facts(self):
        return [self.selected and self.env._("chosen")]

    def _get_priced_option(self):
        """The line; while it holds another product, the alternative with that of the term."""
        line = self.order_line_id
        if self.product_id == line.product_id:
            return line
        options = line.alternative_ids.filtered(lambda one: one.product_id == self.product_id)
        return min(options, key=lambda one: one.product_uom_qty, default=line)

    def _get_quantity(self):
        return self._get_priced_option().product_uom_qty

    def _get_unit(self):
        """The unit of what the term prices, unless that holds a product of another kind now."""
        unit, own = self._get_priced_option().product_uom_id, self.product_id.uom_id
        return unit if unit._has_common_reference(own) else own

    def _get_price_of_line(self):
        return super()._get_price_of_line() if self.is_applicable else self.price_unit

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """The first term of a line is selected by itself, a later one when it is asked for."""
        wanted = [bool(vals.get("selected")) for vals in vals_list]
        terms = super().create([{**vals, "selected": False} for vals in vals_list])
        chosen = {}
        for term, is_wanted in zip(terms, wanted, strict=True):
            if is_wanted or not term.order_line_id._is_priced_by_term():
                line = term.order_line_id
                chosen[line] = term if is_wanted else chosen.get(line, term)
        self.browse().concat(*chosen.values())._select()
        return terms

    def write(self, vals):
        vals = dict(vals)
        choice = vals.pop("selected", None)
        res = super().write(vals)
        if vals.keys() & set(COMMERCIAL_FIELDS):
            self.filtered(lambda term: term.selected)._write_lines()
        if choice:
            self._select()
        elif choice is not None and self.filtered("selected"):
            raise UserError(
                self.env._(
                    "%(term)s is the delivery term of its line: choose another one instead.",
                    term=self.filtered("selected")[0].display_name,
                )
            )
        return res

    def unlink(self):
        """A line whose term is deleted takes the first of those that are left."""
        lines = self.filtered("selected").order_line_id
        res = super().unlink()
        rest = [line._get_applicable_terms()[:1] for line in lines]
        self.browse().concat(*rest)._select()
        return res

    @api.model
    def _get_lasting_fields(self):
        return super()._get_lasting_fields() | {"product_id"}

    # === CHOICE === #

    def action_select(self):
        """The salesperson chooses the term for its line."""
        for term in self.filtered(lambda term: not term.selected):
            term._select()
            term.order_id._log_choice(term._get_choice_text())
        return True

    def _select(self):
        """Make each term the one of its line, and write the line."""
        self.order_id._lock_for_choice()
        self.order_id._check_offer_changeable()
        foreign = self.filtered(lambda term: not term.is_applicable)[:1]
        if foreign:
            raise UserError(
                self.env._(
                    "%(term)s is the price of %(product)s, but the line holds another product"
                    " now.",
                    term=foreign.display_name,
                    product=foreign.product_id.display_name,
                )
            )
        self.order_line_id.term_ids._unselect()
        self._set_selected(True)
        self._write_lines()

    def _unselect(self):
        selected = self.filtered("selected")
        if selected:
            selected._set_selected(False)
            # the index allows one selected term at any moment
            selected.flush_recordset(["selected"])

    def _set_selected(self, selected):
        # past our own write, which makes a choice of it
        super().write({"selected": selected})  # pylint: disable=super-method-mismatch

    def _write_lines(self):
        for term in self:
            line = term.order_line_id
            values = term._prepare_line_values()
            changed = {
                name: value for name, value in values.items() if line._is_changed(name, value)
            }
            if changed:
                # a term's own discount is no other's
                line.with_context(discount_scope="selected").write(changed)

    def _prepare_line_values(self):
        self.ensure_one()
        return {
            "offer_term_id": self.id,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "customer_lead": self.lead_days,
            "offer_ship_date": self.ship_date,
        }

    def _get_choice_text(self):
        self.ensure_one()
        return self.env._(
            "%(product)s: delivery term %(term)s chosen, unit price %(price)s.",
            product=self.product_id.display_name,
            term=self.display_name,
            price=self.currency_id.format(self.price_unit),
        )
