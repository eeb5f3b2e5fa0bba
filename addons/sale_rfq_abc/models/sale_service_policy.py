from odoo import api, models


class SaleServicePolicy(models.Model):
    _inherit = "sale.service.policy"

    @api.model
    def _get_for_documents(self, documents):
        """The policy of each document's customer in the document's own company.

        :param documents: records with a customer (``partner_id``) and a company
        :return: ``{document: policy, which may be empty}``
        """
        found = {}
        for company, ones in documents.grouped("company_id").items():
            held = self._get_for(ones.partner_id, company)
            for document in ones:
                found[document] = held.get(document.partner_id, self.browse())
        return found

    @api.model
    def _is_tested(self, company):
        """Whether offers of the company need an approval beyond a policy."""
        tiers = self.env["tier.definition"].sudo()
        facts = set(self.env["sale.order"]._get_policy_facts())
        return any(
            facts & tier._get_tested_fields()
            for tier in tiers.browse(tiers._get_offer_tier_ids(company.id))
        )
