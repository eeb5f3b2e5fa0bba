from odoo import api, fields, models


class SaleOrder(models.Model):
    """Whether an offer is beyond what a salesperson decides alone for the customer's class.

    Like the other figures that tiers test, it is computed when somebody asks.
    """

    _inherit = "sale.order"

    service_policy_id = fields.Many2one(
        "sale.service.policy",
        compute="_compute_service_policy_id",
        compute_sudo=True,
        groups="base.group_user",
        help="What customers of this class get, in the company of the offer.",
    )
    is_over_policy_discount = fields.Boolean(
        string="Discount beyond the Policy",
        compute="_compute_over_policy",
        search=lambda self, *test: self._search_offer_figure("is_over_policy_discount", *test),
        compute_sudo=True,
        groups="base.group_user",
        help="The highest discount is above the one that the service policy of the customer, or"
        " of who gets the invoice, leaves to a salesperson. Never without a policy or with a limit"
        " of 0.",
    )
    is_over_policy_amount = fields.Boolean(
        string="Amount beyond the Policy",
        compute="_compute_over_policy",
        search=lambda self, *test: self._search_offer_figure("is_over_policy_amount", *test),
        compute_sudo=True,
        groups="base.group_user",
        help="The untaxed amount in company currency is above the one that the service policy of"
        " the customer, or of who gets the invoice, leaves to a salesperson. Never without a"
        " policy or with a limit of 0.",
    )

    @api.depends(
        "company_id",
        "partner_id.commercial_partner_id.abc_class",
        "partner_id.commercial_partner_id.xyz_class",
    )
    def _compute_service_policy_id(self):
        policies = self.env["sale.service.policy"]._get_for_documents(self)
        for order in self:
            order.service_policy_id = policies[order]

    @api.depends(
        "service_policy_id",
        "partner_invoice_id.commercial_partner_id.abc_class",
        "partner_invoice_id.commercial_partner_id.xyz_class",
        "offer_worst_discount",
        "offer_amount",
    )
    @api.depends_context("compare_with_list", "just_used")
    def _compute_over_policy(self):
        for order in self:
            order.is_over_policy_discount, order.is_over_policy_amount = order._get_beyond(
                order._get_limiting_policies()
            )

    def _get_beyond(self, policies):
        """Whether discount and amount are beyond what any of the policies leaves."""
        self.ensure_one()
        digits = self.company_currency_id.decimal_places
        return (
            any(
                self._is_worse(self.offer_worst_discount, limit)
                for limit in filter(None, policies.mapped("discount_limit"))
            ),
            any(
                self._is_worse(self.offer_amount, limit, digits=digits)
                for limit in filter(None, policies.mapped("amount_limit"))
            ),
        )

    def _is_amount_beyond(self, tier, amount):
        limits = self.sudo()._get_limiting_policies().mapped("amount_limit")
        return super()._is_amount_beyond(tier, amount) or (
            "is_over_policy_amount" in tier._get_tested_fields()
            and any(self._is_worse(amount, limit) for limit in filter(None, limits))
        )

    def _is_line_beyond(self, tier, discount, margin):
        limits = self.sudo()._get_limiting_policies().mapped("discount_limit")
        return super()._is_line_beyond(tier, discount, margin) or (
            "is_over_policy_discount" in tier._get_tested_fields()
            and any(self._is_worse(discount, limit) for limit in filter(None, limits))
        )

    def _get_limiting_policies(self):
        """That of the customer, and of another one who gets the invoice: both limits count."""
        self.ensure_one()
        payer = self.partner_invoice_id
        if payer.commercial_partner_id == self.partner_id.commercial_partner_id:
            return self.service_policy_id
        return self.service_policy_id | self.service_policy_id._get_for(
            payer, self.company_id
        ).get(payer, self.service_policy_id.browse())

    @api.model
    def _get_policy_facts(self):
        return ["is_over_policy_discount", "is_over_policy_amount"]

    @api.model
    def _get_figures(self):
        return [*super()._get_figures(), *self._get_policy_facts()]

    @api.model
    def _get_measures_of(self, name):
        figures = {
            "is_over_policy_discount": "offer_worst_discount",
            "is_over_policy_amount": "offer_amount",
        }
        return [figures[name]] if name in figures else super()._get_measures_of(name)

    @api.model
    def _get_approval_dependencies(self):
        return [*super()._get_approval_dependencies(), *self._get_policy_facts()]

    @api.model
    def _get_approval_fields(self):
        return super()._get_approval_fields() | {"service_policy_id", *self._get_policy_facts()}
