from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Where the offer stands may decide already; elsewhere the chance does.
CERTAIN_PROBABILITIES = {"accepted": 100.0, "declined": 0.0, "expired": 0.0, "superseded": 0.0}


class SaleOrder(models.Model):
    """How probable the order is and what may be expected of it (O4)."""

    _inherit = "sale.order"

    offer_chance = fields.Float(
        string="Chance While Open",
        compute="_compute_offer_chance",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        aggregator=None,
        groups="base.group_user",
        help="The company's base chance times the customer's own, or what a person entered.",
    )
    offer_probability = fields.Float(
        string="Probability (%)",
        compute="_compute_offer_probability",
        inverse="_inverse_offer_probability",
        store=True,
        copy=False,
        digits=(5, 2),
        aggregator="avg",
        groups="base.group_user",
        help="The chance of the order while the offer is open; 100 % once it is accepted, 0 when"
        " it is declined, expired or superseded.",
    )
    expected_amount = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_expected_amount",
        search="_search_expected_amount",
        groups="base.group_user",
        help="Untaxed amount in the company's currency times the probability.",
    )

    _probability_range = models.Constraint(
        "CHECK(offer_chance >= 0 AND offer_chance <= 100)",
        "The probability of an order is between 0 and 100 %.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_offer_chance(self):
        for order in self:
            customer = order.partner_id.commercial_partner_id.sudo()
            chance = order.company_id.offer_base_chance
            if customer:
                chance *= customer.offer_chance / 100
            order.offer_chance = min(chance, 100.0)

    # Not on offer_state: that is looked at with each change of the content, and none of those
    # makes an open offer certain.
    @api.depends("state", "validity_date", "superseded_by_id", "offer_chance")
    def _compute_offer_probability(self):
        certain = self._get_certain_probabilities()
        for order in self:
            order.offer_probability = certain.get(order.offer_state, order.offer_chance)

    def _inverse_offer_probability(self):
        for order in self:
            order.offer_chance = order.offer_probability

    @api.model
    def _get_certain_probabilities(self):
        """Probabilities that follow from where the offer stands, by ``offer_state``."""
        return CERTAIN_PROBABILITIES

    @api.depends("amount_untaxed", "currency_rate", "offer_probability")
    def _compute_expected_amount(self):
        for order in self:
            amount = order.amount_untaxed / (order.currency_rate or 1)
            order.expected_amount = amount * order.offer_probability / 100

    @api.model
    def _search_expected_amount(self, operator, value):
        field = self._fields["expected_amount"]
        return Domain.custom(
            to_sql=lambda model, alias, query: field.condition_to_sql(
                field.name, operator, value, model, alias, query
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """The expected amount is summed up and sorted by without being stored."""
        if field_expr != "expected_amount":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        company, company_alias = self._fields["company_id"].join(self, alias, query)
        currency, currency_alias = company._fields["currency_id"].join(
            company, company_alias, query
        )
        # rounded row by row, so that what is shown adds up to the sum
        return SQL(
            "(round(%(amount)s / coalesce(nullif(%(rate)s, 0), 1) * %(probability)s / 100"
            " / %(rounding)s) * %(rounding)s)",
            amount=super()._field_to_sql(alias, "amount_untaxed", query),
            rate=super()._field_to_sql(alias, "currency_rate", query),
            probability=super()._field_to_sql(alias, "offer_probability", query),
            rounding=currency._field_to_sql(currency_alias, "rounding", query),
        )
