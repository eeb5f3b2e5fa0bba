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
