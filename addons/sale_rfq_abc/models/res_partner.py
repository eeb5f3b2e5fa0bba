from odoo import models
from odoo.exceptions import UserError

# what makes a contact belong to another customer
MOVING = {"parent_id", "is_company", "commercial_partner_id"}


class ResPartner(models.Model):
    """What a salesperson decides alone goes by the customer; nobody borrows one for an offer."""

    _inherit = "res.partner"

    def write(self, vals):
        if vals.keys().isdisjoint(MOVING):
            return super().write(vals)
        before = self._get_policies_of_sold()
        res = super().write(vals)
        self._check_policies_kept(before)
        return res

    def _get_policies_of_sold(self):
        """The policies of offers and orders of these contacts, to be compared with later.

        Nothing where the system or a sales administrator acts.

        :return: ``{order: policies whose limits count}``
        """
        if self.env.su or self.env.user.has_group("sales_team.group_sale_manager"):
            return {}
        contacts = self.sudo().with_context(active_test=False)
        contacts = contacts.search([("id", "child_of", self.ids)])
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    "|",
                    ("partner_id", "in", contacts.ids),
                    ("partner_invoice_id", "in", contacts.ids),
                ]
            )
        )
        policies = self.env["sale.service.policy"]
        return {
            order: order._get_limiting_policies()
            for company, sold in orders.grouped("company_id").items()
            if policies._is_tested(company)
            for order in sold
        }

    def _check_policies_kept(self, before):
        """Refuse that an open offer comes within other limits, or an order beyond them.

        :param before: what ``_get_policies_of_sold`` gave before the change
        :raise UserError: names the offer and the way out
        """
        for order, old in before.items():
            new = order._get_limiting_policies()
            if new == old:
                continue
            was, is_now = any(order._get_beyond(old)), any(order._get_beyond(new))
            if is_now != was and is_now == (order.state == "sale"):
                raise UserError(
                    self.env._(
                        "%(offer)s would come under the service policy of another customer, which"
                        " leaves a salesperson other limits. Let a sales administrator make the"
                        " change.",
                        offer=order.name,
                    )
                )
