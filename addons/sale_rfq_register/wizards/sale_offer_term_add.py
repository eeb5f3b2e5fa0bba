from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..locking import lock_rows


class SaleOfferTermAdd(models.TransientModel):
    """Give many lines of an offer a price for one delivery term."""

    _name = "sale.offer.term.add"
    _description = "Add a Delivery Term"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="order_id.currency_id")
    line_ids = fields.Many2many(
        "sale.order.line",
        string="Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        domain="[('order_id', '=', order_id), ('display_type', '=', False),"
        " ('is_downpayment', '=', False), ('product_id', '!=', False)]",
    )
    incoterm_id = fields.Many2one("account.incoterms")
    place = fields.Char(help="The named place of the delivery term, such as a town or a port.")
    surcharge_percent = fields.Float(
        string="Surcharge (%)", digits=(16, 2), help="On the present unit price of each line."
    )
    surcharge_amount = fields.Monetary(
        string="Surcharge per Unit", help="Added to the unit price of each line."
    )
    lead_days = fields.Integer(string="Extra Days", help="Added to the lead time of each line.")

    @api.depends("order_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.order_id.order_line.filtered(
                lambda line: line._is_priceable()
            )

    def action_add(self):
        self._apply()
        return {"type": "ir.actions.act_window_close"}

    def action_add_next(self):
        """Add the term and ask for the next one."""
        self._apply()
        return self.order_id.action_add_terms()

    def _apply(self):
        """Make the term for each line or, where a line has it already, give it the new price."""
        self.ensure_one()
        lock_rows(self.order_id)
        if not self.incoterm_id or not self.line_ids:
            raise UserError(self.env._("Choose the Incoterm and the lines that it is for."))
        terms = self.env["sale.offer.term"]
        new = []
        for line in self.line_ids:
            values = self._prepare_term_values(line)
            same = self._get_same_term(line)
            if same:
                same.write(values)
            else:
                new.append({**values, "order_line_id": line.id})
        terms.create(new)

    def _get_same_term(self, line):
        place = self.place or False
        return line._get_applicable_terms().filtered(
            lambda term: term.incoterm_id == self.incoterm_id and term.place == place
        )

    def _prepare_term_values(self, line):
        return {
            "incoterm_id": self.incoterm_id.id,
            "place": self.place,
            "price_unit": self._get_price(line),
            "discount": line.discount,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "lead_days": line.customer_lead + self.lead_days,
        }

    def _get_price(self, line):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        price = line.price_unit * (1 + self.surcharge_percent / 100) + self.surcharge_amount
        return round(price, digits)
