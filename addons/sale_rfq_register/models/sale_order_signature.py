from odoo import models
from odoo.tools import SQL

from ..fingerprint import fingerprint


class SaleOrder(models.Model):
    """A signature on the portal stands under what the customer was shown, and nothing else."""

    _inherit = "sale.order"

    def _get_shown_content(self):
        """What the customer signs: each line with its price and delivery term, and the total."""
        self.ensure_one()
        order = self.sudo()
        return {
            "lines": [
                {**line._get_composition_row(), **line._get_price_row({})}
                for line in order._get_composition_lines()
            ],
            "currency": order.currency_id.name,
            "total": f"{order.amount_total:.{order.currency_id.decimal_places}f}",
        }

    def _get_shown_fingerprint(self):
        """Of the offer as it is now; the page sends it back with the signature."""
        return fingerprint(self._get_shown_content())

    def _get_signature_refusal(self, shown):
        """Why the customer has to look at the offer again; ``False`` if he may sign.

        :param shown: the fingerprint of what he was shown. Without one, as from a program, an
            offer with something to choose from is not signed.
        """
        self.ensure_one()
        order = self.sudo()
        is_free = not shown and not order.term_ids and not order.alternative_ids
        if is_free or shown == self._get_shown_fingerprint():
            return False
        return self.env._(
            "The offer has been changed since you opened it. Please reload the page and look"
            " at it again."
        )

    def _lock_for_choice(self):
        """Let a signature collide with a choice, also where the amounts stay the same.

        An update and not only a lock: the one of the two that comes second fails to serialize, and
        is tried again with what the first has written.
        """
        ids = self.filtered(lambda order: order.state == "sent").ids
        if ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE sale_order SET offer_choice_date = offer_choice_date WHERE id IN %s",
                    tuple(ids),
                )
            )
