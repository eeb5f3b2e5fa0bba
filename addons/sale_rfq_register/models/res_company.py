from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    offer_confirmation_required = fields.Boolean(
        string="Customer Confirms the Configuration",
        help="New offers ask for the customer's confirmation of the exact composition, and no"
        " order is made without it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_material_request_sequences()
        return companies

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
