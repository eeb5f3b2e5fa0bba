import operator
from ast import literal_eval

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from .sale_order_figures import FIGURES

COMPARISONS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class TierDefinition(models.Model):
    """Tiers may be defined for offers."""

    _inherit = "tier.definition"

    @api.model
    def _get_tier_validation_model_names(self):
        return [*super()._get_tier_validation_model_names(), "sale.order"]

    @api.model
    @ormcache("company_id")
    def _get_offer_tier_ids(self, company_id):
        """Ids of the active tiers for offers of a company, the one asked first at the front.

        A tier of a company holds for its branches.
        """
        tiers = self.sudo().with_context(active_test=True)
        companies = self.env["res.company"].sudo().browse(company_id).parent_ids
        return tiers.search(
            Domain("model", "=", "sale.order")
            & Domain("company_id", "in", [False, *companies.ids]),
            order="sequence desc",
        )._ids

    @api.model
    @ormcache()
    def _has_offer_tiers(self):
        """Whether any company tests its offers."""
        tiers = self.sudo().with_context(active_test=True)
        return bool(tiers.search_count([("model", "=", "sale.order")], limit=1))

    @api.model
    def _get_offer_company_ids(self):
        """Ids of the companies that test their offers, branches included; ``False`` for all."""
        tiers = self.sudo().with_context(active_test=True).search([("model", "=", "sale.order")])
        if not all(tier.company_id for tier in tiers):
            return [False]
        return (
            self.env["res.company"].sudo().search([("id", "child_of", tiers.company_id.ids)]).ids
        )

    def _get_tested_fields(self):
        """Names of the fields of the offer in the domain; without any, everything counts."""
        self.ensure_one()
        domain = Domain(literal_eval(self.definition_domain or "[]"))
        tested = {condition.field_expr.split(".")[0] for condition in domain.iter_conditions()}
        return tested or set(FIGURES)

    def _is_for_kinds(self):
        """Whether the domain tells orders by what they are, not by a figure alone."""
        self.ensure_one()
        orders = self.env["sale.order"]
        return any(
            orders._fields[name].store and name not in orders._get_measured_fields()
            for name in self._get_tested_fields()
        )

    def _is_beyond(self, name, value):
        """Whether a condition of the domain on a figure holds for the value."""
        self.ensure_one()
        domain = Domain(literal_eval(self.definition_domain or "[]"))
        return any(
            condition.field_expr == name
            and condition.operator in COMPARISONS
            and COMPARISONS[condition.operator](value, condition.value)
            for condition in domain.iter_conditions()
        )

    @api.constrains("model_id", "definition_domain")
    def _check_offer_domain(self):
        """A domain that cannot be read would stop every offer."""
        for tier in self.filtered(lambda tier: tier.model == "sale.order"):
            try:
                domain = Domain(literal_eval(tier.definition_domain or "[]"))
                domain.validate(self.env["sale.order"].sudo())
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "The domain of tier %(tier)s cannot be read: %(error)s. Use fields of the"
                        " offer and fixed values.",
                        tier=tier.name,
                        error=error,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        self.env.registry.clear_cache()
        return tiers

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
