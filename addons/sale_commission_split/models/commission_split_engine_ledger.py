from odoo import api, models
from odoo.tools import SQL

from .commission_split_engine import MOVE


class CommissionSplitEngine(models.AbstractModel):
    """The ledger: the difference between what ought to stand in it and what does."""

    _inherit = "commission.split.engine"

    @api.model
    def _enter(self, source_ids, model, cause):
        """Enter the difference for documents.

        :return: how many rows were entered
        """
        entered = self.env.execute_query(
            SQL(
                """
                WITH doc AS (%(documents)s), pot AS (%(pots)s), source AS (
                    SELECT DISTINCT source_id, deal_id, date, company_id
                      FROM pot WHERE credit <> 'pot'
                ), concerned AS (%(concerned)s), weighed AS (%(weighed)s),
                personal AS (%(personal)s), share AS (%(shares)s), note AS (%(notes)s),
                ratio AS (%(ratios)s), leaver AS (%(leavers)s),
                expected AS (%(expected)s), net AS (
                    SELECT source_id, deal_id, component_id, person_id,
                           coalesce(role_id, 0) AS role_id, origin, currency_id,
                           max(seq) AS seq, max(source_name) AS source_name,
                           sum(earned) AS earned, sum(basis) AS basis, sum(basis_due) AS due,
                           sum(payable) AS payable, min(window_date) AS window_date
                      FROM commission_split_entry
                     WHERE kind = 'doc' AND source_model = %(model)s
                       AND source_id = ANY(%(ids)s)
                  GROUP BY source_id, deal_id, component_id, person_id, coalesce(role_id, 0),
                           origin, currency_id
                ), known AS (
                    SELECT source_id, deal_id, component_id, min(window_date) AS window_date
                      FROM net GROUP BY source_id, deal_id, component_id
                ), difference AS (
                    SELECT source_id, deal_id, component_id, person_id, role_id, origin,
                           currency_id, coalesce(net.seq, 0) + 1 AS seq, net.source_name,
                           coalesce(expected.earned, 0) - coalesce(net.earned, 0) AS earned,
                           coalesce(expected.basis, 0) - coalesce(net.basis, 0) AS basis,
                           coalesce(expected.due, 0) - coalesce(net.due, 0) AS due,
                           coalesce(expected.payable, 0) - coalesce(net.payable, 0) AS payable
                      FROM expected FULL JOIN net
                     USING (source_id, deal_id, component_id, person_id, role_id, origin,
                            currency_id)
                ), placed AS (
                    SELECT d.*, deal.company_id, deal.team_id, c.window_kind,
                           period.id AS period_id, period.date_from AS booked,
                           coalesce(doc.name, d.source_name) AS name
                      FROM difference d
                      JOIN commission_split_deal deal ON deal.id = d.deal_id
                      JOIN commission_split_component c ON c.id = d.component_id
                      LEFT JOIN doc ON doc.id = d.source_id
                      JOIN LATERAL (%(period)s) period ON TRUE
                     WHERE (d.earned, d.basis, d.due, d.payable) <> (0, 0, 0, 0)
                ), first AS (%(first)s), windowed AS (%(windows)s), entered AS (
                INSERT INTO commission_split_entry (kind, company_id, source_model, source_id,
                       source_name, deal_id, component_id, person_id, role_id, team_id, origin,
                       period_id, window_date, currency_id, is_note, seq, earned, basis,
                       basis_due, payable, cause, create_uid, create_date)
                SELECT 'doc', company_id, %(model)s, source_id, name, deal_id, component_id,
                       person_id, nullif(role_id, 0), team_id, origin, period_id, window_date,
                       currency_id, is_note, seq, earned, basis, due, payable, %(cause)s,
                       %(uid)s, %(now)s
                  FROM windowed
                ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT count(*) FROM entered
                """,
                documents=self._get_documents_sql(source_ids, model),
                pots=self._get_pots_sql(model),
                concerned=self._get_concerned_sql(),
                weighed=self._get_weighed_sql(),
                personal=self._get_personal_sql(),
                shares=self._get_shares_sql(),
                notes=self._get_given_back_sql(),
                ratios=self._get_ratios_sql() if model == MOVE else self._get_no_ratios_sql(),
                leavers=self._get_leavers_sql(),
                expected=self._get_expected_sql(),
                period=self._get_open_period_sql("deal.company_id", "d.origin"),
                first=self._get_first_sql(),
                windows=self._get_windows_sql(),
                ids=list(source_ids),
                model=model,
                cause=cause,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        return entered[0][0]

    @api.model
    def _get_scopes(self, source_ids, model):
        """Return the windows and deals in which documents count, whatever changed in them.

        A quota or an agreement changes what a window adds, though no document did.

        :return: ``[(component, person, window, deal), …]``; the person only with a window, the
            deal only where its size counts
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT e.component_id,
                       CASE WHEN e.window_date IS NOT NULL THEN e.person_id END, e.window_date,
                       CASE WHEN c.window_kind = 'deal' THEN e.deal_id END
                  FROM commission_split_entry e
                  JOIN commission_split_component c
                    ON c.id = e.component_id AND c.window_kind IS NOT NULL
                 WHERE e.kind = 'doc' AND e.source_model = %s AND e.source_id = ANY(%s)
                """,
                model,
                list(source_ids),
            )
        )

    @api.model
    def _get_documents_sql(self, source_ids, model):
        """Return the SELECT of documents with their month."""
        if model == MOVE:
            return SQL(
                """
                SELECT m.id, m.name, coalesce(m.invoice_date, m.date) AS date,
                       date_trunc('month', coalesce(m.invoice_date, m.date)::timestamp)::date
                           AS origin,
                       m.state = 'posted' AS is_posted, m.company_id,
                       abs(m.amount_total) AS total,
                       m.amount_residual = 0 AND m.state = 'posted' AS is_settled,
                       company.commission_split_write_off_is_money AS is_all_money
                  FROM account_move m
                  JOIN res_company company ON company.id = m.company_id
                 WHERE m.id = ANY(%s)
                """,
                list(source_ids),
            )
        return SQL(
            """
            SELECT o.id, o.name, deal.date, date_trunc('month', deal.date::timestamp)::date
                       AS origin,
                   o.state = 'sale' AS is_posted, o.company_id, abs(o.amount_total) AS total,
                   FALSE AS is_settled, FALSE AS is_all_money
              FROM sale_order o
              JOIN commission_split_deal deal ON deal.order_id = o.id
             WHERE o.id = ANY(%s)
            """,
            list(source_ids),
        )

    @api.model
    def _get_no_ratios_sql(self):
        """Orders are never settled."""
        return SQL(
            "SELECT 0 AS move_id, NULL::date AS month, 0::numeric AS paid, 0::numeric AS before,"
            " 1::numeric AS total, FALSE AS is_last, NULL::date AS last_date WHERE FALSE"
        )

    @api.model
    def _get_leavers_sql(self):
        """Return the SELECT of until when who has left is paid for what customers pay later.

        The agreement that ends last tells; who has one without an end has not left.
        """
        return SQL(
            """
            SELECT person_id, company_id,
                   date_to + CASE after_leaving WHEN 'days' THEN after_days ELSE 0 END AS until
              FROM (SELECT DISTINCT ON (person_id, company_id) *
                      FROM commission_split_agreement WHERE state = 'active'
                  ORDER BY person_id, company_id, date_to DESC NULLS FIRST, id DESC) latest
             WHERE date_to IS NOT NULL AND after_leaving <> 'keep'
            """
        )

    @api.model
    def _get_expected_sql(self):
        """Return the SELECT of what ought to stand in the ledger, by key and month."""
        return SQL(
            """
            SELECT moment.source_id, deal_id, component_id, person_id, role_id, moment.origin,
                   money.id AS currency_id, sum(earned) * money.rounding AS earned,
                   sum(basis) * money.rounding AS basis, sum(due) * money.rounding AS due,
                   sum(payable) * money.rounding AS payable
              FROM (
                   SELECT earn.source_id, earn.deal_id, earn.component_id, earn.person_id,
                          earn.role_id, earn.currency_id, doc.origin, earn.earned, earn.basis,
                          CASE c.event WHEN 'paid' THEN 0 ELSE earn.basis END AS due,
                          CASE c.event WHEN 'paid' THEN 0 ELSE earn.earned END AS payable
                     FROM (%(earned)s) earn JOIN doc ON doc.id = earn.source_id
                     JOIN commission_split_component c ON c.id = earn.component_id
                    UNION ALL
                   SELECT earn.source_id, earn.deal_id, earn.component_id, earn.person_id,
                          earn.role_id, earn.currency_id, ratio.month,
                          -- money that was written off is not earned
                          CASE WHEN ratio.is_last AND doc.is_settled
                               THEN %(earned_after)s - earn.earned ELSE 0 END,
                          0,
                          %(basis_after)s - %(basis_before)s,
                          CASE WHEN ratio.last_date > leaver.until THEN 0
                               ELSE %(earned_after)s - %(earned_before)s END
                     FROM (%(earned)s) earn JOIN doc ON doc.id = earn.source_id
                     JOIN commission_split_component c
                       ON c.id = earn.component_id AND c.event = 'paid'
                     JOIN ratio ON ratio.move_id = earn.source_id
                     LEFT JOIN leaver ON leaver.person_id = earn.person_id
                      AND leaver.company_id = doc.company_id
                   ) moment
              JOIN res_currency money ON money.id = moment.currency_id
          GROUP BY moment.source_id, deal_id, component_id, person_id, role_id, moment.origin,
                   money.id
            """,
            earned=SQL(
                "SELECT source_id, deal_id, component_id, person_id, role_id, currency_id,"
                " earned, basis FROM share UNION ALL SELECT source_id, deal_id, component_id,"
                " person_id, role_id, currency_id, earned, basis FROM note"
            ),
            earned_after=self._get_part_sql("earn.earned", "ratio.paid", "ratio.total"),
            earned_before=self._get_part_sql("earn.earned", "ratio.before", "ratio.total"),
            basis_after=self._get_part_sql("earn.basis", "ratio.paid", "ratio.total"),
            basis_before=self._get_part_sql("earn.basis", "ratio.before", "ratio.total"),
        )

    @api.model
    def _get_windows_sql(self):
        """Return the SELECT of rows with the window to which they belong.

        A row belongs to the window of the rows that its document has already; a credit note to
        that of its invoice, even where both are entered at once; else to that of the month in
        which the first row of its document is booked.
        """
        return SQL(
            """
            SELECT placed.*, given.origin_id IS NOT NULL AS is_note,
                   CASE WHEN placed.window_kind IN ('month', 'quarter', 'half', 'year') THEN
                        coalesce(own.window_date, origin.window_date, origin_first.window_date,
                                 own_first.window_date) END AS window_date
              FROM placed
              JOIN first own_first USING (source_id, deal_id, component_id)
              LEFT JOIN (SELECT DISTINCT source_id, deal_id, component_id, origin_id FROM note)
                   given USING (source_id, deal_id, component_id)
              LEFT JOIN known own USING (source_id, deal_id, component_id)
              LEFT JOIN known origin
                ON origin.source_id = given.origin_id AND origin.deal_id = placed.deal_id
               AND origin.component_id = placed.component_id
              LEFT JOIN first origin_first
                ON origin_first.source_id = given.origin_id
               AND origin_first.deal_id = placed.deal_id
               AND origin_first.component_id = placed.component_id
            """
        )

    @api.model
    def _get_first_sql(self):
        """Return the SELECT of the window in which the first new row of a document is booked."""
        return SQL(
            """
            SELECT source_id, deal_id, component_id, min(%s) AS window_date
              FROM placed GROUP BY source_id, deal_id, component_id
            """,
            self._get_window_sql("window_kind", "booked"),
        )
