from functools import partial

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import LazyTranslate

from .. import spreadsheet
from ..spreadsheet_columns import (
    find_others,
    guess_layout,
    guess_target,
    is_understood,
    normalise_unit,
    read_items,
    unit_words,
)

_lt = LazyTranslate(__name__)

MAX_NAME = 500

# why a file is not read, by ``spreadsheet.NotReadable.reason``; another reason means broken
BROKEN = _lt(
    "The spreadsheet %(name)s is torn or broken (%(detail)s): ask the customer to send it again,"
    " or enter by hand what it says."
)
TORN = _lt(
    "The spreadsheet %(name)s is torn or broken: ask the customer to send it again, or enter by"
    " hand what it says."
)
STRANGE = _lt(
    "The spreadsheet %(name)s is built in a way that is not read (%(detail)s): open it in a"
    " spreadsheet program and save it as XLSX, or enter by hand what it says."
)
OTHER_FORMAT = _lt(
    "The file %(name)s is in the format %(detail)s, which is not read as a spreadsheet: open it"
    " and save it as XLSX or CSV, or enter by hand what it says."
)
REFUSALS = {
    "too_big": _lt(
        "The spreadsheet %(name)s is larger than %(detail)s: ask the customer to send it in parts."
    ),
    "too_wide": _lt(
        "The spreadsheet %(name)s has rows of more than %(detail)s columns: ask the customer for"
        " one with the materials only."
    ),
    "empty": _lt("The spreadsheet %(name)s is empty: ask the customer to send it again."),
    "encrypted": _lt(
        "The spreadsheet %(name)s is protected by a password: open it with the password and save"
        " it without, or ask the customer for such a file."
    ),
    "old_format": _lt(
        "The spreadsheet %(name)s is in the old Excel format (XLS) and was not understood: open it"
        " and save it as XLSX or CSV, or enter by hand what it says."
    ),
    "other_format": OTHER_FORMAT,
    "strange": STRANGE,
    "no_table": _lt(
        "The file %(name)s is a web page without a table, which spreadsheet programs open as a"
        " spreadsheet: open it and save it as XLSX or CSV."
    ),
    "bomb": _lt(
        "The spreadsheet %(name)s unpacks to far more than a list of materials (%(detail)s) and is"
        " not read: its empty rows may be formatted down to the end of the sheet, or it may be an"
        " attack. Ask the customer for the rows with materials only, as a new file."
    ),
    "document_type": _lt(
        "The spreadsheet %(name)s declares a document type, which can hide an attack and is not"
        " read: ask the customer before you open it."
    ),
    "not_text": _lt(
        "The file %(name)s is no spreadsheet that is known and holds no text that can be read as a"
        " table: open it with the program that made it and save it as XLSX or CSV."
    ),
}
# of one cell, by ``spreadsheet.Problem.reason``
CELL_PROBLEMS = {
    "formula": _lt("The formula in column %(column)s has no stored value."),
    "error": _lt("Column %(column)s holds the error %(detail)s."),
    "columns": _lt("There is more to the right than is read."),
    "cut": _lt("The text in column %(column)s was cut after %(detail)s characters."),
}
# of one row, by the reason in ``spreadsheet_columns.Item.problems``
ROW_PROBLEMS = {
    "no_quantity": _lt("There is no quantity."),
    "quantity": _lt("The quantity “%(value)s” is not a number."),
    "quantity_sign": _lt("The quantity “%(value)s” is below zero."),
    "quantity_size": _lt("The quantity “%(value)s” is too large."),
    "quantity_unclear": _lt("The quantity “%(value)s” can be read in two ways."),
    "date": _lt("The date “%(value)s” is not understood."),
    "date_unclear": _lt("The date “%(value)s” can be read in two ways."),
    "unit": _lt("The unit “%(value)s” is not known."),
    "group": _lt("The material group “%(value)s” is not known."),
    "quantity_shared": _lt("The quantity “%(value)s” stands for several rows together."),
    "code_cut": _lt(
        "The code “%(value)s” was shortened by a spreadsheet program: its last digits are lost."
    ),
    "code_date": _lt(
        "The code “%(value)s” is a date in the file: a spreadsheet program may have made it one."
    ),
    "nothing": _lt("Nothing in the row names a material."),
}


