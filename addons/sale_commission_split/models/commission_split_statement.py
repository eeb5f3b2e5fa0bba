from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

OPEN_STATES = ("open", "arbitration")  # of a dispute that is not settled
STATES = [
    ("shown", "Shown"),
    ("acknowledged", "Acknowledged"),
    ("questioned", "Questioned"),
    ("approved", "Approved"),
    ("posted", "Paid Out"),
]


class CommissionSplitStatement(models.Model):
    """What a person is paid for a period: carried over, payable, paid, carried on (S6)."""

    _name = "commission.split.statement"
    _inherit = ["mail.thread", "sale.audit.guard"]
    _description = "Commission Statement"
    _order = "date_from desc, person_id, id desc"
    _check_company_auto = True

    person_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    period_id = fields.Many2one(
        "commission.split.period", required=True, readonly=True, ondelete="restrict"
    )
    date_from = fields.Date(related="period_id.date_from", store=True)
    agreement_id = fields.Many2one(
        "commission.split.agreement", compute="_compute_agreement_id", compute_sudo=True
    )
    pay_out = fields.Selection(
        [("payroll", "Payroll"), ("bill", "Vendor Bill")], readonly=True, required=True
    )
    payee_id = fields.Many2one("res.partner", string="Paid to", readonly=True, ondelete="restrict")
    carry_in = fields.Monetary(string="Carried Over", readonly=True)
    payable = fields.Monetary(readonly=True)
    amount = fields.Monetary(string="To Pay", readonly=True)
    carry_out = fields.Monetary(string="Carried On", readonly=True)
    base_pay = fields.Monetary(compute="_compute_agreement_id", compute_sudo=True)
    pay_by = fields.Date(related="period_id.pay_by")
    entry_ids = fields.One2many("commission.split.entry", "statement_id", readonly=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="shown", tracking=True, index=True
    )
    head_id = fields.Many2one(
        "res.users", string="Seen by the Head", readonly=True, ondelete="restrict"
    )
    approver_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    note = fields.Text(help="What whoever is paid says to it.")
    move_id = fields.Many2one(
        "account.move",
        string="Bill or Entry",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        copy=False,
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _once = models.Constraint(
        "UNIQUE (person_id, company_id, currency_id, period_id)",
        "A person has one statement a period and currency.",
    )

    @api.model
    def _get_system_fields(self):
        return {
            *("person_id", "company_id", "currency_id", "period_id", "pay_out", "payee_id"),
            *("carry_in", "payable", "amount", "carry_out", "state", "head_id", "approver_id"),
            *("move_id", "note"),
        }

    @api.depends("person_id", "period_id", "currency_id")
    def _compute_display_name(self):
        for statement in self:
            names = [statement.period_id.name, statement.person_id.name]
            if statement.currency_id != statement.company_id.currency_id:
                names.append(statement.currency_id.name)
            statement.display_name = ", ".join(name or "" for name in names)

    def _compute_agreement_id(self):
        found = {period: period._get_agreements() for period in self.period_id}
        for statement in self:
            agreements = found[statement.period_id].get(
                statement.person_id, self.env["commission.split.agreement"]
            )
            statement.agreement_id = agreements[-1:]
            # wages are in the company's currency, and stand on one statement only
            is_main = statement.currency_id == statement.company_id.currency_id
            statement.base_pay = sum(agreements.mapped("base_pay")) if is_main else 0

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for statement in self:
            statement.is_mine = statement.person_id == self.env.user.partner_id

    # === MAKING === #

    @api.model
    def _make(self, period):
        """Make the statements of a period that is closed, from all that is not on one yet.

        What is held stays for a later one: pots of deals in dispute, questioned figures, and
        people who have not signed, where the company wants it.
        """
        self.env.flush_all()
        held = self._get_unsigned(period)
        engine = self.env["commission.split.engine"]
        engine._set_nested_loops("off")  # a period has many rows, whatever the planner believes
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT e.id, e.person_id, e.currency_id, e.payable
                      FROM commission_split_entry e
                      JOIN commission_split_period p
                        ON p.id = e.period_id AND p.date_from <= %(date_from)s
                      LEFT JOIN commission_split_deal deal ON deal.id = e.deal_id
                     WHERE e.company_id = %(company)s AND e.statement_id IS NULL
                       AND e.payable <> 0 AND deal.is_held IS NOT TRUE
                       AND NOT e.person_id = ANY(%(held)s)
                       AND NOT EXISTS (
                           SELECT FROM commission_split_dispute d
                            WHERE d.state = ANY(%(open)s)
                              AND (d.entry_id = e.id OR d.case_id = e.case_id))
                ), person AS (
                    SELECT due.person_id, due.currency_id, sum(due.payable) AS payable,
                           coalesce((SELECT s.carry_out FROM commission_split_statement s
                                      WHERE s.person_id = due.person_id
                                        AND s.company_id = %(company)s
                                        AND s.currency_id = due.currency_id
                                   ORDER BY s.date_from DESC, s.id DESC LIMIT 1), 0) AS carry_in
                      FROM due GROUP BY due.person_id, due.currency_id
                ), made AS (
                    INSERT INTO commission_split_statement (person_id, company_id, currency_id,
                           period_id, date_from, pay_out, payee_id, carry_in, payable, amount,
                           carry_out, state, create_uid, create_date, write_uid, write_date)
                    SELECT person.person_id, %(company)s, currency_id, %(period)s, %(date_from)s,
                           coalesce(agreement.pay_out, CASE WHEN EXISTS (
                               SELECT FROM res_users u
                                WHERE u.partner_id = person.person_id AND u.share IS NOT TRUE)
                               THEN 'payroll' ELSE 'bill' END),
                           coalesce(agreement.payee_id, person.person_id), carry_in, payable,
                           greatest(carry_in + payable, 0), least(carry_in + payable, 0), 'shown',
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM person
                      LEFT JOIN LATERAL (
                           SELECT a.pay_out, a.payee_id FROM commission_split_agreement a
                            WHERE a.person_id = person.person_id AND a.company_id = %(company)s
                              AND a.state = 'active' AND a.date_from <= %(date_to)s
                         ORDER BY a.date_from DESC, a.id DESC LIMIT 1) agreement ON TRUE
                        ON CONFLICT DO NOTHING
                 RETURNING id, person_id, currency_id
                )
                UPDATE commission_split_entry e SET statement_id = made.id
                  FROM made
                  JOIN due ON due.person_id = made.person_id
                   AND due.currency_id = made.currency_id
                 WHERE e.id = due.id
             RETURNING made.id
                """,
                company=period.company_id.id,
                period=period.id,
                date_from=period.date_from,
                date_to=period.date_to,
                held=held,
                open=list(OPEN_STATES),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        engine._set_nested_loops("on")
        self.invalidate_model(flush=False)
        self.env["commission.split.entry"].invalidate_model(["statement_id"], flush=False)
        return self.browse(sorted({statement_id for (statement_id,) in rows}))

    @api.model
    def _get_unsigned(self, period):
        """Return the ids of people whose agreement is not signed, where that holds pay-out."""
        if not period.company_id.commission_split_hold_unsigned:
            return []
        agreements = (
            self.env["commission.split.agreement"]
            .sudo()
            .search(
                [
                    ("company_id", "=", period.company_id.id),
                    ("state", "=", "active"),
                    ("date_from", "<=", period.date_to),
                ]
            )
        )
        # who cannot log in cannot sign here
        return agreements.filtered(
            lambda one: (
                not one.is_signed and any(not user.share for user in one.person_id.user_ids)
            )
        ).person_id.ids

    # === LIFE === #

    def action_acknowledge(self):
        """Say as the person that the statement is right."""
        for statement in self:
            statement._check_mine()
            statement.env["commission.split.acceptance"]._accept(
                statement, statement._get_digest()
            )
            statement.sudo().state = "acknowledged"

    def action_question(self):
        """Open the dialog in which the person says what is wrong."""
        self.ensure_one()
        self._check_mine()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Is Wrong?"),
            "res_model": "commission.split.question",
            "view_mode": "form",
            "target": "new",
            "context": {"default_statement_id": self.id},
        }

    def _question(self, text):
        self.ensure_one()
        self._check_mine()
        self.sudo().write({"state": "questioned", "note": text})
        self.sudo().message_post(body=text, author_id=self.env.user.partner_id.id)

    def _check_mine(self):
        """Refuse what only the person may say, and too late.

        :raise UserError: names the statement
        """
        self.ensure_one()
        if not self.is_mine:
            raise UserError(self.env._("%s is for whoever is paid to judge.", self.display_name))
        self._check_state("shown", "acknowledged", "questioned")

    def _check_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for statement in self:
            if statement.state not in states:
                raise UserError(
                    self.env._(
                        "%(statement)s is %(state)s.",
                        statement=statement.display_name,
                        state=labels[statement.state].lower(),
                    )
                )

    def action_head(self):
        """Say as head of sales that the statements were looked at."""
        self._check_not_mine()
        self._check_state("shown", "acknowledged", "questioned")
        self.sudo().head_id = self.env.uid

    def action_approve(self):
        """Release statements for pay-out."""
        self._check_not_mine()
        self._check_state("shown", "acknowledged", "questioned")
        if not self.env.user.has_group(
            "sale_commission_split.commission_split_group_administrator"
        ):
            raise UserError(self.env._("A commission administrator approves statements."))
        self.sudo().write({"state": "approved", "approver_id": self.env.uid})

    def _check_not_mine(self):
        for statement in self:
            if statement.is_mine and not self.env.su:
                raise UserError(
                    self.env._(
                        "%s is your own: somebody else approves it.", statement.display_name
                    )
                )

    def _get_digest(self):
        self.ensure_one()
        return f"{self.id}:{self.amount:.6f}:{self.carry_out:.6f}:{len(self.entry_ids)}"

    def _free(self):
        """Let statements wait for pay-out again: their bill was cancelled or deleted."""
        self.filtered(lambda one: one.state == "posted").write(
            {"state": "approved", "move_id": False}
        )

    # === READING === #

    def _get_groups(self):
        """Return the rows by component and deal, for the printed statement.

        Whoever may see the statement may see its rows, though not the deals behind them.
        """
        self.ensure_one()
        self.check_access("read")
        groups = {}
        for entry in self.sudo().entry_ids.sorted("id"):
            label = entry.component_id.name or dict(
                entry._fields["cause"]._description_selection(self.env)
            ).get(entry.cause, "")
            rows = groups.setdefault(entry.case_id.reason_id.name or label, {})
            key = entry.deal_id or entry
            rows[key] = rows.get(key, 0) + entry.payable
        return {
            label: [
                (
                    key.display_name if key._name != "commission.split.entry" else label,
                    key.partner_id.name if key._name == "commission.split.deal" else "",
                    amount,
                )
                for key, amount in rows.items()
            ]
            for label, rows in groups.items()
        }

    def action_open_entries(self):
        """Open the rows of the ledger that the statement pays."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "commission.split.entry",
            "views": [(False, "list"), (False, "form")],
            "domain": [("statement_id", "=", self.id)],
        }

    def action_open_move(self):
        """Open the bill or entry by which the statement is paid out."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
