from odoo import models
from odoo.exceptions import UserError

# what makes a contact belong to another customer
MOVING = {"parent_id", "is_company", "commercial_partner_id"}


class ResPartner(models.Model):
    """What a salesperson decides alone goes by the customer; nobody borrows one for an offer."""

    _inherit = "res.partner"

    def write(self, vals):
        if self.env.su or vals.keys().isdisjoint(MOVING) or self._is_policy_administrator():
            return super().write(vals)
        before = self._get_policies_of_sold()
        res = super().write(vals)
        self._check_policies_kept(before)
        return res

    def _is_policy_administrator(self):
        return self.env.user.has_group("sales_team.group_sale_manager")

    def _get_policies_of_sold(self):
        """``{(company, contact): policy}`` of those with offers or orders, where tiers ask."""
        found = {}
        orders = self.env["sale.order"].sudo()
        contacts = self.sudo().with_context(active_test=False)
        contacts = contacts.search([("id", "child_of", self.ids)])
        for role in ("partner_id", "partner_invoice_id"):
            domain = [(role, "in", contacts.ids), ("state", "!=", "cancel")]
            for company, sold in orders._read_group(domain, ["company_id"], [f"{role}:recordset"]):
                if not self.env["sale.service.policy"]._is_tested(company):
                    continue
                held = self.env["sale.service.policy"].sudo()._get_for(sold, company)
                found.update({(company, contact): held.get(contact) for contact in sold})
        return found

    def _check_policies_kept(self, before):
        """:raise UserError: names the contact whose limits would be others, and the way out"""
        after = self._get_policies_of_sold()
        for (company, contact), policy in before.items():
            if after[company, contact] != policy:
                raise UserError(
                    self.env._(
                        "%(contact)s has offers or orders in %(company)s, and would be under the"
                        " service policy of another customer. Let a sales administrator make the"
                        " change.",
                        contact=contact.name or contact.display_name,
                        company=company.name,
                    )
                )
