from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang


class CommissionSplitPosition(models.Model):
    """Where somebody stands: a component of his in a window or month (S6)."""

    _name = "commission.split.position"
    _description = "Standing"
    _auto = False
    _order = "window_date desc, person_id, component_id"
    _rec_name = "component_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    person_id = fields.Many2one("res.partner", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    component_id = fields.Many2one("commission.split.component", readonly=True)
    window_date = fields.Date(string="From", readonly=True)
    is_windowed = fields.Boolean(readonly=True)
    basis = fields.Monetary(readonly=True)
    earned = fields.Monetary(readonly=True)
    payable = fields.Monetary(readonly=True)
    waiting = fields.Monetary(
        string="Waiting for Money", readonly=True, help="Earned; the customers have not paid yet."
    )
    held = fields.Monetary(readonly=True, help="Its deal is disputed.")
    quota = fields.Float(compute="_compute_quota", compute_sudo=True, digits=(16, 2))
    attainment = fields.Float(string="Attainment, %", compute="_compute_quota", compute_sudo=True)
    next_step = fields.Char(string="To the Next Step", compute="_compute_quota", compute_sudo=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(e.id) AS id, e.company_id, e.person_id, max(e.team_id) AS team_id,
                   e.component_id, e.currency_id, coalesce(e.window_date, e.origin) AS window_date,
                   e.window_date IS NOT NULL AS is_windowed, sum(e.basis) AS basis,
                   sum(e.earned) AS earned, sum(e.payable) AS payable,
                   sum(e.earned - e.payable) AS waiting,
                   sum(e.payable) FILTER (WHERE deal.is_held) AS held
              FROM commission_split_entry e
              LEFT JOIN commission_split_deal deal ON deal.id = e.deal_id
             WHERE e.component_id IS NOT NULL
          GROUP BY e.company_id, e.person_id, e.component_id, e.currency_id,
                   coalesce(e.window_date, e.origin), e.window_date IS NOT NULL
            """
        )

    @api.depends("component_id", "person_id", "window_date", "basis")
    @api.depends_context("lang")
    def _compute_quota(self):
        for position in self:
            position.quota = position.is_windowed and position._get_quota()
            position.attainment = position.quota and 100 * position.basis / position.quota
            position.next_step = position.is_windowed and position._get_next_step()

    def _get_quota(self):
        """Return the effective quota of the person, or of his team, in the window."""
        self.ensure_one()
        component = self.component_id
        quotas = self.env["commission.split.quota"].search(
            [
                ("is_current", "=", True),
                ("window_date", "=", self.window_date),
                ("component_id.root_id", "=", component.root_id),
                ("component_id.plan_id.root_id", "=", component.plan_id.root_id),
            ]
        )
        own = quotas.filtered(lambda one: one.person_id == self.person_id)
        agreements = self.env["commission.split.agreement"].search(
            [
                ("person_id", "=", self.person_id.id),
                ("root_id", "=", component.plan_id.root_id),
                ("state", "=", "active"),
            ]
        )
        of_team = quotas.filtered(
            lambda one: not one.agreement_id and one.team_id in agreements.team_id
        )
        return (own or of_team)[:1].effective

    def _get_next_step(self):
        """Tell how much is missing to the next step, and what it pays."""
        self.ensure_one()
        component = self.component_id
        scale = self.quota / 100 if component.step_unit == "quota" else 1
        if component.pays == "attainment":
            scale = self.quota / 100
        for step in component.step_ids.sorted("from_value"):
            missing = step.from_value * scale - self.basis
            if missing > 0:
                return self.env._(
                    "%(missing)s to the next step, then %(value)s",
                    missing=formatLang(self.env, missing, digits=0),
                    value=component._get_step_label(step),
                )
        return False

    def action_open_entries(self):
        """Open the rows of the ledger behind the figures."""
        self.ensure_one()
        column = "window_date" if self.is_windowed else "origin"
        return {
            "type": "ir.actions.act_window",
            "name": self.component_id.name,
            "res_model": "commission.split.entry",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("person_id", "=", self.person_id.id),
                ("component_id", "=", self.component_id.id),
                ("currency_id", "=", self.currency_id.id),
                (column, "=", self.window_date),
                *([] if self.is_windowed else [("window_date", "=", False)]),
            ],
        }
