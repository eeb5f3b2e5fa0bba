from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """A merge brings offers to another customer as well."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        before = partners._get_policies_of_sold()
        res = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        partners.exists()._check_policies_kept(before)
        return res
