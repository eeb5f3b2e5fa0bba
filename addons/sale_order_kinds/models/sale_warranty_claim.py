from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("settled", "Settled"),
    ("cancel", "Cancelled"),
]


class SaleWarrantyClaim(models.Model):
    """A customer's complaint about delivered goods, and how it is settled."""

    _name = "sale.warranty.claim"
    _description = "Warranty Claim"
    _inherit = ["sale.document.mixin", "portal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_complaint desc, id desc"
    _rec_names_search = ["name", "customer_ref", "partner_id.name", "picking_id.name"]
    _check_company_auto = True
    _mail_post_access = "read"  # the customer and logistics write messages

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    state = fields.Selection(
        STATES, string="Status", default="draft", required=True, copy=False, tracking=True
    )
    active = fields.Boolean(default=True, copy=False)
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
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Complaining Company",
        related="partner_id.commercial_partner_id",
        store=True,
        index=True,
    )
    customer_ref = fields.Char(string="Customer's Number")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index=True,
        default=lambda self: self.env.user,
        check_company=True,
        tracking=True,
    )
    date_complaint = fields.Date(
        string="Complaint of",
        required=True,
        compute="_compute_date_complaint",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
        tracking=True,
        help="The day on which the customer complained; it decides on the warranty.",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        check_company=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        domain="[('state', '=', 'done'), ('picking_type_code', '=', 'outgoing'), '|',"
        " ('sale_id.partner_id.commercial_partner_id', '=', commercial_partner_id),"
        " ('partner_id.commercial_partner_id', '=', commercial_partner_id)]",
        help="The delivery that the complaint is about.",
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        related="picking_id.sale_id",
        store=True,
        index="btree_not_null",
    )
    description = fields.Text(help="What the customer reports.")
    line_ids = fields.One2many("sale.warranty.claim.line", "claim_id", copy=False)
    has_tracked_lines = fields.Boolean(compute="_compute_has_tracked_lines")
    currency_id = fields.Many2one(related="company_id.currency_id")
    submitted_on = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    reject_reason = fields.Text(string="Why Rejected", copy=False, tracking=True)

    _name_unique = models.UniqueIndex("(name)", "There is already a claim with this number.")

    @api.depends("company_id")
    def _compute_date_complaint(self):
        for claim in self:
            claim.date_complaint = claim.date_complaint or claim.company_id._get_today()

    @api.depends("line_ids.tracking")
    def _compute_has_tracked_lines(self):
        for claim in self:
            claim.has_tracked_lines = any(line.tracking != "none" for line in claim.line_ids)

    @api.constrains("partner_id", "picking_id", "company_id")
    def _check_origin(self):
        for claim in self.filtered("picking_id"):
            problem = claim._get_origin_problem()
            if problem:
                raise ValidationError(problem)

    def _get_origin_problem(self):
        """Why the delivery cannot be the origin of the claim, or False."""
        self.ensure_one()
        picking = self.picking_id.sudo()
        names = {"claim": self.name, "delivery": picking.name}
        if picking.state != "done" or not picking.move_ids._filter_claimable():
            return self.env._(
                "Claim %(claim)s: %(delivery)s is not a delivery to a customer that is done."
                " Choose the delivery that brought the goods.",
                **names,
            )
        customer = picking._get_warranty_customer()
        if customer != self.partner_id.commercial_partner_id:
            return self.env._(
                "Claim %(claim)s is of %(partner)s, but %(delivery)s went to %(customer)s: choose"
                " a delivery of the customer who complains.",
                partner=self.partner_id.commercial_partner_id.display_name,
                customer=customer.display_name,
                **names,
            )
        return False

    def _compute_access_url(self):
        super()._compute_access_url()
        for claim in self:
            claim.access_url = f"/my/claims/{claim.id}"

    # -- what was submitted is not changed -------------------------------------------------------

    def _get_content_fields(self):
        """Names of the fields that say what the customer reported: fixed when submitted."""
        return {"company_id", "partner_id", "picking_id", "date_complaint", "description"}

    def _get_decision_fields(self):
        """Names of the fields that only the buttons set."""
        return {"name", "state", "submitted_on", "decided_by_id", "decided_on"}

    def _complete_new_values(self, vals_list):
        for vals in vals_list:
            vals["name"] = self._get_next_number()

    def _get_next_number(self):
        number = self.env["ir.sequence"].sudo().next_by_code("sale.warranty.claim")
        if not number:
            raise UserError(
                self.env._(
                    "Warranty claims have no numbering: make a sequence with the code"
                    " sale.warranty.claim."
                )
            )
        return number

    def _get_decision_refusal(self):
        return self.env._("Number, status and decision of a claim are set by its buttons.")

    def _get_draft_refusal(self):
        return self.env._(
            "Claim %(claim)s was submitted: what the customer reported is not changed any more."
            " Cancel it and open another one.",
            claim=self.name,
        )

    def _get_state_refusal(self, state, wanted):
        return self.env._(
            "Claim %(claim)s is “%(state)s”: this is possible only for “%(wanted)s”.",
            claim=self.name,
            state=state,
            wanted=wanted,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for claim in self:
            if claim.submitted_on or claim.state != "draft":
                raise UserError(
                    self.env._(
                        "Claim %(claim)s was submitted and stays on record: cancel or archive it.",
                        claim=claim.name,
                    )
                )
