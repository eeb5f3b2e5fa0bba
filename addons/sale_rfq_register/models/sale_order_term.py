from odoo import api, fields, models
from odoo.exceptions import UserError

from ..locking import lock_rows
from .sale_order_line_term import SALESPERSON


class SaleOrder(models.Model):
    """An offer with prices per delivery term and alternatives to choose from (O3, O5)."""

    _inherit = "sale.order"

    term_ids = fields.One2many("sale.offer.term", "order_id", copy=False, groups=SALESPERSON)
    alternative_ids = fields.One2many(
        "sale.offer.alternative", "order_id", copy=False, groups=SALESPERSON
    )
    offer_choice_date = fields.Datetime(
        string="Customer Chose On",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the customer last chose a delivery term or an alternative on the portal.",
        prefetch="offer",
    )

    # === WHAT MAY BE CHOSEN === #

    def _check_offer_changeable(self):
        """Refuse changes of terms and alternatives after the offer was signed or closed.

        :raise UserError: names the offer and the reason
        """
        for order in self.sudo():
            refusal = order._get_offer_change_refusal()
            if refusal:
                raise UserError(refusal)

    def _get_offer_change_refusal(self):
        """Why terms and alternatives stay as they are; ``False`` while they may change."""
        self.ensure_one()
        if self.state not in ("draft", "sent") or self.offer_state == "superseded":
            return self.env._(
                "%(offer)s is no open offer: its delivery terms and alternatives stay as they are."
                " Make a new offer instead.",
                offer=self.name,
            )
        if self.signature:
            return self.env._(
                "%(offer)s is signed by %(person)s: its delivery terms and alternatives stay as"
                " they are. Make a new offer instead.",
                offer=self.name,
                person=self.signed_by or self.partner_id.display_name,
            )
        return False

    def _get_customer_choice_refusal(self):
        """Why the customer cannot choose on the portal, as he is told it; ``False`` if he can."""
        self.ensure_one()
        if self.is_expired:
            return self.env._("The offer has expired. Please ask for a new one.")
        if self.state != "sent" or self._get_offer_change_refusal():
            return self.env._("This offer is not open for a choice. Please ask for a new one.")
        if self._is_configuration_confirmed():
            return self.env._(
                "You have confirmed the configuration of this offer. Please ask us for a change."
            )
        if self._get_release_refusal():
            return self.env._("This offer is being revised. Please wait for the new one.")
        return False

    def _log_choice(self, text, author=None):
        self.ensure_one()
        self.message_post(
            body=text,
            subtype_xmlid="mail.mt_note",
            **({"author_id": author.id} if author else {}),
        )

    def _choose_for_customer(self, option, author):
        """The customer takes an option of the offer: a delivery term or an alternative.

        :param option: a ``sale.offer.term`` or ``sale.offer.alternative`` record of this offer
        :param author: the ``res.partner`` who chose
        """
        self.ensure_one()
        self.offer_choice_date = fields.Datetime.now()
        text = option._get_choice_text()
        if option._name == "sale.offer.term":
            option._select()
        else:
            option._take()
        self._log_choice(
            self.env._("%(person)s on the portal: %(choice)s", person=author.name, choice=text),
            author=author,
        )

    # === FOR READERS === #

    def _get_offer_choices(self):
        """Lines with something to choose from, in the order of the offer, for PDF and portal.

        :return: list of dicts with ``line``, ``terms``, ``alternatives`` and ``has_discount``
        """
        self.ensure_one()
        terms = self.term_ids.filtered("is_applicable").grouped("order_line_id")
        alternatives = self.alternative_ids.grouped("order_line_id")
        return [
            self._prepare_offer_choice(
                line,
                terms.get(line, self.env["sale.offer.term"]),
                alternatives.get(line, self.env["sale.offer.alternative"]),
            )
            for line in self.order_line
            if line in terms or line in alternatives
        ]

    @api.model
    def _prepare_offer_choice(self, line, terms, alternatives):
        return {
            "line": line,
            "terms": terms,
            "alternatives": alternatives,
            "has_discount": any(option.discount for option in (*terms, *alternatives)),
        }

    def _get_offer_terms_content(self):
        """What is offered, whichever term and alternative is chosen at the moment.

        An approval that keeps a fingerprint of this stays valid when the customer takes something
        that was offered, and no longer when a price, a term or an alternative changes.

        :return: list of dicts that JSON can hold, one for each line, in a stable order
        """
        self.ensure_one()
        return [line._get_offered_content() for line in self.sudo().order_line.sorted("id")]

    # === ACTIONS === #

    def action_add_terms(self):
        self.ensure_one()
        self._check_offer_changeable()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_offer_term_add_action"
            ),
            "context": {"default_order_id": self.id},
        }

    def action_propose_alternatives(self):
        """Offer the other products that were found for the requested lines."""
        self.ensure_one()
        self._check_offer_changeable()
        at_once = lock_rows(self)
        values = [
            {"order_line_id": line.id, "product_id": product.id}
            for line in self.order_line
            for product in line._get_proposable_products()
        ]
        if not values and at_once:
            return True
        if not values:
            raise UserError(
                self.env._(
                    "The requests of %(offer)s have no other products to propose: add the"
                    " alternatives by hand.",
                    offer=self.name,
                )
            )
        self.env["sale.offer.alternative"].create(values)
        return True

    # === PRICES === #

    def _get_update_prices_lines(self):
        """The price list has no say over prices of delivery terms."""
        return super()._get_update_prices_lines()._filter_priced_by_list()

    def _recompute_taxes(self):
        res = super()._recompute_taxes()
        for line in self.sudo().term_ids.order_line_id:
            line._get_applicable_terms().write({"tax_ids": line.tax_ids})
        self.sudo().alternative_ids._compute_tax_ids()
        return res
