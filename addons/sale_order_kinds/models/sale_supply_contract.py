from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Approve"),
    ("in_force", "In Force"),
    ("expired", "Expired"),
    ("closed", "Closed"),
    ("cancel", "Cancelled"),
]


class SaleSupplyContract(models.Model):
    """A long-term contract: what a customer takes over a time, at fixed terms."""

    _name = "sale.supply.contract"
    _description = "Long-Term Contract"
    _inherit = ["sale.document.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_end desc, id desc"
    _rec_names_search = ["name", "partner_ref", "partner_id.name"]
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    state = fields.Selection(
        STATES, string="Status", default="draft", required=True, copy=False, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        domain="[('parent_id', '=', False)]",
        help="The company that orders; its addresses release.",
    )
    partner_ref = fields.Char(string="Customer's Number")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index=True,
        default=lambda self: self.env.user,
        check_company=True,
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    date_start = fields.Date(
        string="Valid From",
        required=True,
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
        tracking=True,
    )
    date_end = fields.Date(
        string="Valid Until", required=True, tracking=True, help="The last day included."
    )
    commitment_type = fields.Selection(
        [("quantity", "Quantity"), ("value", "Value")],
        string="Commitment",
        required=True,
        default="quantity",
    )
    tolerance = fields.Float(
        string="Tolerance (%)", help="What may be released beyond the commitment.", aggregator=None
    )
    maximum_policy = fields.Selection(
        [("enforced", "Refused"), ("warned", "Noted on the order")],
        string="Release beyond It",
        required=True,
        default="enforced",
    )
    address_ids = fields.Many2many(
        "res.partner",
        string="Who May Release",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Addresses of the customer that order or are delivered to; empty for all of them.",
    )
    incoterm_id = fields.Many2one("account.incoterms")
    incoterm_location = fields.Char(string="Place of Delivery")
    note = fields.Html(string="Terms")
    line_ids = fields.One2many("sale.supply.contract.line", "contract_id", copy=True)
    version_ids = fields.One2many("sale.supply.contract.version", "contract_id")
    version_count = fields.Integer(compute="_compute_version_count")
    order_ids = fields.One2many("sale.order", "contract_id", string="Releases")
    order_count = fields.Integer(string="Number of Releases", compute="_compute_order_count")
    released_rate = fields.Float(string="Released (%)", compute="_compute_released_rate")
    requested_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    approved_on = fields.Datetime(readonly=True, copy=False)
    expiry_warned_for = fields.Date(readonly=True, copy=False)

    _dates_in_order = models.Constraint(
        "CHECK(date_end >= date_start)", "A contract cannot end before it starts."
    )
    _tolerance_positive = models.Constraint(
        "CHECK(tolerance >= 0)", "The tolerance of a contract cannot be negative."
    )
    _name_unique = models.UniqueIndex(
        "(company_id, name)", "There is already a contract with this number."
    )

    @api.depends("company_id")
    def _compute_date_start(self):
        for contract in self:
            contract.date_start = contract.date_start or contract.company_id._get_today()

    @api.depends("version_ids")
    def _compute_version_count(self):
        for contract in self:
            contract.version_count = len(contract.version_ids)

    def _compute_order_count(self):
        counted = dict(
            self.env["sale.order"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.order_count = counted.get(contract._origin, 0)

    @api.depends("line_ids.released_rate")
    def _compute_released_rate(self):
        for contract in self:
            rates = contract.line_ids.mapped("released_rate")
            contract.released_rate = sum(rates) / len(rates) if rates else 0.0

    @api.constrains("partner_id", "address_ids")
    def _check_partner(self):
        for contract in self:
            customer = contract.partner_id
            if customer != customer.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is an address: a contract is concluded with"
                        " %(company)s; name the address among those who may release.",
                        partner=customer.display_name,
                        company=customer.commercial_partner_id.display_name,
                    )
                )
            strangers = contract.address_ids.filtered(
                lambda address: address.commercial_partner_id != customer  # noqa: B023
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(address)s does not belong to %(partner)s and cannot release from its"
                        " contract.",
                        address=strangers[0].display_name,
                        partner=customer.display_name,
                    )
                )

    # -- what is in force is not changed ---------------------------------------------------------

    def _get_content_fields(self):
        """Names of the fields that only an approved version changes after the draft."""
        return {
            "company_id",
            "partner_id",
            "currency_id",
            "date_start",
            "date_end",
            "commitment_type",
            "tolerance",
            "maximum_policy",
            "incoterm_id",
            "incoterm_location",
            "note",
        }

    def _get_decision_fields(self):
        """Names of the fields that only the buttons set."""
        return {
            "name",
            "state",
            "requested_by_id",
            "approved_by_id",
            "approved_on",
            "expiry_warned_for",
        }

    def _complete_new_values(self, vals_list):
        for vals in vals_list:
            company = vals.get("company_id") or self.env.company.id
            vals["name"] = self._get_next_number(self.env["res.company"].browse(company))

    def _get_next_number(self, company):
        sequences = self.env["ir.sequence"].with_company(company).sudo()
        number = sequences.next_by_code("sale.supply.contract")
        if not number:
            raise UserError(
                self.env._(
                    "%(company)s has no numbering of contracts: make a sequence with the code"
                    " sale.supply.contract for it.",
                    company=company.name,
                )
            )
        return number

    def _check_changes(self, vals):
        super()._check_changes(vals)
        if "address_ids" in vals and any(contract.state != "draft" for contract in self):
            self._check_manager()

    def _get_decision_refusal(self):
        return self.env._("Number, status and approval of a contract are set by its buttons.")

    def _get_draft_refusal(self):
        return self.env._(
            "Contract %(contract)s is not a draft any more: change it by a new version.",
            contract=self.name,
        )

    def _get_state_refusal(self, state, wanted):
        return self.env._(
            "Contract %(contract)s is “%(state)s”: this is possible only for “%(wanted)s”.",
            contract=self.name,
            state=state,
            wanted=wanted,
        )

    # -- what holds on a day ---------------------------------------------------------------------

    def _get_approved_versions(self):
        """The approved versions in the order in which they come into force."""
        approved = self.version_ids.filtered(lambda version: version.state == "approved")
        return approved.sorted(lambda version: (version.date_from, version.number))

    def _get_terms_at(self, day):
        """End of validity and tolerance that hold on a day."""
        self.ensure_one()
        versions = self._get_approved_versions()
        current = versions.filtered(lambda version: version.date_from <= day)[-1:]
        if current:
            return {"date_end": current.date_end, "tolerance": current.tolerance}
        first = versions[:1]
        return {
            "date_end": first.old_date_end or self.date_end,
            "tolerance": first.old_tolerance if first else self.tolerance,
        }

    def _is_valid_on(self, day):
        self.ensure_one()
        return self.date_start <= day <= self._get_terms_at(day)["date_end"]

    @api.model
    def _get_releasable_domain(self, partner, company):
        return Domain(
            [
                ("state", "=", "in_force"),
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
            ]
        )
