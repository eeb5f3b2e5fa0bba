import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH = 50


class SaleMaterialRequest(models.Model):
    """Offers for many requests at once (R5)."""

    _inherit = "sale.material.request"

    def action_view_orders(self):
        action = super().action_view_orders()
        action["context"] = {**action["context"], "search_default_current_revisions": True}
        return action

    def _get_offerable_lines(self):
        """What is neither ordered nor closed; mostly only what no offer in use has yet."""
        only_new = self.env.context.get("offer_only_new_lines")
        wanted = ("open",) if only_new else ("open", "offered", "declined")
        return super()._get_offerable_lines().filtered(lambda line: line.state in wanted)

    def _get_mass_obstacle(self):
        """Why a mass run leaves the request out, or ``False``."""
        self.ensure_one()
        if self.state in ("won", *self._closed_without_order()) or not self.active:
            return self.env._("The request is closed.")
        if not self.partner_id:
            return self.env._("The sender is unknown: choose the customer.")
        if self.state == "new":
            return self.env._("The request is not checked yet.")
        if not self.with_context(offer_only_new_lines=False)._get_offerable_lines():
            return self.env._("No line matches the assortment.")
        if not self._get_offerable_lines():
            offers = self._get_offers_in_use().mapped("name")
            return self.env._(
                "Every line is offered already: %(offers)s.", offers=", ".join(offers)
            )
        return False

    # === CREATION === #

    def _group_for_offers(self, by_customer):
        """The requests that go into one offer each."""
        if not by_customer:
            return list(self)
        return list(self.grouped(lambda request: request._get_joint_offer_key()).values())

    def _get_joint_offer_key(self):
        """Requests with the same key may share an offer."""
        self.ensure_one()
        return (self.company_id, self.commercial_partner_id, self.currency_id, self.user_id)

    def _prepare_joint_offer_values(self):
        """Values of one offer for these requests; what they do not share is not promised."""
        first, *others = [request._prepare_offer_values() for request in self]
        for values in others:
            first["request_ids"] = first["request_ids"] + values["request_ids"]
            first["order_line"] = first["order_line"] + values["order_line"]
            for name in ("origin", "client_order_ref"):
                first[name] = self._join_words(first[name], values[name])
            dates = [first["commitment_date"], values["commitment_date"]]
            first["commitment_date"] = min(dates) if all(dates) else False
            if first["opportunity_id"] != values["opportunity_id"]:
                first["opportunity_id"] = False
        return first

    @api.model
    def _join_words(self, *words):
        parts = [part for word in words if word for part in word.split(", ")]
        return ", ".join(dict.fromkeys(parts)) or False

    @api.model
    def _create_offers_in_mass(self, groups):
        """Create an offer for each group; one that fails takes no other with it.

        :param groups: list of recordsets of requests
        :return: ``(made, failed)``: lists of ``(requests, order)`` and ``(requests, reason)``
        """
        made, failed = [], []
        for batch in split_every(BATCH, groups, list):
            batch_made, batch_failed = self._create_offers_tolerantly(batch)
            made += batch_made
            failed += batch_failed
        return made, failed

    @api.model
    def _create_offers_tolerantly(self, groups):
        """All in one go; when that fails, the halves, until the one that fails stands alone."""
        try:
            with self.env.cr.savepoint():
                made = list(zip(groups, self._create_joint_offers(groups), strict=True))
                self.env.flush_all()
                return made, []
        except OperationalError:
            raise  # a conflict of transactions, which is tried again as a whole
        except Exception as error:
            if len(groups) == 1:
                return [], [(groups[0], self._get_failure(error))]
        middle = len(groups) // 2
        halves = [
            self._create_offers_tolerantly(half) for half in (groups[:middle], groups[middle:])
        ]
        return halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]

    @api.model
    def _get_failure(self, error):
        if isinstance(error, UserError):
            return str(error)
        _logger.exception("An offer of a mass run failed")
        return self.env._("The offer could not be made because of an error in the program.")
