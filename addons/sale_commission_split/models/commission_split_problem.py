from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("nobody", "Nobody Takes Part"),
    ("no_plan", "No Plan or Rate Fits"),
    ("no_origin", "Credit Note without Invoice"),
    ("clawback", "Credit Note after the Clawback Time"),
    ("quota", "Quota Missing"),
    ("unsigned", "Not Signed"),
    ("dispute", "Dispute"),
    ("case", "Bonus or Penalty to Be Decided"),
    ("questioned", "Statement Questioned"),
    ("overdue", "Statement Not Paid in Time"),
    ("check", "Found by Check (30 Days)"),
    ("leaver", "Customer of Somebody Who Left"),
    ("below", "Below Half of the Quota, Three Windows Running"),
]


class CommissionSplitProblem(models.Model):
    """Control: what waits for somebody, or pays nobody, and why (S7). Silence is a defect."""

    _name = "commission.split.problem"
    _description = "Control of Commission"
    _auto = False
    _order = "kind, day desc, id"
    _rec_name = "name"

    kind = fields.Selection(KINDS, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    day = fields.Date(readonly=True)
    name = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Person or Customer", readonly=True)
    amount = fields.Monetary(readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True, aggregator=None)

    @property
    def _table_query(self):
        """Unite the lists; an id is that of the record times sixteen and the list's number."""
        return SQL(
            """
            SELECT (p.res_id * 16 + p.number)::bigint AS id, p.kind, p.company_id, p.day, p.name,
                   p.partner_id, p.amount, p.res_model, p.res_id,
                   coalesce(statement.currency_id, entry.currency_id, company.currency_id)
                       AS currency_id
              FROM (%s) AS p(number, kind, res_model, res_id, company_id, day, name, partner_id,
                             amount)
              LEFT JOIN res_company company ON company.id = p.company_id
              LEFT JOIN commission_split_statement statement
                ON p.res_model = 'commission.split.statement' AND statement.id = p.res_id
              LEFT JOIN commission_split_entry entry
                ON p.res_model = 'commission.split.entry' AND entry.id = p.res_id
            """,
            SQL(" UNION ALL ").join(SQL("(%s)", part) for part in self._get_parts()),
        )

    @api.model
    def _get_parts(self):
        """Return the SELECT of each list."""
        return [
            *self._get_document_lists(),
            *self._get_people_lists(),
            *self._get_decision_lists(),
            *self._get_check_lists(),
        ]

    @api.model
    def _get_document_lists(self):
        """Return the SELECT of each list of documents that pay nobody."""
        documents = SQL(
            """
            SELECT m.id, m.company_id, coalesce(m.invoice_date, m.date) AS day, m.name,
                   m.commercial_partner_id, m.amount_untaxed_signed AS amount, m.move_type
              FROM account_move m JOIN res_company c ON c.id = m.company_id
             WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund')
               AND coalesce(m.invoice_date, m.date) >= c.commission_split_start
               AND m.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
               AND EXISTS (SELECT FROM account_move_line l
                            WHERE l.move_id = m.id AND l.display_type = 'product'
                              AND l.balance <> 0)
            """
        )
        credited = SQL(
            "EXISTS (SELECT FROM commission_split_credit x WHERE x.is_current"
            " AND x.source_model = 'account.move' AND x.source_id = d.id)"
        )
        participants = SQL(
            """
            EXISTS (SELECT FROM commission_split_deal deal
                      JOIN commission_split_sharing s
                        ON s.deal_id = deal.id AND s.state = 'in_force'
                      JOIN commission_split_participant p ON p.sharing_id = s.id
                     WHERE deal.move_id = d.id
                        OR deal.order_id IN (
                           SELECT ol.order_id FROM account_move_line l
                             JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
                             JOIN sale_order_line ol ON ol.id = r.order_line_id
                            WHERE l.move_id = d.id))
            """
        )
        return [
            SQL(
                "SELECT 0, 'nobody', 'account.move', d.id, d.company_id, d.day, d.name,"
                " d.commercial_partner_id, d.amount FROM (%s) d"
                " WHERE d.move_type = 'out_invoice' AND NOT %s",
                documents,
                participants,
            ),
            SQL(
                "SELECT 1, 'no_plan', 'account.move', d.id, d.company_id, d.day, d.name,"
                " d.commercial_partner_id, d.amount FROM (%s) d"
                " WHERE d.move_type = 'out_invoice' AND %s AND NOT %s",
                documents,
                participants,
                credited,
            ),
            SQL(
                "SELECT 2, 'no_origin', 'account.move', d.id, d.company_id, d.day, d.name,"
                " d.commercial_partner_id, d.amount FROM (%s) d"
                " WHERE d.move_type = 'out_refund' AND NOT %s",
                documents,
                credited,
            ),
            SQL(
                """
                SELECT DISTINCT 3, 'clawback', 'account.move', note.source_id, note.company_id,
                       note.date, m.name, m.commercial_partner_id, m.amount_untaxed_signed
                  FROM commission_split_credit note
                  JOIN commission_split_credit o ON o.id = note.origin_credit_id
                  JOIN commission_split_plan plan ON plan.id = o.plan_id
                  JOIN account_move m ON m.id = note.source_id
                 WHERE note.is_current AND plan.clawback_days > 0
                   AND note.date > o.date + plan.clawback_days
                """
            ),
        ]

    @api.model
    def _get_people_lists(self):
        """Return the SELECT of each list of people: quotas, signatures, leavers."""
        months = self.env["commission.split.engine"]._get_months_sql("component.window_kind")
        return [
            SQL(
                """
                SELECT DISTINCT ON (a.id) 4, 'quota', 'commission.split.agreement', a.id,
                       a.company_id, e.window_date, component.name ->> 'en_US', a.person_id,
                       0::numeric
                  FROM commission_split_agreement a
                  JOIN commission_split_entry e
                    ON e.person_id = a.person_id AND e.company_id = a.company_id
                   AND e.window_date IS NOT NULL AND e.kind = 'doc'
                  JOIN commission_split_component component ON component.id = e.component_id
                  JOIN commission_split_plan plan
                    ON plan.id = component.plan_id AND plan.root_id = a.root_id
                 WHERE a.state = 'active'
                   AND a.date_from < e.window_date + %(months)s * interval '1 month'
                   AND (a.date_to IS NULL OR a.date_to >= e.window_date)
                   AND (component.pays IN ('quota', 'attainment')
                        OR component.step_unit = 'quota' OR component.threshold > 0)
                   AND (component.pays IN ('quota', 'attainment') OR component.threshold > 0
                        OR EXISTS (SELECT FROM commission_split_step s
                                    WHERE s.component_id = component.id))
                   AND NOT EXISTS (
                       SELECT FROM commission_split_quota q
                         JOIN commission_split_component qc ON qc.id = q.component_id
                        WHERE q.is_current AND q.window_date = e.window_date
                          AND qc.root_id = component.root_id
                          AND (q.agreement_id = a.id
                               OR q.agreement_id IS NULL AND q.team_id = a.team_id))
              ORDER BY a.id, e.window_date
                """,
                months=months,
            ),
            SQL(
                """
                SELECT 5, 'unsigned', 'commission.split.agreement', a.id, a.company_id,
                       a.date_from, plan.name, a.person_id, 0::numeric
                  FROM commission_split_agreement a
                  JOIN commission_split_plan plan ON plan.id = a.plan_id
                 WHERE a.state = 'active' AND (a.date_to IS NULL OR a.date_to >= now()::date)
                   AND NOT EXISTS (
                       SELECT FROM commission_split_acceptance x
                        WHERE x.res_model = 'commission.split.agreement' AND x.res_id = a.id
                          AND x.person_id = a.person_id
                          AND x.signed_on >= coalesce(
                              (SELECT max(v.approved_on) FROM commission_split_plan v
                                WHERE v.root_id = a.root_id AND v.state = 'approved'
                                  AND v.date_from <= now()::date), a.create_date))
                """
            ),
            SQL(
                """
                SELECT 11, 'leaver', 'res.partner', p.id, u.company_id, NULL::date, p.name, p.id,
                       0::numeric
                  FROM res_partner p JOIN res_users u ON u.id = p.user_id AND NOT u.active
                 WHERE p.active AND p.parent_id IS NULL
                """
            ),
            self._get_below_sql(),
        ]

    @api.model
    def _get_decision_lists(self):
        """Return the SELECT of each list of what somebody has to decide or pay."""
        return [
            SQL(
                """
                SELECT 6, 'dispute', 'commission.split.dispute', d.id, d.company_id, d.deadline,
                       coalesce(deal.name, d.reference), d.claimant_id, 0::numeric
                  FROM commission_split_dispute d
                  LEFT JOIN commission_split_deal deal ON deal.id = d.deal_id
                 WHERE d.state IN ('open', 'arbitration')
                """
            ),
            SQL(
                """
                SELECT 7, 'case', 'commission.split.case', c.id, c.company_id, c.date,
                       r.name ->> 'en_US', c.person_id, c.amount
                  FROM commission_split_case c
                  JOIN commission_split_reason r ON r.id = c.reason_id
                 WHERE c.state = 'explain'
                """
            ),
            SQL(
                """
                SELECT CASE s.state WHEN 'questioned' THEN 8 ELSE 9 END,
                       CASE s.state WHEN 'questioned' THEN 'questioned' ELSE 'overdue' END,
                       'commission.split.statement', s.id, s.company_id, s.date_from,
                       to_char(s.date_from, 'YYYY-MM'), s.person_id, s.amount
                  FROM commission_split_statement s
                  JOIN commission_split_period p ON p.id = s.period_id
                  JOIN res_company c ON c.id = s.company_id
                 WHERE s.state = 'questioned'
                    OR s.state <> 'posted'
                   AND p.date_to + coalesce(c.commission_split_pay_days, 15) < now()::date
                """
            ),
        ]

    @api.model
    def _get_check_lists(self):
        """Return the SELECT of what the nightly check has found."""
        return [
            SQL(
                """
                SELECT 10, 'check', 'commission.split.entry', e.id, e.company_id,
                       e.create_date::date, e.source_name, e.person_id, e.earned
                  FROM commission_split_entry e
                 WHERE e.cause = 'check' AND e.create_date > now() - interval '30 days'
                """
            ),
        ]

    @api.model
    def _get_below_sql(self):
        """Return the SELECT of people who missed half of a quota in the last three windows."""
        return SQL(
            """
            SELECT DISTINCT ON (agreement_id) 12, 'below', 'commission.split.agreement',
                   agreement_id, company_id, max(window_date), min(name), person_id, 0::numeric
              FROM (
                   SELECT q.agreement_id, a.company_id, a.person_id, q.window_date, q.effective,
                          c.root_id, c.name ->> 'en_US' AS name,
                          coalesce((SELECT sum(e.basis) FROM commission_split_entry e
                                      JOIN commission_split_component ec ON ec.id = e.component_id
                                     WHERE e.kind = 'doc' AND e.person_id = a.person_id
                                       AND e.window_date = q.window_date
                                       AND ec.root_id = c.root_id), 0) AS basis,
                          row_number() OVER (PARTITION BY q.agreement_id, c.root_id
                                                 ORDER BY q.window_date DESC) AS back
                     FROM commission_split_quota q
                     JOIN commission_split_agreement a
                       ON a.id = q.agreement_id AND a.state = 'active'
                      AND (a.date_to IS NULL OR a.date_to >= now()::date)
                     JOIN commission_split_component c ON c.id = q.component_id
                    WHERE q.is_current AND q.effective > 0
                      AND q.window_date + %s * interval '1 month' <= now()
                   ) measured
             WHERE back <= 3
          GROUP BY agreement_id, company_id, person_id, root_id
            HAVING count(*) = 3 AND bool_and(2 * basis < effective)
          ORDER BY agreement_id, root_id
            """,
            self.env["commission.split.engine"]._get_months_sql("c.window_kind"),
        )

    def action_open(self):
        """Open the record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
