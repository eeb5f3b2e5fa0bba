from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

EVENTS = [("invoiced", "Invoiced"), ("paid", "Paid")]


class CommissionSplitPlan(models.Model):
    """What a deal pays: pots, each a percentage of what was invoiced (S5).

    A deal keeps the version that held on its day: what was promised.
    """

    _name = "commission.split.plan"
    _inherit = ["commission.split.version.mixin"]
    _description = "Commission Plan"
    _check_company_auto = True

    component_ids = fields.One2many(
        "commission.split.component", "plan_id", string="Pots", copy=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    def _check_approval(self):
        super()._check_approval()
        for component in self.component_ids:
            if not component.rate_ids:
                raise UserError(
                    self.env._(
                        "“%(component)s” of %(plan)s pays nothing: give it a rate.",
                        component=component.name,
                        plan=self.display_name,
                    )
                )
        if not self.component_ids:
            raise UserError(self.env._("%s has no component: enter one.", self.display_name))

    def _get_content(self):
        return {
            **super()._get_content(),
            "components": [one._get_content() for one in self.component_ids],
        }


class CommissionSplitComponent(models.Model):
    """A pot of a plan: what is counted, what it pays and when."""

    _name = "commission.split.component"
    _inherit = ["commission.split.version.part.mixin"]
    _description = "Pot of a Commission Plan"
    _order = "plan_id, sequence, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "commission.split.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    event = fields.Selection(
        EVENTS,
        string="Payable When",
        required=True,
        default="paid",
        help="Invoiced: at once. Paid: in the measure in which the customer's money has come.",
    )
    rate_ids = fields.One2many(
        "commission.split.rate",
        "component_id",
        copy=True,
        groups="sale_commission_split.commission_split_group_administrator",
    )

    def _get_version(self):
        return self.plan_id

    def _get_content(self):
        """Return the pot in plain values, for the fingerprint."""
        self.ensure_one()
        return {
            "name": self.with_context(lang="en_US").name,
            "event": self.event,
            "rates": [rate._get_content() for rate in self.rate_ids],
        }


class CommissionSplitRate(models.Model):
    """A line of rates: the first that fits a line of an invoice holds."""

    _name = "commission.split.rate"
    _inherit = ["commission.split.version.part.mixin"]
    _description = "Commission Rate"
    _order = "component_id, sequence, id"
    _rec_name = "percent"
    _check_company_auto = True

    component_id = fields.Many2one(
        "commission.split.component",
        string="Pot",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="component_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", check_company=True, ondelete="restrict"
    )
    categ_id = fields.Many2one(
        "product.category", string="Product Category", ondelete="restrict", help="And below it."
    )
    partner_tag_id = fields.Many2one(
        "res.partner.category", string="Customer Tag", ondelete="restrict"
    )
    country_id = fields.Many2one("res.country", ondelete="restrict")
    percent = fields.Float(string="Rate, %", digits=(16, 6), required=True, aggregator=None)

    @api.constrains("percent")
    def _check_percent(self):
        for rate in self:
            if not 0 <= rate.percent <= 100:
                raise ValidationError(
                    self.env._("A rate of “%s” lies between 0 and 100 %%.", rate.component_id.name)
                )

    def _get_version(self):
        return self.component_id.plan_id

    def _get_content(self):
        """Return the line in plain values, for the fingerprint."""
        self.ensure_one()
        return [
            self.product_tmpl_id.id,
            self.categ_id.id,
            self.partner_tag_id.id,
            self.country_id.id,
            self.percent,
        ]
