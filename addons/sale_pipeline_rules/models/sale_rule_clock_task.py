from odoo import api, fields, models
from odoo.tools import SQL

from ..rule_choice import choose

BATCH = 500
MIRRORS = 2  # times that an activity is made; who deletes it gets it once more


class SaleRuleClock(models.Model):
    """Tasks as activities, and norms that begin because nothing happens (G6)."""

    _inherit = "sale.rule.clock"

    mirrors = fields.Integer(
        string="Activities Created", readonly=True, default=0, aggregator=None
    )

    def _get_changeable_fields(self):
        return super()._get_changeable_fields() | {"mirrors"}

    @api.model
    def _cron_tasks(self):
        """Show running tasks as activities, and take those of ended ones away."""
        progress = self.env["ir.cron"]
        while clocks := self.search(
            [
                ("kind", "=", "task"),
                ("state", "in", ("open", "breached")),
                ("ended_at", "=", False),
                ("activity_id", "=", False),
                ("mirrors", "<", MIRRORS),
                ("user_id", "!=", False),
            ],
            limit=BATCH,
        ):
            clocks._mirror()
            if not progress._commit_progress(len(clocks), remaining=0):
                return
        self._follow_salespersons()
        ended = self.search([("activity_id", "!=", False), ("ended_at", "!=", False)], limit=BATCH)
        ended.activity_id.filtered("active").unlink()  # what was done stays
        ended.exists().write({"activity_id": False})

    @api.model
    def _follow_salespersons(self):
        """Give the activities of running tasks to who answers for them now."""
        self.flush_model()
        self.env["mail.activity"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT activity.id, clock.user_id
                  FROM sale_rule_clock clock
                  JOIN mail_activity activity ON activity.id = clock.activity_id
                 WHERE clock.ended_at IS NULL AND activity.active
                   AND activity.user_id IS DISTINCT FROM clock.user_id
                   AND clock.user_id IS NOT NULL
                """
            )
        )
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        for activity_id, user_id in rows:
            activities.browse(activity_id).user_id = user_id

    def _mirror(self):
        """Make the activities of tasks, in one batch."""
        kind = self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get("crm.lead")
        # a task is no message: it stands in My Day
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        activities = activities.create(
            [clock._prepare_activity_values(kind, model) for clock in self]
        )
        for clock, activity in zip(self, activities, strict=True):
            clock.write({"activity_id": activity.id, "mirrors": clock.mirrors + 1})

    def _prepare_activity_values(self, kind, model):
        self.ensure_one()
        user = self.user_id
        rule = self.rule_id.with_context(lang=user.lang)
        deadline = self.deadline_at or self.opened_at
        return {
            "activity_type_id": rule.activity_type_id.id or kind.id,
            "res_model_id": model.id,
            "res_id": self.lead_id.id,
            "user_id": user.id,
            "summary": rule.goal,
            "date_deadline": self.company_id._get_day(deadline),
            "clock_id": self.id,
        }

    # === NEXT STEP === #

    @api.model
    def _cron_next_step(self):
        """Start the norm of a next step for leads without one, and meet it where there is one."""
        regulations = self.env["sale.regulation"]
        for company_id in regulations._get_ruled():
            if "next_step" in regulations._get_compiled(company_id).rules:
                self._follow_next_steps(company_id)

    @api.model
    def _follow_next_steps(self, company_id):
        rules = self.env["sale.regulation"]._get_compiled(company_id).rules["next_step"]
        self.flush_model()
        self.env["mail.activity"].flush_model()
        self.env["calendar.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.lead_id, i.visit_no,
                       EXISTS (SELECT FROM mail_activity a
                                WHERE a.res_model = 'crm.lead' AND a.res_id = i.lead_id
                                  AND a.active)
                       OR EXISTS (SELECT FROM calendar_event e
                                   WHERE e.opportunity_id = i.lead_id AND e.start > %(now)s
                                     AND e.active)
                       OR EXISTS (SELECT FROM sale_rule_clock t
                                   WHERE t.lead_id = i.lead_id AND t.kind = 'task'
                                     AND t.state = 'open' AND t.ended_at IS NULL),
                       c.id, coalesce(l.seq, 0)
                  FROM crm_lead_interval i
                  JOIN crm_stage stage ON stage.id = i.stage_id AND stage.is_won IS NOT TRUE
                  LEFT JOIN sale_rule_clock c
                         ON c.lead_id = i.lead_id AND c.kind = 'next_step' AND c.ended_at IS NULL
                        AND c.state IN ('open', 'breached')
                  LEFT JOIN LATERAL (SELECT max(seq) AS seq FROM sale_rule_clock x
                                      WHERE x.lead_id = i.lead_id AND x.visit_no = i.visit_no
                                        AND x.kind = 'next_step') l ON TRUE
                 WHERE i.left_at IS NULL AND i.company_id = %(company)s
                """,
                now=self.env.cr.now(),
                company=company_id,
            )
        )
        planned = [clock_id for _lead, _visit, is_planned, clock_id, _seq in rows if is_planned]
        self.browse([clock_id for clock_id in planned if clock_id])._meet()
        bare = {
            lead_id: (visit_no, seq)
            for lead_id, visit_no, is_planned, clock_id, seq in rows
            if not is_planned and not clock_id
        }
        leads = self.env["crm.lead"].browse(bare)
        facts = leads._get_facts()
        clocks = []
        for lead in leads:
            case = facts[lead.id].case
            rule = choose([one for one in rules if self._is_for(one, case, lead)], case)
            if rule and rule.limit_minutes and facts[lead.id].user_id:
                visit_no, seq = bare[lead.id]
                clocks.append(
                    self._prepare(
                        rule, facts[lead.id], lead.id, visit_no, self.env.cr.now(), seq + 1
                    )
                )
        self._open(clocks)
