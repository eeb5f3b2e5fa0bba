from odoo import api, models
from odoo.tools import SQL


class CommissionSplitEngine(models.AbstractModel):
    """Steps, quotas and caps: what a window or a deal adds to the rows of its documents.

    A step never touches a row of a document, so that shares always add up to their pot. It is
    reckoned on what was booked in the window itself; what comes later changes it in the same
    proportion as the basis, never by another rate.
    """

    _inherit = "commission.split.engine"

    @api.model
    def _enter_scopes(self, touched):
        """Enter the difference for windows and deals that documents have touched.

        :param touched: ``[(component, person, window, deal), …]``
        :return: how many rows were entered
        """
        windows = [(c, person, day) for c, person, day, _deal in touched if day]
        deals = [(c, deal) for c, _person, _day, deal in touched if deal]
        return self._enter_windows(windows) + self._enter_deal_scopes(deals)

    @api.model
    def _enter_windows(self, keys):
        """Enter the difference for windows of people.

        :param keys: ``[(component, person, first day), …]``
        """
        if not keys:
            return 0
        entered = self.env.execute_query(
            SQL(
                """
                WITH key AS (
                    SELECT * FROM unnest(%(components)s::int[], %(persons)s::int[],
                                         %(windows)s::date[])
                        AS key(component_id, person_id, window_date)
                ), sums AS (
                    SELECT key.component_id, key.person_id, key.window_date,
                           component.company_id,
                           sum(e.basis) FILTER (WHERE %(is_inside)s) AS x,
                           sum(e.earned) FILTER (WHERE %(is_inside)s) AS y,
                           sum(e.basis) AS b, sum(e.basis_due) AS bd,
                           max(period.date_from) AS booked, max(e.team_id) AS team_id
                      FROM key
                      JOIN commission_split_component component
                        ON component.id = key.component_id
                      JOIN commission_split_entry e
                        ON e.kind = 'doc' AND e.component_id = key.component_id
                       AND e.person_id = key.person_id AND e.window_date = key.window_date
                      JOIN commission_split_period period ON period.id = e.period_id
                  GROUP BY key.component_id, key.person_id, key.window_date,
                           component.company_id
                ), measured AS (
                    SELECT sums.*, quota.amount AS quota, target.amount AS target,
                           currency.rounding AS unit, currency.id AS currency_id
                      FROM sums
                      JOIN commission_split_component c ON c.id = sums.component_id
                      JOIN commission_split_plan plan ON plan.id = c.plan_id
                      JOIN res_company company ON company.id = sums.company_id
                      JOIN res_currency currency ON currency.id = company.currency_id
                      LEFT JOIN LATERAL (
                           SELECT a.id FROM commission_split_agreement a
                            WHERE a.person_id = sums.person_id AND a.company_id = sums.company_id
                              AND a.root_id = plan.root_id AND a.state = 'active'
                              AND a.date_from < sums.window_date + %(months)s * interval '1 month'
                         ORDER BY a.date_from DESC, a.id DESC LIMIT 1) agreement ON TRUE
                      LEFT JOIN LATERAL (%(quota)s) quota ON TRUE
                      LEFT JOIN LATERAL (%(target)s) target ON TRUE
                ), paid AS (%(paid)s), net AS (
                    SELECT e.component_id, e.person_id, e.window_date, max(e.seq) AS seq,
                           sum(e.earned) AS earned, sum(e.payable) AS payable
                      FROM key JOIN commission_split_entry e
                        ON e.kind = 'scope' AND e.component_id = key.component_id
                       AND e.person_id = key.person_id AND e.window_date = key.window_date
                  GROUP BY e.component_id, e.person_id, e.window_date
                )
                INSERT INTO commission_split_entry (kind, company_id, component_id, person_id,
                       team_id, origin, window_date, period_id, currency_id, seq, basis,
                       basis_due, earned, payable, cause, create_uid, create_date)
                SELECT 'scope', paid.company_id, paid.component_id, paid.person_id, paid.team_id,
                       paid.window_date, paid.window_date, period.id, paid.currency_id,
                       coalesce(net.seq, 0) + 1, 0, 0, paid.earned - coalesce(net.earned, 0),
                       paid.payable - coalesce(net.payable, 0), 'window', %(uid)s, %(now)s
                  FROM paid
                  LEFT JOIN net USING (component_id, person_id, window_date)
                  JOIN LATERAL (%(period)s) period ON TRUE
                 WHERE (paid.earned, paid.payable)
                       <> (coalesce(net.earned, 0), coalesce(net.payable, 0))
                ON CONFLICT DO NOTHING RETURNING id
                """,
                components=[key[0] for key in keys],
                persons=[key[1] for key in keys],
                windows=[key[2] for key in keys],
                is_inside=SQL(
                    "period.date_from >= key.window_date AND period.date_from <"
                    " key.window_date + %s * interval '1 month'",
                    self._get_months_sql("component.window_kind"),
                ),
                months=self._get_months_sql("c.window_kind"),
                quota=self._get_quota_sql(
                    "agreement.id", "plan.root_id", "c.root_id", SQL("sums.window_date")
                ),
                target=self._get_target_sql("agreement.id", "c.target_share", "c.window_kind"),
                paid=self._get_paid_sql(),
                period=self._get_open_period_sql("paid.company_id", "paid.booked"),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        return len(entered)

    @api.model
    def _get_paid_sql(self):
        """Return the SELECT of what windows add, from ``measured``: x, y, b, bd, quota, target.

        x is the basis and y what documents earned in the window, b and bd its whole basis and
        the part that is due. The formulas are those of the design, with p the position among the
        steps: M sums slices by their values, V is the value that was reached, I the value between
        two steps.
        """
        return SQL(
            """
            SELECT m.*, r.earned,
                   CASE c.event WHEN 'paid' THEN
                        round(r.earned * least(1, greatest(0, m.bd / nullif(m.b, 0))) / m.unit)
                        * m.unit
                   ELSE r.earned END AS payable
              FROM measured m
              JOIN commission_split_component c ON c.id = m.component_id
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN c.step_unit = 'quota' OR c.pays = 'attainment'
                               THEN m.quota / 100 ELSE 1 END AS k) scale
             CROSS JOIN LATERAL (SELECT m.x / nullif(scale.k, 0) AS p) place
              LEFT JOIN LATERAL (%(steps)s) step ON TRUE
             CROSS JOIN LATERAL (SELECT %(total)s AS t) total
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN coalesce(m.x, 0) <= 0 OR total.t IS NULL THEN 0
                               ELSE round((least(round(total.t / m.unit) * m.unit,
                                                 coalesce(nullif(c.cap, 0), 'infinity'::numeric))
                                           - m.y) * m.b / (m.x * m.unit)) * m.unit
                               END AS earned) r
            """,
            steps=self._get_steps_sql(),
            total=self._get_total_pay_sql(),
        )

    @api.model
    def _get_steps_sql(self):
        """Return the SELECT of M, V and I at the place ``place.p`` among the steps."""
        return SQL(
            """
            SELECT count(*) AS steps,
                   sum(greatest(0, least(place.p, coalesce(s.next, place.p)) - s.from_value)
                       * s.value) / 100 AS m,
                   max(s.value) FILTER (
                       WHERE s.from_value <= place.p
                         AND (s.next IS NULL OR s.next > place.p)) / 100 AS v,
                   max(CASE WHEN s.next IS NULL THEN s.value
                            ELSE s.value + (place.p - s.from_value) * (s.next_value - s.value)
                                 / (s.next - s.from_value) END) FILTER (
                       WHERE s.from_value <= place.p
                         AND (s.next IS NULL OR s.next > place.p)) / 100 AS i
              FROM (
                   SELECT from_value, value,
                          lead(from_value) OVER (ORDER BY from_value) AS next,
                          lead(value) OVER (ORDER BY from_value) AS next_value
                     FROM commission_split_step WHERE component_id = c.id) s
            """
        )

    @api.model
    def _get_total_pay_sql(self):
        """Return the expression of what a window pays in all, before the cap; NULL: nothing."""
        return SQL(
            """
            CASE WHEN m.x IS NULL OR m.x <= 0 THEN NULL
                 WHEN c.threshold > 0 AND m.quota > 0 AND m.x < m.quota * c.threshold / 100
                      THEN 0
                 WHEN c.pays = 'amounts' THEN step.v * 100
                 WHEN c.pays = 'attainment' THEN m.target
                      * CASE WHEN coalesce(step.steps, 0) = 0 THEN place.p / 100
                             WHEN c.step_mode = 'whole' THEN step.v
                             WHEN c.step_mode = 'interpolated' THEN step.i
                             ELSE step.m / 100 END
                 WHEN coalesce(step.steps, 0) = 0 THEN m.y
                 WHEN c.step_values = 'rates' THEN
                      CASE c.step_mode WHEN 'whole' THEN m.x * step.v
                           WHEN 'interpolated' THEN m.x * step.i
                           ELSE step.m * scale.k END
                 ELSE m.y * CASE c.step_mode WHEN 'whole' THEN step.v
                                 WHEN 'interpolated' THEN step.i
                                 ELSE step.m / nullif(place.p, 0) END END
            """
        )

    # === DEALS === #

    @api.model
    def _enter_deal_scopes(self, keys):
        """Enter the difference for deals whose components step by the size of the deal.

        Credit notes do not change the size; they take off in the same proportion as the basis.

        :param keys: ``[(component, deal), …]``
        """
        if not keys:
            return 0
        entered = self.env.execute_query(
            SQL(
                """
                WITH key AS (
                    SELECT * FROM unnest(%(components)s::int[], %(deals)s::int[])
                        AS key(component_id, deal_id)
                ), rows AS (
                    SELECT key.component_id, key.deal_id, e.person_id,
                           coalesce(e.role_id, 0) AS role_id, component.company_id,
                           sum(e.basis) FILTER (WHERE e.is_note IS NOT TRUE) AS x,
                           sum(e.earned) FILTER (WHERE e.is_note IS NOT TRUE) AS y,
                           sum(e.basis) AS b, sum(e.basis_due) AS bd,
                           max(period.date_from) AS booked, max(e.team_id) AS team_id,
                           min(e.origin) AS origin
                      FROM key
                      JOIN commission_split_component component
                        ON component.id = key.component_id
                      JOIN commission_split_entry e
                        ON e.kind = 'doc' AND e.component_id = key.component_id
                       AND e.deal_id = key.deal_id
                      JOIN commission_split_period period ON period.id = e.period_id
                  GROUP BY key.component_id, key.deal_id, e.person_id,
                           coalesce(e.role_id, 0), component.company_id
                ), measured AS (
                    -- a pot is one size for all who share it; whoever has the whole, his own
                    SELECT rows.component_id, rows.deal_id, rows.company_id,
                           CASE WHEN c.credit = 'pot' THEN 0 ELSE rows.person_id END AS holder,
                           sum(x) AS x, sum(y) AS y, sum(b) AS b, sum(bd) AS bd,
                           NULL::numeric AS quota, NULL::numeric AS target,
                           max(currency.rounding) AS unit,
                           max(currency.id) AS currency_id, max(booked) AS booked
                      FROM rows
                      JOIN commission_split_component c ON c.id = rows.component_id
                      JOIN res_company company ON company.id = rows.company_id
                      JOIN res_currency currency ON currency.id = company.currency_id
                  GROUP BY rows.component_id, rows.deal_id, rows.company_id,
                           CASE WHEN c.credit = 'pot' THEN 0 ELSE rows.person_id END
                ), paid AS (%(paid)s), parts AS (
                    SELECT rows.component_id, rows.deal_id, rows.person_id, rows.role_id,
                           rows.company_id, rows.team_id, rows.origin, paid.booked, paid.unit,
                           paid.currency_id, rows.y, sum(rows.y) OVER g AS whole, paid.earned,
                           paid.payable,
                           round(paid.earned * (sum(rows.y) OVER o)
                                 / nullif(sum(rows.y) OVER g, 0) / paid.unit) AS earned_to,
                           round(paid.earned * (sum(rows.y) OVER o - rows.y)
                                 / nullif(sum(rows.y) OVER g, 0) / paid.unit) AS earned_from,
                           round(paid.payable * (sum(rows.y) OVER o)
                                 / nullif(sum(rows.y) OVER g, 0) / paid.unit) AS payable_to,
                           round(paid.payable * (sum(rows.y) OVER o - rows.y)
                                 / nullif(sum(rows.y) OVER g, 0) / paid.unit) AS payable_from
                      FROM rows
                      JOIN commission_split_component c ON c.id = rows.component_id
                      JOIN paid ON paid.component_id = rows.component_id
                       AND paid.deal_id = rows.deal_id
                       AND paid.holder = CASE WHEN c.credit = 'pot' THEN 0
                                              ELSE rows.person_id END
                    WINDOW g AS (PARTITION BY rows.component_id, rows.deal_id, paid.holder),
                           o AS (PARTITION BY rows.component_id, rows.deal_id, paid.holder
                                     ORDER BY rows.person_id, rows.role_id)
                ), expected AS (
                    SELECT parts.*, coalesce(earned_to - earned_from, 0) * unit AS due_earned,
                           coalesce(payable_to - payable_from, 0) * unit AS due_payable
                      FROM parts
                ), net AS (
                    SELECT e.component_id, e.deal_id, e.person_id,
                           coalesce(e.role_id, 0) AS role_id, max(e.seq) AS seq,
                           sum(e.earned) AS earned, sum(e.payable) AS payable
                      FROM key JOIN commission_split_entry e
                        ON e.kind = 'scope' AND e.component_id = key.component_id
                       AND e.deal_id = key.deal_id
                  GROUP BY e.component_id, e.deal_id, e.person_id, coalesce(e.role_id, 0)
                )
                INSERT INTO commission_split_entry (kind, company_id, deal_id, component_id,
                       person_id, role_id, team_id, origin, period_id, currency_id, seq, basis,
                       basis_due, earned, payable, cause, create_uid, create_date)
                SELECT 'scope', x.company_id, x.deal_id, x.component_id, x.person_id,
                       nullif(x.role_id, 0), x.team_id, x.origin, period.id, x.currency_id,
                       coalesce(net.seq, 0) + 1, 0, 0,
                       x.due_earned - coalesce(net.earned, 0),
                       x.due_payable - coalesce(net.payable, 0), 'window', %(uid)s, %(now)s
                  FROM expected x
                  LEFT JOIN net USING (component_id, deal_id, person_id, role_id)
                  JOIN LATERAL (%(period)s) period ON TRUE
                 WHERE (x.due_earned, x.due_payable)
                       <> (coalesce(net.earned, 0), coalesce(net.payable, 0))
                ON CONFLICT DO NOTHING RETURNING id
                """,
                components=[key[0] for key in keys],
                deals=[key[1] for key in keys],
                paid=self._get_paid_sql(),
                period=self._get_open_period_sql("x.company_id", "x.booked"),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        return len(entered)
