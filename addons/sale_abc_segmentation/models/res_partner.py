from odoo import api, fields, models

from .sale_abc_class_mixin import READERS


class ResPartner(models.Model):
    """A customer carries the classes of his company in the widest sense: those of its invoices."""

    _name = "res.partner"
    _inherit = ["res.partner", "sale.abc.class.mixin"]

    abc_result_ids = fields.One2many(
        "sale.abc.result", "partner_id", string="Class History", groups=READERS
    )
    service_policy_id = fields.Many2one(
        "sale.service.policy", compute="_compute_service_policy_id", groups=READERS
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id.abc_class", "commercial_partner_id.xyz_class")
    def _compute_service_policy_id(self):
        policies = self.env["sale.service.policy"]._get_for(self)
        for partner in self:
            partner.service_policy_id = policies[partner]

    def _get_abc_subject_field(self):
        return "partner_id"

    def _get_abc_subject(self):
        return self.commercial_partner_id
