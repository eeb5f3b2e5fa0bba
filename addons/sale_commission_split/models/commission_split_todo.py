from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

from .commission_split_engine import MOVE, ORDER

PENDING = "sale_commission_split.documents"
BATCH = 500


class CommissionSplitTodo(models.Model):
    """Documents that changed and wait for the engine; rows that live for seconds.

    Hooks only say which documents changed. They are written here once in a transaction, so that
    commission never refuses, delays or fails a posting.
    """

    _name = "commission.split.todo"
    _description = "Document to Credit"
    _order = "id"

    source_model = fields.Char(required=True, default=MOVE)
    source_id = fields.Integer(required=True)

    @api.model
    def _add(self, source_ids, model=MOVE):
        """Remember documents that changed; they are written down at the transaction's end.

        An invoice or order waits itself; what a payment settles waits where the payment changed.
        """
        data = self.env.cr.precommit.data
        if source_ids and PENDING not in data:
            data[PENDING] = {MOVE: set(), ORDER: set()}
            self.env.cr.precommit.add(self.env[self._name].sudo()._write_down)
        if source_ids:
            data[PENDING][model].update(source_ids)

    @api.model
    def _write_down(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if not pending:
            return
        self.env.execute_query(
            SQL(
                """
                WITH changed AS (SELECT unnest(%(ids)s::int[]) AS id), settled AS (
                    SELECT x.move_id FROM changed
                      JOIN account_move_line l ON l.move_id = changed.id
                      JOIN account_partial_reconcile p ON p.debit_move_id = l.id
                      JOIN account_move_line x ON x.id = p.credit_move_id
                     UNION
                    SELECT x.move_id FROM changed
                      JOIN account_move_line l ON l.move_id = changed.id
                      JOIN account_partial_reconcile p ON p.credit_move_id = l.id
                      JOIN account_move_line x ON x.id = p.debit_move_id
                )
                INSERT INTO commission_split_todo (source_model, source_id)
                SELECT %(model)s, changed.id FROM changed
                  LEFT JOIN account_move m ON m.id = changed.id
                 WHERE m.id IS NULL OR m.move_type IN ('out_invoice', 'out_refund')
                 UNION
                SELECT %(model)s, m.id FROM settled
                  JOIN account_move m ON m.id = settled.move_id
                 WHERE m.move_type IN ('out_invoice', 'out_refund')
                 UNION
                SELECT 'sale.order', unnest(%(orders)s::int[])
             RETURNING id
                """,
                model=MOVE,
                ids=sorted(pending[MOVE]),
                orders=sorted(pending[ORDER]),
            )
        )

    @api.model
    def _add_all(self, companies):
        """Let the engine look at all documents of companies, as it does every night."""
        for company in companies:
            for model, source_ids in self._get_all(company).items():
                self._add(source_ids, model)

    @api.model
    def _get_all(self, company):
        """Return the ids of a company's documents since its start, and of all in the ledger.

        :return: ``{model: [id, …]}``
        """
        start = company.commission_split_start or company._get_today()
        moves = self.env.execute_query(
            SQL(
                """
                SELECT id FROM account_move
                 WHERE company_id = %(company)s AND state = 'posted'
                   AND move_type IN ('out_invoice', 'out_refund')
                   AND coalesce(invoice_date, date) >= %(start)s
                 UNION SELECT source_id FROM commission_split_credit
                 WHERE company_id = %(company)s AND is_current AND source_model = %(model)s
                 UNION SELECT source_id FROM commission_split_entry
                 WHERE company_id = %(company)s AND source_model = %(model)s
                """,
                company=company.id,
                start=start,
                model=MOVE,
            )
        )
        orders = self.env.execute_query(
            SQL(
                """
                SELECT o.id FROM sale_order o
                  JOIN commission_split_deal deal ON deal.order_id = o.id
                 WHERE o.company_id = %(company)s AND deal.date >= %(start)s
                   AND EXISTS (SELECT FROM commission_split_component
                                WHERE event = 'ordered' AND company_id = %(company)s)
                 UNION SELECT source_id FROM commission_split_entry
                 WHERE company_id = %(company)s AND source_model = %(model)s
                """,
                company=company.id,
                start=start,
                model=ORDER,
            )
        )
        return {MOVE: [row[0] for row in moves], ORDER: [row[0] for row in orders]}

    @api.model
    def _run_all(self, companies, cause="check"):
        """Look at all documents of companies at once; what is found was missed."""
        self.env.cr.flush()
        engine = self.env["commission.split.engine"].sudo()
        for company in companies:
            for model, source_ids in self.sudo()._get_all(company).items():
                engine._follow(source_ids, cause, model)
            engine._follow_records(company)

    @api.model
    def _cron_follow(self):
        """Work off the documents that changed."""
        progress = self.env["ir.cron"]
        while taken := self._take():
            try:
                self._follow(taken)
            except SerializationFailure:
                self.env.cr.rollback()  # somebody else is at it: the next run takes the rest
                return
            if not progress._commit_progress(len(taken), remaining=0):
                return

    @api.model
    def _follow(self, taken):
        """Let the engine follow what was taken: ``[(model, id), …]``; counts rows entered."""
        engine = self.env["commission.split.engine"].sudo()
        return sum(
            engine._follow(sorted(one for name, one in taken if name == model), model=model)
            for model in (MOVE, ORDER)
        )

    @api.model
    def _take(self):
        """Take documents that wait: ``{(model, id), …}``."""
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM commission_split_todo WHERE id IN (
                       SELECT id FROM commission_split_todo ORDER BY id LIMIT %s
                          FOR UPDATE SKIP LOCKED)
                RETURNING source_model, source_id
                """,
                BATCH,
            )
        )
        return set(rows)

    @api.model
    def _cron_check(self):
        """Compare all documents with the ledger, past every hook: imports and SQL too."""
        for company in self.env["res.company"].search([]):
            self._run_all(company)
            self.env["ir.cron"]._commit_progress(1, remaining=0)
