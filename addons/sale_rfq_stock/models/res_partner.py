from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Where goods go that a customer gets is the warehouse's to say."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        names = {name for vals in vals_list for name in vals}
        if {"property_stock_customer"} & names or (
            "default_property_stock_customer" in self.env.context
        ):
            partners._check_customer_place()
        return partners

    def write(self, vals):
        res = super().write(vals)
        if "property_stock_customer" in vals:
            self._check_customer_place()
        return res

    def _check_customer_place(self):
        """An order for an address within the store would be delivered by a transfer within it.

        :raise UserError: names the contact, the place and the way out
        """
        if not self.env["stock.move"]._is_guarded():
            return
        for partner in self:
            place = partner.sudo().property_stock_customer
            if not place or not place._is_outgoing():
                raise UserError(
                    self.env._(
                        "Goods for %(partner)s would go to %(place)s, which is no place of"
                        " customers. Let the warehouse set it, or leave it as it is.",
                        partner=partner.display_name,
                        place=place.display_name or "–",
                    )
                )
