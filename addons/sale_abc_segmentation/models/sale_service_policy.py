from odoo import api, fields, models
from odoo.fields import Domain

from .sale_abc_result import ABC, XYZ


class SaleServicePolicy(models.Model):
    """What customers of a cell get: more for the best, a simpler procedure for the least (A3)."""

    _name = "sale.service.policy"
    _description = "Service Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: of every company.")
    abc_class = fields.Selection(ABC, string="ABC", help="Empty: any.")
    xyz_class = fields.Selection(XYZ, string="XYZ", help="Empty: any, and none.")
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Important"), ("2", "Urgent"), ("3", "Immediate")],
        default="0",
        required=True,
        help="Which requests are worked on first.",
    )
    response_hours = fields.Float(
        string="Answer Within (Hours)",
        help="Working hours until a request is answered.",
        aggregator=None,
    )
    contact_days = fields.Integer(
        string="Contact Every (Days)",
        help="How often somebody is in touch without being asked.",
        aggregator=None,
    )
    discount_limit = fields.Float(
        string="Discount without Approval (%)",
        digits="Discount",
        help="Up to which a salesperson decides alone.",
        aggregator=None,
    )
    amount_limit = fields.Monetary(
        string="Amount without Approval", help="Up to which a salesperson decides alone."
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    is_simplified = fields.Boolean(
        string="Simplified Procedure",
        help="No configuration confirmation and no visit: the catalogue, the list price, prepaid.",
    )
    note = fields.Html(string="What They Get", translate=True)
    partner_count = fields.Integer(string="Customers", compute="_compute_partner_count")

    _cell_unique = models.UniqueIndex(
        "(coalesce(company_id, 0), coalesce(abc_class, '-'), coalesce(xyz_class, '-'))"
        " WHERE active",
        "There is a policy for this cell already: change it.",
    )
    _limits_positive = models.Constraint(
        "CHECK(response_hours >= 0 AND contact_days >= 0 AND discount_limit BETWEEN 0 AND 100"
        " AND amount_limit >= 0)",
        "Hours, days and limits are not negative, and a discount is at most 100 %.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    def _compute_partner_count(self):
        counted = {
            (abc, xyz): count
            for abc, xyz, count in self.env["res.partner"]._read_group(
                [("abc_class", "!=", False)], ["abc_class", "xyz_class"], ["__count"]
            )
        }
        for policy in self:
            policy.partner_count = sum(counted.get(cell, 0) for cell in policy._get_cells())

    # === WHICH ONE HOLDS === #

    def _get_cells(self):
        """The cells of the current company for which this policy holds."""
        self.ensure_one()
        policies = self._get_by_cell(self.env.company)
        return [
            (abc, xyz)
            for abc, _label in ABC
            for xyz in (*(name for name, _label in XYZ), False)
            if self._choose(policies, abc, xyz) == self
        ]

    @api.model
    def _get_by_cell(self, company):
        """The policies of a company by ``(company's own, ABC, XYZ)``."""
        in_force = self.with_context(active_test=True)
        policies = in_force.search([("company_id", "in", (False, company.id))])
        return {(bool(one.company_id), one.abc_class, one.xyz_class): one for one in policies}

    @api.model
    def _choose(self, policies, abc_class, xyz_class):
        """The most specific one: the cell before the class, the company's own before all's."""
        for abc, xyz in (
            (abc_class, xyz_class),
            (abc_class, False),
            (False, xyz_class),
            (False, False),
        ):
            for own in (True, False):
                if policy := policies.get((own, abc, xyz)):
                    return policy
        return self.browse()

    @api.model
    def _get_for(self, partners, company=None):
        """The policy that holds for each partner.

        :param partners: contacts of companies count as these
        :param company: the current company by default
        :return: ``{partner: policy, which may be empty}``
        """
        company = company or self.env.company
        policies = self.sudo().with_company(company)._get_by_cell(company)
        found = {}
        for partner in partners:
            subject = partner.commercial_partner_id.sudo().with_company(company)
            policy = self._choose(policies, subject.abc_class, subject.xyz_class)
            found[partner] = policy.with_env(self.env)
        return found

    def action_open_partners(self):
        """The customers for whom this policy holds."""
        self.ensure_one()
        held = Domain.OR(
            Domain("abc_class", "=", abc) & Domain("xyz_class", "=", xyz)
            for abc, xyz in self._get_cells()
        )
        action_id = "account.res_partner_action_customer"
        action = self.env["ir.actions.act_window"]._for_xml_id(action_id)
        return {**action, "domain": list(held), "context": {}}