class SaleMaterialRequest(models.Model):
    """Spreadsheets as a way into the register."""

    _inherit = "sale.material.request"

    def _get_file_readers(self, name, content):
        readers = super()._get_file_readers(name, content)
        if spreadsheet.is_spreadsheet(name, content):
            readers.append(partial(self._read_spreadsheet, name))
        return readers

    def _read_spreadsheet(self, name, content):
        """Values and problems of a spreadsheet, by its remembered or guessed columns."""
        table = self._open_spreadsheet(name, content)
        layout = self._find_spreadsheet_layout(table, **self._get_spreadsheet_owner())
        if not layout.is_usable():
            raise UserError(
                self.env._(
                    "The spreadsheet %(name)s has no row of headings that names the materials:"
                    " enter by hand what it says, or register it again with “From Files” and say"
                    " there what its columns hold.",
                    name=name,
                )
            )
        return self._prepare_spreadsheet_values(table, layout)

    @api.model
    def _open_spreadsheet(self, name, content):
        """The table in a spreadsheet; ``UserError`` says why there is none."""
        try:
            return spreadsheet.read(content, name or "")
        except spreadsheet.NotReadable as error:
            raise UserError(self._get_spreadsheet_refusal(name, error)) from error

    @api.model
    def _get_spreadsheet_refusal(self, name, error):
        """A sentence on why a spreadsheet cannot be read, and what to do."""
        sentence = self.env._(REFUSALS.get(error.reason, BROKEN if error.detail else TORN))
        return sentence % {"name": name or "", "detail": error.detail}

    # === COLUMNS === #

    def _get_spreadsheet_owner(self):
        """Whose remembered columns count: of this request, or of the one that is to be made."""
        if self:
            return {
                "company": self.company_id,
                "partner": self.partner_id,
                "email": self.sender_email,
            }
        values = self.env.context.get("request_file_values", {})
        companies = self.env["res.company"]
        return {
            "company": companies.browse(values.get("company_id")) or self.env.company,
            "partner": self.env["res.partner"].browse(values.get("partner_id")),
            "email": values.get("sender_email"),
        }

    @api.model
    def _find_spreadsheet_layout(self, table, company, partner, email=None):
        """The heading row and what the columns hold: remembered, else guessed."""
        mappings = self.env["sale.material.request.mapping"]
        remembered = mappings._find_layout(company, partner, email, table.rows)
        return remembered or guess_layout(table)

    # === VALUES === #

    @api.model
    def _prepare_spreadsheet_values(self, table, layout):
        """Values of a request and sentences on what a person has to look at."""
        rows = self._prepare_spreadsheet_rows(table, layout)
        values = {"line_ids": [Command.create(line) for _number, line in rows]}
        problems = self._describe_spreadsheet_problems(table, rows)
        return values, problems + self._describe_other_columns(table, layout)

    @api.model
    def _prepare_spreadsheet_rows(self, table, layout):
        """For each row of the file with anything in it, its number and the values of its line."""
        items, others = read_items(table, layout), self._get_other_columns(table, layout)
        cells = {}
        for problem in table.problems:
            if problem.row:
                cells.setdefault(problem.row, []).append(problem)
        units = self._get_units_by_word()
        groups = self._get_groups_by_name({item.texts.get("categ_id") for item in items})
        return [
            (
                item.row,
                self._keep_other_columns(
                    self._prepare_spreadsheet_line(item, cells.get(item.row, []), units, groups),
                    item,
                    others,
                ),
            )
            for item in items
        ]

    @api.model
    def _prepare_spreadsheet_line(self, item, cell_problems, units, groups):
        texts, unit = item.texts, units.get(normalise_unit(item.unit))
        group = groups.get((texts.get("categ_id") or "").lower())
        problems = [self._describe_cell_problem(problem) for problem in cell_problems]
        problems += [self._describe_row_problem(*problem) for problem in item.problems]
        if item.unit and not unit:
            problems.append(self._describe_row_problem("unit", item.unit))
        if texts.get("categ_id") and not group:
            problems.append(self._describe_row_problem("group", texts["categ_id"]))
        name, details = self._prepare_spreadsheet_texts(item)
        return {
            "sequence": item.row,
            "name": name,
            "details": details,
            "customer_code": texts.get("customer_code"),
            "supplier_code": texts.get("supplier_code"),
            "barcode": texts.get("barcode"),
            "categ_id": group,
            "quantity": float(item.quantity or 0),
            "uom_id": unit,
            "uom_text": item.unit,
            "date_required": item.required,
            "problem": " ".join(problems) or False,
        }

    @api.model
    def _prepare_spreadsheet_texts(self, item):
        """Description and details: a long description is kept whole in the details.

        A row that names no material keeps all its words.
        """
        texts = item.texts
        named = any(texts.get(key) for key in ("customer_code", "supplier_code", "barcode"))
        name = texts.get("name") or (not named and (texts.get("categ_id") or item.whole)) or None
        details = texts.get("details")
        if name and (len(name) > MAX_NAME or "\n" in name):
            details = "\n".join(filter(None, [name, details]))
            name = " ".join(name.split())[:MAX_NAME]
        return name, details

    @api.model
    def _keep_other_columns(self, line, item, headings):
        """Add what no field has room for to the details of a line, below its headings."""
        if item.others and line["name"] != item.whole:
            kept = [
                f"{headings.get(column) or self._name_column(column)}: {text}"
                for column, text in item.others
            ]
            line["details"] = "\n".join(filter(None, [line["details"], *kept]))
        return line

    @api.model
    def _get_other_columns(self, table, layout):
        """What the columns are called that no field has room for, by their index."""
        headings = find_others(table, layout)
        return {
            column: " ".join(heading.split()) or self._name_column(column)
            for column, heading in headings.items()
        }

    @api.model
    def _name_column(self, index):
        return self.env._("Column %(column)s", column=index + 1)

    @api.model
    def _get_units_by_word(self):
        """Ids of the active units by their names in every language and by usual words."""
        units = self.env["uom.uom"].search([])
        xmlids = (
            self.env["ir.model.data"]
            .sudo()
            ._read_group(
                [("module", "=", "uom"), ("model", "=", "uom.uom"), ("res_id", "in", units.ids)],
                ["name", "res_id"],
            )
        )
        by_xmlid = dict(xmlids)
        found = {
            word: by_xmlid[xmlid] for word, xmlid in unit_words().items() if xmlid in by_xmlid
        }
        named = {}
        for code, _name in self.env["res.lang"].get_installed():
            for unit in units.with_context(lang=code):
                named.setdefault(normalise_unit(unit.name), set()).add(unit.id)
        # what two units are called says nothing
        return found | {word: min(ids) for word, ids in named.items() if len(ids) == 1}

    @api.model
    def _get_groups_by_name(self, names):
        """Ids of the material groups by name or whole path, in small letters."""
        wanted = {name.lower() for name in names if name}
        if not wanted:
            return {}
        found = {}
        for group in self.env["product.category"].search([]):
            for name in {group.name.lower(), group.complete_name.lower()} & wanted:
                found.setdefault(name, set()).add(group.id)
        return {name: min(ids) for name, ids in found.items() if len(ids) == 1}

    # === PROBLEMS === #

    @api.model
    def _describe_spreadsheet_problems(self, table, rows):
        """Sentences for the task: what was left out, and how many lines are to be finished."""
        problems = [
            self._describe_table_problem(problem) for problem in table.problems if not problem.row
        ]
        if any(problem.reason == "columns" for problem in table.problems):
            problems.append(
                self.env._(
                    "Only the first %(limit)s columns were read.", limit=spreadsheet.MAX_COLUMNS
                )
            )
        if not rows:
            problems.append(self.env._("There are no rows below the headings."))
        bad = sum(bool(line["problem"]) for _number, line in rows)
        if bad:
            problems.append(
                self.env._(
                    "Lines to finish: %(bad)s of %(all)s. The reason stands on each of them.",
                    bad=bad,
                    all=len(rows),
                )
            )
        return problems

    @api.model
    def _describe_other_columns(self, table, layout):
        """A sentence on columns whose meaning is not found, in a list; none where all are."""
        strange = [
            heading
            for column, heading in self._get_other_columns(table, layout).items()
            if guess_target(heading) or not is_understood(heading)
        ]
        if not strange:
            return []
        return [
            self.env._(
                "No field was found for these columns: %(columns)s. What they hold is kept in the"
                " details of the lines.",
                columns=", ".join(f"“{heading[:50]}”" for heading in strange[:20]),
            )
        ]

    @api.model
    def _describe_table_problem(self, problem):
        if problem.reason == "rows":
            return self.env._(
                "Only the first %(limit)s rows were read: register the others from a file of their"
                " own.",
                limit=problem.detail,
            )
        return self.env._(
            "Only the first sheet was read; there is something on others too: %(sheets)s.",
            sheets=problem.detail,
        )

    @api.model
    def _describe_cell_problem(self, problem):
        sentence = self.env._(CELL_PROBLEMS[problem.reason])
        return sentence % {"column": problem.column, "detail": problem.detail}

    @api.model
    def _describe_row_problem(self, reason, detail):
        sentence = self.env._(ROW_PROBLEMS[reason])
        return sentence % {"value": detail[:100]}
