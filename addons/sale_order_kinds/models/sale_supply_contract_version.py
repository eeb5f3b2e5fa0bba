from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class SaleSupplyContractVersion(models.Model):
    """A change or extension of a contract, with what was and what is to be.

    It holds from its day on once it is approved; until then the former one does. What was asked
    for is not changed any more, and nothing is deleted but drafts.
    """

    _name = "sale.supply.contract.version"
    _description = "Version of a Long-Term Contract"
    _inherit = ["sale.document.mixin"]
    _order = "contract_id, number desc"
    _rec_name = "number"

    contract_id = fields.Many2one(
        "sale.supply.contract", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    user_id = fields.Many2one(related="contract_id.user_id")
    number = fields.Integer(string="Version", readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "To Approve"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        string="Status",
        required=True,
        default="draft",
    )
    date_from = fields.Date(
        string="Holds From",
        required=True,
        compute="_compute_date_from",
        store=True,
        readonly=False,
        precompute=True,
    )
    reason = fields.Char(help="What was agreed with the customer, and where it is written.")
    date_end = fields.Date(
        string="Valid Until",
        required=True,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    tolerance = fields.Float(
        string="Tolerance (%)",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    old_date_end = fields.Date(string="Valid Until, Before", readonly=True)
    old_tolerance = fields.Float(string="Tolerance (%), Before", readonly=True, aggregator=None)
    line_ids = fields.One2many("sale.supply.contract.version.line", "version_id")
    requested_by_id = fields.Many2one("res.users", string="Asked by", readonly=True)
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    applied = fields.Boolean(string="Came into Force", readonly=True)

    _number_unique = models.UniqueIndex(
        "(contract_id, number)", "A version of a contract has a number of its own."
    )
    _one_at_a_time = models.UniqueIndex(
        "(contract_id) WHERE state = 'requested'",
        "Another version of this contract waits for its approval: decide on it first.",
    )
    _tolerance_positive = models.Constraint(
        "CHECK(tolerance >= 0)", "The tolerance of a contract cannot be negative."
    )

    @api.depends("contract_id", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.contract_id.name}/{version.number}"

    @api.depends("contract_id")
    def _compute_date_from(self):
        for version in self:
            version.date_from = version.date_from or version.contract_id.company_id._get_today()

    @api.depends("contract_id")
    def _compute_terms(self):
        for version in self:
            latest = version.contract_id._get_approved_versions()[-1:] or version.contract_id
            version.date_end = latest.date_end
            version.tolerance = latest.tolerance

    @api.constrains("date_from", "date_end")
    def _check_dates(self):
        for version in self:
            if version.date_end < version.contract_id.date_start:
                raise ValidationError(self.env._("A contract cannot end before it starts."))

    # -- what was asked for is not changed -------------------------------------------------------

    def _get_decision_fields(self):
        """Names of the fields that only the buttons set."""
        return {
            "number",
            "state",
            "old_date_end",
            "old_tolerance",
            "requested_by_id",
            "decided_by_id",
            "decided_on",
            "applied",
        }

    def _get_decision_refusal(self):
        return self.env._("Number and approval of a version are set by its buttons.")

    def _get_draft_refusal(self):
        return self.env._(
            "Version %(version)s was asked for already and is not changed any more: make a new"
            " one.",
            version=self.display_name,
        )

    def _complete_new_values(self, vals_list):
        for vals in vals_list:
            contract = self.env["sale.supply.contract"].browse(vals.get("contract_id") or [])
            contract._check_state("in_force", "expired")
            vals["number"] = max(contract.sudo().version_ids.mapped("number"), default=0) + 1

    @api.model_create_multi
    def create(self, vals_list):
        versions = super().create(vals_list)
        versions._add_missing_lines()
        return versions

    def _add_missing_lines(self):
        """A version tells the terms of every line, also of those that stay as they are."""
        self.env["sale.supply.contract.version.line"].create(
            [
                {"version_id": version.id, "contract_line_id": line.id}
                for version in self
                for line in version.contract_id.line_ids - version.line_ids.contract_line_id
            ]
        )

    # -- the way of a version --------------------------------------------------------------------

    def action_request_approval(self):
        self._check_draft()
        for version in self:
            version._check_order()
            version.line_ids._remember()
            version._set(version._prepare_request_values())

    def _check_order(self):
        """A version follows those that are approved already."""
        self.ensure_one()
        latest = self.contract_id._get_approved_versions()[-1:]
        if latest and self.date_from < latest.date_from:
            raise UserError(
                self.env._(
                    "Version %(latest)s holds from %(day)s: version %(version)s cannot hold"
                    " earlier.",
                    latest=latest.display_name,
                    day=format_date(self.env, latest.date_from),
                    version=self.display_name,
                )
            )

    def _prepare_request_values(self):
        self.ensure_one()
        latest = self.contract_id._get_approved_versions()[-1:] or self.contract_id
        return {
            "state": "requested",
            "requested_by_id": self.env.user.id,
            "old_date_end": latest.date_end,
            "old_tolerance": latest.tolerance,
        }

    def action_approve(self):
        for version in self:
            version._check_requested()
            version.contract_id._check_approver(version, version.requested_by_id)
            version._check_order()
            version._set(version._prepare_decision_values("approved"))
        self.filtered(
            lambda version: version.date_from <= version.company_id._get_today()
        )._apply()

    def action_reject(self):
        for version in self:
            version._check_requested()
            version.contract_id._check_manager()
            version._set(version._prepare_decision_values("rejected"))

    def _check_requested(self):
        self.ensure_one()
        if self.state != "requested":
            raise UserError(
                self.env._(
                    "Version %(version)s does not wait for an approval.",
                    version=self.display_name,
                )
            )

    def _prepare_decision_values(self, state):
        return {
            "state": state,
            "decided_by_id": self.env.user.id,
            "decided_on": fields.Datetime.now(),
        }

    def _apply(self):
        """Show the terms of versions whose day has come on their contracts."""
        for version in self:
            contract = version.contract_id
            for row in version.line_ids:
                row.contract_line_id._set(row._prepare_contract_line_values())
            contract._set(version._prepare_contract_values())
            version._set({"applied": True})

    def _prepare_contract_values(self):
        self.ensure_one()
        values = {"date_end": self.date_end, "tolerance": self.tolerance}
        is_running = self.date_end >= self.company_id._get_today()
        if self.contract_id.state == "expired" and is_running:
            values["state"] = "in_force"
        return values
