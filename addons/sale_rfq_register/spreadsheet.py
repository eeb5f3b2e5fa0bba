"""Read the table of a spreadsheet, CSV or XLSX: bytes in, rows of plain values out.

The file comes from outside. A CSV cell is only ever text. Of an XLSX, only XML parts are unpacked,
within limits that are counted while unpacking; each is looked through for document types (and with
them entities), depth and number of elements before openpyxl gets it. Formulas are never evaluated:
the value that the sender's program stored is taken. What is cut or missing becomes a problem.

>>> table = read("Name;Qty\\nBolt;=1+1".encode())
>>> table.rows
[['Name', 'Qty'], ['Bolt', '=1+1']]
"""

import io
import math
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.parsers import expat

import openpyxl

from .text_encoding import guess_encoding

MAX_BYTES = 20_000_000
MAX_UNPACKED = 60_000_000
MAX_RATIO = 200  # of a part that is larger than RATIO_FROM
RATIO_FROM = 1_000_000
MAX_PARTS = 2_000
MAX_DEPTH = 60
MAX_ELEMENTS = 200_000
MAX_SHEET_ELEMENTS = 2_000_000
MAX_ROW_ELEMENTS = 70_000
MAX_ROWS = 5_000
SHEET_ROWS = 1_048_576  # as many as an XLSX can have
MAX_COLUMNS = 100
MAX_CSV_COLUMNS = 1_000
MAX_CELL = 5_000
MAX_TEXT = 20_000_000
MAX_PROBLEMS = 1_000

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EXTENSIONS = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
TEXT_EXTENSIONS = (".csv", ".tsv")
SEPARATORS = ";,\t|"
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
# signs that no text of a person holds, and half characters that no database takes
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


class NotReadable(ValueError):
    """The file is no table that can be read.

    ``reason`` is ``too_big``, ``too_wide``, ``empty``, ``broken``, ``encrypted``, ``old_format``,
    ``other_format``, ``bomb``, ``document_type`` or ``not_text``; ``detail`` is a limit or what
    the parser says.
    """

    def __init__(self, reason, detail=""):
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Problem:
    """What was cut or is missing; ``row`` counts from 1, ``None`` speaks of the whole file.

    ``reason`` is ``rows``, ``columns`` or ``sheets`` of the file; ``cut``, ``formula`` or
    ``error`` of a cell.
    """

    reason: str
    detail: str = ""
    row: int | None = None
    column: int | None = None


@dataclass
class Table:
    """Rows of text, numbers, dates and ``None``, without the empty cells at their ends."""

    rows: list[list] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def is_spreadsheet(name, content):
    """Whether name or bytes look like a spreadsheet, without reading it."""
    if (name or "").lower().endswith(EXTENSIONS):
        return True
    return content.startswith(ZIP) and b"xl/workbook.xml" in content


