from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..locking import lock_rows

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Approve"),
    ("released", "In Force"),
    ("replaced", "Replaced"),
    ("rejected", "Rejected"),
]
TYPES = [("forecast", "Forecast"), ("firm", "Firm")]


class SaleDeliverySchedule(models.Model):
    """A generation of a delivery schedule: what the customer calls off, day by day.

    A generation speaks for the whole contract. The next one of its type replaces it when it comes
    into force; what was in force once is not edited any more and stays to be read.
    """

    _name = "sale.delivery.schedule"
    _description = "Delivery Schedule"
    _inherit = ["sale.document.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "contract_id desc, schedule_type desc, number desc"
    _rec_names_search = ["name", "customer_number"]
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True, precompute=True, index="trigram")
    contract_id = fields.Many2one(
        "sale.supply.contract",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '=', 'in_force')]",
        tracking=True,
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="contract_id.partner_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(related="contract_id.user_id")
    schedule_type = fields.Selection(
        TYPES,
        string="Type",
        required=True,
        default="firm",
        tracking=True,
        help="Lines of a firm schedule become orders when their day comes; a forecast is there to"
        " plan with.",
    )
    number = fields.Integer(string="Generation", readonly=True, copy=False, aggregator=None)
    customer_number = fields.Char(string="Customer's Release", copy=False)
    customer_date = fields.Date(string="Customer's Date", copy=False)
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    previous_id = fields.Many2one(
        "sale.delivery.schedule", string="Compared with", readonly=True, copy=False
    )
    line_ids = fields.One2many("sale.delivery.schedule.line", "schedule_id", copy=True)
    change_ids = fields.One2many("sale.delivery.schedule.change", "schedule_id")
    order_count = fields.Integer(string="Number of Orders", compute="_compute_order_count")
    problem_count = fields.Integer(string="Number of Problems", compute="_compute_problem_count")
    requested_by_id = fields.Many2one("res.users", string="Released by", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    released_on = fields.Datetime(string="In Force since", readonly=True, copy=False)
    replaced_on = fields.Datetime(string="In Force until", readonly=True, copy=False)

    _number_unique = models.UniqueIndex(
        "(contract_id, schedule_type, number)",
        "Another generation of this schedule was entered at the same moment: save again.",
    )
    _one_in_force = models.UniqueIndex(
        "(contract_id, schedule_type) WHERE state = 'released'",
        "One generation of a schedule is in force at a time.",
    )
    _one_to_approve = models.UniqueIndex(
        "(contract_id, schedule_type) WHERE state = 'to_approve'",
        "Another generation of this schedule waits for its approval: decide on it first.",
    )

    @api.depends("contract_id.name", "schedule_type", "number")
    def _compute_name(self):
        for schedule in self:
            letter = "F" if schedule.schedule_type == "firm" else "P"
            schedule.name = f"{schedule.contract_id.name or ''}-{letter}{schedule.number:03}"

    @api.depends("line_ids.order_line_ids")
    def _compute_order_count(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT line.schedule_id, count(DISTINCT sol.order_id)
                     FROM sale_delivery_schedule_line line
                     JOIN sale_order_line sol ON sol.schedule_line_id = line.id
                    WHERE line.schedule_id = ANY(%s) GROUP BY 1""",
                list(self.ids),
            )
        )
        counted = dict(rows)
        for schedule in self:
            schedule.order_count = counted.get(schedule._origin.id, 0)

    @api.depends("line_ids.problem")
    def _compute_problem_count(self):
        counted = dict(
            self.env["sale.delivery.schedule.line"]._read_group(
                [("schedule_id", "in", self.ids), ("problem", "!=", False)],
                ["schedule_id"],
                ["__count"],
            )
        )
        for schedule in self:
            schedule.problem_count = counted.get(schedule._origin, 0)

    # -- what was in force is not changed --------------------------------------------------------

    def _get_decision_fields(self):
        """Names of the fields that only the buttons set."""
        return {
            "number",
            "state",
            "previous_id",
            "requested_by_id",
            "decided_by_id",
            "decided_on",
            "released_on",
            "replaced_on",
        }

    def _get_content_fields(self):
        """Names of the fields that do not change after the draft."""
        return {
            "contract_id",
            "schedule_type",
            "customer_number",
            "customer_date",
            "line_ids",
            "change_ids",
        }

    def _complete_new_values(self, vals_list):
        """Give each its place in the generations of its contract and type."""
        last = {}
        for vals in vals_list:
            kind = (
                vals.get("schedule_type") or self.default_get(["schedule_type"])["schedule_type"]
            )
            contract = vals.get("contract_id") or self.env.context.get("default_contract_id")
            key = contract, kind
            if key not in last:
                last[key] = self._get_last_number(*key)
            last[key] += 1
            vals["number"] = last[key]

    def _get_last_number(self, contract_id, schedule_type):
        latest = self.sudo().search(
            [("contract_id", "=", contract_id), ("schedule_type", "=", schedule_type)],
            order="number desc",
            limit=1,
        )
        return latest.number

    def _check_changes(self, vals):
        super()._check_changes(vals)
        if {"contract_id", "schedule_type"} & vals.keys():
            self._check_same_series(vals)

    def _check_same_series(self, vals):
        """A generation keeps the contract and the type under which it was numbered."""
        for schedule in self:
            if any(
                name in vals
                and schedule._fields[name].convert_to_write(schedule[name], schedule) != vals[name]
                for name in ("contract_id", "schedule_type")
            ):
                raise UserError(
                    self.env._(
                        "Schedule %(schedule)s is numbered under its contract and type: delete it"
                        " and enter another one.",
                        schedule=schedule.name,
                    )
                )

    def _get_decision_refusal(self):
        return self.env._("Number and status of a delivery schedule are set by its buttons.")

    def _get_draft_refusal(self):
        return self.env._(
            "Schedule %(schedule)s is not a draft any more: enter a new generation.",
            schedule=self.name,
        )

    # -- copies and lists ------------------------------------------------------------------------

    def action_new_generation(self):
        """Open a draft that starts from what is not ordered yet."""
        self.ensure_one()
        made = lock_rows(self.contract_id) and self._find_next_draft()
        made = made or self.create(self._prepare_next_values())
        return made._get_records_action(name=self.env._("Delivery Schedule"))

    def _find_next_draft(self):
        """The draft that somebody has just made."""
        return self.search(
            [
                ("contract_id", "=", self.contract_id.id),
                ("schedule_type", "=", self.schedule_type),
                ("state", "=", "draft"),
                ("id", ">", self.id),
            ],
            order="id desc",
            limit=1,
        )

    def _prepare_next_values(self):
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.is_ordered)
        return {
            "contract_id": self.contract_id.id,
            "schedule_type": self.schedule_type,
            "line_ids": [(0, 0, line._prepare_copy_values()) for line in lines],
        }

    def action_open_orders(self):
        return self._open_related(
            self.env._("Orders of %(schedule)s", schedule=self.name),
            "sale.order",
            "order_line.schedule_line_id.schedule_id",
            context={"create": False},
        )

    def action_open_changes(self):
        """Show beside each other what the former generation asked for and what this one does."""
        self.ensure_one()
        if self.state == "draft":
            self._compare()
        return self._open_related(
            self.env._("%(schedule)s Compared", schedule=self.name),
            "sale.delivery.schedule.change",
            "schedule_id",
            view_mode="list,graph,pivot",
        )
