from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

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
    pay_by = fields.Date(compute="_compute_pay_by")
    statement_ids = fields.One2many("commission.split.statement", "period_id", readonly=True)
    statement_count = fields.Integer(compute="_compute_statements")
    waiting_count = fields.Integer(string="Not Approved", compute="_compute_statements")
    unpaid_count = fields.Integer(string="Not Paid Out", compute="_compute_statements")
    is_overdue = fields.Boolean(compute="_compute_statements")
    is_over = fields.Boolean(compute="_compute_statements")
    run_count = fields.Integer(readonly=True, aggregator=None, help="Runs of the engine.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    earned = fields.Monetary(compute="_compute_amounts")
    payable = fields.Monetary(compute="_compute_amounts")

    _month_unique = models.Constraint(
        "UNIQUE (company_id, date_from)", "A company has each month once."
    )

    @api.model
    def _get_system_fields(self):
        return {"company_id", "date_from", "date_to", "state", "run_count"}

    @api.depends("date_from")
    def _compute_name(self):
        for period in self:
            period.name = period.date_from and period.date_from.strftime("%Y-%m")

    def _compute_amounts(self):
        if not self.env["commission.split.entry"].has_access("read"):
            self.earned = self.payable = False  # an accountant sees statements only
            return
        sums = {
            period.id: amounts
            for period, *amounts in self.env["commission.split.entry"]._read_sums(
                [("period_id", "in", self.ids)], ["period_id"], ["earned", "payable"]
            )
        }
        for period in self:
            period.earned, period.payable = sums.get(period.id, (0, 0))

    @api.depends("date_to", "company_id.commission_split_pay_days")
    def _compute_pay_by(self):
        for period in self:
            days = period.company_id.commission_split_pay_days
            period.pay_by = period.date_to and fields.Date.add(period.date_to, days=days)

    @api.depends("statement_ids.state")
    def _compute_statements(self):
        for period in self:
            states = period.statement_ids.mapped("state")
            period.statement_count = len(states)
            period.unpaid_count = sum(state != "posted" for state in states)
            period.waiting_count = sum(state not in ("approved", "posted") for state in states)
            today = period.company_id._get_today()
            period.is_over = bool(period.date_to and period.date_to < today)
            period.is_overdue = bool(period.unpaid_count and period.pay_by < today)

    def action_open_statements(self):
        """Open the statements of the period."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Statements of %s", self.name),
            "res_model": "commission.split.statement",
            "views": [(False, "list"), (False, "form")],
            "domain": [("period_id", "=", self.id)],
        }

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
        self._check_administrator()
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
            if period.state == "closed":
                raise UserError(self.env._("%s is closed already.", period.name))
            self._ensure(period.company_id, period.date_to + relativedelta(days=1))
            period.sudo()._enter_guarantees()
            period.sudo()._enter_lapsed_penalties()
            period.sudo().state = "closed"
            self.env["commission.split.statement"].sudo()._make(period)

    @api.model
    def _check_administrator(self):
        """Refuse what only administrators of commission do.

        :raise AccessError: names who does it
        """
        if not self.env.su and not self.env.user.has_group(
            "sale_commission_split.commission_split_group_administrator"
        ):
            raise AccessError(self.env._("A commission administrator closes periods."))

    def _get_sums(self):
        """Return ``{person: [gross, penalties]}`` of what the period pays so far.

        Gross is what is payable by documents, steps and bonuses; penalties are above zero.
        """
        self.ensure_one()
        groups = self.env["commission.split.entry"]._read_sums(
            [("period_id", "=", self.id)], ["person_id", "case_id"], ["payable"]
        )
        sums = {}
        for person, case, amount in groups:
            row = sums.setdefault(person, [0, 0])
            if case.kind == "penalty" and amount < 0:
                row[1] -= amount
            else:
                row[0] += amount
        return sums

    def _get_agreements(self):
        """Return ``{person: agreements}`` that hold in the period, the latest last."""
        self.ensure_one()
        agreements = self.env["commission.split.agreement"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "active"),
                ("date_from", "<=", self.date_to),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.date_from),
            ],
            order="date_from, id",
        )
        return agreements.grouped("person_id")

    def _enter_guarantees(self):
        """Fill up to the guarantee; a recoverable draw is taken back from what exceeds it."""
        self.ensure_one()
        sums = self._get_sums()
        drawn = dict(
            self.env["commission.split.entry"]._read_group(
                [("company_id", "=", self.company_id.id), ("cause", "=", "guarantee")],
                ["person_id"],
                ["payable:sum"],
            )
        )
        rows = []
        for person, agreements in self._get_agreements().items():
            gross = sums.get(person, [0, 0])[0]
            floor = max(agreements.mapped(self._get_guarantee))
            amount = 0
            if floor and gross < floor:
                amount = floor - gross
            elif any(agreements.mapped("is_recoverable")) and drawn.get(person, 0) > 0:
                amount = -min(drawn[person], max(gross - floor, 0))
            if amount:
                rows.append((person.id, amount, self.date_to, "guarantee", None, None))
        self.env["commission.split.engine"]._enter_cases(self.company_id, rows)

    def _get_guarantee(self, agreement):
        """Return what an agreement guarantees for the period; 0 once that is over."""
        is_over = agreement.guarantee_until and agreement.guarantee_until < self.date_to
        return 0 if is_over else agreement.guarantee

    def _enter_lapsed_penalties(self):
        """Give back what penalties take beyond their cap."""
        self.ensure_one()
        agreements = self._get_agreements()
        share = self.company_id.commission_split_penalty_cap / 100
        rows = []
        for person, (gross, penalties) in self._get_sums().items():
            base = sum(agreements[person].mapped("base_pay")) if person in agreements else 0
            most = self.currency_id.round(share * (base + max(gross, 0)))
            if penalties > most:
                rows.append((person.id, penalties - most, self.date_to, "cap", None, None))
        self.env["commission.split.engine"]._enter_cases(self.company_id, rows)

    def action_bring_up_to_date(self):
        """Let the engine look at all documents since the start, as it does every night."""
        self.env["commission.split.todo"]._run_all(self.company_id)
