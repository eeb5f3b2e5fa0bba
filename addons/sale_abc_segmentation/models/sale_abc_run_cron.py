import logging
from datetime import timedelta

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

CONFLICTS = (DeadlockDetected, LockNotAvailable, SerializationFailure)
_logger = logging.getLogger(__name__)


class SaleAbcRun(models.Model):
    """The job that classes on schedule; it may be killed or run twice at any moment.

    A run is carried out in one transaction, with its row locked: whoever finds it waiting or
    running and not locked takes it up, so that one whose worker was killed is done again whole.
    """

    _inherit = "sale.abc.run"

    @api.model
    def _cron_run(self):
        """Queue what is due by the profiles' schedules, and carry out what waits."""
        job = self.env["ir.cron"]
        self.env["sale.abc.profile"]._queue_due()
        self.env["sale.abc.override"]._end_expired()
        left = job._commit_progress(0, remaining=self._count_waiting())
        tried = set()
        try:
            while left > 0 and (run := self._take_next(tried)):
                tried.add(run.id)
                run._try()
                left = job._commit_progress(1, remaining=self._count_waiting())
        except CONFLICTS:
            # somebody wrote to a customer meanwhile: soon again, and whole
            self.env.cr.rollback()
            soon = fields.Datetime.now() + timedelta(minutes=1)
            self.env.ref("sale_abc_segmentation.ir_cron_abc")._trigger(at=soon)
            job._commit_progress(0)

    @api.model
    def _count_waiting(self):
        return self.search_count([("state", "in", ("queued", "running"))])

    @api.model
    def _take_next(self, tried):
        """The next run that nobody holds, marked as running where everybody sees it."""
        run = self._lock_next(tried)
        if run and run.state == "queued":
            run._set({"state": "running", "started_on": fields.Datetime.now()})
            self.env["ir.cron"]._commit_progress(0)
            run = self._lock_next(tried)
        return run

    @api.model
    def _lock_next(self, tried):
        rows = self.env.execute_query(
            SQL(
                """SELECT run.id FROM sale_abc_run run
                     JOIN sale_abc_profile profile ON profile.id = run.profile_id
                    WHERE run.state IN ('queued', 'running') AND run.id <> ALL(%s)
                    ORDER BY run.id LIMIT 1 FOR UPDATE SKIP LOCKED""",
                list(tried),
            )
        )
        return self.browse(rows[0] if rows else ())

    def _try(self):
        """Carry out; what speaks against it is kept on the run, and nothing else of it."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.with_company(self._get_companies()[:1])._execute()
        except (InterfaceError, OperationalError):
            raise  # somebody else was faster, or the database is gone
        except Exception as problem:
            _logger.exception("run %s failed", self.id)
            self._set({"state": "failed", "problem": str(problem) or repr(problem)})


class SaleAbcProfile(models.Model):
    _inherit = "sale.abc.profile"

    @api.model
    def _queue_due(self):
        """One run for each profile that is due, however long nobody looked."""
        scheduled = self.search([("next_date", "!=", False), ("interval", "!=", False)])
        due = scheduled.filtered(lambda profile: profile.next_date <= profile._get_today())
        for profile in due.try_lock_for_update():
            today = profile._get_today()
            profile._create_run(today)
            profile.next_date = profile._prepare_next_date(today)
