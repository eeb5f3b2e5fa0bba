from odoo import api, models

from ..locking import lock_rows


class SaleMaterialRequest(models.Model):
    """The buttons that make offers: they say first what is left out, and make an offer once."""

    _inherit = "sale.material.request"

    def action_create_offer(self):
        """Make an offer of the open lines of each request, and open it.

        Where there is nothing left to offer since somebody has just offered it, what he made is
        opened.
        """
        lock_rows(self)
        requests = self.with_context(offer_only_new_lines=True)
        offered = requests.filtered(lambda request: request._is_offered_meanwhile())
        return (requests - offered)._ask_or_create_offers(offered._get_offers_in_use())

    def action_create_another_offer(self):
        """Offer again what is not ordered, beside the offers that there are."""
        at_once = lock_rows(self)
        offered = self.filtered(
            lambda request: (at_once and request.order_ids) or request._has_more_offers_than_seen()
        )
        return (self - offered)._ask_or_create_offers(offered._get_offers_in_use()[:1])

    def _ask_or_create_offers(self, orders):
        """Make offers and open them together with ``orders``; ask first where the form does."""
        if self.env.context.get("ask_left_out") and self._get_left_out_lines():
            for request in self:
                request._check_offerable()
            return self._ask_about_left_out()
        made = self._create_offers() if self else orders.browse()
        return (orders | made)._get_records_action()

    def _ask_about_left_out(self):
        context = self.env.context
        count = max(self.mapped("order_count"))
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_offer_create_action"
            ),
            "context": {
                "dialog_size": "large",
                "default_request_ids": self.ids,
                "default_is_again": not context.get("offer_only_new_lines"),
                "default_seen_offer_count": context.get("seen_offer_count", count),
            },
        }

    def _is_offered_meanwhile(self):
        """Whether the lines that can be offered are in offers by now."""
        self.ensure_one()
        states = self.line_ids.mapped("state")
        return "offered" in states and not self._get_offerable_lines()

    def _has_more_offers_than_seen(self):
        """Whether offers were made since the form was opened in which the button is pressed."""
        self.ensure_one()
        seen = self.env.context.get("seen_offer_count")
        return seen is not None and self.order_count > seen

    def _get_offers_in_use(self):
        """Offers of lines that are offered, the newest first."""
        positions = self.line_ids.sudo().order_line_ids.filtered(
            lambda position: position._get_request_answer() in ("offered", "optional")
        )
        return positions.order_id.sorted("id", reverse=True).sudo(self.env.su)

    @api.model
    def _create_joint_offers(self, groups):
        requests = self.browse().union(*groups)
        requests.check_access("write")
        lock_rows(requests)
        return super()._create_joint_offers(groups)
