from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.commission_split_plan import MONTHS
from ..quota import get_reached, percentile


class CommissionSplitQuotaPropose(models.TransientModel):
    """Quotas for a window, so that a wanted share of people reaches them (S5)."""

    _name = "commission.split.quota.propose"
    _description = "Propose Quotas"

    component_id = fields.Many2one(
        "commission.split.component",
        required=True,
        domain=[("kind", "=", "person"), ("window_kind", "not in", (False, "deal"))],
    )
    window_date = fields.Date(string="Window from", required=True)
    share = fields.Float(string="Who Should Reach It, %", default=65, aggregator=None)
    windows = fields.Integer(string="Windows of the Past", default=4)
    sample = fields.Integer(string="Results of the Past", compute="_compute_reached")
    amount = fields.Float(
        string="Quota", compute="_compute_amount", store=True, readonly=False, digits=(16, 2)
    )
    reached = fields.Float(string="Would Have Reached It, %", compute="_compute_reached")

    @api.depends("component_id", "window_date", "share", "windows")
    def _compute_amount(self):
        for one in self:
            values = one._get_past()
            one.amount = percentile(values, 1 - one.share / 100) if values else 0

    @api.depends("amount", "component_id", "window_date", "windows")
    def _compute_reached(self):
        for one in self:
            values = one._get_past()
            one.sample = len(values)
            one.reached = 100 * get_reached(values, one.amount) if values and one.amount else 0

    def _get_past(self):
        """Return what each person reached in each window of the past."""
        self.ensure_one()
        months = MONTHS.get(self.component_id.window_kind)
        if not (months and self.window_date and self.windows):
            return []
        first = self.window_date - relativedelta(months=months * self.windows)
        groups = self.env["commission.split.entry"]._read_group(
            [
                ("kind", "=", "doc"),
                ("component_id.root_id", "=", self.component_id.root_id),
                ("window_date", ">=", first),
                ("window_date", "<", self.window_date),
            ],
            ["person_id", "window_date:month"],
            ["basis:sum"],
        )
        return [basis for _person, _window, basis in groups]

    def action_create(self):
        """Make a quota for each agreement on the plan that holds in the window."""
        self.ensure_one()
        if self.amount <= 0:
            raise UserError(self.env._("There is no past to propose from: enter a quota."))
        agreements = self.env["commission.split.agreement"].search(
            [
                ("root_id", "=", self.component_id.plan_id.root_id),
                ("state", "=", "active"),
                ("date_from", "<=", self.component_id._get_window_end(self.window_date)),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.window_date),
            ]
        )
        quotas = self.env["commission.split.quota"]
        known = quotas.search(
            [("window_date", "=", self.window_date), ("agreement_id", "in", agreements.ids)]
        )
        quotas = quotas.create(
            [
                {
                    "agreement_id": agreement.id,
                    "component_id": self.component_id.id,
                    "window_date": self.window_date,
                    "amount": self.amount,
                }
                for agreement in agreements - known.agreement_id
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotas"),
            "res_model": "commission.split.quota",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", quotas.ids)],
        }
