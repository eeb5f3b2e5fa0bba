import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ..locking import lock_rows

_logger = logging.getLogger(__name__)

CHANNELS = [
    ("manual", "Typed In"),
    ("email", "E-mail"),
    ("portal", "Portal"),
    ("file", "File"),
    ("api", "Interface"),
]
STATES = [
    ("new", "New"),
    ("checked", "Checked"),
    ("offered", "Offered"),
    ("partly_won", "Partly Won"),
    ("won", "Won"),
    ("lost", "Lost"),
    ("no_bid", "No Bid"),
]


class SaleMaterialRequest(models.Model):
    """A customer's request for materials, as it arrived and what became of it."""

    _name = "sale.material.request"
    _description = "Material Request"
    _inherit = ["mail.thread.main.attachment", "mail.activity.mixin"]
    _order = "date_received desc, id desc"
    _rec_names_search = ["name", "partner_ref", "sender_name"]
    _check_company_auto = True

    # Which state may follow which; partners extend it.
    _transitions = {
        ("new", "checked"),
        ("new", "no_bid"),
        ("new", "lost"),
        ("checked", "new"),
        ("checked", "offered"),
        ("checked", "no_bid"),
        ("checked", "lost"),
        ("offered", "checked"),
        ("offered", "partly_won"),
        ("offered", "won"),
        ("offered", "lost"),
        ("offered", "no_bid"),
        ("partly_won", "offered"),
        ("partly_won", "won"),
        ("won", "partly_won"),
        ("won", "offered"),
        ("lost", "checked"),
        ("no_bid", "checked"),
    }

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("New"),
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=STATES,
        string="Status",
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        ondelete="set null",
    )
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")

    # Who asks
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index=True,
        tracking=True,
        check_company=True,
        help="Empty while the sender is not known yet.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer Company",
        store=True,
        index=True,
    )
    sender_name = fields.Char(copy=False, index="trigram")
    # stored, so that lists show and sort it without reading the customers
    requester_name = fields.Char(
        string="Customer or Sender",
        compute="_compute_requester_name",
        compute_sudo=True,
        store=True,
        help="The customer; while he is not known, the sender as he names himself.",
    )
    sender_contact = fields.Char(string="Contact Person", copy=False)
    sender_email = fields.Char(string="Sender E-mail", copy=False)
    sender_phone = fields.Char(copy=False)
    sender_vat = fields.Char(string="Sender Tax ID", copy=False)
    sender_address = fields.Text(copy=False)
    partner_ref = fields.Char(
        string="Customer's Number",
        copy=False,
        index="trigram",
        help="The number that the customer gave to the request.",
    )

    # When and how
    channel = fields.Selection(
        CHANNELS, default="manual", required=True, readonly=True, copy=False
    )
    date_sent = fields.Datetime(copy=False, help="When the customer wrote it.")
    date_received = fields.Datetime(required=True, copy=False, default=fields.Datetime.now)
    date_due = fields.Date(
        string="Answer Due",
        copy=False,
        tracking=True,
        help="Until when the customer expects the offer.",
    )

    # What for
    delivery_date_from = fields.Date(string="Delivery From")
    delivery_date_to = fields.Date(string="Delivery Until")
    delivery_address = fields.Text()
    delivery_terms = fields.Text()
    contract_ref = fields.Char(
        string="Contract", help="The contract under which the customer asks."
    )
    contract_date = fields.Date()
    currency_id = fields.Many2one(
        "res.currency",
        string="Wanted Currency",
        help="The currency in which the customer wants the prices.",
    )
    note = fields.Text(string="Customer's Note")
    line_ids = fields.One2many("sale.material.request.line", "request_id", copy=True)
    # stored, since the first page of the register shows them
    line_count = fields.Integer(compute="_compute_line_figures", store=True, copy=False)
    open_line_count = fields.Integer(
        string="Lines without Product",
        compute="_compute_line_figures",
        store=True,
        copy=False,
        help="Lines that nobody has matched to a product yet.",
    )
    problem_line_count = fields.Integer(
        string="Lines to Finish",
        compute="_compute_line_figures",
        store=True,
        copy=False,
        help="Lines of a file in which something was not understood, and lines without a"
        " quantity.",
    )

    suggestion_count = fields.Integer(
        string="Suggestions",
        compute="_compute_suggestion_count",
        help="Lines whose suggested product nobody has accepted yet.",
    )

    # What became of it
    order_ids = fields.Many2many(
        "sale.order",
        relation="sale_material_request_order_rel",
        column1="request_id",
        column2="order_id",
        string="Offers",
        copy=False,
    )
    order_count = fields.Integer(string="Offer Count", compute="_compute_order_count")
    opportunity_id = fields.Many2one("crm.lead", check_company=True, index="btree_not_null")
    date_checked = fields.Datetime(readonly=True, copy=False)
    checked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    close_reason_id = fields.Many2one(
        "crm.lost.reason", string="Reason", readonly=True, copy=False, tracking=True
    )
    close_note = fields.Text(string="Explanation", readonly=True, copy=False)

    # The order of the register, its first page; and doubles by the sender's number.
    _date_received_id_idx = models.Index("(date_received DESC, id DESC)")
    _partner_ref_idx = models.Index("(partner_ref) WHERE partner_ref IS NOT NULL")
    _number_uniq = models.UniqueIndex(
        "(company_id, name)", "A material request with this number is in the register already."
    )
    _delivery_period = models.Constraint(
        "CHECK(delivery_date_to >= delivery_date_from)",
        "The delivery period ends before it begins.",
    )

    @api.depends("user_id", "company_id")
    def _compute_team_id(self):
        teams = {}
        for request in self:
            key = request.company_id, request.user_id
            if key not in teams:
                team = self.env["crm.team"].with_company(request.company_id)
                teams[key] = team._get_default_team_id(user_id=request.user_id.id)
            request.team_id = teams[key]

    @api.depends("partner_id.complete_name", "sender_name")
    def _compute_requester_name(self):
        for request in self:
            request.requester_name = request.partner_id.complete_name or request.sender_name

    @api.depends("line_ids.product_id", "line_ids.problem", "line_ids.state")
    def _compute_line_figures(self):
        """Lines that are answered need no product any more."""
        self.update({"line_count": 0, "open_line_count": 0, "problem_line_count": 0})
        requests = {request._origin: request for request in self}
        for origin, state, count, matched, unclear in self.env[
            "sale.material.request.line"
        ]._read_group(
            [("request_id", "in", self.ids)],
            ["request_id", "state"],
            ["__count", "product_id:count", "problem:count"],
        ):
            request = requests[origin]
            request.line_count += count
            if state in ("open", "offered"):
                request.open_line_count += count - matched
                request.problem_line_count += unclear

    @api.depends("line_ids.product_id", "line_ids.suggested_product_id")
    def _compute_suggestion_count(self):
        for request in self:
            request.suggestion_count = len(
                request.line_ids.filtered(
                    lambda line: line.suggested_product_id and not line.product_id
                )
            )

    @api.depends("order_ids.superseded_by_id")
    def _compute_order_count(self):
        """A revised offer is one offer."""
        for request in self:
            request.order_count = len(request.sudo().order_ids._get_current_revisions())

    @api.depends("partner_id", "sender_name")
    @api.depends_context("show_sender")
    def _compute_display_name(self):
        super()._compute_display_name()
        if self.env.context.get("show_sender"):
            for request in self:
                sender = request.partner_id.name or request.sender_name
                request.display_name = f"{request.name} · {sender}" if sender else request.name

    @api.constrains("state", "close_reason_id")
    def _check_close_reason(self):
        for request in self:
            if request.state in self._closed_without_order() and not request.close_reason_id:
                raise ValidationError(
                    self.env._(
                        "Material request %(name)s cannot be closed without a reason: choose"
                        " why it is lost or not answered.",
                        name=request.name,
                    )
                )

    @api.model
    def _closed_without_order(self):
        return ("lost", "no_bid")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """The numbers come last: whoever arrives meanwhile waits for them until the commit."""
        requests = super().create([{**vals, "name": False} for vals in vals_list])
        self.env.flush_all()
        requests._take_numbers()
        return requests

    def _take_numbers(self):
        for request in self:
            number = self._next_number(request.company_id)
            # past our own write, which keeps a number
            super(SaleMaterialRequest, request).write({"name": number})  # pylint: disable=super-method-mismatch

    @api.model
    def _next_number(self, company):
        """Take the next number of the company's gapless numbering."""
        self._wait_for_numbering(company)
        number = (
            self.env["ir.sequence"]
            .sudo()
            .with_company(company)
            .next_by_code("sale.material.request")
        )
        if not number:
            raise UserError(
                self.env._(
                    "%(company)s has no numbering for material requests: create a sequence with"
                    " the code sale.material.request for it.",
                    company=company.name,
                )
            )
        return number

    @api.model
    def _wait_for_numbering(self, company):
        """Wait until no other arrival has the numbering: core's own lock fails at once.

        Who waited for one that took a number fails to serialize, and is tried again.
        """
        self.env["ir.sequence"].flush_model(["code", "company_id", "implementation"])
        self.env.execute_query(
            SQL(
                "SELECT id FROM ir_sequence WHERE code = 'sale.material.request'"
                " AND implementation = 'no_gap' AND company_id = %s FOR UPDATE",
                company.id,
            )
        )

    def write(self, vals):
        if "name" in vals and any(request.name != vals["name"] for request in self):
            raise UserError(
                self.env._(
                    "Material request %(name)s keeps the number under which it was received.",
                    name=self[:1].name,
                )
            )
        if "state" in vals:
            self._check_transition(vals["state"])
        return super().write(vals)

    def _check_transition(self, target):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for request in self:
            if request.state != target and (request.state, target) not in self._transitions:
                raise UserError(
                    self.env._(
                        "Material request %(name)s is %(state)s and cannot become %(target)s.",
                        name=request.name,
                        state=labels[request.state],
                        target=labels.get(target, target),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_received(self):
        if self:
            raise UserError(
                self.env._(
                    "Material request %(name)s was received and stays in the register: archive"
                    " it instead of deleting it.",
                    name=self[0].name,
                )
            )

    def copy_data(self, default=None):
        return super().copy_data({"channel": "manual", **(default or {})})

    # === ACTIONS === #

    def action_check(self):
        """Match the lines to products and judge them against the assortment, once."""
        self._check_open()
        empty = self.filtered(lambda request: not request.line_ids)[:1]
        if empty:
            raise UserError(
                self.env._(
                    "Material request %(name)s has no lines: add what the customer asks for.",
                    name=empty.name,
                )
            )
        self.line_ids._match_products()
        self.line_ids._judge()
        self.write(self._prepare_checked_values())
        self.filtered(lambda request: request.state == "new").state = "checked"
        return True

    def _prepare_checked_values(self):
        return {"date_checked": fields.Datetime.now(), "checked_by_id": self.env.uid}

    def action_reset(self):
        """Take a closed request up again, with the lines that were closed with it."""
        closed = self.filtered(lambda request: request.state in self._closed_without_order())
        closed._get_lines_closed_with_it()._forget_answer()
        closed.write({"state": "checked", "close_reason_id": False, "close_note": False})
        return True

    def action_create_customer(self):
        """Make the unknown sender a customer."""
        lock_rows(self)
        for request in self.filtered(lambda request: not request.partner_id):
            if not request.sender_name and not request.sender_email:
                raise UserError(
                    self.env._(
                        "Material request %(name)s says nothing about its sender: choose the"
                        " customer or enter the sender's name.",
                        name=request.name,
                    )
                )
            request.partner_id = self.env["res.partner"].create(request._prepare_customer_values())
        return True

    def _prepare_customer_values(self):
        self.ensure_one()
        return {
            "name": self.sender_name or self.sender_email,
            "is_company": bool(self.sender_vat or self.sender_contact),
            "email": self.sender_email,
            "phone": self.sender_phone,
            "vat": self.sender_vat,
            "user_id": self.user_id.id,
            "company_id": self.company_id.id if self._customers_belong_to_company() else False,
            "child_ids": [
                Command.create(
                    {
                        "name": self.sender_contact,
                        "email": self.sender_email,
                        "phone": self.sender_phone,
                    }
                )
            ]
            if self.sender_contact and self.sender_contact != self.sender_name
            else [],
        }

    def _customers_belong_to_company(self):
        """Whether new customers are reserved to the company that received the request."""
        return False

    def action_work_through(self):
        """Open the first line without a product."""
        self.ensure_one()
        return self.line_ids._work_through()

    def action_view_orders(self):
        self.ensure_one()
        return self.order_ids._get_records_action(
            name=self.env._("Offers for %(request)s", request=self.name),
            context={"create": False},
        )

    def action_close(self):
        """Ask why the requests are closed without an order."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_material_request_close_action"
            ),
            "context": {
                "default_request_ids": self.ids,
                "default_state": self.env.context.get("close_as", "lost"),
            },
        }

    # === BUSINESS === #

    def _check_open(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for request in self:
            if request.merged_into_id:
                raise UserError(
                    self.env._(
                        "Material request %(name)s was merged into %(kept)s: work on that one.",
                        name=request.name,
                        kept=request.merged_into_id.name,
                    )
                )
            if request.state in ("won", *self._closed_without_order()):
                raise UserError(
                    self.env._(
                        "Material request %(name)s is closed (%(state)s) and cannot be worked on:"
                        " take it up again or duplicate it.",
                        name=request.name,
                        state=labels[request.state],
                    )
                )
