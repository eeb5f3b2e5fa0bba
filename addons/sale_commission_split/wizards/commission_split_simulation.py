from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL


class CommissionSplitSimulation(models.TransientModel):
    """What another version would have paid for documents of the past; or let it pay (S7).

    The documents are credited anew by the version and the engine says the difference. The
    simulation takes everything back; applied, the difference stands in the open period.
    """

    _name = "commission.split.simulation"
    _description = "Simulate a Plan"

    plan_id = fields.Many2one("commission.split.plan", string="Version", required=True)
    state = fields.Selection(related="plan_id.state")
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="Documents from", required=True)
    date_to = fields.Date(string="Until")
    line_ids = fields.One2many("commission.split.simulation.line", "simulation_id", readonly=True)
    revenue = fields.Monetary(readonly=True)
    now = fields.Monetary(readonly=True, string="Cost Now")
    then = fields.Monetary(readonly=True, string="Cost Then")
    now_share = fields.Float(string="Now, % of Revenue", compute="_compute_shares")
    then_share = fields.Float(string="Then, % of Revenue", compute="_compute_shares")
    is_done = fields.Boolean(readonly=True)

    def _compute_shares(self):
        for one in self:
            one.now_share = 100 * one.now / one.revenue if one.revenue else 0
            one.then_share = 100 * one.then / one.revenue if one.revenue else 0

    def action_simulate(self):
        """Compute person by person what the version would have paid."""
        self.ensure_one()
        self._check_administrator()
        self.env.flush_all()
        move_ids = self._get_documents()
        before = self._read_sums(move_ids)
        with self.env.cr.savepoint(flush=False) as point:
            self._let_hold()
            self._replay(move_ids)
            after = self._read_sums(move_ids)
            point.rollback()
        self.env.invalidate_all(flush=False)
        self._show(before, after)
        return self._reopen()

    def action_apply(self):
        """Post the difference into the open period: a retroactive change."""
        self.ensure_one()
        self._check_administrator()
        if self.plan_id.state != "approved":
            raise UserError(
                self.env._("%s is a draft: approve it first.", self.plan_id.display_name)
            )
        if not self.is_done:
            raise UserError(self.env._("Simulate first: what is posted has to be seen before."))
        self._replay(self._get_documents())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Computed Anew"),
            "res_model": "commission.split.entry",
            "views": [(False, "list"), (False, "form")],
            "domain": [("cause", "=", "replay"), ("company_id", "=", self.company_id.id)],
        }

    def _check_administrator(self):
        self.env["commission.split.plan"].check_access("write")

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulate a Plan"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_documents(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM account_move
                 WHERE company_id = %s AND move_type IN ('out_invoice', 'out_refund')
                   AND state = 'posted' AND coalesce(invoice_date, date) >= %s
                   AND (%s::date IS NULL OR coalesce(invoice_date, date) <= %s)
                """,
                self.company_id.id,
                self.date_from,
                self.date_to or None,
                self.date_to or None,
            )
        )
        return [move_id for (move_id,) in rows]

    def _let_hold(self):
        """Let the draft hold for the documents, until it is taken back."""
        self.env.execute_query(
            SQL(
                "UPDATE commission_split_plan SET state = 'approved',"
                " date_from = least(date_from, %s) WHERE id = %s RETURNING id",
                self.date_from,
                self.plan_id.id,
            )
        )
        self.env.invalidate_all(flush=False)

    def _replay(self, move_ids):
        """Credit documents anew and let the ledger follow."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE commission_split_credit c SET is_current = FALSE
                  FROM commission_split_component component
                  JOIN commission_split_plan plan ON plan.id = component.plan_id
                 WHERE c.component_id = component.id AND c.is_current
                   AND c.source_model = 'account.move' AND c.source_id = ANY(%s)
                   AND (plan.root_id = %s OR plan.kind = 'pot' AND %s)
             RETURNING c.id
                """,
                move_ids,
                self.plan_id.root_id,
                self.plan_id.kind == "pot",
            )
        )
        self.env["commission.split.engine"].sudo()._follow(move_ids, cause="replay")

    def _read_sums(self, move_ids):
        """Return ``{person: earned}`` of documents, and of the steps they touch.

        It is in the company's currency, others converted at today's rate.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT person_id, currency_id, sum(earned) FROM commission_split_entry
                 WHERE company_id = %(company)s
                   AND (source_model = 'account.move' AND source_id = ANY(%(ids)s)
                        OR kind = 'scope' AND origin >= date_trunc('year', %(start)s::timestamp))
              GROUP BY person_id, currency_id
                """,
                company=self.company_id.id,
                ids=move_ids,
                start=self.date_from,
            )
        )
        sums = {}
        for person, currency_id, earned in rows:
            currency = self.env["res.currency"].browse(currency_id)
            converted = currency._convert(earned, self.currency_id, self.company_id)
            sums[person] = sums.get(person, 0) + converted
        return sums

    def _show(self, before, after):
        people = sorted({*before, *after})
        self.write(
            {
                "is_done": True,
                "revenue": self._get_revenue(),
                "now": sum(before.values()),
                "then": sum(after.values()),
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "person_id": person,
                                "now": before.get(person, 0),
                                "then": after.get(person, 0),
                                "difference": after.get(person, 0) - before.get(person, 0),
                            }
                        )
                        for person in people
                        if before.get(person) or after.get(person)
                    ),
                ],
            }
        )

    def _get_revenue(self):
        [(revenue,)] = self.env.execute_query(
            SQL(
                "SELECT coalesce(sum(amount_untaxed_signed), 0) FROM account_move"
                " WHERE id = ANY(%s)",
                self._get_documents(),
            )
        )
        return revenue


class CommissionSplitSimulationLine(models.TransientModel):
    """What a person was paid and would have been."""

    _name = "commission.split.simulation.line"
    _description = "Simulation of a Plan, a Person"
    _order = "difference desc, id"

    simulation_id = fields.Many2one(
        "commission.split.simulation", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True)
    now = fields.Monetary()
    then = fields.Monetary()
    difference = fields.Monetary()


class CommissionSplitPlan(models.Model):
    _inherit = "commission.split.plan"

    def action_simulate(self):
        """Open the simulation of this version."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulate a Plan"),
            "res_model": "commission.split.simulation",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_plan_id": self.id,
                "default_date_from": str(self.company_id.commission_split_start or self.date_from),
            },
        }
