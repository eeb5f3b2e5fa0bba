from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import spreadsheet
from ..formatting import format_quantity
from ..locking import lock_rows
from ..models.sale_material_request_mapping import COLUMN_TARGETS
from ..spreadsheet_columns import Layout, get_headings, guess_targets, show

SAMPLES = 3
PREVIEW_ROWS = 500


class MaterialRequestImport(models.TransientModel):
    """Register requests from files: one request a file.

    Of a single spreadsheet the columns and rows are shown first, and the columns can be put right.
    """

    _name = "material.request.import"
    _description = "Import Material Requests"

    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    file_kinds = fields.Char(string="Kinds of Files", compute="_compute_file_kinds")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        help="Who sends the spreadsheet. What you say about its columns is remembered for his next"
        " one.",
    )
    is_spreadsheet = fields.Boolean(compute="_compute_refusal")
    refusal = fields.Char(compute="_compute_refusal")
    heading_row = fields.Integer(
        string="Row of Headings",
        compute="_compute_heading_row",
        store=True,
        readonly=False,
        help="The row with the names of the columns; 0 if there is none.",
    )
    column_ids = fields.One2many(
        "material.request.import.column",
        "import_id",
        string="Columns",
        compute="_compute_column_ids",
        store=True,
        readonly=False,
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    row_count = fields.Integer(string="Rows", compute="_compute_preview")
    problem_count = fields.Integer(string="Rows to Finish", compute="_compute_preview")
    problem_notice = fields.Char(compute="_compute_problem_notice")
    registered_ids = fields.Many2many("sale.material.request", readonly=True)

    @api.depends("attachment_ids")
    def _compute_file_kinds(self):
        self.file_kinds = ", ".join(self._get_file_kinds())

    @api.depends("attachment_ids")
    def _compute_refusal(self):
        for dialog in self:
            table, dialog.refusal = dialog._try_table()
            dialog.is_spreadsheet = bool(table)

    @api.depends("attachment_ids")
    def _compute_heading_row(self):
        for dialog in self:
            table = dialog._try_table()[0]
            layout = dialog._propose_layout(table) if table else Layout()
            dialog.heading_row = 0 if layout.heading is None else layout.heading + 1

    @api.depends("attachment_ids", "heading_row")
    def _compute_column_ids(self):
        for dialog in self:
            dialog.column_ids = dialog._prepare_column_commands()

    @api.depends("column_ids.target", "heading_row")
    def _compute_preview(self):
        for dialog in self:
            table = dialog._try_table()[0]
            rows = dialog._get_preview_rows(table) if table else []
            bad = [row for row in rows if row[1]["problem"]]
            dialog.row_count, dialog.problem_count = len(rows), len(bad)
            dialog.preview = bool(table) and dialog._render_preview(rows, bad)

    @api.depends("row_count", "problem_count")
    def _compute_problem_notice(self):
        for dialog in self:
            dialog.problem_notice = dialog._get_problem_notice()

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Load what the customer's files have taught; else what was put right by hand stays."""
        table = self._try_table()[0]
        remembered = table and self.env["sale.material.request.mapping"]._find_layout(
            self.env.company, self.partner_id, False, table.rows
        )
        if remembered:
            self.heading_row = remembered.heading + 1
            self.column_ids = self._prepare_column_commands()

    @api.model
    def _get_file_kinds(self):
        """Names of the kinds of files that are read; the others are kept for a person."""
        return [self.env._("CSV"), self.env._("Excel (XLSX, XLS)")]

    # === ACTIONS === #

    def action_import(self):
        self.ensure_one()
        lock_rows(self)
        requests = self.registered_ids or self._register_all()
        self.registered_ids = requests
        # without the record that the dialog was opened on, which the breadcrumb would name
        return requests._get_records_action(name=self.env._("Registered Requests"), context={})

    def _register_all(self):
        if not self.attachment_ids:
            raise UserError(self.env._("Choose at least one file to register."))
        table = self._try_table()[0]
        return self._register_table(table) if table else self._register_files()

    def _register_files(self):
        return self.env["sale.material.request"]._create_from_files(
            [(attachment.name, attachment.raw or b"") for attachment in self.attachment_ids],
            self._prepare_request_values(),
        )

    def _prepare_request_values(self):
        return {"partner_id": self.partner_id.id} if self.partner_id else {}

    def _register_table(self, table):
        """Register the spreadsheet by the columns in the dialog, and remember them."""
        layout = self._get_layout(table)
        if not layout.is_usable():
            raise UserError(
                self.env._(
                    "No column of %(name)s names the materials: say which one holds the"
                    " description or an article number.",
                    name=self.attachment_ids.name,
                )
            )
        requests = self.env["sale.material.request"]
        reading = requests._prepare_spreadsheet_values(table, layout)
        self._remember_layout(table, layout)
        return requests._register_file(
            self.attachment_ids.name,
            self.attachment_ids.raw,
            self._prepare_request_values(),
            *reading,
        )

    def _remember_layout(self, table, layout):
        """Keep what a person corrected, for the customer's next file."""
        if layout.heading is None or layout == self._propose_layout(table):
            return
        self.env["sale.material.request.mapping"]._remember(
            self.env.company,
            self.partner_id,
            False,
            table.rows[layout.heading],
            layout.targets,
        )

    # === SPREADSHEET === #

    def _try_table(self):
        """The table of a single spreadsheet, or a sentence on why it cannot be read."""
        self.ensure_one()
        file = self.attachment_ids._origin
        if len(file) != 1:
            return None, False
        # each field of the dialog asks for it
        read = self.env.cr.cache.setdefault("material_request_import", {})
        key = (file.name, file.checksum, self.env.lang)
        if key not in read:
            read[key] = self._read_table(file.name, file.raw or b"")
        return read[key]

    def _read_table(self, name, content):
        if not spreadsheet.is_spreadsheet(name, content):
            return None, False
        try:
            return self.env["sale.material.request"]._open_spreadsheet(name, content), False
        except UserError as refusal:
            return None, str(refusal)

    def _propose_layout(self, table):
        """What was remembered for the customer or is guessed, a target for each column."""
        layout = self.env["sale.material.request"]._find_spreadsheet_layout(
            table, self.env.company, self.partner_id
        )
        return self._fill_up(table, layout)

    def _fill_up(self, table, layout):
        """The layout with a target, or none, for every column of the table."""
        width = max(map(len, table.rows))
        targets = [target or None for target in layout.targets[:width]]
        return Layout(layout.heading, targets + [None] * (width - len(targets)))

    def _get_layout(self, table):
        """What the dialog says."""
        targets = [column.target for column in self.column_ids.sorted("sequence")]
        return self._fill_up(table, Layout(self._get_heading(table), targets))

    def _prepare_column_commands(self):
        table = self._try_table()[0]
        columns = self._prepare_columns(table) if table else []
        return [Command.clear(), *map(Command.create, columns)]

    def _prepare_columns(self, table):
        proposal = self._propose_layout(table)
        heading = self._get_heading(table)
        if proposal.heading != heading:
            row = [] if heading is None else get_headings(table, heading)
            proposal = self._fill_up(table, Layout(heading, guess_targets(row)))
        titles = self._get_titles(table)
        return [
            {**title, "target": target}
            for title, target in zip(titles, proposal.targets, strict=True)
        ]

    def _get_heading(self, table):
        """The row of headings, counted from 0, or ``None``."""
        heading = self.heading_row - 1
        return heading if 0 <= heading < len(table.rows) else None

    def _get_titles(self, table):
        """What is shown of each column: its heading and some values."""
        heading = self._get_heading(table)
        headings = [] if heading is None else get_headings(table, heading)
        start = 0 if heading is None else heading + 1
        return [
            {
                "sequence": index,
                "heading": _has(headings, index) and show(headings[index])[:100],
                "samples": self._get_samples(table.rows[start : start + 50], index),
            }
            for index in range(max(map(len, table.rows)))
        ]

    def _get_samples(self, rows, index):
        found = dict.fromkeys(show(row[index])[:40] for row in rows if _has(row, index))
        return " · ".join(list(found)[:SAMPLES]) or False

    # === PREVIEW === #

    def _get_problem_notice(self):
        """How many rows have a problem, or ``False``."""
        figures = {"bad": self.problem_count, "rows": self.row_count}
        if self.problem_count == 1:
            return self.env._("1 of %(rows)s rows has a problem: see Rows.", **figures)
        if self.problem_count:
            return self.env._("%(bad)s of %(rows)s rows have a problem: see Rows.", **figures)
        return False

    def _get_preview_rows(self, table):
        """Row numbers and values of the lines that will be made."""
        return self.env["sale.material.request"]._prepare_spreadsheet_rows(
            table, self._get_layout(table)
        )

    def _render_preview(self, rows, bad):
        """The rows in their order; of a long file the rows to finish come first."""
        shown = rows if len(rows) <= PREVIEW_ROWS else [*bad, *rows][:PREVIEW_ROWS]
        return self.env["ir.qweb"]._render(
            "sale_rfq_register.material_request_import_preview",
            {
                "rows": shown,
                "hidden": len(rows) - len(shown),
                "shown_quantity": partial(format_quantity, self.env),
            },
        )


class MaterialRequestImportColumn(models.TransientModel):
    """What one column of the spreadsheet holds."""

    _name = "material.request.import.column"
    _description = "Column of a Spreadsheet"
    _order = "sequence, id"

    import_id = fields.Many2one("material.request.import", required=True, ondelete="cascade")
    sequence = fields.Integer()
    heading = fields.Char()
    samples = fields.Char(string="For Example")
    target = fields.Selection(COLUMN_TARGETS, string="Read As")


def _has(row, index):
    return index < len(row) and row[index] is not None
