from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Refuse to merge two people who both have commission: core would delete rows.

        :raise UserError: names them
        """
        entries = self.env["commission.split.entry"].sudo()
        paid = [
            person
            for person in src_partners | dst_partner
            if entries.search_count([("person_id", "=", person.id)], limit=1)
        ]
        if len(paid) > 1:
            raise UserError(
                self.env._(
                    "%s both have rows in the commission ledger, which nobody may mix: they stay"
                    " two people. Archive the one that is not used any more.",
                    ", ".join(person.name for person in paid),
                )
            )
        return super()._update_foreign_keys(src_partners, dst_partner)
