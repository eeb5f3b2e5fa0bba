import logging

from markupsafe import Markup
from psycopg2 import IntegrityError, OperationalError

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

READ_AT_ONCE = 1_000_000  # bytes of one arrival's files; of more, each is read in the background
LARGEST = 20_000_000  # bytes of a file that is read at all; every reader refuses more, at once


class SaleMaterialRequest(models.Model):
    """Requests registered from files; whatever a reader does, nothing received is lost (R2)."""

    _inherit = "sale.material.request"

    @api.model
    def _create_from_files(self, files, values=None):
        """Register one request for each file; what cannot be read is kept for a person.

        :param files: list of ``(name, content)``, content in bytes
        :param values: values for all the requests, such as the channel
        :return: the new requests, in the order of the files
        """
        readings = self._read_files(files, values)
        requests = self.browse()
        for (name, content), reading in zip(files, readings, strict=True):
            requests += self._register_file(name, content, values, *reading)
        return requests

    @api.model
    def _read_files(self, files, values=None):
        """Read the files of one arrival, all of them before the first number is taken.

        What would take long is read in the background.

        :return: a list of ``(values, problems)``, see ``_read_file``
        """
        reader = self.with_context(request_file_values=values or {})
        sizes = [self._get_size_to_read(*file) for file in files]
        is_large = sum(sizes) > READ_AT_ONCE
        return [
            ({"reading_state": "waiting"}, []) if is_large and size else reader._read_file(*file)
            for file, size in zip(files, sizes, strict=True)
        ]

    @api.model
    def _get_size_to_read(self, name, content):
        """Bytes of a file that a reader will look into."""
        size = len(content)
        return size if size <= LARGEST and self._get_file_readers(name, content) else 0

    @api.model
    def _get_readable_files(self, files):
        return [file for file in files if self._get_file_readers(*file)]

    @api.model
    def _keep_files(self, files):
        """Files before their request is there; its message takes them over."""
        return self.env["ir.attachment"].create(
            [
                {"name": name, "raw": content, "res_model": "mail.compose.message", "res_id": 0}
                for name, content in files
            ]
        )

    def _register_file(self, name, content, values, reading, problems):
        """Make a request of what was read from a file, and keep the file."""
        base = {"channel": "file", **(values or {})}
        attachment = self._keep_files([(name, content)])
        request = self._create_from_reading(base, reading, problems)
        request.message_post(
            body=self.env._("Registered from the file %(name)s.", name=name),
            attachment_ids=attachment.ids,
        )
        return request

    def _create_from_reading(self, values, reading, problems, create=None):
        """Create from what was read or, where the database refuses it, without it.

        :param create: a method that makes a request of values, if not the usual one
        """
        created, create = [], create or self.create
        merged = self._merge_reading(values, reading)
        problem = self._try_to_store(lambda: created.append(create(merged)))
        request = created[0] if not problem else create(values)
        problems = [*problems, *filter(None, [problem])]
        if problems:
            request._ask_to_finish(problems)
        return request

    @api.model
    def _merge_reading(self, values, reading):
        """Values with what a file adds: what is given stays, lines come behind those given."""
        given = self.new({name: value for name, value in values.items() if name != "line_ids"})
        news = given._prepare_reading_values(reading)
        lines = [*values.get("line_ids", []), *news.pop("line_ids", [])]
        return {**values, **news, **({"line_ids": lines} if lines else {})}

    def _prepare_reading_values(self, reading):
        """What a file adds; what was given with it, or typed since, stays."""
        self.ensure_one()
        return {
            name: value
            for name, value in reading.items()
            if value and (name == "line_ids" or not self._is_given(name))
        }

    def _try_to_store(self, store):
        """Run ``store`` in a savepoint.

        :return: a sentence on why what was read could not be stored, or ``False``
        """
        try:
            with self.env.cr.savepoint():
                store()
                self.env.flush_all()
        except UserError as error:
            return str(error)
        except IntegrityError as error:
            lines = self.env["sale.material.request.line"]
            table = lines if error.diag.table_name == lines._table else self
            return table._sql_error_to_message(error)
        return False

    def _read_file(self, name, content):
        """Let the first reader that knows the kind of file read it.

        Whatever goes wrong in a reader, what has arrived is kept: an error that nobody foresaw
        is logged and becomes a problem too.

        :return: ``(values, problems)``: what could be read, and sentences on what could not
        """
        for reader in self._get_file_readers(name, content):
            try:
                with self.env.cr.savepoint():
                    return reader(content)
            except UserError as error:
                return {}, [str(error)]
            except OperationalError:
                raise  # a conflict of transactions, which is tried again as a whole
            except Exception:
                _logger.exception("A reader failed on the file %r of a material request", name)
                return {}, [
                    self.env._(
                        "The file %(name)s could not be read because of an error in the program:"
                        " enter by hand what it says.",
                        name=name,
                    )
                ]
        return {}, [
            self.env._(
                "The file %(name)s is of no kind that can be read: enter by hand what it says.",
                name=name,
            )
        ]

    def _get_file_readers(self, name, content):
        """Methods that turn a file's bytes into values of a request, best first.

        Extend it for a new kind of file. A reader gets the bytes and returns values and a list
        of sentences on what it left out; it raises ``UserError`` for what it cannot read. What
        is known of the request otherwise is in the context key ``request_file_values``.
        """
        return []

    def _ask_to_finish(self, problems):
        """Make a task of what could not be understood."""
        self.ensure_one()
        user = self._get_finisher()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_today(),
            summary=self.with_context(lang=user.lang).env._("Finish the request by hand"),
            note=Markup("<br/>").join(problems),
            user_id=user.id,
        )

    def _get_finisher(self):
        """Who gets the task: the salesperson, else who is at work, else the head of the team."""
        self.ensure_one()
        at_work = (self.env.user | self.sudo().create_uid).filtered(
            lambda user: user._is_internal() and user.active
        )
        system = self.env.ref("base.user_root")
        return self.user_id or at_work[:1] or self.sudo().team_id.user_id or system
