from odoo import api, models
from odoo.tools import SQL


class CommissionSplitEngine(models.AbstractModel):
    """What of a document was settled, by the end of each month."""

    _inherit = "commission.split.engine"

    @api.model
    def _get_ratios_sql(self):
        """Return the SELECT of what of a document was settled by the end of each month.

        Money, netting and credit notes settle; a write-off or a cash discount in the payment's
        own entry does not, unless the company says so.
        """
        return SQL(
            """
            SELECT move_id, month, paid, coalesce(lag(paid) OVER w, 0) AS before, total,
                   lead(month) OVER w IS NULL AS is_last, last_date
              FROM (
                   SELECT move_id, date_trunc('month', max_date)::date AS month, total,
                          max(max_date) AS last_date,
                          sum(sum(money)) OVER (
                              PARTITION BY move_id
                                  ORDER BY date_trunc('month', max_date)::date) AS paid
                     FROM (
                          SELECT part.move_id, part.max_date, doc.total,
                                 CASE WHEN other.state <> 'posted' THEN 0
                                      WHEN doc.is_all_money OR other.move_type <> 'entry'
                                        OR EXISTS (
                                           SELECT FROM account_partial_reconcile x
                                            WHERE x.exchange_move_id = other.id)
                                        OR cash.money >= cash.whole THEN part.amount
                                      -- it multiplies before it divides: a half stays a half
                                      ELSE coalesce(part.amount * cash.money / cash.whole, 0)
                                      END AS money
                            FROM (%(parts)s) part
                            JOIN doc ON doc.id = part.move_id AND doc.is_posted AND doc.total <> 0
                            JOIN account_move other ON other.id = part.other_id
                            LEFT JOIN LATERAL (%(cash)s) cash ON TRUE
                           WHERE part.amount <> 0 AND part.other_id <> part.move_id
                          ) settled
                 GROUP BY move_id, date_trunc('month', max_date)::date, total
                   ) monthly
            WINDOW w AS (PARTITION BY move_id ORDER BY month)
             UNION ALL
            SELECT id, origin, 1, 0, 1, TRUE, origin FROM doc WHERE is_posted AND total = 0
            """,
            parts=self._get_parts_sql(),
            cash=self._get_cash_sql(),
        )

    @api.model
    def _get_parts_sql(self):
        """Return the SELECT of reconciliations of documents, in the document's currency."""
        accounts = SQL("own.account_type IN ('asset_receivable', 'liability_payable')")
        return SQL(
            """
            SELECT l.move_id, p.max_date, p.debit_amount_currency AS amount,
                   x.move_id AS other_id, sign(x.balance) AS side
              FROM doc
              JOIN account_move_line l ON l.move_id = doc.id
              JOIN account_account own ON own.id = l.account_id AND %(accounts)s
              JOIN account_partial_reconcile p ON p.debit_move_id = l.id
              JOIN account_move_line x ON x.id = p.credit_move_id
             UNION ALL
            SELECT l.move_id, p.max_date, p.credit_amount_currency, x.move_id, sign(x.balance)
              FROM doc
              JOIN account_move_line l ON l.move_id = doc.id
              JOIN account_account own ON own.id = l.account_id AND %(accounts)s
              JOIN account_partial_reconcile p ON p.credit_move_id = l.id
              JOIN account_move_line x ON x.id = p.debit_move_id
            """,
            accounts=accounts,
        )

    @api.model
    def _get_cash_sql(self):
        """Return the SELECT of what of a payment's entry is money, not written off, and of all."""
        return SQL(
            """
            SELECT coalesce(sum(abs(l.balance)) FILTER (
                       WHERE sign(l.balance) = -part.side
                         AND (a.reconcile
                              OR a.account_type IN ('asset_cash', 'liability_credit_card'))), 0)
                       AS money,
                   nullif(sum(abs(l.balance)) FILTER (
                       WHERE sign(l.balance) = part.side
                         AND a.account_type IN ('asset_receivable', 'liability_payable')), 0)
                       AS whole
              FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             WHERE l.move_id = other.id
            """
        )
