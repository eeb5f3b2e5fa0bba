from odoo import api, models


class SaleOrder(models.Model):
    """The delivery term of the whole offer is approved with it."""

    _inherit = "sale.order"

    @api.model
    def _get_offer_content_fields(self):
        return [*super()._get_offer_content_fields(), "incoterm", "incoterm_location"]

    def _get_offer_content(self):
        return {
            **super()._get_offer_content(),
            "incoterm": self.incoterm.id,
            "incoterm_place": self.incoterm_location or "",
        }

    def write(self, vals):
        partner_id = vals.get("partner_shipping_id")
        if (
            partner_id
            and self.env.context.get("update_delivery_shipping_partner")
            and self.env["stock.move"]._is_guarded()
        ):
            # core writes it too, before the order names him
            self.check_access("write")
            self.sudo().picking_ids.partner_id = partner_id
        res = super().write(vals)
        if "commitment_date" in vals and self.env["tier.definition"]._has_offer_tiers():
            self._date_first_steps()
        return res

    def _leave_transfers_of_others(self):
        """Take off references under which goods of others are on their way to customers.

        Its own would join them in one transfer, and be cancelled, or stay, with them. Core gives
        it a reference of its own.
        """
        for order in self.sudo():
            others = order.stock_reference_ids.filtered(
                lambda reference, order=order: any(
                    move.state not in ("done", "cancel")
                    and move._leads_to_customer()
                    and move._get_shipped_orders() != order
                    for move in reference.move_ids
                )
            )
            if others and order._get_tiers_in_force():
                order.stock_reference_ids -= others

    def _date_first_steps(self):
        """Core dates only what goes to the customer by itself, and then cannot lower the rest."""
        for order in self.filtered(lambda order: order._get_tiers_in_force()):
            moves = order.sudo().order_line.move_ids.filtered(
                lambda move: (
                    move.state not in ("done", "cancel")
                    and move.location_dest_id.usage != "customer"
                    and move._leads_to_customer()
                )
            )
            moves.date_deadline = order.commitment_date or order.expected_date

    def _action_cancel(self):
        """With the order all of its transfers are cancelled, returns too."""
        if self.env["stock.move"]._is_guarded():
            pickings = self.sudo().picking_ids
            pickings.filtered(lambda picking: picking.state != "done").action_cancel()
        return super()._action_cancel()

    def _prepare_delivery_term_values(self, term):
        """The order, its deliveries and its invoices show the term that was chosen."""
        return {
            **super()._prepare_delivery_term_values(term),
            "incoterm": term.incoterm_id.id,
            "incoterm_location": term.place,
        }
