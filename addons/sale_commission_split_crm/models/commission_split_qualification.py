from odoo import api, fields, models


class CommissionSplitQualification(models.Model):
    """Who made an opportunity of a lead, and when: once for each lead, whatever comes later.

    Core keeps the day of a conversion, not its author.
    """

    _name = "commission.split.qualification"
    _inherit = ["sale.audit.row"]
    _description = "Qualified Lead"
    _order = "date desc, id desc"
    _rec_name = "lead_name"
    _check_company_auto = True

    lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="set null", index=True)
    lead_ref = fields.Integer(string="Number of the Lead", readonly=True, aggregator=None)
    lead_name = fields.Char(string="Name of the Lead", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    team_id = fields.Many2one("crm.team", readonly=True, ondelete="set null")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _once = models.UniqueIndex("(lead_ref)", "A lead is qualified once.")

    def _get_system_fields(self):
        return set(self._fields) - set(models.MAGIC_COLUMNS)

    @api.model
    def _add(self, leads):
        """Remember who qualified leads that were not yet qualified."""
        known = self.sudo().search([("lead_ref", "in", leads.ids)]).mapped("lead_ref")
        self.sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "lead_ref": lead.id,
                    "lead_name": lead.name,
                    "company_id": (lead.company_id or self.env.company).id,
                    "user_id": self.env.uid,
                    "team_id": lead.team_id.id,
                }
                for lead in leads
                if lead.id not in known
            ]
        )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def write(self, vals):
        """A lead that becomes an opportunity was qualified by whoever did it."""
        leads = self.browse()
        if vals.get("type") == "opportunity":
            leads = self.filtered(lambda lead: lead.type == "lead")
        result = super().write(vals)
        if leads and not self.env.user._is_superuser():
            self.env["commission.split.qualification"]._add(leads)
        return result
