from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..quantities import compare_exact


class SaleDeliveryScheduleLine(models.Model):
    """A quantity of a product that is to leave on a day, to an address."""

    _name = "sale.delivery.schedule.line"
    _description = "Line of a Delivery Schedule"
    _inherit = ["sale.document.line.mixin"]
    _order = "schedule_id, date_due, product_id, partner_shipping_id, id"
    _rec_name = "date_due"
    _check_company_auto = True

    schedule_id = fields.Many2one(
        "sale.delivery.schedule", required=True, ondelete="cascade", index=True
    )
    contract_id = fields.Many2one(
        related="schedule_id.contract_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="schedule_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(related="schedule_id.partner_id")
    user_id = fields.Many2one(related="schedule_id.user_id")
    schedule_type = fields.Selection(related="schedule_id.schedule_type")
    state = fields.Selection(related="schedule_id.state", string="Status")
    product_id = fields.Many2one(
        "product.product", required=True, index=True, check_company=True, ondelete="restrict"
    )
    contract_line_id = fields.Many2one(
        "sale.supply.contract.line",
        compute="_compute_contract_line_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Delivery Address",
        required=True,
        compute="_compute_partner_shipping_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    date_due = fields.Date(
        string="Ship Date", required=True, help="The day on which the goods are to leave."
    )
    quantity = fields.Float(digits="Product Unit", required=True)
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        required=True,
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    ordered_before_qty = fields.Float(
        string="Ordered Before",
        min_display_digits="Product Unit",
        readonly=True,
        copy=False,
        help="What former generations had ordered for this day when this one came into force; in"
        " the unit of the line.",
    )
    awaits_order = fields.Boolean(
        string="To Order", readonly=True, copy=False, help="It becomes an order when it is due."
    )
    problem = fields.Text(
        readonly=True, copy=False, help="Why no order was made when the line was due."
    )
    order_line_ids = fields.One2many("sale.order.line", "schedule_line_id", readonly=True)
    order_id = fields.Many2one("sale.order", compute="_compute_order_id")
    is_ordered = fields.Boolean(string="Ordered", compute="_compute_order_id")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a schedule's line is more than zero."
    )
    _once = models.UniqueIndex(
        "(schedule_id, product_id, partner_shipping_id, date_due)",
        "A product is once in a schedule for each day and address: add the quantities up.",
    )
    _due = models.Index("(date_due, contract_id) WHERE awaits_order")

    @api.depends("product_id", "date_due", "schedule_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            day = format_date(self.env, line.date_due)
            line.display_name = f"{line.schedule_id.name} {day} {line.product_id.display_name}"

    @api.depends("product_id", "schedule_id.contract_id")
    def _compute_contract_line_id(self):
        for contract, lines in self.grouped(lambda line: line.schedule_id.contract_id).items():
            find = contract.sudo().line_ids._get_finder()
            for line in lines:
                line.contract_line_id = find(line.product_id._origin)

    @api.depends("schedule_id.contract_id")
    def _compute_partner_shipping_id(self):
        for customer, lines in self.grouped(
            lambda x: x.schedule_id.contract_id.partner_id
        ).items():
            usual = customer.address_get(["delivery"])["delivery"] if customer else False
            for line in lines:
                line.partner_shipping_id = line.partner_shipping_id or usual

    @api.depends("contract_line_id")
    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.contract_line_id.uom_id or line.product_id.uom_id

    @api.depends("order_line_ids")
    def _compute_order_id(self):
        for line in self:
            line.order_id = line.sudo().order_line_ids.order_id[:1]
            line.is_ordered = bool(line.order_id)

    @api.constrains("product_id", "uom_id", "partner_shipping_id", "schedule_id")
    def _check_covered(self):
        for line in self:
            problem = line._get_problem()
            if problem:
                raise ValidationError(problem)

    def _get_problem(self):
        """What speaks against the line under its contract, or nothing."""
        self.ensure_one()
        contract, covering = self.contract_id.sudo(), self.contract_line_id.sudo()
        names = {"contract": contract.name, "product": self.product_id.display_name}
        if not covering:
            return self.env._("Contract %(contract)s does not cover %(product)s.", **names)
        if not self.uom_id._has_common_reference(covering.uom_id):
            return self.env._(
                "%(product)s is called off in %(unit)s, contract %(contract)s counts in"
                " %(wanted)s: they cannot be converted.",
                unit=self.uom_id.name,
                wanted=covering.uom_id.name,
                **names,
            )
        address, allowed = self.partner_shipping_id, contract.address_ids
        if address.commercial_partner_id != contract.partner_id or (
            allowed and address not in allowed
        ):
            return self.env._(
                "%(address)s may not release from contract %(contract)s: it is not among its"
                " authorised addresses.",
                address=address.display_name,
                contract=contract.name,
            )
        return False

    # -- what was in force is not changed --------------------------------------------------------

    def _get_document(self):
        return self.schedule_id

    def _get_decision_fields(self):
        """Names of the fields that only the schedule and its orders set."""
        return {"ordered_before_qty", "awaits_order", "problem", "order_line_ids"}

    def _get_decision_refusal(self):
        return self.env._("What is ordered from a delivery schedule is counted, not typed.")

    def _prepare_copy_values(self):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "date_due": self.date_due,
            "quantity": self.quantity,
            "uom_id": self.uom_id.id,
        }

    # -- orders ----------------------------------------------------------------------------------

    def _start_waiting(self):
        """The generation is in force: firm lines wait for their day, less what is ordered."""
        ordered = self.schedule_id._get_ordered()
        for line in self:
            before = ordered.get(line.contract_id.id, {}).get(line._get_series(), {})
            unit = line.contract_line_id.uom_id
            quantity = unit._compute_quantity(
                before.get(line.date_due, 0.0), line.uom_id, round=False
            )
            line._set({"ordered_before_qty": quantity})
        if self.schedule_id.schedule_type == "firm":
            waiting = self.filtered(lambda line: compare_exact(line._get_to_order(), 0) > 0)
            waiting._set({"awaits_order": True})

    def _stop_waiting(self):
        """Another generation is in force: what is not ordered yet is not ordered any more."""
        self.filtered("awaits_order")._set({"awaits_order": False, "problem": False})

    def _get_to_order(self):
        """What is still to be ordered, in the unit of the line."""
        self.ensure_one()
        return self.quantity - self.ordered_before_qty

    def _get_orderable(self):
        """The same and its unit: the first that holds it without rounding."""
        self.ensure_one()
        left = self._get_to_order()
        for unit in self.uom_id | self.product_id.uom_id | self.contract_line_id.sudo().uom_id:
            quantity = self.uom_id._compute_quantity(left, unit, round=False)
            if not compare_exact(unit.round(quantity), quantity):
                return unit.round(quantity), unit
        return left, self.uom_id
