from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

MODEL = "account.move"
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

    source_model = fields.Char(required=True, default=MODEL)
    source_id = fields.Integer(required=True)

    @api.model
    def _add(self, move_ids):
        """Remember entries that changed; their documents are written down at the end.

        An invoice waits itself; what a payment settles waits where the payment changed.
        """
        pending = self.env.cr.precommit.data.setdefault(PENDING, set())
        if move_ids and not pending:
            self.env.cr.precommit.add(self.env[self._name].sudo()._write_down)
        pending.update(move_ids)

    @api.model
    def _write_down(self):
        move_ids = self.env.cr.precommit.data.pop(PENDING, None)
        if not move_ids:
            return
        self.env.execute_query(
            SQL(
                """
                WITH changed AS (SELECT unnest(%(ids)s) AS id), settled AS (
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
             RETURNING id
                """,
                model=MODEL,
                ids=sorted(move_ids),
            )
        )
        self._trigger()

    @api.model
    def _trigger(self):
        job = self.env.ref("sale_commission_split.ir_cron_follow", raise_if_not_found=False)
        if job:
            job.sudo()._trigger()

    @api.model
    def _add_all(self, companies):
        """Let the engine look at all documents of companies, as it does every night."""
        for company in companies:
            self._add(self._get_all(company))

    @api.model
    def _get_all(self, company):
        """Return the ids of a company's documents since its start, and of all in the ledger."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM account_move
                 WHERE company_id = %(company)s AND state = 'posted'
                   AND move_type IN ('out_invoice', 'out_refund') AND date >= %(start)s
                 UNION SELECT source_id FROM commission_split_credit
                 WHERE company_id = %(company)s AND is_current
                 UNION SELECT source_id FROM commission_split_entry
                 WHERE company_id = %(company)s
                """,
                company=company.id,
                start=company.commission_split_start or company._get_today(),
            )
        )
        return [move_id for (move_id,) in rows]

    @api.model
    def _run_all(self, companies):
        """Look at all documents of companies at once; what is found was missed."""
        self.env.cr.flush()
        engine = self.env["commission.split.engine"].sudo()
        for company in companies:
            engine._follow(self.sudo()._get_all(company), cause="check")

    @api.model
    def _cron_follow(self):
        """Work off the documents that changed."""
        progress = self.env["ir.cron"]
        while move_ids := self._take():
            try:
                self.env["commission.split.engine"]._follow(move_ids)
            except SerializationFailure:
                self.env.cr.rollback()  # somebody else is at it: the next run takes the rest
                return
            if not progress._commit_progress(len(move_ids), remaining=0):
                return

    @api.model
    def _take(self):
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM commission_split_todo WHERE id IN (
                       SELECT id FROM commission_split_todo ORDER BY id LIMIT %s
                          FOR UPDATE SKIP LOCKED)
                RETURNING source_id
                """,
                BATCH,
            )
        )
        return sorted({move_id for (move_id,) in rows})

    @api.model
    def _cron_check(self):
        """Compare all documents with the ledger, past every hook: imports and SQL too."""
        for company in self.env["res.company"].search([]):
            self._run_all(company)
            self.env["ir.cron"]._commit_progress(1, remaining=0)
