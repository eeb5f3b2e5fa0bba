import logging

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH_ORDERS = 50
BATCH_LINES = 400  # that a batch has at most, unless its first order alone has more
PATIENCE = 5  # times that a batch loses against somebody else before the job leaves it for later
CONFLICTS = (DeadlockDetected, LockNotAvailable, SerializationFailure)


class SaleDeliveryScheduleLine(models.Model):
    """The job that makes orders of due lines; it may be killed or run twice at any moment.

    Each batch locks its lines, marks them as ordered, makes and confirms the orders, and commits,
    all in one transaction: a line is either waiting or has its order. Lines that another worker
    holds are left to it. An order that cannot be made is tried by itself, its reason is noted and
    the others go on.
    """

    _inherit = "sale.delivery.schedule.line"

    @api.model
    def _cron_create_orders(self):
        """Make the orders that are due; what is done is not done again."""
        given_up, conflicts = set(), 0
        job, left = self.env["ir.cron"], 1.0
        while left > 0 and conflicts < PATIENCE:
            batch = self._find_due(given_up)
            if not batch:
                break
            try:
                done = self._process_batch(batch, given_up)
                left = job._commit_progress(done, remaining=self._count_due(given_up))
                conflicts = 0
            except CONFLICTS:
                self.env.cr.rollback()
                conflicts += 1

    @api.model
    def _process_batch(self, batch, given_up):
        """Make the orders of a batch; one by one where they do not come about together.

        :param batch: a list of lines for each order
        :param given_up: ids of lines that this run does not try again; extended
        :return: how many lines became orders
        """
        mine = [lines for lines in batch if self._lock(lines)]
        given_up.update(line.id for lines in batch if lines not in mine for line in lines)
        waiting = self.browse([line.id for lines in mine for line in lines])
        if not waiting or self._try_to_order(waiting) is None:
            return len(waiting)
        done = 0
        for lines in mine:
            # each in a transaction of its own: locks are not held while others are tried
            self.env["ir.cron"]._commit_progress(0)
            if not self._lock(lines):
                continue
            problem = self._try_to_order(lines)
            if problem is None:
                done += len(lines)
            else:
                lines._note_problem(problem)
            given_up.update(lines.ids)
        return done

    def _try_to_order(self, lines):
        """Make orders; what speaks against them is returned and nothing of them is left."""
        language = lines.user_id[:1].lang or lines.company_id[:1].partner_id.lang
        lines = lines.with_context(
            lang=language, mail_auto_subscribe_no_notify=True
        )._with_one_company()
        try:
            with self.env.cr.savepoint():
                lines._create_orders()
        except (InterfaceError, OperationalError):
            raise  # somebody else was faster, or the database is gone
        except Exception as refusal:
            _logger.info("no order of schedule lines %s: %s", lines.ids, refusal)
            return str(refusal) or repr(refusal)
        return None

    def _with_one_company(self):
        return self.with_company(self.company_id) if len(self.company_id) == 1 else self

    # -- what is due -----------------------------------------------------------------------------

    @api.model
    def _find_due(self, given_up):
        """The next orders to make, the earliest ship date first: a list of lines for each."""
        self.flush_model(["awaits_order", "date_due"])
        rows = self.env.execute_query(
            SQL(
                """SELECT array_agg(line.id ORDER BY line.id)
                     FROM %s
                    GROUP BY line.company_id, line.contract_id, line.date_due,
                             line.partner_shipping_id
                    ORDER BY line.company_id, line.date_due, min(line.id)
                    LIMIT %s""",
                self._get_due_lines(given_up),
                BATCH_ORDERS,
            )
        )
        batch, count = [], 0
        for (ids,) in rows:
            lines = self.browse(ids)
            if batch and (
                count + len(ids) > BATCH_LINES or lines.company_id != batch[0].company_id
            ):
                break
            batch.append(lines)
            count += len(ids)
        return batch

    @api.model
    def _count_due(self, given_up):
        query = SQL("SELECT count(*) FROM %s", self._get_due_lines(given_up))
        return self.env.execute_query(query)[0][0]

    @api.model
    def _get_due_lines(self, given_up):
        """The lines whose orders are to be made by now, as a source for SELECT."""
        return SQL(
            """sale_delivery_schedule_line line
               JOIN sale_supply_contract contract ON contract.id = line.contract_id
               JOIN %s ON today.company_id = contract.company_id
              WHERE line.awaits_order AND NOT line.id = ANY(%s)
                AND line.date_due <= today.day + coalesce(contract.schedule_lead_days, 0)""",
            self.env["res.company"]._get_today_table(),
            sorted(given_up),
        )

    @api.model
    def _lock(self, lines):
        """Whether all lines of an order still wait and are ours until the transaction ends."""
        lines.flush_recordset(["awaits_order"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_delivery_schedule_line
                    WHERE id = ANY(%s) AND awaits_order ORDER BY id FOR UPDATE SKIP LOCKED""",
                lines.ids,
            )
        )
        return len(rows) == len(lines)
