from odoo import api, fields, models

from odoo.addons.sale_abc_segmentation.models.sale_abc_class_mixin import READERS

# what nobody has entered when it is empty
BY_POLICY = ("priority", "date_due")


class SaleMaterialRequest(models.Model):
    """How urgent a request is and when it is answered, as its customer's policy says (A3).

    A value is the policy's as long as it is the one that the policy gave last; any other was
    entered by a person or came with the request, and stays.
    """

    _inherit = "sale.material.request"

    service_policy_id = fields.Many2one(
        "sale.service.policy",
        compute="_compute_service_policy_id",
        compute_sudo=True,
        help="What customers of this class get, in the company of the request.",
    )
    partner_abc_class = fields.Selection(
        related="commercial_partner_id.abc_class",
        string="Customer's ABC Class",
        groups=READERS,
    )
    partner_abc_cell = fields.Char(
        string="Customer's Class",
        compute="_compute_partner_abc_cell",
        compute_sudo=True,
        groups=READERS,
        help="ABC and XYZ class of the customer, in the company of the request.",
    )
    # no default, which would come before the policy
    priority = fields.Selection(
        compute="_compute_priority", store=True, readonly=False, precompute=True, default=None
    )
    policy_priority = fields.Char(compute="_compute_priority", store=True, precompute=True)
    date_due = fields.Date(
        compute="_compute_date_due", store=True, readonly=False, precompute=True
    )
    policy_date_due = fields.Date(
        string="Answer Due by Policy", compute="_compute_date_due", store=True, precompute=True
    )

    @api.depends(
        "company_id", "commercial_partner_id.abc_class", "commercial_partner_id.xyz_class"
    )
    def _compute_service_policy_id(self):
        policies = self.env["sale.service.policy"]._get_for_documents(self)
        for request in self:
            request.service_policy_id = policies[request]

    @api.depends(
        "company_id", "commercial_partner_id.abc_class", "commercial_partner_id.xyz_class"
    )
    def _compute_partner_abc_cell(self):
        for request in self:
            customer = request.commercial_partner_id.with_company(request.company_id)
            request.partner_abc_cell = customer.abc_cell

    # Not on the policy itself: a class that changes later leaves what was promised.

    @api.depends("partner_id", "company_id")
    def _compute_priority(self):
        for request in self:
            proposed = request._get_policy_priority()
            if (request.priority or "0") == (request.policy_priority or "0"):
                request.priority = proposed
            request.policy_priority = proposed

    @api.depends("partner_id", "company_id", "date_received")
    def _compute_date_due(self):
        days = self._plan_answers()
        for request in self:
            if request.date_due == request.policy_date_due:
                request.date_due = days.get(request, False)
            request.policy_date_due = days.get(request, False)

    @api.model_create_multi
    def create(self, vals_list):
        """Forms and files give empty values for what nobody entered: the policy says it."""
        return super().create(
            [
                {name: value for name, value in vals.items() if value or name not in BY_POLICY}
                for vals in vals_list
            ]
        )

    # === BUSINESS === #

    def _get_policy_priority(self):
        """Any policy above *Normal* makes a request urgent: a request knows no more degrees."""
        self.ensure_one()
        return "1" if (self.service_policy_id.priority or "0") > "0" else "0"

    def _plan_answers(self):
        """``{request: day}``: by when the policy wants the answer, for those where it says so."""
        planned = {}
        promised = self.filtered(
            lambda request: request.service_policy_id.response_hours and request.date_received
        )
        for company, requests in promised.grouped("company_id").items():
            plans = {
                request: (request.date_received, request.service_policy_id.response_hours)
                for request in requests
            }
            days = company._plan_working_hours(set(plans.values()))
            planned.update((request, days.get(plan)) for request, plan in plans.items())
        return planned

    def _is_given(self, name):
        """The day that the customer writes in his file counts more than the policy's."""
        by_policy = name == "date_due" and self.date_due == self.policy_date_due
        return super()._is_given(name) and not by_policy

    def _prepare_split_values(self):
        """A part is as urgent as the whole, whatever the policy says."""
        return {**super()._prepare_split_values(), "priority": self.priority}