def read(content, name=""):
    """Read the bytes of a spreadsheet.

    :return: a :class:`Table`
    :raise NotReadable: the bytes are no such table
    """
    if len(content) > MAX_BYTES:
        raise NotReadable("too_big", f"{MAX_BYTES // 1_000_000} MB")
    if content.startswith(OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise NotReadable("encrypted" if encrypted else "old_format")
    if content.startswith(ZIP):
        table = _read_xlsx(content)
    elif name.lower().endswith(EXTENSIONS) and not name.lower().endswith(TEXT_EXTENSIONS):
        raise NotReadable("broken" if content else "empty")
    else:
        table = _read_csv(content)
    while table.rows and not table.rows[-1]:
        table.rows.pop()
    if not table.rows:
        raise NotReadable("empty")
    return table


class _Collector:
    """Takes rows within the limits."""

    def __init__(self):
        self.table = Table()
        self.room = MAX_TEXT

    def note(self, *values, **named):
        if len(self.table.problems) < MAX_PROBLEMS:
            self.table.problems.append(Problem(*values, **named))

    def is_full(self):
        """Whether the row that comes now is one too many; it is a problem then."""
        if len(self.table.rows) < MAX_ROWS:
            return False
        self.note("rows", str(MAX_ROWS))
        return True

    def add(self, cells):
        number = len(self.table.rows) + 1
        if any(cell not in (None, "") for cell in cells[MAX_COLUMNS:]):
            self.note("columns", str(MAX_COLUMNS), row=number)
        row = [
            self.clean(cell, number, column)
            for column, cell in enumerate(cells[:MAX_COLUMNS], start=1)
        ]
        while row and row[-1] is None:
            row.pop()
        self.table.rows.append(row)

    def clean(self, cell, row, column):
        if isinstance(cell, datetime):
            return cell.date()
        if cell is None or isinstance(cell, date):
            return cell
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            if math.isfinite(cell) and abs(cell) < 10**15:
                return cell
        return self.clean_text(str(cell), row, column)

    def clean_text(self, text, row, column):
        if len(text) > MAX_CELL:
            self.note("cut", str(MAX_CELL), row=row, column=column)
            text = text[:MAX_CELL]
        self.room -= len(text)
        if self.room < 0:
            raise NotReadable("too_big", f"{MAX_TEXT // 1_000_000} MB")
        text = UNWANTED.sub("", text).strip()
        return text or None


# -- CSV ----------------------------------------------------------------------------------------


def _read_csv(content):
    text = _decode(content)
    first, _newline, rest = text.partition("\n")
    if re.fullmatch(r"sep=[;,\t|]\r?", first):
        separator, text = first[4], rest
    else:
        separator = _guess_separator(text)
    collector = _Collector()
    for cells in _split(text, separator):
        if any(cells) and collector.is_full():
            break
        if len(collector.table.rows) < MAX_ROWS:
            collector.add(cells)
    return collector.table


def _decode(content):
    """The text, in the encoding that its first bytes or its letters tell."""
    try:
        text = content.decode(guess_encoding(content))
    except UnicodeDecodeError:
        # every byte is a letter here
        text = content.decode("latin-1")
    if "\x00" in text or _count_controls(text[:100_000]) > len(text[:100_000]) // 20:
        raise NotReadable("not_text")
    return text.removeprefix("\ufeff")


def _count_controls(text):
    return len(UNWANTED.findall(text))


def _guess_separator(text):
    """The separator that splits the most of the first rows into equally many cells."""

    def fit(separator):
        widths = [len(cells) for cells in _split(sample, separator, lenient=True)]
        widths = [width for width in widths if width > 1]
        common = max(set(widths), key=widths.count, default=0)
        return widths.count(common), common

    sample = "\n".join(text[:20_000].splitlines()[:50])
    return max(SEPARATORS, key=fit)


def _split(text, separator, lenient=False):
    """Yield rows of cells; a quoted cell may hold separators, line ends and doubled quotes.

    >>> list(_split('a;"b;""c"\\n\\nd', ";"))
    [['a', 'b;"c'], [''], ['d']]
    """
    end = re.compile(f"[{re.escape(separator)}\r\n]")
    position, row = 0, []
    while position < len(text):
        cell, position = _take_cell(text, position, end)
        row.append(cell)
        if len(row) > MAX_CSV_COLUMNS and not lenient:
            raise NotReadable("too_wide", str(MAX_CSV_COLUMNS))
        if text[position : position + 1] == separator:
            position += 1
            if position < len(text):
                continue
            row.append("")
        position += 2 if text.startswith("\r\n", position) else 1
        yield row
        row = []


def _take_cell(text, position, end):
    """The cell that begins at the position, and where it ends."""
    cell, start = "", position
    if text[position] == '"':
        close = _find_close(text, position + 1)
        # a quote that nobody closes is a sign as any other
        if close >= 0:
            cell, start = text[position + 1 : close].replace('""', '"'), close + 1
    found = end.search(text, start)
    stop = found.start() if found else len(text)
    return cell + text[start:stop], stop


def _find_close(text, position):
    while True:
        position = text.find('"', position)
        if position < 0 or text[position + 1 : position + 2] != '"':
            return position
        position += 2


# -- XLSX ---------------------------------------------------------------------------------------


def _read_xlsx(content):
    try:
        archive, has_formulas = _copy_safely(content)
        return _read_workbook(archive, has_formulas)
    except NotReadable:
        raise
    except Exception as error:  # zipfile, expat and openpyxl know dozens of ways to fail
        raise NotReadable("broken", f"{type(error).__name__}: {error}"[:100]) from error


def _copy_safely(content):
    """A new archive of the XML parts, and whether there are formulas in them."""
    if content.count(b"PK\x01\x02") > MAX_PARTS:
        raise NotReadable("bomb", str(MAX_PARTS))
    copy, room, has_formulas = io.BytesIO(), MAX_UNPACKED, False
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(copy, "w") as target:
        _check_directory(archive)
        for info in archive.infolist():
            if not info.filename.lower().endswith((".xml", ".rels")):
                continue
            part = _unpack(archive, info, room)
            room -= len(part)
            has_formulas |= _Inspector(info.filename).inspect(part)
            target.writestr(info.filename, part)
    return copy, has_formulas


def _check_directory(archive):
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise NotReadable("bomb", f"{MAX_UNPACKED // 1_000_000} MB")
    if any(
        part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * part.compress_size
        for part in parts
    ):
        raise NotReadable("bomb", f"{MAX_RATIO}:1")
    if any(part.flag_bits & 1 for part in parts):
        raise NotReadable("encrypted")
    if "xl/workbook.xml" not in names:
        raise NotReadable("other_format")
    if len(names) < len(parts):
        raise NotReadable("broken", "duplicate parts")
    allowed = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(part.compress_type not in allowed for part in parts):
        raise NotReadable("broken", "compression")


def _unpack(archive, info, room):
    """The bytes of a part; what the directory says about its size is not believed."""
    with archive.open(info) as part:
        content = part.read(room + 1)
    if len(content) > room:
        raise NotReadable("bomb", f"{MAX_UNPACKED // 1_000_000} MB")
    return content


class _Inspector:
    """Goes through an XML part before anything is built of it."""

    def __init__(self, name):
        self.is_sheet = "worksheets/" in name or "sharedStrings" in name
        self.room = MAX_SHEET_ELEMENTS if self.is_sheet else MAX_ELEMENTS
        self.depth = self.in_row = 0
        self.has_formulas = False

    def inspect(self, content):
        """Whether there are formulas in the part; raises :class:`NotReadable`."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self.refuse_document_type
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.Parse(content, True)
        return self.has_formulas

    def refuse_document_type(self, name, *_args):
        raise NotReadable("document_type", name[:100])

    def start(self, name, _attributes):
        self.depth += 1
        self.room -= 1
        self.in_row += 1
        tag = name.rpartition(":")[2]
        if tag == "f":
            self.has_formulas |= self.is_sheet
        elif tag in ("row", "si"):
            self.in_row = 0
        if self.depth > MAX_DEPTH or self.room < 0:
            raise NotReadable("bomb", name[:100])
        if self.is_sheet and self.in_row > MAX_ROW_ELEMENTS:
            raise NotReadable("too_wide", str(MAX_COLUMNS))

    def end(self, _name):
        self.depth -= 1


def _read_workbook(archive, has_formulas):
    book = _open(archive, data_only=True)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    filled = [sheet for sheet in sheets if _has_content(sheet)]
    if not filled:
        return Table()
    collector = _Collector()
    if len(filled) > 1:
        names = ", ".join(sheet.title for sheet in filled[1:])
        collector.note("sheets", UNWANTED.sub("", names)[:200])
    formulas = _formula_rows(archive, filled[0].title) if has_formulas else None
    for row in filled[0].iter_rows(max_row=SHEET_ROWS, values_only=True):
        are_formulas = next(formulas, ()) if formulas else ()
        if any(cell is not None for cell in row) and collector.is_full():
            break
        if len(collector.table.rows) < MAX_ROWS:
            collector.add(_check_cells(row, are_formulas, collector))
    return collector.table


def _open(archive, data_only):
    archive.seek(0)
    book = openpyxl.load_workbook(archive, read_only=True, data_only=data_only, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says about its size is not believed
    return book


def _has_content(sheet):
    rows = sheet.iter_rows(max_row=SHEET_ROWS, values_only=True)
    return any(cell is not None for row in rows for cell in row)


def _formula_rows(archive, title):
    """Rows of whether a cell is a formula."""
    sheet = _open(archive, data_only=False)[title]
    for row in sheet.iter_rows(max_row=SHEET_ROWS):
        yield [cell.data_type == "f" for cell in row]


def _check_cells(row, formulas, collector):
    """The cells, without errors; a formula whose value was never stored is a problem."""
    cells = list(row)
    number = len(collector.table.rows) + 1
    for column, cell in enumerate(cells):
        if cell is None and column < len(formulas) and formulas[column]:
            collector.note("formula", row=number, column=column + 1)
        elif isinstance(cell, str) and cell in ERRORS:
            collector.note("error", cell, row=number, column=column + 1)
            cells[column] = None
    return cells
