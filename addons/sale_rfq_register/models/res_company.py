from odoo import api, fields, models
from odoo.fields import Domain


class ResCompany(models.Model):
    _inherit = "res.company"

    offer_confirmation_required = fields.Boolean(
        string="Customer Confirms the Configuration",
        help="New offers ask for the customer's confirmation of the exact composition, and no"
        " order is made without it.",
    )
    offer_receipt_requested = fields.Boolean(
        string="Offers Ask for Confirmation of Receipt",
        default=True,
        help="An offer that is sent has a link where the customer confirms that he has it; it can"
        " be left out of each sending.",
        prefetch="offer",
    )
    invoice_receipt_requested = fields.Boolean(
        string="Invoices Ask for Confirmation of Receipt",
        help="An invoice that is sent has a link where the customer confirms that he has it; it"
        " can be left out of each sending.",
        prefetch="offer",
    )
    receipt_days = fields.Integer(
        string="Days until a Receipt Is Chased",
        default=3,
        help="Calendar days after the sending; then the salesperson gets a task.",
        aggregator=None,
        prefetch="offer",
    )
    _receipt_days_positive = models.Constraint(
        "CHECK(receipt_days >= 0)", "A receipt cannot be expected before the sending."
    )

    offer_expiry_reminder_days = fields.Integer(
        string="Reminder before an Offer Expires",
        default=3,
        help="How many days before the expiration of an offer its salesperson gets a task; 0 for"
        " none.",
        prefetch="offer",
    )

    offer_approval_keep_harmless = fields.Boolean(
        string="Keep the Approval when a Change Makes Nothing Worse",
        help="An approved offer stays approved when neither its highest discount and amount rise"
        " nor its margins fall, and only lines without delivery terms and alternatives changed."
        " Any other change voids the approval.",
        prefetch="offer",
    )
    offer_base_chance = fields.Float(
        string="Chance of an Offer",
        default=50.0,
        help="How probable it is, in %, that an offer becomes an order; multiplied by the"
        " customer's own chance.",
    )
    _offer_base_chance_range = models.Constraint(
        "CHECK(offer_base_chance >= 0 AND offer_base_chance <= 100)",
        "The chance of an offer is between 0 and 100 %.",
    )

    invoice_release_required = fields.Boolean(
        string="Approve Invoices",
        help="Invoices, credit notes and receipts to customers are confirmed only after a person"
        " with the right for it has approved them as they are.",
    )
    invoice_release_four_eyes = fields.Boolean(
        string="Four Eyes for Invoices",
        default=True,
        help="Neither who drew an invoice up nor who requests its approval approves it.",
        prefetch="offer",
    )

    material_request_alias_id = fields.Many2one(
        "mail.alias",
        string="Address for Requests",
        copy=False,
        ondelete="set null",
        prefetch="offer",
    )
    material_request_alias_name = fields.Char(
        string="Local Part of the Address for Requests",
        compute="_compute_material_request_alias_name",
        inverse="_inverse_material_request_alias_name",
        help="E-mails to this address become material requests of the company.",
    )

    @api.depends("material_request_alias_id.alias_name")
    def _compute_material_request_alias_name(self):
        for company in self:
            company.material_request_alias_name = (
                company.sudo().material_request_alias_id.alias_name
            )

    def _inverse_material_request_alias_name(self):
        for company in self.sudo():
            name = company.material_request_alias_name
            if company.material_request_alias_id:
                company.material_request_alias_id.alias_name = name
            elif name:
                company.material_request_alias_id = self.env["mail.alias"].create(
                    company._prepare_material_request_alias_values(name)
                )

    def _prepare_material_request_alias_values(self, name):
        self.ensure_one()
        return {
            "alias_name": name,
            "alias_domain_id": self.alias_domain_id.id,
            "alias_model_id": self.env["ir.model"]._get_id("sale.material.request"),
            "alias_contact": "everyone",
            "alias_defaults": {"company_id": self.id},
        }

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_material_request_sequences()
        return companies

    def write(self, vals):
        res = super().write(vals)
        if "invoice_release_required" in vals:
            self._renew_release_states()
        return res

    def _renew_release_states(self):
        """Only drafts and what went through an approval: years of invoices stay as they are."""
        moves = self.env["account.move"].sudo()
        domain = Domain("company_id", "in", self.ids) & (
            Domain("state", "=", "draft") | Domain("invoice_release_log_ids", "!=", False)
        )
        state = moves._fields["invoice_release_state"]
        self.env.add_to_compute(state, moves.search(domain & moves._get_release_domain()))

    @api.model
    def _create_missing_material_request_sequences(self):
        """Give a numbering to the companies that were there before the register."""
        numbered = self.env["ir.sequence"].search(
            [("code", "=", "sale.material.request"), ("company_id", "!=", False)]
        )
        companies = self.env["res.company"].with_context(active_test=False).search([])
        (companies - numbered.company_id)._create_material_request_sequences()

    def _create_material_request_sequences(self):
        self.env["ir.sequence"].sudo().create(
            [company._prepare_material_request_sequence_values() for company in self]
        )

    def _prepare_material_request_sequence_values(self):
        self.ensure_one()
        return {
            "name": self.env._("Material requests of %(company)s", company=self.name),
            "code": "sale.material.request",
            "implementation": "no_gap",
            "prefix": "MR",
            "padding": 5,
            "company_id": self.id,
        }
