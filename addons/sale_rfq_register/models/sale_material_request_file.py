import logging

from markupsafe import Markup
from psycopg2 import IntegrityError, OperationalError

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


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
        requests = self.browse()
        for name, content in files:
            requests += self._create_from_file(name, content, values)
        return requests

    def _create_from_file(self, name, content, values=None):
        reader = self.with_context(request_file_values=values or {})
        return self._register_file(name, content, values, *reader._read_file(name, content))

    def _register_file(self, name, content, values, reading, problems):
        """Make a request of what was read from a file, and keep the file."""
        base = {"channel": "file", **(values or {})}
        request, problems = self._create_from_reading(base, reading, problems)
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": self._name, "res_id": request.id}
        )
        request.message_post(
            body=self.env._("Registered from the file %(name)s.", name=name),
            attachment_ids=attachment.ids,
        )
        if problems:
            request._ask_to_finish(problems)
        return request

    def _create_from_reading(self, base, reading, problems):
        """Create from what was read or, where the database refuses it, without it."""
        created = []
        problem = self._try_to_store(lambda: created.append(self.create({**base, **reading})))
        if problem:
            return self.create(base), [*problems, problem]
        return created[0], problems

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
        user = self.user_id or self.env.user
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.with_context(lang=user.lang).env._("Finish the request by hand"),
            note=Markup("<br/>").join(problems),
            user_id=user.id,
        )
