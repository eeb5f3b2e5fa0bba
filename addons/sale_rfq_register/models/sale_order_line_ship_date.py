from collections import namedtuple
from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

# What a line of an offer, or an option of it, needs: of which product, how much in its own unit.
Demand = namedtuple("Demand", "source line product quantity lead_days")

# What moves the ship date of a line that was asked for by a day.
CAUSES = {"product_id", "product_uom_qty", "product_uom_id", "customer_lead", "required_date"}


class SaleOrderLine(models.Model):
    """Ship dates that can be kept, beside the dates that were asked for (O11)."""

    _inherit = "sale.order.line"

    required_date = fields.Date(
        string="Required By",
        help="The day for which the customer asked; the shipment waits for it.",
    )
    ship_date_note = fields.Char(compute="_compute_ship_date_note")

    @api.depends(
        "customer_lead", "product_id", "product_uom_qty", "product_uom_id", "required_date"
    )
    def _compute_offer_ship_date(self):
        """Propose the later of the day that was asked for and the first one possible."""
        open_lines = self.filtered(lambda line: line.state != "sale" or not line.offer_ship_date)
        shipped = open_lines.filtered(
            lambda line: line.product_id.type == "consu" and not line.display_type
        )
        (open_lines - shipped).offer_ship_date = False
        days = self._get_first_days([line._get_demand() for line in shipped])
        for line in shipped:
            line.offer_ship_date = line._get_later_day(days[line])

    def _get_demand(self):
        self.ensure_one()
        return Demand(
            self,
            self,
            self.product_id,
            self._get_quantity_in(self.product_uom_qty, self.product_uom_id, self.product_id),
            self.customer_lead or 0,
        )

    @api.model
    def _get_quantity_in(self, quantity, unit, product):
        """The quantity in the product's own unit, as far as it can be converted."""
        if not unit or not product or not unit._has_common_reference(product.uom_id):
            return quantity
        return unit._compute_quantity(quantity, product.uom_id, round=False)

    @api.model
    def _get_first_days(self, demands):
        """Find the first days on which what is needed can be shipped.

        An addon that knows more than the lead time extends it; the costs must not grow with the
        number of demands.

        :param demands: list of ``Demand``
        :return: day by the ``source`` of each demand
        """
        return {
            demand.source: demand.line.company_id._get_today() + timedelta(days=demand.lead_days)
            for demand in demands
        }

    def _get_later_day(self, day):
        return max(day, self.required_date) if self.required_date else day

    # === WHAT IS SAID OF IT === #

    def _is_shipped_late(self):
        """Whether the goods leave after the day that was asked for."""
        self.ensure_one()
        return bool(
            self.required_date
            and self.offer_ship_date
            and self.offer_ship_date > self.required_date
        )

    @api.depends("required_date", "offer_ship_date")
    @api.depends_context("lang")
    def _compute_ship_date_note(self):
        for line in self:
            line.ship_date_note = line._get_ship_date_text() if line._is_shipped_late() else False

    def _get_ship_date_text(self):
        """When the goods leave, for the customer; nothing where he named no day."""
        self.ensure_one()
        if not self.required_date or not self.offer_ship_date:
            return False
        shipped = format_date(self.env, self.offer_ship_date)
        if not self._is_shipped_late():
            return self.env._("Ships on %(date)s", date=shipped)
        return self.env._(
            "Requested %(required)s, can be shipped %(date)s",
            required=format_date(self.env, self.required_date),
            date=shipped,
        )

    # === THE DELIVERY DATE OF THE ORDER === #

    @api.model_create_multi
    def create(self, vals_list):
        asked = [vals.get("order_id") for vals in vals_list if vals.get("required_date")]
        orders = self.env["sale.order"].browse(asked)._filter_delivery_proposed()
        lines = super().create(vals_list)
        orders._propose_delivery_date()
        return lines

    def write(self, vals):
        orders = self.env["sale.order"]
        if vals.keys() & {"offer_ship_date", *CAUSES}:
            # an ordinary line, which was asked for by no day, pays nothing
            asked = self if vals.get("required_date") else self.filtered("required_date")
            orders = asked.order_id._filter_delivery_proposed()
        res = super().write(vals)
        orders._propose_delivery_date()
        return res


class SaleOrder(models.Model):
    _inherit = "sale.order"

    ship_date_note = fields.Text(compute="_compute_ship_date_note")

    @api.depends("order_line.required_date", "order_line.offer_ship_date")
    @api.depends_context("lang")
    def _compute_ship_date_note(self):
        for order in self:
            late = order.order_line.filtered("ship_date_note")
            order.ship_date_note = "\n".join(
                f"{line.product_id.display_name}: {line.ship_date_note}" for line in late
            )

    def _get_proposed_delivery_day(self):
        """The day on which all has left, where the customer asked for a day; else ``False``."""
        self.ensure_one()
        if not any(line.required_date for line in self.order_line):
            return False
        days = [line.offer_ship_date or line.required_date for line in self.order_line]
        return max(filter(None, days))

    def _filter_delivery_proposed(self):
        """Open offers whose delivery date is none that a person has set."""
        return self.filtered(
            lambda order: order.state in ("draft", "sent") and order._is_delivery_proposed()
        )

    def _is_delivery_proposed(self):
        self.ensure_one()
        moment = self.commitment_date
        if not moment:
            return not self.order_line.filtered("required_date")
        return self.company_id._get_day(moment) == self._get_proposed_delivery_day()

    def _propose_delivery_date(self):
        """Promise the day on which all has left, as far as the order may have it.

        A contract that ends before leaves the date as it is; each line says when it ships.
        """
        for order in self:
            day = order._get_proposed_delivery_day()
            if not day or day < order.company_id._get_today():
                continue
            with suppress(ValidationError), self.env.cr.savepoint():
                order.commitment_date = order.company_id._get_day_moment(day)
                order.flush_recordset(["commitment_date"])
