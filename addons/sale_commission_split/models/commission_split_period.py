from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sale_audit_trail.locking import lock_rows


class CommissionSplitPeriod(models.Model):
    """A month of commission: what happens after it is closed goes to the next open one (S7)."""

    _name = "commission.split.period"
    _inherit = ["sale.audit.guard"]
    _description = "Commission Period"
    _order = "date_from desc, id desc"
    _rec_name = "name"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    date_from = fields.Date(required=True, readonly=True)
    date_to = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")], required=True, readonly=True, default="open"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    earned = fields.Monetary(compute="_compute_amounts")
    payable = fields.Monetary(compute="_compute_amounts")

    _month_unique = models.Constraint(
        "UNIQUE (company_id, date_from)", "A company has each month once."
    )

    @api.model
    def _get_system_fields(self):
        return {"company_id", "date_from", "date_to", "state"}

    @api.depends("date_from")
    def _compute_name(self):
        for period in self:
            period.name = period.date_from and period.date_from.strftime("%Y-%m")

    def _compute_amounts(self):
        sums = {
            period.id: amounts
            for period, *amounts in self.env["commission.split.entry"]._read_group(
                [("period_id", "in", self.ids)], ["period_id"], ["earned:sum", "payable:sum"]
            )
        }
        for period in self:
            period.earned, period.payable = sums.get(period.id, (0, 0))

    @api.model
    def _ensure(self, company, last):
        """Make the months of a company from its start, or from the last one, to a day's month."""
        known = self.search([("company_id", "=", company.id)], limit=1)
        start = company.commission_split_start or company._get_today()
        month = known.date_from + relativedelta(months=1) if known else start.replace(day=1)
        values = []
        while month <= last:
            end = month + relativedelta(months=1, days=-1)
            values.append({"company_id": company.id, "date_from": month, "date_to": end})
            month += relativedelta(months=1)
        return self.sudo().create(values)

    def action_close(self):
        """Close the months in order: nothing is entered in them any more."""
        for period in self.sorted("date_from"):
            earlier = self.search(
                [
                    ("company_id", "=", period.company_id.id),
                    ("date_from", "<", period.date_from),
                    ("state", "=", "open"),
                ],
                limit=1,
            )
            if earlier:
                raise UserError(
                    self.env._(
                        "%(earlier)s is open: close it before %(period)s.",
                        earlier=earlier.name,
                        period=period.name,
                    )
                )
            lock_rows(period.sudo())
            self._ensure(period.company_id, period.date_to + relativedelta(days=1))
            period.sudo().state = "closed"

    def action_bring_up_to_date(self):
        """Let the engine look at all documents since the start, as it does every night."""
        self.env["commission.split.todo"]._run_all(self.company_id)
