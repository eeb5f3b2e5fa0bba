from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.sale_audit_trail.locking import lock_rows

from ..largest_remainder import split_units

KINDS = [("bonus", "Bonus"), ("penalty", "Penalty"), ("correction", "Correction")]


class CommissionSplitReason(models.Model):
    """Why somebody gets a bonus or a penalty, and how its amount is found (S4)."""

    _name = "commission.split.reason"
    _description = "Reason of a Bonus or Penalty"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="bonus")
    amount_kind = fields.Selection(
        [("fixed", "Fixed"), ("deal", "% of the Deal's Share"), ("gross", "% of the Month")],
        string="Amount Is",
        required=True,
        default="fixed",
    )
    amount = fields.Float(digits=(16, 2), aggregator=None, help="Proposed; or the percentage.")
    goes_to = fields.Selection(
        [("company", "The Company"), ("others", "The Other Participants")],
        string="What a Penalty Takes Goes to",
        required=True,
        default="company",
    )
    needs_evidence = fields.Boolean(default=True)
    active = fields.Boolean(default=True)


class CommissionSplitCase(models.Model):
    """A bonus, penalty or correction: never a changed share. It is explained, then decided (S4).

    Who reported it does not decide, nor does whom it concerns.
    """

    _name = "commission.split.case"
    _inherit = ["mail.thread", "mail.activity.mixin", "sale.audit.guard"]
    _description = "Bonus or Penalty"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, ondelete="restrict", index=True)
    reason_id = fields.Many2one("commission.split.reason", required=True, ondelete="restrict")
    kind = fields.Selection(related="reason_id.kind", store=True)
    deal_id = fields.Many2one(
        "commission.split.deal", ondelete="restrict", check_company=True, index="btree_not_null"
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._get_today())
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="Above zero; a penalty is taken off. A correction may be below zero.",
    )
    evidence = fields.Text()
    reporter_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.uid, ondelete="restrict"
    )
    explanation = fields.Text(tracking=True)
    explain_until = fields.Date(readonly=True)
    decision = fields.Text(tracking=True)
    approver_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    decided_on = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("explain", "To Be Explained"),
            ("confirmed", "Confirmed"),
            ("waived", "Waived"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    entry_ids = fields.One2many("commission.split.entry", "case_id", readonly=True)
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.model
    def _get_system_fields(self):
        return {"reporter_id", "explain_until", "approver_id", "decided_on", "state"}

    @api.depends("reason_id", "person_id")
    def _compute_name(self):
        for case in self:
            case.name = ", ".join(filter(None, [case.reason_id.name, case.person_id.name]))

    @api.depends("reason_id", "deal_id", "person_id", "date")
    def _compute_amount(self):
        for case in self:
            reason = case.reason_id
            if reason.amount_kind == "fixed":
                case.amount = reason.amount
            else:
                case.amount = case.currency_id.round(case._get_base() * reason.amount / 100)

    def _get_base(self):
        """Return what a percentage is taken of: the deal's share, or what the month pays."""
        entries = self.env["commission.split.entry"].sudo()
        domain = [("person_id", "=", self.person_id.id), ("company_id", "=", self.company_id.id)]
        if self.reason_id.amount_kind == "deal":
            domain += [("deal_id", "=", self.deal_id.id), ("deal_id", "!=", False)]
        else:
            domain += [
                ("period_id.date_from", "<=", self.date),
                ("period_id.date_to", ">=", self.date),
                ("kind", "!=", "case"),
            ]
        return sum(amount for (amount,) in entries._read_sums(domain, [], ["earned"]))

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for case in self:
            case.is_mine = case.person_id == self.env.user.partner_id

    def write(self, vals):
        changed = vals.keys() - {"explanation", "decision"} - set(self._get_mail_fields())
        if changed and not self.env.su and any(case.state != "draft" for case in self):
            raise UserError(
                self.env._(
                    "%s was reported and does not change any more: decide on it.", self[:1].name
                )
            )
        return super().write(vals)

    @api.model
    def _get_mail_fields(self):
        return [name for name in self._fields if name.startswith(("message_", "activity_"))]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        for case in self:
            if case.state != "draft":
                raise UserError(self.env._("%s was reported: waive it instead.", case.name))

    # === LIFE === #

    def action_report(self):
        """Ask whom it concerns for an explanation; a bonus goes to the decision at once."""
        for case in self:
            case._check_complete()
            if case.kind == "penalty":
                until = fields.Date.add(
                    case.company_id._get_today(), days=case.company_id.commission_split_reply_days
                )
                case.sudo().write({"state": "explain", "explain_until": until})
                users = case.person_id.user_ids.filtered(lambda user: not user.share)
                for user in users[:1]:
                    case.sudo().activity_schedule(
                        "mail.mail_activity_data_todo",
                        date_deadline=until,
                        summary=self.env._("Explain"),
                        user_id=user.id,
                    )
            else:
                case.sudo().state = "explain"

    def _check_complete(self):
        """Refuse what lacks evidence, or penalties where the company has none.

        :raise UserError: names the case, what is missing and the way out
        """
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("%s was reported already.", self.name))
        if self.kind == "penalty" and not self.company_id.commission_split_has_penalties:
            raise UserError(
                self.env._(
                    "%s has no penalties: they are switched on in the settings of commission.",
                    self.company_id.name,
                )
            )
        if self.reason_id.needs_evidence and not (self.evidence or "").strip():
            raise UserError(self.env._("%s: enter the evidence.", self.name))
        if self.kind != "correction" and self.amount <= 0:
            raise UserError(self.env._("%s: the amount has to be above zero.", self.name))

    def action_confirm(self):
        """Let the case count in the month of its day, or in the next open one."""
        for case in self:
            case._check_can_decide()
            lock_rows(case.sudo())
            case.sudo()._decide("confirmed")
            case.sudo()._enter()

    def action_waive(self):
        """Let the case count for nothing."""
        for case in self:
            case._check_can_decide()
            case.sudo()._decide("waived")

    def action_question(self):
        """Open the dialog in which whoever is concerned appeals."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Appeal"),
            "res_model": "commission.split.question",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def _decide(self, state):
        self.write(
            {"state": state, "approver_id": self.env.uid, "decided_on": fields.Datetime.now()}
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _check_can_decide(self):
        """Refuse a decision by who reported the case, whom it concerns, or before its time.

        :raise UserError: names the case and the reason
        """
        self.ensure_one()
        if self.state != "explain":
            raise UserError(self.env._("%s is not waiting for a decision.", self.name))
        if self.env.su:
            return
        if self.env.user in (self.reporter_id, *self.person_id.user_ids):
            raise UserError(
                self.env._(
                    "%s: somebody decides who neither reported it nor is concerned.", self.name
                )
            )
        if not self.env.user.has_group("sale_commission_split.commission_split_group_head"):
            raise UserError(self.env._("%s: a head of sales decides.", self.name))
        today = self.company_id._get_today()
        if self.kind == "penalty" and not self.explanation and self.explain_until >= today:
            raise UserError(
                self.env._(
                    "%(case)s: %(person)s may explain it until %(day)s.",
                    case=self.name,
                    person=self.person_id.name,
                    day=self.explain_until,
                )
            )

    def _enter(self):
        """Add the rows of the ledger."""
        self.ensure_one()
        sign = -1 if self.kind == "penalty" else 1
        shares = [(self.person_id.id, sign * self.amount)]
        if self.kind == "penalty" and self.reason_id.goes_to == "others":
            shares += self._get_parts_of_others()
        self.env["commission.split.engine"]._enter_cases(
            self.company_id,
            [
                (person_id, amount, self.date, "case", self.id, self.deal_id.id)
                for person_id, amount in shares
            ],
        )

    def _get_parts_of_others(self):
        """Divide what a penalty takes among the other participants of the deal."""
        others = self.deal_id.participant_ids.filtered(
            lambda one: one.person_id != self.person_id and one.weight > 0
        )
        if not others:
            return []
        unit = self.currency_id.rounding
        parts = split_units(
            round(self.amount / unit), [str(weight) for weight in others.mapped("weight")]
        )
        return [
            (one.person_id.id, self.currency_id.round(part * unit))
            for one, part in zip(others, parts, strict=True)
        ]


class CommissionSplitEngine(models.AbstractModel):
    _inherit = "commission.split.engine"

    @api.model
    def _enter_cases(self, company, rows):
        """Add rows for cases, guarantees, caps and opening balances.

        :param rows: ``[(person, amount, day, cause, case or None, deal or None), …]``
        """
        if not rows:
            return 0
        days = [row[2] for row in rows]
        periods = self.env["commission.split.period"].sudo()
        periods._ensure(company, max(*days, company._get_today()))
        self.env.flush_all()
        entered = self.env.execute_query(
            SQL(
                """
                WITH row AS (
                    SELECT * FROM unnest(%(persons)s::int[], %(amounts)s::numeric[],
                                         %(days)s::date[], %(causes)s::varchar[],
                                         %(cases)s::int[], %(deals)s::int[])
                        WITH ORDINALITY
                        AS row(person_id, amount, day, cause, case_id, deal_id, number)
                )
                INSERT INTO commission_split_entry (kind, company_id, deal_id, case_id, person_id,
                       team_id, origin, period_id, currency_id, seq, basis, basis_due, earned,
                       payable, cause, create_uid, create_date)
                SELECT 'case', %(company)s, row.deal_id, row.case_id, row.person_id,
                       deal.team_id, date_trunc('month', row.day::timestamp)::date, period.id,
                       %(currency)s, coalesce((SELECT max(e.seq) FROM commission_split_entry e
                                  WHERE e.kind = 'case' AND e.person_id = row.person_id
                                    AND e.company_id = %(company)s), 0) + row.number,
                       0, 0, row.amount, row.amount, row.cause, %(uid)s, %(now)s
                  FROM row
                  LEFT JOIN commission_split_deal deal ON deal.id = row.deal_id
                  JOIN LATERAL (%(period)s) period ON TRUE
             RETURNING id
                """,
                persons=[row[0] for row in rows],
                amounts=[row[1] for row in rows],
                days=days,
                causes=[row[3] for row in rows],
                cases=[row[4] or None for row in rows],
                deals=[row[5] or None for row in rows],
                period=self._get_open_period_sql(str(company.id), "row.day"),
                company=company.id,
                currency=company.currency_id.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env["commission.split.entry"].invalidate_model(flush=False)
        self.env["commission.split.case"].invalidate_model(["entry_ids"], flush=False)
        return len(entered)
