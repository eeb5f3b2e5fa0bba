from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

DUTIES = [
    ("assign", "Leads without a Salesperson"),
    ("handover", "Hand-Overs to Be Accepted"),
    ("decide", "Explanations, Exceptions and Complaints"),
    ("role", "Members without a Role"),
    ("sign", "Members Who Have Not Signed"),
    ("training", "Trainings"),
]
DAYS = 30


class SaleHeadDuty(models.Model):
    """What a head of sales owes: what waits for him, what is late, what he did (G8, G10, G12)."""

    _name = "sale.head.duty"
    _description = "Duty of a Head of Sales"
    _auto = False
    _order = "user_id, id"
    _rec_name = "duty"

    user_id = fields.Many2one("res.users", string="Head of Sales", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    duty = fields.Selection(DUTIES, readonly=True)
    waiting_count = fields.Integer(string="Waiting", readonly=True)
    late_count = fields.Integer(string="Overdue", readonly=True)
    done_count = fields.Integer(string="Done (30 Days)", readonly=True)

    @property
    def _table_query(self):
        """Unite the duties of leaders of teams; an id is the leader's times eight and a duty."""
        return SQL(
            """
            WITH team AS (
                SELECT t.id, t.user_id, u.company_id
                  FROM crm_team t JOIN res_users u ON u.id = t.user_id AND u.active
                 WHERE t.active
            ), head AS (SELECT DISTINCT user_id, company_id FROM team),
            since AS (SELECT now() AT TIME ZONE 'utc' - %s * interval '1 day' AS at),
            duty AS (%s)
            SELECT head.user_id * 8 + kind.number AS id, head.user_id, head.company_id,
                   kind.duty, coalesce(duty.waiting, 0) AS waiting_count,
                   coalesce(duty.late, 0) AS late_count, coalesce(duty.done, 0) AS done_count
              FROM head
             CROSS JOIN unnest(%s::text[], %s::int[]) AS kind(duty, number)
              LEFT JOIN duty ON duty.user_id = head.user_id AND duty.duty = kind.duty
            """,
            DAYS,
            SQL(" UNION ALL ").join(self._get_parts()),
            [duty for duty, _label in DUTIES],
            list(range(len(DUTIES))),
        )

    @api.model
    def _get_parts(self):
        """Return a SELECT for each duty: leader, duty, waiting, late, done."""
        return [
            SQL(
                """
                SELECT team.user_id, 'assign' AS duty, count(*) AS waiting,
                       count(*) FILTER (WHERE EXISTS (
                           SELECT FROM sale_rule_clock c
                            WHERE c.lead_id = lead.id AND c.kind = 'assignment'
                              AND c.ended_at IS NULL AND c.deadline_at < now() AT TIME ZONE 'utc'
                       )) AS late,
                       0::bigint AS done
                  FROM team JOIN crm_lead lead ON lead.team_id = team.id
                 WHERE lead.active AND lead.user_id IS NULL AND lead.won_status = 'pending'
              GROUP BY team.user_id
                """
            ),
            SQL(
                """
                SELECT team.user_id, 'handover', count(*) FILTER (WHERE h.state = 'proposed'),
                       count(*) FILTER (WHERE h.state = 'expired' AND h.create_date > since.at),
                       count(*) FILTER (WHERE h.decided_by_id = team.user_id
                                          AND h.decided_on > since.at)
                  FROM team JOIN crm_lead lead ON lead.team_id = team.id
                  JOIN sale_handover h ON h.lead_id = lead.id CROSS JOIN since
              GROUP BY team.user_id
                """
            ),
            SQL(
                """
                SELECT team.user_id, 'decide',
                       count(DISTINCT v.id) FILTER (WHERE waits.now),
                       count(DISTINCT v.id) FILTER (WHERE waits.now AND EXISTS (
                           SELECT FROM sale_rule_clock c
                            WHERE c.about_id = v.id AND c.ended_at IS NULL
                              AND c.deadline_at < now() AT TIME ZONE 'utc')),
                       count(DISTINCT v.id) FILTER (WHERE v.decided_by_id = team.user_id
                                                      AND v.decided_on > since.at)
                  FROM team
                  JOIN crm_team_member m ON m.crm_team_id = team.id AND m.active
                  JOIN sale_violation v ON coalesce(v.user_id, v.author_id) = m.user_id
                                       AND v.user_id IS DISTINCT FROM team.user_id
                                       AND v.is_confidential IS NOT TRUE
                 CROSS JOIN since
                 CROSS JOIN LATERAL (SELECT v.state IN ('asked', 'explained')
                                         OR v.kind = 'complaint' AND v.state = 'open') waits(now)
              GROUP BY team.user_id
                """
            ),
            SQL(
                """
                SELECT team.user_id, 'role', count(*) FILTER (WHERE m.role_id IS NULL), 0,
                       count(m.role_id)
                  FROM team JOIN crm_team_member m ON m.crm_team_id = team.id AND m.active
              GROUP BY team.user_id
                """
            ),
            SQL(
                """
                SELECT team.user_id, 'sign', count(DISTINCT m.user_id) FILTER (WHERE NOT s.signed),
                       0, count(DISTINCT m.user_id) FILTER (WHERE s.signed)
                  FROM team
                  JOIN crm_team_member m ON m.crm_team_id = team.id AND m.active
                  JOIN sale_regulation r
                    ON r.company_id = team.company_id AND r.state = 'in_force'
                 CROSS JOIN LATERAL (
                       SELECT EXISTS (SELECT FROM sale_regulation_signature g
                                       WHERE g.regulation_id = r.id AND g.user_id = m.user_id
                                         AND g.signed_on IS NOT NULL) AS signed) s
              GROUP BY team.user_id
                """
            ),
            SQL(
                """
                SELECT e.user_id, 'training',
                       count(*) FILTER (WHERE e.start > now() AT TIME ZONE 'utc'), 0,
                       count(*) FILTER (WHERE e.start <= now() AT TIME ZONE 'utc')
                  FROM calendar_event e CROSS JOIN since
                 WHERE e.active AND e.training_topic_id IS NOT NULL AND e.start > since.at
              GROUP BY e.user_id
                """
            ),
        ]

    # === WHAT A DUTY COUNTS === #

    def action_open(self):
        """Open what waits."""
        self.ensure_one()
        model, domain = getattr(self, f"_get_waiting_{self.duty}")()
        labels = dict(self._fields["duty"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": f"{labels[self.duty]}: {self.user_id.name}",
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
        }

    def _get_teams(self):
        return Domain("team_id.user_id", "=", self.user_id.id)

    def _get_waiting_assign(self):
        open_leads = Domain("user_id", "=", False) & Domain("won_status", "=", "pending")
        return "crm.lead", self._get_teams() & open_leads

    def _get_waiting_handover(self):
        return "sale.handover", (
            Domain("lead_id.team_id.user_id", "=", self.user_id.id)
            & Domain("state", "=", "proposed")
        )

    def _get_waiting_decide(self):
        members = self.env["crm.team.member"].search(
            [("crm_team_id.user_id", "=", self.user_id.id)]
        )
        people = members.user_id - self.user_id
        whose = Domain("user_id", "in", people.ids) | (
            Domain("user_id", "=", False) & Domain("author_id", "in", people.ids)
        )
        waits = Domain("state", "in", ("asked", "explained")) | (
            Domain("kind", "=", "complaint") & Domain("state", "=", "open")
        )
        return "sale.violation", whose & waits & Domain("is_confidential", "=", False)

    def _get_waiting_role(self):
        return "crm.team.member", (
            Domain("crm_team_id.user_id", "=", self.user_id.id) & Domain("role_id", "=", False)
        )

    def _get_waiting_sign(self):
        members = self.env["crm.team.member"].search(
            [("crm_team_id.user_id", "=", self.user_id.id)]
        )
        regulation = self.env["sale.regulation"]._get_in_force(self.company_id)
        signatures = self.env["sale.regulation.signature"].search(
            [("regulation_id", "=", regulation.id), ("signed_on", "!=", False)]
        )
        bare = members.filtered(lambda member: member.user_id not in signatures.user_id)
        return "crm.team.member", Domain("id", "in", bare.ids)

    def _get_waiting_training(self):
        return "calendar.event", (
            Domain("user_id", "=", self.user_id.id)
            & Domain("training_topic_id", "!=", False)
            & Domain("start", ">", fields.Datetime.now())
        )
