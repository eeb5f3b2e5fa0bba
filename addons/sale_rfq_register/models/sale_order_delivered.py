from odoo import api, models
from odoo.exceptions import UserError

from ..formatting import format_quantity
from .account_tax import GivenTaxes


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_delivered(self):
        """The database deletes the lines with the order."""
        if self.env["tier.definition"]._has_offer_tiers() and not self.env.su:
            self.order_line._check_not_delivered()


class SaleOrderLine(models.Model):
    """What was delivered of an order that tiers look at stays ordered, and is invoiced.

    Fields that follow the order, its deliveries or its bills follow them, whatever a person sends.
    """

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["tier.definition"]._has_offer_tiers() and not self._are_marks_believed():
            self = self.with_context(
                default_is_expense=False,
                default_is_downpayment=False,
                default_extra_tax_data=False,
            )
            vals_list = [self._without_marks(vals, vals.get("product_id")) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if self.env["tier.definition"]._has_offer_tiers():
            derived = self._get_derived_fields()
            vals = {name: value for name, value in vals.items() if name not in derived}
            if not self._are_marks_believed():
                vals = self._without_marks(vals, self.product_id or vals.get("product_id"))
            self._check_delivered_follows(vals)
        return super().write(vals)

    def unlink(self):
        if self.env["tier.definition"]._has_offer_tiers() and not self.env.su:
            self._with_linked_lines()._check_not_delivered()
        return super().unlink()

    def copy_data(self, default=None):
        """What core computed for a line is known as such in its copy."""
        rows = super().copy_data(default)
        if not (default and "extra_tax_data" in default):
            for row in rows:
                if row.get("extra_tax_data"):
                    row["extra_tax_data"] = GivenTaxes(row["extra_tax_data"])
        return rows

    def _are_marks_believed(self):
        """Whether core or a bill acts, not a person."""
        return self.env.su or self._is_reinvoiced()

    @api.model
    def _get_derived_fields(self):
        """Names of the stored fields that follow the order, whatever a caller sends."""
        return {
            "company_id",
            "currency_id",
            "invoice_status",
            "order_partner_id",
            "qty_delivered_method",
            "salesman_id",
            "state",
        }

    @api.model
    def _without_marks(self, vals, has_product):
        """Leave out what only core and bills say of a line: that it is an expense or paid ahead.

        Such a line is invoiced otherwise, and can go although its goods were delivered. Amounts
        and taxes beside the price count for one quantity, so for a part of the order they would
        be whatever a person says.
        """
        marks = {"is_expense", "is_downpayment"} if has_product else {"is_expense"}
        if vals.get("extra_tax_data") and not isinstance(vals["extra_tax_data"], GivenTaxes):
            marks.add("extra_tax_data")
        return {name: value for name, value in vals.items() if name not in marks}

    def _check_delivered_follows(self, vals):
        """What left the house is neither written away nor moved out of the order.

        :raise UserError: names the order, the line and the way out
        """
        fixed = {"product_uom_id", "product_no_variant_attribute_value_ids"}
        names = ({"order_id", "product_uom_qty", "qty_delivered"} | fixed) & vals.keys()
        if not names:
            return
        for line in self.filtered(lambda line: line._is_sold_or_delivered()):
            # core looks after the quantity of a confirmed order; that of another comes from the
            # customer too
            if "product_uom_qty" in names and line.order_id.state != "sale":
                line._check_delivered_ordered(float(vals["product_uom_qty"] or 0.0))
            if self.env.su:
                continue
            if "order_id" in names and vals["order_id"] != line.order_id.id:
                raise UserError(
                    self.env._(
                        "“%(line)s” stays in order %(order)s, which is confirmed. Set its quantity"
                        " to zero there, and add it to the other order.",
                        line=line.display_name,
                        order=line.order_id.name,
                    )
                )
            if fixed & names and not line.product_updatable and line._is_changed_by(vals, fixed):
                raise UserError(
                    self.env._(
                        "“%(line)s” in order %(order)s is to be delivered, or is delivered or"
                        " invoiced: its unit and its attributes stay as they are. Set its quantity"
                        " to what was delivered, and add a line.",
                        line=line.display_name,
                        order=line.order_id.name,
                    )
                )
            if "qty_delivered" in names and line.qty_delivered_method != "manual":
                raise UserError(
                    self.env._(
                        "The delivered quantity of “%(line)s” in order %(order)s follows from its"
                        " deliveries. Correct them, or return the goods.",
                        line=line.display_name,
                        order=line.order_id.name,
                    )
                )

    def _is_sold_or_delivered(self):
        """Whether the line is of a confirmed order, or was and has gone out, where tiers are."""
        self.ensure_one()
        return (
            self.order_id.state == "sale" or self._is_delivered_by_itself()
        ) and self.order_id._get_tiers_in_force()

    def _is_delivered_by_itself(self):
        """Whether deliveries say that something of it left the house."""
        self.ensure_one()
        return self.qty_delivered_method != "manual" and self.qty_delivered > 0

    def _check_delivered_ordered(self, quantity):
        """An order that was cancelled is not made again for less than was delivered.

        :raise UserError: names the line, the order and the way out
        """
        self.ensure_one()
        least = min(self.qty_delivered, self.product_uom_qty)
        if self.product_uom_id.compare(quantity, least) < 0:
            raise self._get_delivered_error()

    def _check_not_delivered(self):
        """:raise UserError: names the line, the order and the way out"""
        for line in self:
            if line._is_delivered_by_itself() and line._is_sold_or_delivered():
                raise line._get_delivered_error()

    def _get_delivered_error(self):
        self.ensure_one()
        return UserError(
            self.env._(
                "%(quantity)s of “%(line)s” in order %(order)s are delivered: they stay ordered."
                " Return the goods first.",
                quantity=format_quantity(self.env, self.qty_delivered),
                line=self.display_name,
                order=self.order_id.name,
            )
        )

    def _is_changed_by(self, vals, names):
        """Whether one of the fields would get another value."""
        self.ensure_one()
        new = self.new({name: vals[name] for name in names & vals.keys()}, origin=self)
        return any(new[name]._origin != self[name] for name in names & vals.keys())
