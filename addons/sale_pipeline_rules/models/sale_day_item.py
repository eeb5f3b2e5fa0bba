from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("norm", "Norm"),
    ("task", "Task"),
    ("handover", "Hand-Over"),
    ("report", "Report Due"),
    ("explanation", "Explanation"),
    ("decision", "Decision"),
    ("meeting", "Meeting"),
    ("activity", "Activity"),
]

UNLOGGED_KINDS = ("explanation", "handover", "decision")  # they are answered, not logged


class SaleDayItem(models.Model):
    """What a person has to do, the most urgent first: overdue, then nearest to payment (G10)."""

    _name = "sale.day.item"
    _description = "My Day"
    _auto = False
    _order = "is_overdue desc, stage_seq desc, due_at, id"

    kind = fields.Selection(KINDS, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Lead or Opportunity", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True)
    stage_seq = fields.Integer(string="Stage Sequence", readonly=True, aggregator=None)
    amount = fields.Monetary(
        string="Expected Revenue", readonly=True, currency_field="currency_id"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    due_at = fields.Datetime(string="Due", readonly=True)
    is_overdue = fields.Boolean(string="Overdue", readonly=True)
    rule_id = fields.Many2one("sale.regulation.rule", readonly=True)
    summary = fields.Char(readonly=True)
    goal = fields.Char(
        compute="_compute_goal",
    )
    res_model = fields.Char(string="Record Model", readonly=True)
    res_id = fields.Integer(string="Record ID", readonly=True, aggregator=None)

    @api.depends("kind", "rule_id", "summary")
    @api.depends_context("lang")
    def _compute_goal(self):
        asked = {
            "handover": self.env._("Accept or refuse the hand-over"),
            "report": self.env._("Write the report"),
            "explanation": self.env._("Explain the violation"),
            "decision": self.env._("Decide"),
        }
        rule_kinds = dict(
            self.env["sale.regulation.rule"]._fields["kind"]._description_selection(self.env)
        )
        for item in self:
            rule = item.rule_id.sudo()
            item.goal = (
                item.summary
                or (item.kind in ("norm", "task") and (rule.goal or rule_kinds.get(rule.kind)))
                or asked.get(item.kind)
            )

    @property
    def _table_query(self):
        """Unite what waits for people; an id is that of its record times eight and its kind."""
        parts = SQL(" UNION ALL ").join(self._get_parts())
        return SQL(
            """
            SELECT item.id, item.kind, item.user_id,
                   coalesce(item.company_id, lead.company_id, users.company_id) AS company_id,
                   item.lead_id, lead.partner_id, lead.stage_id,
                   coalesce(stage.sequence, 0) AS stage_seq,
                   lead.expected_revenue AS amount, item.due_at,
                   coalesce(item.due_at < now() AT TIME ZONE 'utc', FALSE) AS is_overdue,
                   item.rule_id, item.summary, item.res_model, item.res_id
              FROM (%s) item
              LEFT JOIN crm_lead lead ON lead.id = item.lead_id
              LEFT JOIN crm_stage stage ON stage.id = lead.stage_id
              LEFT JOIN res_users users ON users.id = item.user_id
            """,
            parts,
        )

    @api.model
    def _get_parts(self):
        """Return the SELECTs of what waits, in the order of columns of the first one."""
        return [
            SQL(
                """
                SELECT c.id * 8 AS id, CASE kind WHEN 'task' THEN 'task' ELSE 'norm' END AS kind,
                       -- what is overdue is done by who has the lead now, whose verdict it is not
                       CASE state WHEN 'breached' THEN coalesce(l.user_id, c.user_id)
                                  ELSE c.user_id END AS user_id,
                       c.company_id, c.lead_id, deadline_at AS due_at, rule_id,
                       NULL::varchar AS summary, 'crm.lead' AS res_model, c.lead_id AS res_id
                  FROM sale_rule_clock c
                  LEFT JOIN crm_lead l ON l.id = c.lead_id
                 WHERE state IN ('open', 'breached') AND ended_at IS NULL
                   AND kind NOT IN ('report', 'acceptance', 'decision')
                """
            ),
            SQL(
                """
                SELECT id * 8 + 1, 'report', user_id, company_id, lead_id,
                       (SELECT max(c.deadline_at) FROM sale_rule_clock c
                         WHERE c.contact_id = contact.id),
                       NULL, NULL, 'sale.contact.event', id
                  FROM sale_contact_event contact WHERE report_state = 'owed'
                """
            ),
            SQL(
                """
                SELECT id * 8 + 2, 'handover', to_user_id, company_id, lead_id,
                       (SELECT max(c.deadline_at) FROM sale_rule_clock c
                         WHERE c.handover_id = handover.id),
                       NULL, NULL, 'sale.handover', id
                  FROM sale_handover handover WHERE state = 'proposed'
                """
            ),
            SQL(
                """
                SELECT id * 8 + 3, 'explanation', user_id, company_id, lead_id, happened_at,
                       rule_id, NULL, 'sale.violation', id
                  FROM sale_violation
                 WHERE state = 'open' AND kind IN ('breach', 'late_report') AND NOT is_trial
                """
            ),
            SQL(
                """
                SELECT id * 8 + 6, 'decision', user_id, company_id, lead_id, deadline_at, NULL,
                       NULL, 'sale.violation', about_id
                  FROM sale_rule_clock
                 WHERE kind = 'decision' AND state IN ('open', 'breached') AND ended_at IS NULL
                """
            ),
            SQL(
                """
                SELECT id * 8 + 4, 'meeting', user_id, NULL, opportunity_id, start, NULL, name,
                       'calendar.event', id
                  FROM calendar_event
                 WHERE active AND opportunity_id IS NOT NULL
                   AND start > now() AT TIME ZONE 'utc' - interval '12 hours'
                   AND start < now() AT TIME ZONE 'utc' + interval '1 day'
                """
            ),
            SQL(
                """
                SELECT a.id * 8 + 5, 'activity', a.user_id, NULL, a.res_id,
                       (a.date_deadline + 1)::timestamp AT TIME ZONE coalesce(p.tz, 'utc')
                           AT TIME ZONE 'utc',
                       NULL, a.summary, 'crm.lead', a.res_id
                  FROM mail_activity a
                  JOIN res_users u ON u.id = a.user_id
                  JOIN res_partner p ON p.id = u.partner_id
                 WHERE a.active AND a.res_model = 'crm.lead' AND a.clock_id IS NULL
                   AND a.date_deadline <= (now() AT TIME ZONE coalesce(p.tz, 'utc'))::date
                """
            ),
        ]

    def action_open(self):
        """Open the record behind an item."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_log(self):
        """Open the dialog that logs a contact, or writes the report that is owed."""
        self.ensure_one()
        if self.kind == "report":
            action = self.env["sale.contact.event"].browse(self.res_id)._get_report_action()
        else:
            action = self.lead_id.action_log_contact()
        action["context"] = {**action["context"], "default_day_item_id": self.id}
        return action

    def _get_next_log_action(self):
        """Return the dialog of the user's most urgent row that can be logged, but for this one."""
        rows = self.search(
            [
                ("user_id", "=", self.env.uid),
                ("lead_id", "!=", False),
                ("kind", "not in", UNLOGGED_KINDS),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )
        return rows and rows.action_log()

    def action_no_answer(self):
        """Enter that nobody answered a call just now."""
        self.ensure_one()
        self.lead_id.action_no_answer()
