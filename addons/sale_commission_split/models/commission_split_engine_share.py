from odoo import api, models
from odoo.tools import SQL


class CommissionSplitEngine(models.AbstractModel):
    """Shares: what each person earns by a document, and what credit notes give back."""

    _inherit = "commission.split.engine"

    # === WHOM A PERSONAL PLAN CONCERNS === #

    @api.model
    def _get_concerned_sql(self):
        """Return the SELECT of who is paid by a plan of his own for documents of ``source``.

        ``source`` has source_id, deal_id, date and company_id. A person takes part in the deal,
        or his agreement names the deal's team or customer.
        """
        [(has_agreements,)] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM commission_split_agreement WHERE state = 'active')")
        )
        parts = [
            self._get_concerned_participants_sql(),
            self._get_concerned_others_sql("team", SQL("a.team_id = deal.team_id")),
            self._get_concerned_others_sql(
                "customers",
                SQL(
                    "EXISTS (SELECT FROM commission_split_agreement_partner_rel list"
                    " WHERE list.agreement_id = a.id AND list.partner_id = deal.partner_id)"
                ),
            ),
        ]
        return SQL(
            "SELECT * FROM (%s) concerned WHERE %s",
            SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts),
            bool(has_agreements),
        )

    @api.model
    def _get_person_plan_sql(self):
        """Return the JOIN of the version of a person's plan that holds on the document's day."""
        return SQL(
            """
            JOIN LATERAL (
                 SELECT v.id, v.root_id FROM commission_split_plan v
                  WHERE v.root_id = a.root_id AND v.state = 'approved'
                    AND v.date_from <= source.date
               ORDER BY v.date_from DESC, v.number DESC LIMIT 1) plan ON TRUE
            JOIN commission_split_component c ON c.plan_id = plan.id AND c.credit <> 'pot'
            """
        )

    @api.model
    def _get_concerned_participants_sql(self):
        return SQL(
            """
            SELECT DISTINCT ON (source.source_id, source.deal_id, c.id, p.person_id,
                                CASE c.credit WHEN 'basis' THEN p.role_id END)
                   source.source_id, source.deal_id, a.id AS agreement_id, p.person_id,
                   c.id AS component_id, plan.id AS plan_id, plan.root_id AS plan_root,
                   c.root_id AS component_root, p.role_id, a.rate_factor,
                   CASE WHEN role.shares THEN p.weight ELSE 0 END AS weight, total.weight AS total
              FROM source
              JOIN LATERAL (%(sharing)s) s ON TRUE
              JOIN commission_split_participant p ON p.sharing_id = s.id
              JOIN commission_split_role role ON role.id = p.role_id
              JOIN commission_split_agreement a
                ON a.person_id = p.person_id AND a.company_id = source.company_id
               AND a.state = 'active' AND a.date_from <= source.date
               AND (a.date_to IS NULL OR a.date_to >= source.date)
               AND (a.role_id IS NULL OR a.role_id = p.role_id)
              %(plan)s
              LEFT JOIN LATERAL (%(total)s) total ON TRUE
             WHERE c.who = 'participants' AND (c.credit <> 'basis' OR total.weight > 0)
               AND (NOT EXISTS (SELECT FROM commission_split_component_role_rel x
                                 WHERE x.component_id = c.id)
                    OR EXISTS (SELECT FROM commission_split_component_role_rel x
                                WHERE x.component_id = c.id AND x.role_id = p.role_id))
          ORDER BY source.source_id, source.deal_id, c.id, p.person_id,
                   CASE c.credit WHEN 'basis' THEN p.role_id END, role.sequence, p.role_id
            """,
            sharing=self._get_sharing_sql("source"),
            plan=self._get_person_plan_sql(),
            total=self._get_total_sql(),
        )

    @api.model
    def _get_concerned_others_sql(self, who, condition):
        """Return the SELECT of agreements that name the deal's team or customer."""
        return SQL(
            """
            SELECT source.source_id, source.deal_id, a.id, a.person_id, c.id, plan.id,
                   plan.root_id, c.root_id, NULL::int, a.rate_factor, 1::numeric, 1::numeric
              FROM source
              JOIN commission_split_deal deal ON deal.id = source.deal_id
              JOIN commission_split_agreement a
                ON a.company_id = source.company_id AND %(condition)s
               AND a.state = 'active' AND a.date_from <= source.date
               AND (a.date_to IS NULL OR a.date_to >= source.date)
              %(plan)s
             WHERE c.who = %(who)s
            """,
            condition=condition,
            plan=self._get_person_plan_sql(),
            who=who,
        )

    @api.model
    def _get_sharing_sql(self, holder):
        """Return the SELECT of the sharing that holds for a deal on a day of ``holder``."""
        holder = SQL.identifier(holder)
        return SQL(
            """
            SELECT s.id FROM commission_split_sharing s
             WHERE s.deal_id = %(holder)s.deal_id AND s.state = 'in_force'
               AND (s.date_from IS NULL OR s.date_from <= %(holder)s.date)
          ORDER BY s.date_from DESC NULLS LAST, s.number DESC LIMIT 1
            """,
            holder=holder,
        )

    @api.model
    def _get_total_sql(self):
        """Return the SELECT of the sum of the weights of all who share."""
        return SQL(
            """
            SELECT nullif(sum(x.weight), 0) AS weight
              FROM commission_split_participant x
              JOIN commission_split_role xr ON xr.id = x.role_id AND xr.shares
             WHERE x.sharing_id = s.id
            """
        )

    # === POTS AND SHARES === #

    @api.model
    def _get_pots_sql(self, model):
        """Return the SELECT of what each document counts for each component of a deal.

        Pot and basis are whole units of the currency.
        """
        return SQL(
            """
            SELECT c.source_id, c.deal_id, c.component_id, component.credit,
                   component.pays, component.window_kind, component.target_share,
                   component.root_id AS component_root, plan.root_id AS plan_root,
                   doc.date, doc.company_id, money.id AS currency_id, money.rounding AS unit,
                   sum(c.raw) AS raw, sum(c.basis) AS raw_basis,
                   round(sum(c.raw) / money.rounding) AS pot,
                   round(sum(c.basis) / money.rounding) AS basis
              FROM commission_split_credit c
              JOIN doc ON doc.id = c.source_id
              JOIN res_currency money ON money.id = c.currency_id
              JOIN commission_split_component component ON component.id = c.component_id
              JOIN commission_split_plan plan ON plan.id = component.plan_id
             WHERE c.is_current AND c.origin_credit_id IS NULL AND c.source_model = %s
          GROUP BY c.source_id, c.deal_id, c.component_id, component.id, plan.id, doc.date,
                   doc.company_id, money.id
            """,
            model,
        )

    @api.model
    def _get_weighed_sql(self):
        """Return the SELECT of whole quotients and remainders of pots, a row a participant."""
        return SQL(
            """
            SELECT pot.source_id, pot.deal_id, pot.component_id, pot.raw, pot.raw_basis, pot.pot,
                   pot.basis, pot.currency_id, p.person_id, p.role_id, role.sequence,
                   div(abs(pot.pot) * p.weight, total.weight) AS q,
                   mod(abs(pot.pot) * p.weight, total.weight) AS r,
                   div(abs(pot.basis) * p.weight, total.weight) AS bq,
                   mod(abs(pot.basis) * p.weight, total.weight) AS br
              FROM pot
              JOIN LATERAL (%(sharing)s) s ON TRUE
              JOIN commission_split_participant p ON p.sharing_id = s.id
              JOIN commission_split_role role ON role.id = p.role_id AND role.shares
              JOIN LATERAL (%(total)s) total ON total.weight IS NOT NULL
             WHERE pot.credit = 'pot'
            """,
            sharing=self._get_sharing_sql("pot"),
            total=self._get_total_sql(),
        )

    @api.model
    def _get_shares_sql(self):
        """Return the SELECT of shares by largest remainder; see `largest_remainder.py`."""
        return SQL(
            """
            SELECT source_id, deal_id, component_id, person_id, role_id, raw, raw_basis,
                   sign(pot) * (q + (row_number() OVER (
                       PARTITION BY source_id, deal_id, component_id
                           ORDER BY r DESC, sequence, role_id, person_id)
                       <= abs(pot) - sum(q) OVER g)::int) AS earned,
                   sign(basis) * (bq + (row_number() OVER (
                       PARTITION BY source_id, deal_id, component_id
                           ORDER BY br DESC, sequence, role_id, person_id)
                       <= abs(basis) - sum(bq) OVER g)::int) AS basis, currency_id
              FROM weighed
            WINDOW g AS (PARTITION BY source_id, deal_id, component_id)
             UNION ALL
            SELECT * FROM personal
            """
        )

    @api.model
    def _get_personal_sql(self):
        """Return the SELECT of what people earn by plans of their own, in units.

        A part of the basis is that of the person's weight among all who share, whether the others
        have a plan or not. A personal rate is the target of a window by its quota.
        """
        return SQL(
            """
            SELECT pot.source_id, pot.deal_id, pot.component_id, k.person_id,
                   coalesce(k.role_id, 0) AS role_id, pot.raw, pot.raw_basis,
                   round(pot.raw * coalesce(k.rate_factor, 1) * part.weight * rate.target
                         / (part.total * rate.quota * pot.unit)) AS earned,
                   round(pot.raw_basis * part.weight / (part.total * pot.unit)) AS basis,
                   pot.currency_id
              FROM pot
              JOIN concerned k ON k.source_id = pot.source_id AND k.deal_id = pot.deal_id
               AND k.plan_root = pot.plan_root AND k.component_root = pot.component_root
             CROSS JOIN LATERAL (
                   SELECT CASE pot.credit WHEN 'basis' THEN k.weight ELSE 1 END AS weight,
                          CASE pot.credit WHEN 'basis' THEN k.total ELSE 1 END AS total) part
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN pot.pays <> 'quota' THEN 1
                               ELSE coalesce(target.amount, 0) END AS target,
                          CASE WHEN pot.pays <> 'quota' THEN 1
                               ELSE coalesce(quota.amount, 1) END AS quota
                     FROM (SELECT 1) one
                     LEFT JOIN LATERAL (%(quota)s) quota ON pot.pays = 'quota'
                     LEFT JOIN LATERAL (%(target)s) target
                       ON pot.pays = 'quota' AND quota.amount > 0) rate
             WHERE pot.credit <> 'pot'
            """,
            quota=self._get_quota_sql(
                "k.agreement_id",
                "pot.plan_root",
                "pot.component_root",
                self._get_window_sql("pot.window_kind", "pot.date"),
            ),
            target=self._get_target_sql("k.agreement_id", "pot.target_share", "pot.window_kind"),
        )

    @api.model
    def _get_quota_sql(self, agreement, plan_root, component_root, window):
        """Return the SELECT of an agreement's effective quota, or its team's, in a window."""
        return SQL(
            """
            SELECT q.effective AS amount
              FROM commission_split_agreement qa
              JOIN commission_split_quota q
                ON (q.agreement_id = qa.id OR q.agreement_id IS NULL AND q.team_id = qa.team_id)
               AND q.is_current AND q.window_date = %(window)s
              JOIN commission_split_component qc ON qc.id = q.component_id
              JOIN commission_split_plan qp ON qp.id = qc.plan_id
             WHERE qa.id = %(agreement)s AND qp.root_id = %(plan_root)s
               AND qc.root_id = %(component_root)s
          ORDER BY q.agreement_id NULLS LAST, q.id DESC LIMIT 1
            """,
            window=window,
            agreement=SQL(agreement),
            plan_root=SQL(plan_root),
            component_root=SQL(component_root),
        )

    @api.model
    def _get_target_sql(self, agreement, share, window_kind):
        """Return the SELECT of the variable target of an agreement for a window."""
        return SQL(
            """
            SELECT ta.target_year * coalesce(nullif(%(share)s, 0), 100) / 100 * %(months)s / 12
                   AS amount
              FROM commission_split_agreement ta WHERE ta.id = %(agreement)s
            """,
            share=SQL(share),
            months=self._get_months_sql(window_kind),
            agreement=SQL(agreement),
        )

    # === CREDIT NOTES === #

    @api.model
    def _get_given_back_sql(self):
        """Return the SELECT of what credit notes give back, share by share.

        It is reckoned on the sum of all notes so far, so that thirds add up, and is never more
        than was earned. After the plan's clawback time nothing is given back.
        """
        return SQL(
            """
            SELECT given.source_id, given.deal_id, given.component_id, share.person_id,
                   share.role_id,
                   -(%(earned_after)s - %(earned_before)s) AS earned,
                   -(%(basis_after)s - %(basis_before)s) AS basis, given.origin_id,
                   share.currency_id
              FROM (
                   SELECT n.*, sum(raw) OVER w AS cum, sum(basis) OVER w AS cum_basis
                     FROM (
                          SELECT c.source_id, o.source_id AS origin_id, o.deal_id, c.component_id,
                                 doc.date, -sum(c.raw) AS raw, -sum(c.basis) AS basis
                            FROM commission_split_credit c
                            JOIN commission_split_credit o
                              ON o.id = c.origin_credit_id AND o.is_current
                            JOIN commission_split_plan plan ON plan.id = o.plan_id
                            JOIN doc ON doc.id = c.source_id
                           WHERE c.is_current
                             AND (coalesce(plan.clawback_days, 0) = 0
                                  OR doc.date <= o.date + plan.clawback_days)
                        GROUP BY c.source_id, o.source_id, o.deal_id, c.component_id, doc.date
                          ) n
                   WINDOW w AS (PARTITION BY origin_id, deal_id, component_id
                                    ORDER BY date, source_id)
                   ) given
              JOIN share ON share.source_id = given.origin_id AND share.deal_id = given.deal_id
               AND share.component_id = given.component_id
            """,
            earned_after=self._get_part_sql("share.earned", "given.cum", "share.raw"),
            earned_before=self._get_part_sql("share.earned", "given.cum - given.raw", "share.raw"),
            basis_after=self._get_part_sql("share.basis", "given.cum_basis", "share.raw_basis"),
            basis_before=self._get_part_sql(
                "share.basis", "given.cum_basis - given.basis", "share.raw_basis"
            ),
        )

    @api.model
    def _get_part_sql(self, amount, part, whole):
        """Return the expression of an amount in the measure of a part, at most all of it.

        It multiplies before it divides: a half stays a half.
        """
        amount, part, whole = SQL(amount), SQL(part), SQL(whole)
        return SQL(
            "CASE WHEN (%(part)s) * sign(%(whole)s) >= abs(%(whole)s) THEN %(amount)s"
            " ELSE round(%(amount)s * (%(part)s) / nullif(%(whole)s, 0)) END",
            amount=amount,
            part=part,
            whole=whole,
        )
