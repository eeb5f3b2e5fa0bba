from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

MAX_TRIES = 3


class SaleMaterialRequest(models.Model):
    """Large files are registered at once and read in the background, a request each (R1, R2)."""

    _inherit = "sale.material.request"

    reading_state = fields.Selection(
        [("waiting", "Being Read"), ("done", "Read"), ("failed", "Not Read")],
        string="File",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whether the large file of the request was read in the background.",
    )
    reading_tries = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="How often the reading was begun, also if it was stopped.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        if any(request.reading_state == "waiting" for request in requests):
            self.env.ref("sale_rfq_register.ir_cron_read_files").sudo()._trigger()
        return requests

    def _check_open(self):
        """What is being read is not worked on yet: its lines are still to come."""
        for request in self.filtered(lambda request: request.reading_state == "waiting"):
            raise UserError(
                self.env._(
                    "The file of material request %(name)s is still being read: wait until its"
                    " lines are there, or press Read Now.",
                    name=request.name,
                )
            )
        return super()._check_open()

    def action_read_file(self):
        """Read the file now, or once more where it could not be read."""
        for request in self.filtered(lambda one: one.reading_state in ("waiting", "failed")):
            if not request.try_lock_for_update(allow_referencing=True):
                raise UserError(
                    self.env._(
                        "The file of material request %(name)s is being read at this moment: look"
                        " again in a minute.",
                        name=request.name,
                    )
                )
            request._read_kept_file()
        return True

    # === IN THE BACKGROUND === #

    @api.model
    def _cron_read_files(self):
        """Read what waits, each file in a transaction of its own.

        What stops in the middle is read again; what stops the worker each time is given up, so
        that it keeps nothing else waiting.
        """
        requests = self.with_context(active_test=False)
        waiting = requests.search([("reading_state", "=", "waiting")], order="reading_tries, id")
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(waiting))
        for request_id in waiting.ids:
            request = requests.browse(request_id)
            if request._begin_reading():
                progress._commit_progress()
                request._try_to_read()
            if not progress._commit_progress(1):
                break

    def _begin_reading(self):
        """Count the attempt, which is stored before it: a killed worker stores nothing."""
        if not self._lock_waiting():
            return False
        if self.reading_tries >= MAX_TRIES:
            self._give_up_reading()
            return False
        self.reading_tries += 1
        return True

    def _try_to_read(self):
        try:
            for request in self._lock_waiting():
                request._read_kept_file()
        except OperationalError:
            # somebody changed the request meanwhile: it still waits
            self.env.cr.rollback()

    def _lock_waiting(self):
        """The request, unless another worker has it or has read it."""
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["reading_state", "reading_tries"])
        return locked.filtered(lambda request: request.reading_state == "waiting")

    def _give_up_reading(self):
        self.reading_state = "failed"
        self._in_own_language()._ask_to_finish(
            [
                self.env._(
                    "The reading of the file was stopped %(count)s times: it is too large or takes"
                    " too long. Ask the customer for a smaller file, or enter by hand what it"
                    " says.",
                    count=MAX_TRIES,
                )
            ]
        )

    def _read_kept_file(self):
        """Fill the request from the file that it was registered with."""
        self.ensure_one()
        request = self.with_company(self.company_id)._in_own_language()
        file = request._get_kept_file()
        reading, problems = request._read_file(file.name or "", file.raw or b"")
        values = request._prepare_reading_values(reading)
        problem = request._try_to_store(lambda: request.write(values))
        request.reading_state = "failed" if problem or not reading else "done"
        problems = [*problems, *filter(None, [problem])]
        if problems:
            request._ask_to_finish(problems)

    def _get_kept_file(self):
        """The first file that came with the request and can be read."""
        self.ensure_one()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)], order="id"
        )
        readable = (
            file for file in files if self._get_readable_files([(file.name, file.raw or b"")])
        )
        return next(readable, files[:1])

    def _in_own_language(self):
        """In the language of those who will read what is noted."""
        self.ensure_one()
        lang = self.user_id.lang or self.company_id.partner_id.sudo().lang or self.env.lang
        return self.with_context(lang=lang)
