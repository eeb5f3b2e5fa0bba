from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

VERDICTS = [
    ("sellable", "Sellable"),
    ("group_match", "Group Is Sold"),
    ("not_sold", "Not Sold"),
    ("unknown", "Unknown"),
]
VERDICT_REASONS = [
    ("sold", "The product is sold."),
    ("archived", "The product is archived."),
    ("not_for_sale", "The product is not for sale."),
    ("other_company", "The product is sold by another company only."),
    ("choose_of_group", "Choose a product of the group."),
    ("empty_group", "Nothing is sold in this group."),
    ("accept_suggestion", "Accept the suggestion or choose the product."),
    ("nothing_alike", "No product is like it: choose one."),
]
MATCH_METHODS = [
    ("manual", "Chosen by Hand"),
    ("barcode", "Barcode"),
    ("reference", "Internal Reference"),
    ("customer_code", "Customer's Article"),
    ("name", "Same Name"),
    ("chosen", "Chosen Before"),
    ("similar", "Similar Name"),
]


class SaleMaterialRequestLine(models.Model):
    """One wanted material: a product, a group of products, or only the customer's words."""

    _name = "sale.material.request.line"
    _description = "Material Request Line"
    _order = "request_id, sequence, id"
    _check_company_auto = True

    request_id = fields.Many2one(
        "sale.material.request", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="request_id.partner_id", store=True, index=True, precompute=True
    )
    requester_name = fields.Char(related="request_id.requester_name", string="Who Asks")
    request_state = fields.Selection(related="request_id.state", string="Request Status")

    # What is asked, as the customer wrote it
    name = fields.Char(string="Description")
    details = fields.Text(help="Everything that the customer added to the description.")
    customer_code = fields.Char(
        string="Customer's Article", help="The article number in the customer's words."
    )
    supplier_code = fields.Char(
        string="Our Article", help="Our article number, as the customer wrote it."
    )
    barcode = fields.Char(help="EAN, UPC or another GTIN, as the customer wrote it.")
    is_special = fields.Boolean(
        string="Special Article",
        help="Made or bought for this customer: the details say what is special.",
    )
    quantity = fields.Float(default=1.0, digits="Product Unit", required=True)
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    uom_text = fields.Char(string="Customer's Unit", help="The unit as the customer wrote it.")
    date_required = fields.Date(string="Required On")
    problem = fields.Char(
        readonly=True,
        help="What could not be understood when the line was read from a file, or that it has no"
        " quantity. It goes away when somebody chooses the product, enters the quantity or says"
        " that it is settled.",
    )

    # What it is for us
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        context={"active_test": False},
        ondelete="restrict",
    )
    categ_id = fields.Many2one("product.category", string="Material Group", ondelete="restrict")
    match_method = fields.Selection(MATCH_METHODS, readonly=True)
    suggested_product_id = fields.Many2one(
        "product.product",
        string="Suggestion",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The most similar product that nobody has accepted yet.",
    )
    match_score = fields.Float(
        string="Similarity",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How alike the names are, from 0 to 1.",
    )
    candidate_ids = fields.One2many(
        "sale.material.request.candidate", "line_id", string="Candidates", readonly=True
    )
    candidate_count = fields.Integer(compute="_compute_candidate_count")

    # The verdict, stored as it was given
    verdict = fields.Selection(VERDICTS, readonly=True, copy=False, index=True)
    verdict_reason = fields.Selection(VERDICT_REASONS, readonly=True, copy=False)
    verdict_date = fields.Datetime(string="Checked On", readonly=True, copy=False)
    verdict_user_id = fields.Many2one("res.users", string="Checked By", readonly=True, copy=False)

    order_line_ids = fields.One2many("sale.order.line", "request_line_id")

    _something_asked = models.Constraint(
        "CHECK(product_id IS NOT NULL OR categ_id IS NOT NULL OR name IS NOT NULL"
        " OR customer_code IS NOT NULL OR supplier_code IS NOT NULL OR barcode IS NOT NULL)",
        "A line of a material request names a product, a material group or at least a"
        " description.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0)", "The quantity asked for cannot be negative."
    )

    @api.depends("product_id")
    def _compute_uom_id(self):
        """That of the product, unless the customer named one, known or not."""
        for line in self:
            if line.product_id and not line.uom_id and not line.uom_text:
                line.uom_id = line.product_id.uom_id
            else:
                line.uom_id = line.uom_id

    @api.depends("name", "product_id", "categ_id", "customer_code", "supplier_code")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                line.name
                or line.product_id.display_name
                or line.categ_id.display_name
                or line.customer_code
                or line.supplier_code
                or line.barcode
            )

    @api.depends("candidate_ids")
    def _compute_candidate_count(self):
        for line in self:
            line.candidate_count = len(line.candidate_ids)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("product_id"):
                vals.setdefault("match_method", "manual")
        lines = super().create(vals_list)
        lines._note_missing_quantity()
        # a new request is checked as a whole
        lines.filtered(lambda line: line.product_id and line.request_state != "new")._judge()
        return lines

    def write(self, vals):
        """A line that gets another product loses the verdict on the old one.

        What a person chooses is assessed at once, with who chose it and when.
        """
        if "product_id" in vals:
            vals = {**self._prepare_unjudged_values(vals), **vals}
        res = super().write(vals)
        if vals.get("product_id") and vals["match_method"] == "manual":
            self._judge()
        # what is found by itself says nothing about a quantity that was not understood
        if "problem" not in vals and ("quantity" in vals or vals.get("match_method") == "manual"):
            self.filtered(lambda line: line.problem and line.quantity).problem = False
            self._note_missing_quantity()
        return res

    def _note_missing_quantity(self):
        """A line without a quantity is to be finished: it cannot be offered."""
        missing = self.filtered(lambda line: not line.quantity and not line.problem)
        if missing:
            missing.problem = self.env._("There is no quantity.")

    @api.model
    def _prepare_unjudged_values(self, vals):
        return {
            "match_method": "manual" if vals["product_id"] else False,
            "suggested_product_id": False,
            "match_score": 0,
            "verdict": False,
            "verdict_reason": False,
            "verdict_date": False,
            "verdict_user_id": False,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_received(self):
        for line in self:
            if line.request_id.channel != "manual" or line.request_state != "new":
                raise UserError(
                    self.env._(
                        "The line %(line)s of material request %(request)s was received and"
                        " stays: leave it without a product if it is not to be offered.",
                        line=line.display_name,
                        request=line.request_id.name,
                    )
                )

    # === ACTIONS === #

    def action_accept_suggestion(self):
        """Take the suggested product; the verdict follows at once."""
        suggested = self.filtered("suggested_product_id")
        for line in suggested:
            line._check_choosable()
            line.product_id = line.suggested_product_id
        return True

    def action_take_candidate(self):
        """Take the candidate of the place in the context, and go on to the next open line."""
        self.ensure_one()
        place = self.env.context.get("candidate_place", 1)
        candidate = self.candidate_ids.filtered(lambda candidate: candidate.sequence == place)
        if not candidate:
            raise UserError(
                self.env._(
                    "The line %(line)s of material request %(request)s has no candidate number"
                    " %(place)s: check the request again or choose the product by hand.",
                    line=self.display_name,
                    request=self.request_id.name,
                    place=place,
                )
            )
        candidate.action_take()
        return self.action_next_open()

    def action_settle(self):
        """A person looked at what was not understood; go on to the next open line."""
        self.ensure_one()
        if not self.quantity:
            raise UserError(
                self.env._(
                    "The line %(line)s of material request %(request)s has no quantity: enter it"
                    " first.",
                    line=self.display_name,
                    request=self.request_id.name,
                )
            )
        self.problem = False
        return self.action_next_open()

    def action_next_open(self):
        """Open the next line of the request to work on or, after the last, the request."""
        self.ensure_one()
        others = self.search(
            Domain(self._get_open_domain())
            & Domain("request_id", "=", self.request_id.id)
            & Domain("id", "!=", self.id)
        )
        place = (self.sequence, self.id)
        later = others.filtered(lambda line: (line.sequence, line.id) > place)
        if others:
            return (later or others)[0]._get_work_action(others)
        return self.request_id._get_records_action()

    def action_work_through(self):
        """Open the first of the chosen lines to work on, or of those that are shown."""
        if self:
            return self._work_through()
        shown = Domain(self.env.context.get("active_domain") or Domain.TRUE)
        return self.search(shown & Domain(self._get_open_domain()), limit=1)._work_through()

    def _work_through(self):
        lines = self.filtered_domain(self._get_open_domain())
        if not lines:
            raise UserError(
                self.env._(
                    "Every line here has its product and nothing to settle, or its request is"
                    " closed: there is nothing to work through."
                )
            )
        return lines[0]._get_work_action(lines)

    @api.model
    def _get_open_domain(self):
        """Lines that still wait for a product, or in which something was not understood."""
        return [
            "|",
            ("product_id", "=", False),
            ("problem", "!=", False),
            ("state", "in", ("open", "offered")),
            ("request_id.active", "=", True),
            ("request_id.state", "not in", ("won", *self.request_id._closed_without_order())),
        ]

    def _get_work_action(self, lines):
        """Show the line in the form that is open, or in a new one; ``lines`` are for the pager."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "sale_rfq_register_open_line",
            "params": {
                "res_model": self._name,
                "res_id": self.id,
                "res_ids": (lines | self).ids,
                "next": self._get_records_action(),
            },
        }

    def _check_choosable(self):
        self.request_id._check_open()

    def _take_product(self, product):
        """A person decided for a product."""
        self.ensure_one()
        self._check_choosable()
        self.product_id = product

    def _get_identity(self):
        """What makes two lines ask for the same."""
        self.ensure_one()
        names = ("name", "customer_code", "supplier_code", "barcode")
        words = tuple((self[name] or "").strip().lower() for name in names)
        return (*words, self.product_id.id, self.categ_id.id, self.quantity, self.date_required)

    # === OFFER === #

    def _get_learnable_lines(self):
        """Lines whose product a person chose and that were not offered with it before."""
        return self.filtered(
            lambda line: (
                line.match_method == "manual"
                and line.request_id.commercial_partner_id
                and line.product_id not in line.sudo().order_line_ids.product_id
            )
        )

    def _prepare_offer_line_values(self):
        self.ensure_one()
        values = {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "request_line_id": self.id,
            "required_date": self.date_required or self.request_id.delivery_date_to,
        }
        unit = self._get_unit_for(self.product_id)
        if unit:
            values["product_uom_id"] = unit.id
        return values

    def _get_unit_for(self, product):
        """The customer's unit, where it can be converted into the product's, or none."""
        self.ensure_one()
        unit = self.uom_id
        return unit if unit and unit._has_common_reference(product.uom_id) else unit.browse()
