from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Results follow, although no foreign key says so; what they were classed as stays."""
        super()._update_foreign_keys(src_partners, dst_partner)
        self.env.cr.execute(
            SQL(
                "UPDATE sale_abc_result SET partner_id = %s WHERE partner_id = ANY(%s)",
                dst_partner.id,
                src_partners.ids,
            )
        )
        self._settle_classes(dst_partner)

    @api.model
    def _settle_classes(self, partner):
        """Of what was set by hand for several of them the latest holds, and is written."""
        overrides = self.env["sale.abc.override"].sudo()
        held = overrides.search([("partner_id", "=", partner.id), ("ended_on", "=", False)])
        for company, found in held.grouped("company_id").items():
            found[1:]._end()
            self.env["sale.abc.profile"]._refresh("customer", company)
