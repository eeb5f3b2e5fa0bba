from odoo import api, fields, models


class SalePipelineLeadMixin(models.AbstractModel):
    """A row of a lead that its reader may not see: of one handed away, or not accepted yet."""

    _name = "sale.pipeline.lead.mixin"
    _description = "Row of a Lead"

    can_open_lead = fields.Boolean(compute="_compute_can_open_lead")

    @api.depends_context("uid")
    def _compute_can_open_lead(self):
        for row in self:
            lead = self.env["crm.lead"].browse(row.sudo().lead_id.id)
            row.can_open_lead = bool(lead) and lead.has_access("read")

    def action_open_lead(self):
        """Open the lead of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.sudo().lead_id.id,
            "views": [(False, "form")],
        }
