from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SaleMaterialRequest(models.Model):
    """Offers made of requests: one of each, one of several, and what they leave out (O1)."""

    _inherit = "sale.material.request"

    def _create_offers(self):
        """Create one offer for each request.

        :return: the new ``sale.order`` records
        :raise UserError: when a request has no customer, is not checked, or none of its lines
            can be offered
        """
        return self._create_joint_offers(list(self))

    @api.model
    def _create_joint_offers(self, groups):
        """Create one offer for each group of requests, all of them in one go.

        :param groups: list of ``sale.material.request`` recordsets, each of one customer
        :return: the new ``sale.order`` records, in the order of the groups
        :raise UserError: as ``_create_offers``
        """
        requests = self.browse().union(*groups)
        for request in requests:
            request._check_offerable()
        offerable = requests._get_offerable_lines()
        chosen = offerable._get_learnable_lines()
        orders = self.env["sale.order"].create(
            [group._prepare_joint_offer_values() for group in groups]
        )
        offerable.filtered("date_declined").date_declined = False
        orders._propose_delivery_date()
        requests.filtered(lambda request: request.state == "checked").state = "offered"
        # after their creation no line waits for an offer any more
        self.with_context(offer_only_new_lines=False)._log_offers(
            [
                (group.with_context(offer_only_new_lines=False), order)
                for group, order in zip(groups, orders, strict=True)
            ]
        )
        self.env["sale.customer.article"]._learn(chosen)
        return orders

    def _check_offerable(self):
        self.ensure_one()
        self._check_open()
        obstacle = self._get_offer_obstacle()
        if obstacle:
            raise UserError(obstacle)

    def _get_offer_obstacle(self):
        """Why no offer can be made of this open request, or ``False``."""
        self.ensure_one()
        if not self.partner_id:
            return self.env._(
                "Material request %(name)s has no customer: choose one or create it from"
                " the sender.",
                name=self.name,
            )
        if not self._get_offerable_lines():
            return self.env._(
                "Material request %(name)s has no line that can be offered: match its lines"
                " to products that are sold, enter their quantities and check it again.",
                name=self.name,
            )
        return False

    def _get_offerable_lines(self):
        """Lines with a product that is sold and with a quantity."""
        return self.line_ids.filtered(
            lambda line: line.verdict == "sellable" and line.quantity > 0
        )

    def _prepare_offer_values(self):
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "opportunity_id": self.opportunity_id.id,
            "client_order_ref": self.partner_ref,
            # quoted in the e-mail with the offer, where the customer looks for his own number
            "origin": ", ".join(filter(None, [self.partner_ref, self.name])),
            "commitment_date": self._get_promised_date(),
            **self._prepare_offer_currency_values(),
            "request_ids": [Command.link(self.id)],
            "order_line": [
                Command.create(line._prepare_offer_line_values())
                for line in self._get_offerable_lines()
            ],
        }

    def _prepare_offer_currency_values(self):
        """A price list in the wanted currency, where the customer's own is in another one."""
        self.ensure_one()
        own = self.partner_id.with_company(self.company_id).property_product_pricelist
        wanted = self._get_offer_currency()
        if not wanted or (own.currency_id or self.company_id.currency_id) == wanted:
            return {}
        pricelist = self.env["product.pricelist"].search(
            [
                ("currency_id", "=", wanted.id),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=1,
        )
        return {"pricelist_id": pricelist.id} if pricelist else {}

    def _get_offer_currency(self):
        """The currency that the prices of the offer are wanted in; none is the customer's own."""
        self.ensure_one()
        return self.currency_id

    def _get_promised_date(self):
        """The last day of the wanted delivery period, unless it is over already."""
        self.ensure_one()
        day, company = self.delivery_date_to, self.company_id
        if day and day >= company._get_today():
            return company._get_day_moment(day)
        return False

    @api.model
    def _log_offers(self, pairs):
        """Tell the requests of their offers and the offers of their requests.

        :param pairs: list of ``(requests, order)``
        """
        orders = self.env["sale.order"].union(*[order for _requests, order in pairs])
        orders._message_log_batch(
            {
                order.id: self.env._(
                    "Made from %(requests)s.",
                    requests=Markup(", ").join(request._get_html_link() for request in requests),
                )
                for requests, order in pairs
            }
        )
        self.union(*[requests for requests, _order in pairs])._message_log_batch(
            {
                request.id: self.env._("Offer %(offer)s created.", offer=order._get_html_link())
                for requests, order in pairs
                for request in requests
            }
        )
        self._log_other_currency(pairs)
        self._log_left_out_lines(pairs)
        for requests, order in pairs:
            requests._log_left_out(order)

    @api.model
    def _log_other_currency(self, pairs):
        bodies = {
            order.id: self.env._(
                "The customer wants prices in %(wanted)s, but there is no price list in it:"
                " the prices are in %(used)s.",
                wanted=requests.currency_id[:1].name,
                used=order.currency_id.name,
            )
            for requests, order in pairs
            if requests.currency_id - order.currency_id
        }
        self.env["sale.order"].browse(bodies)._message_log_batch(bodies)

    @api.model
    def _log_left_out_lines(self, pairs):
        """Say on both sides which lines are not in the offer, and why."""
        pairs = [(requests, order) for requests, order in pairs if requests._get_left_out_lines()]
        bodies = {order.id: requests._describe_left_out(order) for requests, order in pairs}
        self.env["sale.order"].browse(bodies)._message_log_batch(bodies)
        told = {
            request.id: request._describe_left_out(order)
            for requests, order in pairs
            for request in requests
            if request._get_left_out_lines()
        }
        self.browse(told)._message_log_batch(told)

    def _describe_left_out(self, order):
        """The lines that are not in the offer, by reason, as the chatter tells it."""
        return Markup("%s:%s") % (
            self._get_left_out_notice(order),
            self._describe_by_reason(self._get_left_out_lines()),
        )

    def _log_left_out(self, order):
        """Say what else the offer does not have; a bridge knows more of it."""
