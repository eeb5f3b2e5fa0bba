from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

MANY = 1_000  # documents of a run, from which on the planner has to know what was just added
MOVE = "account.move"
ORDER = "sale.order"


class CommissionSplitEngine(models.AbstractModel):
    """The ledger follows the documents.

    For a set of documents the engine computes what ought to stand in the ledger today, sums up
    what stands there under the same key, and enters the difference. Nothing else writes rows of
    documents: posting, reset, payment, refund, another sharing and the nightly check are one
    statement. A second run adds nothing, the order cannot matter, what was missed is found.

    Amounts are whole numbers of the company currency's unit until they are entered; weights and
    rates are numeric. No binary fraction is involved.
    """

    _name = "commission.split.engine"
    _description = "Commission Engine"

    @api.model
    def _follow(self, source_ids, cause="document", model=MOVE, is_preview=False):
        """Let the ledger follow documents, deleted ones included.

        :param source_ids: ids of invoices and credit notes, or of orders
        :param cause: why, written on the rows
        :param is_preview: of orders count what their invoices would pay; it is taken back then
        :return: how many rows were entered
        """
        if not source_ids:
            return 0
        self.env.flush_all()
        self.env.execute_query(SQL("SELECT set_config('jit', 'off', TRUE)"))
        is_many = len(source_ids) >= MANY
        if is_many:
            # the planner does not know how many rows a step has, and would compare all with all
            self._set_nested_loops("off")
        if model == MOVE:
            source_ids = self._add_notes(source_ids)
            self._open_deals_of_documents(source_ids)
        else:
            self._open_deals_of_orders(source_ids)
        self._hold_periods(source_ids, model)
        if is_many:
            self._analyze("deal", "sharing", "participant")
        self._credit(source_ids, model, is_preview)
        if is_many:
            self._analyze("credit")
        source_ids = self._add_origins(source_ids)
        count = self._enter(source_ids, model, cause)
        if is_many:
            self._analyze("entry")
        count += self._enter_scopes(self._get_scopes(source_ids, model))
        if is_many:
            self._set_nested_loops("on")
        for name in ("credit", "entry", "deal", "period"):
            self.env[f"commission.split.{name}"].invalidate_model(flush=False)
        return count

    @api.model
    def _set_nested_loops(self, value):
        self.env.execute_query(SQL("SELECT set_config('enable_nestloop', %s, TRUE)", value))

    @api.model
    def _analyze(self, *names):
        """Count what this transaction has added, so that tables are joined by hash."""
        for name in names:
            self.env.execute_query(SQL("ANALYZE %s", SQL.identifier(f"commission_split_{name}")))

    # === WHICH DOCUMENTS === #

    @api.model
    def _add_notes(self, move_ids):
        """Add the credit notes of invoices: what they give back rests on them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT unnest(%(ids)s)
                 UNION SELECT id FROM account_move WHERE reversed_entry_id = ANY(%(ids)s)
                 UNION SELECT note.source_id FROM commission_split_credit note
                  JOIN commission_split_credit o ON o.id = note.origin_credit_id
                 WHERE note.is_current AND o.source_model = %(model)s
                   AND o.source_id = ANY(%(ids)s)
                """,
                ids=list(move_ids),
                model=MOVE,
            )
        )
        return [move_id for (move_id,) in rows]

    @api.model
    def _add_origins(self, source_ids):
        """Add the invoices that credit notes give back, and their other notes."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH origin AS (
                    SELECT o.source_id FROM commission_split_credit note
                      JOIN commission_split_credit o ON o.id = note.origin_credit_id
                     WHERE note.is_current AND note.source_model = %(model)s
                       AND note.source_id = ANY(%(ids)s)
                )
                SELECT unnest(%(ids)s) UNION SELECT source_id FROM origin
                 UNION SELECT note.source_id FROM commission_split_credit o
                  JOIN commission_split_credit note ON note.origin_credit_id = o.id
                 WHERE note.is_current AND o.source_id IN (SELECT source_id FROM origin)
                """,
                ids=list(source_ids),
                model=MOVE,
            )
        )
        return [source_id for (source_id,) in rows]

    # === PERIODS === #

    @api.model
    def _hold_periods(self, source_ids, model):
        """Make the months that will be needed, and let one engine at a time work for a company.

        It is an update, not a lock: whoever waits then fails to serialize and is tried again with
        what the other has entered; a month cannot be closed meanwhile.
        """
        companies = self.env[model].sudo().browse(source_ids).exists().company_id
        for company in companies or self.env.companies:
            self._hold_company(company, self._get_latest(company, source_ids, model))

    @api.model
    def _hold_company(self, company, latest):
        periods = self.env["commission.split.period"].sudo()
        periods._ensure(company, max(latest, company._get_today()) + relativedelta(months=1))
        periods.flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE commission_split_period SET run_count = coalesce(run_count, 0) + 1
                 WHERE id IN (SELECT DISTINCT ON (company_id) id FROM commission_split_period
                               WHERE state = 'open' AND company_id = %s
                            ORDER BY company_id, date_from)
                RETURNING id
                """,
                company.id,
            )
        )

    @api.model
    def _get_latest(self, company, source_ids, model):
        day = "coalesce(invoice_date, date)" if model == MOVE else "date_order::date"
        [(latest,)] = self.env.execute_query(
            SQL(
                "SELECT max(%s) FROM %s WHERE id = ANY(%s) AND company_id = %s",
                SQL(day),
                SQL.identifier(self.env[model]._table),
                list(source_ids),
                company.id,
            )
        )
        return latest or company._get_today()

    @api.model
    def _get_open_period_sql(self, company, day):
        """Return the SELECT of the open period in which something of a day is entered.

        It is that of the day, or the next one after it that is open.

        :param company, day: SQL expressions
        """
        return SQL(
            """
            SELECT id, date_from FROM commission_split_period p
             WHERE p.company_id = %s AND p.state = 'open' AND p.date_to >= %s
          ORDER BY p.date_from LIMIT 1
            """,
            SQL(company),
            SQL(day),
        )

    @api.model
    def _get_window_sql(self, kind, day):
        """Return the expression of the first day of the window in which a day lies.

        Windows are months, quarters, halves and years of the calendar.

        :param kind, day: SQL expressions
        """
        return SQL(
            """
            (CASE %(kind)s WHEN 'month' THEN date_trunc('month', %(day)s::timestamp)
                  WHEN 'quarter' THEN date_trunc('quarter', %(day)s::timestamp)
                  WHEN 'half' THEN date_trunc('year', %(day)s::timestamp)
                       + (CASE WHEN extract(month FROM %(day)s) > 6 THEN 6 ELSE 0 END)
                         * interval '1 month'
                  WHEN 'year' THEN date_trunc('year', %(day)s::timestamp) END)::date
            """,
            kind=SQL(kind),
            day=SQL(day),
        )

    @api.model
    def _get_months_sql(self, kind):
        """Return the expression of how many months a window has."""
        return SQL(
            "(CASE %s WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'half' THEN 6"
            " WHEN 'year' THEN 12 END)",
            SQL(kind),
        )
