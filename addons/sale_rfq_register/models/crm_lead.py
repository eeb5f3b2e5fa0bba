from odoo import fields, models


class CrmLead(models.Model):
    """Leads made of material requests, which wait for the customer."""

    _inherit = "crm.lead"

    material_request_count = fields.Integer(
        compute="_compute_material_request_count",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )

    def _compute_material_request_count(self):
        counts = dict(
            self.env["sale.material.request"]._read_group(
                self._get_material_request_domain(), ["opportunity_id"], ["__count"]
            )
        )
        for lead in self:
            lead.material_request_count = counts.get(lead._origin, 0)

    def action_view_material_requests(self):
        self.ensure_one()
        requests = self.env["sale.material.request"].search(self._get_material_request_domain())
        return requests._get_records_action(
            name=self.env._("Requests of %(lead)s", lead=self.name), context={"create": False}
        )

    def _get_material_request_domain(self):
        return [("opportunity_id", "in", self.ids)]

    def write(self, vals):
        res = super().write(vals)
        if vals.get("partner_id"):
            customer = self.env["res.partner"].sudo().browse(vals["partner_id"])
            self._find_material_requests()._take_customer_of_lead(customer)
        return res

    def _merge_dependences(self, opportunities):
        """Requests follow their lead into the one that is kept."""
        requests = opportunities._find_material_requests()
        if self.company_id:
            requests = requests.filtered(lambda request: request.company_id == self.company_id)
        requests.opportunity_id = self
        if self.partner_id:
            requests._take_customer_of_lead(self.partner_id.sudo())
        return super()._merge_dependences(opportunities)

    def _find_material_requests(self):
        """All their requests: who converts a lead may not see each of them."""
        return (
            self.env["sale.material.request"]
            .sudo()
            .with_context(active_test=False)
            .search(self._get_material_request_domain())
        )
