from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class SaleComplianceLine(models.Model):
    """Control: a person a row, what is overdue and what is missing (G10).

    Each figure opens the records that it counts.
    """

    _name = "sale.compliance.line"
    _description = "Control"
    _auto = False
    _order = "overdue_count desc, user_id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", string="Manager", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    role_id = fields.Many2one("sale.pipeline.role", readonly=True)
    open_count = fields.Integer(string="Open Leads", readonly=True)
    overdue_count = fields.Integer(string="Overdue", readonly=True)
    no_next_count = fields.Integer(string="No Next Step", readonly=True)
    no_report_count = fields.Integer(string="No Report", readonly=True)
    outside_count = fields.Integer(string="Outside the Process", readonly=True)
    unaccepted_count = fields.Integer(string="To Accept", readonly=True)
    open_violation_count = fields.Integer(string="Violations", readonly=True)
    met_count = fields.Integer(string="Norms Met (30 Days)", readonly=True)
    missed_count = fields.Integer(string="Norms Missed (30 Days)", readonly=True)
    met_share = fields.Float(
        string="Norms Kept, %", compute="_compute_met_share", help="Of the last 30 days."
    )
    due_today_count = fields.Integer(string="Norms Due Today", readonly=True)
    met_today_count = fields.Integer(string="Of Them Met", readonly=True)
    norms_today = fields.Char(
        compute="_compute_norms_today", help="Met, of those that are due on the person's day."
    )
    contact_count = fields.Integer(
        string="Contacts (7 Days)", readonly=True, help="Entered in the CRM, mass mails apart."
    )
    kept_count = fields.Integer(string="Reports Written and Tasks with a Goal", readonly=True)
    asked_count = fields.Integer(string="Reports Due and Open Tasks", readonly=True)
    introduced_share = fields.Float(
        string="Introduced, %",
        compute="_compute_introduced_share",
        help="Reports written within 7 days and open tasks with a goal, of all reports that were"
        " due and all open tasks: how far the person works in the CRM.",
    )
    is_signed = fields.Boolean(string="Signed", readonly=True)

    @api.depends("met_today_count", "due_today_count")
    def _compute_norms_today(self):
        for line in self:
            due = line.due_today_count
            line.norms_today = f"{line.met_today_count} / {due}" if due else False

    @api.depends("kept_count", "asked_count")
    def _compute_introduced_share(self):
        for line in self:
            asked = line.asked_count
            line.introduced_share = 100 * line.kept_count / asked if asked else 0

    @api.depends("met_count", "missed_count")
    def _compute_met_share(self):
        for line in self:
            judged = line.met_count + line.missed_count
            line.met_share = 100 * line.met_count / judged if judged else 0

    @property
    def _table_query(self):
        return SQL(
            """
            WITH today AS (
                SELECT u.id AS user_id,
                       d.midnight AT TIME ZONE z.tz AT TIME ZONE 'utc' AS starts,
                       (d.midnight + interval '1 day') AT TIME ZONE z.tz AT TIME ZONE 'utc' AS ends
                  FROM res_users u
                  JOIN res_partner p ON p.id = u.partner_id
                 CROSS JOIN LATERAL (SELECT coalesce(p.tz, 'utc') AS tz) z
                 CROSS JOIN LATERAL (
                       SELECT date_trunc('day', now() AT TIME ZONE z.tz) AS midnight) d
                 WHERE u.active
            ), clock AS (
                SELECT user_id,
                       count(*) FILTER (WHERE ended_at IS NULL
                                          AND (state = 'breached'
                                               OR deadline_at < now() AT TIME ZONE 'utc'))
                           AS overdue,
                       count(*) FILTER (WHERE state = 'met' AND met_at > since.at) AS met,
                       count(*) FILTER (WHERE state = 'breached' AND deadline_at > since.at)
                           AS missed,
                       count(*) FILTER (WHERE deadline_at >= today.starts
                                          AND deadline_at < today.ends
                                          AND state IN ('open', 'met', 'breached')) AS due_today,
                       count(*) FILTER (WHERE deadline_at >= today.starts
                                          AND deadline_at < today.ends
                                          AND state = 'met') AS met_today
                  FROM sale_rule_clock
                 CROSS JOIN (SELECT now() AT TIME ZONE 'utc' - interval '30 days' AS at) since
                  LEFT JOIN today USING (user_id)
                 WHERE state IN ('open', 'breached') OR met_at > since.at
              GROUP BY user_id
            ), lead AS (
                SELECT lead.user_id, count(*) AS open,
                       count(*) FILTER (WHERE NOT EXISTS (
                           SELECT FROM mail_activity a WHERE a.res_model = 'crm.lead'
                              AND a.res_id = lead.id AND a.active)
                         AND NOT EXISTS (
                           SELECT FROM calendar_event e WHERE e.opportunity_id = lead.id
                              AND e.active AND e.start > now() AT TIME ZONE 'utc')) AS no_next
                  FROM crm_lead lead
                 WHERE lead.active AND lead.won_status = 'pending' AND lead.user_id IS NOT NULL
              GROUP BY lead.user_id
            ), contact AS (
                SELECT user_id, count(*) FILTER (WHERE report_state = 'owed') AS owed,
                       count(*) FILTER (WHERE report_state IN ('done', 'late')
                                          AND reported_on > since.at) AS written,
                       count(*) FILTER (WHERE started_at > since.at AND is_bulk IS NOT TRUE)
                           AS entered
                  FROM sale_contact_event
                 CROSS JOIN (SELECT now() AT TIME ZONE 'utc' - interval '7 days' AS at) since
                 WHERE report_state = 'owed' OR reported_on > since.at OR started_at > since.at
              GROUP BY user_id
            ), task AS (
                -- the words that a type brings along are no goal
                SELECT a.user_id, count(*) AS planned,
                       count(*) FILTER (
                           WHERE a.clock_id IS NOT NULL
                              OR a.summary <> '' AND NOT EXISTS (
                                 SELECT FROM jsonb_each_text(kind.summary) WHERE value = a.summary
                              )) AS with_goal
                  FROM mail_activity a
                  LEFT JOIN mail_activity_type kind ON kind.id = a.activity_type_id
                 WHERE a.active AND a.res_model = 'crm.lead'
              GROUP BY a.user_id
            ), handover AS (
                SELECT to_user_id AS user_id, count(*) AS waiting
                  FROM sale_handover WHERE state = 'proposed' GROUP BY to_user_id
            ), violation AS (
                SELECT user_id,
                       count(*) FILTER (WHERE state IN ('open', 'explained')
                                          AND kind IN ('breach', 'late_report')) AS open,
                       count(*) FILTER (WHERE kind = 'non_standard'
                                          AND state = 'open') AS outside
                  FROM sale_violation
                 WHERE NOT is_trial AND is_confidential IS NOT TRUE GROUP BY user_id
            )
            SELECT DISTINCT ON (member.user_id, users.company_id)
                   member.id, member.user_id, users.company_id, member.crm_team_id AS team_id,
                   member.role_id,
                   coalesce(lead.open, 0) AS open_count,
                   coalesce(clock.overdue, 0) AS overdue_count,
                   coalesce(lead.no_next, 0) AS no_next_count,
                   coalesce(contact.owed, 0) AS no_report_count,
                   coalesce(violation.outside, 0) AS outside_count,
                   coalesce(handover.waiting, 0) AS unaccepted_count,
                   coalesce(violation.open, 0) AS open_violation_count,
                   coalesce(clock.met, 0) AS met_count,
                   coalesce(clock.missed, 0) AS missed_count,
                   coalesce(clock.due_today, 0) AS due_today_count,
                   coalesce(clock.met_today, 0) AS met_today_count,
                   coalesce(contact.entered, 0) AS contact_count,
                   coalesce(contact.written, 0) + coalesce(task.with_goal, 0) AS kept_count,
                   coalesce(contact.written, 0) + coalesce(contact.owed, 0)
                       + coalesce(task.planned, 0) AS asked_count,
                   EXISTS (SELECT FROM sale_regulation_signature s
                             JOIN sale_regulation r ON r.id = s.regulation_id
                            WHERE s.user_id = member.user_id AND s.signed_on IS NOT NULL
                              AND r.state = 'in_force'
                              AND r.company_id = users.company_id) AS is_signed
              FROM crm_team_member member
              JOIN res_users users ON users.id = member.user_id AND users.active
              LEFT JOIN clock ON clock.user_id = member.user_id
              LEFT JOIN lead ON lead.user_id = member.user_id
              LEFT JOIN contact ON contact.user_id = member.user_id
              LEFT JOIN task ON task.user_id = member.user_id
              LEFT JOIN handover ON handover.user_id = member.user_id
              LEFT JOIN violation ON violation.user_id = member.user_id
             WHERE member.active
          ORDER BY member.user_id, users.company_id, member.id
            """
        )

    # === WHAT A FIGURE COUNTS === #

    def _open_figure(self, name, model, domain, **context):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{name}: {self.user_id.name}",
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": context,
        }

    def action_open_leads(self):
        """Open the person's open leads."""
        return self._open_figure(
            self.env._("Open Leads"),
            "crm.lead",
            Domain("user_id", "=", self.user_id.id) & Domain("won_status", "=", "pending"),
        )

    def action_open_overdue(self):
        """Open the norms that are still overdue."""
        return self._open_figure(
            self.env._("Overdue"),
            "sale.rule.clock",
            Domain("user_id", "=", self.user_id.id)
            & Domain("ended_at", "=", False)
            & (
                Domain("state", "=", "breached")
                | Domain("deadline_at", "<", fields.Datetime.now())
            )
            & Domain("state", "in", ("open", "breached")),
        )

    def action_open_no_next(self):
        """Open the leads for which nothing lies ahead."""
        leads = self.env["crm.lead"].search(
            [("user_id", "=", self.user_id.id), ("won_status", "=", "pending")]
        )
        bare = set(leads.ids) - leads._get_leads_with_next_step()
        return self._open_figure(
            self.env._("No Next Step"), "crm.lead", Domain("id", "in", list(bare))
        )

    def action_open_no_report(self):
        """Open the contacts whose report is owed."""
        return self._open_figure(
            self.env._("No Report"),
            "sale.contact.event",
            Domain("user_id", "=", self.user_id.id) & Domain("report_state", "=", "owed"),
        )

    def action_open_outside(self):
        """Open what ran outside the standard process."""
        return self._open_figure(
            self.env._("Outside the Process"),
            "sale.violation",
            Domain("user_id", "=", self.user_id.id)
            & Domain("kind", "=", "non_standard")
            & Domain("state", "=", "open"),
        )

    def action_open_contacts(self):
        """Open the contacts of seven days."""
        week = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        return self._open_figure(
            self.env._("Contacts (7 Days)"),
            "sale.contact.event",
            Domain("user_id", "=", self.user_id.id)
            & Domain("started_at", ">", week)
            & Domain("is_bulk", "=", False),
        )

    def action_open_unaccepted(self):
        """Open the hand-overs that wait for the person."""
        return self._open_figure(
            self.env._("To Accept"),
            "sale.handover",
            Domain("to_user_id", "=", self.user_id.id) & Domain("state", "=", "proposed"),
        )

    def action_open_violations(self):
        """Open the violations that are not settled."""
        return self._open_figure(
            self.env._("Violations"),
            "sale.violation",
            Domain("user_id", "=", self.user_id.id)
            & Domain("state", "in", ("open", "explained"))
            & Domain("kind", "in", ("breach", "late_report"))
            & Domain("is_trial", "=", False),
        )
