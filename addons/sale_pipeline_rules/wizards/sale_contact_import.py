import base64
import csv
import io

from odoo import fields, models
from odoo.exceptions import UserError

COLUMNS = {"external_ref", "started_at", "phone"}
OPTIONAL = {"direction", "outcome", "seconds", "user_login", "channel", "email"}


class SaleContactImport(models.TransientModel):
    """The call list of a telephone exchange, read into contacts by the same inlet."""

    _name = "sale.contact.import"
    _description = "Import Calls"

    source = fields.Char(
        required=True, default="exchange", help="A name for the exchange: its calls are read once."
    )
    file = fields.Binary(required=True, string="CSV File")
    file_name = fields.Char()
    report = fields.Text(readonly=True)
    state = fields.Selection([("draft", "Draft"), ("done", "Done")], default="draft")

    def action_import(self):
        """Read the file; what cannot be read is named by its line, the rest is entered."""
        self.ensure_one()
        rows = self._read_rows()
        problems, entered = [], 0
        contacts = self.env["sale.contact.event"]
        for number, row in enumerate(rows, start=2):
            try:
                with self.env.cr.savepoint():
                    contacts.register_contact({**row, "source": self.source})
                entered += 1
            except (UserError, ValueError) as error:
                problems.append(
                    self.env._("Line %(number)s: %(reason)s", number=number, reason=error)
                )
        self.write(
            {
                "state": "done",
                "report": "\n".join(
                    [self.env._("%s calls are in the register.", entered), *problems]
                ),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _read_rows(self):
        """Return the rows of the file as dicts, with the columns that the inlet knows.

        :raise UserError: names what is missing
        """
        if not self.file:
            raise UserError(self.env._("Choose the file with the calls."))
        try:
            text = base64.b64decode(self.file).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UserError(
                self.env._("%s is not in UTF-8: save it as CSV (UTF-8).", self.file_name or "")
            ) from None
        dialect = csv.excel
        head = text.splitlines()[0] if text.strip() else ""
        delimiter = max(",;\t", key=head.count)
        reader = csv.DictReader(io.StringIO(text), dialect=dialect, delimiter=delimiter)
        missing = COLUMNS - set(reader.fieldnames or ())
        if missing:
            raise UserError(
                self.env._(
                    "%(file)s lacks the columns %(columns)s.",
                    file=self.file_name or "CSV",
                    columns=", ".join(sorted(missing)),
                )
            )
        return [self._clean(row) for row in reader]

    def _clean(self, row):
        values = {
            name: (row.get(name) or "").strip()
            for name in COLUMNS | OPTIONAL
            if (row.get(name) or "").strip()
        }
        if "seconds" in values:
            values["seconds"] = int(values["seconds"])
        return values
