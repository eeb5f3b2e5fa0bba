from pytz import utc

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

EXITS = [
    ("forward", "Forward"),
    ("back", "Back"),
    ("won", "Won"),
    ("lost", "Lost"),
    ("converted", "Converted"),
    ("archived", "Archived"),
    ("owner", "Another Salesperson"),
    ("team", "Another Team"),
    ("merged", "Merged"),
    ("repair", "Repaired"),
]
ORIGINS = [
    ("orm", "Recorded"),
    ("install", "Installation"),
    ("import", "Import"),
    ("repair", "Repair"),
    ("merge", "Merged Lead"),
]
BATCH = 1000


class CrmLeadInterval(models.Model):
    """A stretch in which a lead kept its stage, salesperson and team.

    A lead has an open row exactly while it is active. `visit_no` grows with each stage entered;
    `reached_before` is the highest stage sequence that the lead had reached earlier, -1 at first,
    so that a stage counts as reached for the first time where `stage_seq > reached_before`.
    """

    _name = "crm.lead.interval"
    _inherit = ["sale.audit.row"]
    _description = "Lead History"
    _order = "id desc"
    _rec_name = "lead_id"
    _check_company_auto = True

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    visit_no = fields.Integer(
        string="Stage Visit No.", required=True, readonly=True, aggregator=None
    )
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    stage_name = fields.Char(readonly=True)
    stage_seq = fields.Integer(string="Stage Sequence", readonly=True, aggregator=None)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, ondelete="restrict"
    )
    team_id = fields.Many2one("crm.team", readonly=True, ondelete="set null")
    role_id = fields.Many2one("sale.pipeline.role", readonly=True, ondelete="restrict")
    regulation_id = fields.Many2one("sale.regulation", readonly=True, ondelete="restrict")
    entered_at = fields.Datetime(string="Entered", required=True, readonly=True)
    left_at = fields.Datetime(string="Left", readonly=True)
    exit_kind = fields.Selection(EXITS, string="Exit", readonly=True)
    work_minutes = fields.Float(
        string="Working Minutes", readonly=True, help="Filled in by a job after the end."
    )
    cohort_on = fields.Date(string="Entered On", required=True, readonly=True)
    reached_before = fields.Integer(required=True, readonly=True, aggregator=None)
    origin = fields.Selection(ORIGINS, required=True, readonly=True)
    origin_lead = fields.Integer(
        string="Merged Lead No.",
        readonly=True,
        aggregator=None,
        help="Of a lead merged into this.",
    )

    _open_unique = models.UniqueIndex(
        "(lead_id) WHERE left_at IS NULL", "A lead has one open history entry."
    )
    _order_of_time = models.Constraint(
        "CHECK (left_at >= entered_at)", "A history entry ends after its beginning."
    )
    _exit_known = models.Constraint(
        "CHECK ((left_at IS NULL) = (exit_kind IS NULL))",
        "A history entry that ended has an exit.",
    )
    _lead_index = models.Index("(lead_id, id)")
    _left_index = models.Index("(company_id, left_at)")
    _unfilled_index = models.Index("(id) WHERE left_at IS NOT NULL AND work_minutes IS NULL")
    _reached_index = models.Index(
        "(company_id, cohort_on) INCLUDE (stage_seq, reached_before, user_id)"
        " WHERE stage_seq > reached_before AND origin <> 'merge'"
    )

    def flush_model(self, fnames=None):
        self.env["crm.lead"]._write_history()
        super().flush_model(fnames)

    @api.model
    def _record(self, changes, origin="orm"):
        """Close and open the rows of leads that changed.

        A further change in the same transaction overwrites the row opened in it.

        :param changes: `Change` tuples of `crm.lead`, each lead once
        :return: ``{lead id: visit number}``
        """
        known = [one for one in changes if one.was_open]
        visits = self._record_known(known, origin) if known else {}
        rest = [one for one in changes if one.lead_id not in visits]
        if rest:
            visits |= self._record_any(rest, origin)
        self.invalidate_model()
        return visits

    @api.model
    def _record_known(self, changes, origin):
        """Close the open row of each lead and open the next, as nearly always; see `_record`."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH n AS (%(rows)s), closed AS (
                    UPDATE crm_lead_interval i
                       SET left_at = greatest(%(now)s, i.entered_at), exit_kind = n.exit_kind
                      FROM n
                     WHERE i.lead_id = n.lead_id AND i.left_at IS NULL AND i.entered_at <> %(now)s
                 RETURNING i.lead_id, i.visit_no, i.cohort_on, i.entered_at, i.stage_seq,
                           i.reached_before
                ), opened AS (
                    INSERT INTO crm_lead_interval (%(columns)s, visit_no, entered_at, cohort_on,
                           reached_before, origin)
                    SELECT %(values)s, closed.visit_no + n.moved::int,
                           greatest(%(now)s, closed.entered_at), closed.cohort_on,
                           greatest(closed.reached_before, closed.stage_seq), %(origin)s
                      FROM n JOIN closed USING (lead_id)
                     WHERE n.is_open
                )
                SELECT lead_id, closed.visit_no + n.moved::int FROM closed JOIN n USING (lead_id)
                """,
                **self._get_sql_parts(changes, origin),
            )
        )
        return dict(rows)

    @api.model
    def _record_any(self, changes, origin):
        """Record whatever there was before: no row, an open one, or one of this transaction."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH n AS (%(rows)s), last AS (
                    SELECT n.lead_id, p.*
                      FROM n LEFT JOIN LATERAL (
                           SELECT id, visit_no, stage_seq, reached_before, cohort_on, left_at,
                                  entered_at
                             FROM crm_lead_interval i
                            WHERE i.lead_id = n.lead_id AND origin <> 'merge'
                         ORDER BY id DESC LIMIT 1) p ON TRUE
                ), same AS (
                    UPDATE crm_lead_interval i
                       SET company_id = n.company_id,
                           visit_no = i.visit_no + n.moved::int,
                           stage_id = n.stage_id,
                           stage_name = n.stage_name,
                           stage_seq = n.stage_seq,
                           user_id = n.user_id,
                           team_id = n.team_id,
                           role_id = n.role_id,
                           regulation_id = n.regulation_id,
                           left_at = CASE WHEN NOT n.is_open THEN %(now)s END,
                           exit_kind = CASE WHEN NOT n.is_open THEN n.exit_kind END
                      FROM n
                     WHERE i.lead_id = n.lead_id AND i.left_at IS NULL
                       AND i.entered_at = %(now)s
                 RETURNING i.lead_id, i.visit_no, i.left_at
                ), closed AS (
                    UPDATE crm_lead_interval i
                       SET left_at = greatest(%(now)s, i.entered_at), exit_kind = n.exit_kind
                      FROM n
                     WHERE i.lead_id = n.lead_id AND i.left_at IS NULL
                       AND i.entered_at <> %(now)s
                 RETURNING i.lead_id
                ), lost AS (
                    UPDATE crm_lead_interval i
                       SET exit_kind = n.exit_kind
                      FROM n JOIN last USING (lead_id)
                     WHERE i.id = last.id AND NOT n.is_open AND last.left_at IS NOT NULL
                ), opened AS (
                    INSERT INTO crm_lead_interval (%(columns)s, visit_no, entered_at, cohort_on,
                           reached_before, origin)
                    SELECT %(values)s, coalesce(last.visit_no, 0) + n.moved::int,
                           greatest(%(now)s, last.entered_at),
                           coalesce(last.cohort_on, n.cohort_on),
                           greatest(last.reached_before, last.stage_seq, -1),
                           %(origin)s
                      FROM n
                      JOIN last USING (lead_id)
                      LEFT JOIN closed USING (lead_id)
                     WHERE n.is_open
                       AND NOT EXISTS (SELECT FROM same WHERE same.lead_id = n.lead_id)
                 RETURNING lead_id, visit_no
                )
                SELECT lead_id, visit_no FROM opened
                 UNION ALL SELECT lead_id, visit_no FROM same WHERE left_at IS NULL
                """,
                **self._get_sql_parts(changes, origin),
            )
        )
        return dict(rows)

    @api.model
    def _get_visits(self, lead_ids):
        """Return ``{lead id: visit number}`` of leads as their open rows say."""
        rows = self.search_fetch(
            [("lead_id", "in", lead_ids), ("left_at", "=", False)], ["lead_id", "visit_no"]
        )
        return {row.lead_id.id: row.visit_no for row in rows}

    @api.model
    def _get_cohort(self, change):
        """Return the day on which a lead came, where its company is."""
        zone = self._get_zone(change.after.company_id)
        return utc.localize(change.after.created_at).astimezone(zone).date()

    @api.model
    @ormcache("company_id")
    def _get_zone(self, company_id):
        """Return the zone of a company's days, kept in memory until one of them changes."""
        return self.env["res.company"].browse(company_id or [])._get_day_zone()

    @api.model
    def _get_sql_parts(self, changes, origin):
        """Return the parts that both statements share: rows, columns, values, now, origin."""
        names = [
            "lead_id",
            "company_id",
            "stage_id",
            "stage_name",
            "stage_seq",
            "user_id",
            "team_id",
            "role_id",
            "regulation_id",
        ]
        rows = SQL(
            """
            SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[], %s::int[], %s::int[],
                                 %s::int[], %s::int[], %s::int[], %s::bool[], %s::bool[],
                                 %s::text[], %s::date[])
                       AS n(lead_id, company_id, stage_id, stage_name, stage_seq, user_id,
                            team_id, role_id, regulation_id, is_open, moved, exit_kind, cohort_on)
            """,
            [one.lead_id for one in changes],
            [one.after.company_id or None for one in changes],
            [one.after.stage_id or None for one in changes],
            [one.after.rank[3] for one in changes],
            [one.after.rank[0] for one in changes],
            [one.after.user_id or None for one in changes],
            [one.after.team_id or None for one in changes],
            [one.after.role_id or None for one in changes],
            [one.after.regulation_id or None for one in changes],
            [one.after.active for one in changes],
            [one.moved for one in changes],
            [one.exit_kind for one in changes],
            [self._get_cohort(one) for one in changes],
        )
        return {
            "rows": rows,
            "columns": SQL(", ").join(map(SQL.identifier, names)),
            "values": SQL(", ").join(SQL.identifier("n", name) for name in names),
            "now": self.env.cr.now(),
            "origin": origin,
        }

    @api.model
    def _merge(self, head, tails):
        """Let history, violations and hand-overs of merged leads go on as the head's.

        Their norms and proposals end. What became of other leads in this transaction may wait.
        """
        clocks = self.env["sale.rule.clock"]
        others = (self.env["sale.violation"], self.env["sale.handover"])
        clocks._flush()  # past flush_model, which would write what waits
        for other in others:
            other.flush_model()
        self.env.execute_query(
            SQL(
                """
                WITH cancelled AS (
                    UPDATE sale_rule_clock SET state = 'cancelled', ended_at = %(now)s
                     WHERE lead_id IN %(tails)s AND state = 'open'
                ), violated AS (
                    UPDATE sale_violation SET lead_id = %(head)s WHERE lead_id IN %(tails)s
                ), handed AS (
                    UPDATE sale_handover
                       SET lead_id = %(head)s,
                           state = CASE state WHEN 'proposed' THEN 'cancelled' ELSE state END
                     WHERE lead_id IN %(tails)s
                )
                UPDATE crm_lead_interval
                   SET origin_lead = lead_id, lead_id = %(head)s, origin = 'merge',
                       exit_kind = coalesce(exit_kind, 'merged'),
                       left_at = coalesce(left_at, greatest(%(now)s, entered_at))
                 WHERE lead_id IN %(tails)s
             RETURNING id
                """,
                head=head.id,
                tails=tuple(tails.ids),
                now=self.env.cr.now(),
            )
        )
        for model in (self, clocks, *others):
            model.invalidate_model(flush=False)

    # === JOBS === #

    @api.model
    def _cron_repair(self):
        """Record what changed past the ORM, by SQL or other tools."""
        self.env["crm.lead"].flush_model()
        progress = self.env["ir.cron"]
        while ids := self._find_drift(BATCH):
            leads = self.env["crm.lead"].sudo().with_context(active_test=False).browse(ids)
            leads._repair_history()
            if not progress._commit_progress(len(ids), remaining=0) or len(ids) < BATCH:
                break

    @api.model
    def _find_drift(self, limit):
        """Find leads whose open row is missing, superfluous or differs."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead.id
                  FROM crm_lead lead
                  LEFT JOIN crm_lead_interval i ON i.lead_id = lead.id AND i.left_at IS NULL
                 WHERE CASE WHEN lead.active IS NOT TRUE THEN i.id IS NOT NULL
                       ELSE i.id IS NULL
                         OR (i.stage_id, i.user_id, i.team_id)
                            IS DISTINCT FROM (lead.stage_id, lead.user_id, lead.team_id) END
              ORDER BY lead.id
                 LIMIT %s
                """,
                limit,
            )
        )
        return [lead_id for (lead_id,) in rows]

    @api.model
    def _cron_work_minutes(self):
        """Fill in the working minutes of stretches that have ended."""
        progress = self.env["ir.cron"]
        unfilled = SQL(
            "SELECT id FROM crm_lead_interval"
            " WHERE left_at IS NOT NULL AND work_minutes IS NULL ORDER BY id LIMIT %s",
            BATCH,
        )
        while ids := [row_id for (row_id,) in self.env.execute_query(unfilled)]:
            rows = self.browse(ids)
            rows._fill_work_minutes()
            if not progress._commit_progress(len(rows), remaining=0):
                break

    def _fill_work_minutes(self):
        times = self.env["sale.rule.clock"]
        values = []
        for row in self:
            calendar, resource_id = times._get_calendar(
                row.company_id.id, row.team_id.id, row.user_id.id, "person"
            )
            minutes = (
                calendar._get_work_minutes(row.entered_at, row.left_at, resource_id)
                if calendar
                else 0.0
            )
            values.append(minutes)
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead_interval i SET work_minutes = v.minutes
                  FROM unnest(%s::int[], %s::float[]) AS v(id, minutes)
                 WHERE i.id = v.id RETURNING i.id
                """,
                self.ids,
                values,
            )
        )
        self.invalidate_recordset(["work_minutes"])

    # === INSTALLATION === #

    @api.model
    def _record_installation(self):
        """Open a row for each active lead since it entered its stage, without a clock."""
        companies = self.env["res.company"]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_lead_interval (
                       lead_id, company_id, visit_no, stage_id, stage_name, stage_seq, user_id,
                       team_id, entered_at, cohort_on, reached_before, origin)
                SELECT lead.id, coalesce(lead.company_id, team.company_id, users.company_id), 1,
                       stage.id, stage.name ->> 'en_US', coalesce(stage.sequence, 0),
                       lead.user_id, lead.team_id,
                       coalesce(lead.date_last_stage_update, lead.create_date),
                       (coalesce(lead.create_date, lead.date_last_stage_update)
                        AT TIME ZONE 'utc' AT TIME ZONE coalesce(zone.name, 'utc'))::date, -1,
                       'install'
                  FROM crm_lead lead
                  LEFT JOIN crm_stage stage ON stage.id = lead.stage_id
                  LEFT JOIN crm_team team ON team.id = lead.team_id
                  LEFT JOIN res_users users ON users.id = lead.user_id
                  LEFT JOIN %s
                    ON zone.company_id
                       = coalesce(lead.company_id, team.company_id, users.company_id)
                 WHERE lead.active
                   AND NOT EXISTS (SELECT FROM crm_lead_interval i
                                    WHERE i.lead_id = lead.id AND i.left_at IS NULL)
                """,
                companies._get_zone_table(),
            )
        )
