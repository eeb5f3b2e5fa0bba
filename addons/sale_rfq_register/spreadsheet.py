"""Read the table of a spreadsheet: bytes in, rows of plain values out.

What a file is, its bytes say, not its name: XLSX, XLS, a page or XML of 2003 that is called a
spreadsheet, else text whose cells are separated by a sign. What is none of these is refused with
the name of what it is.

The file comes from outside. A CSV cell is only ever text. Of an XLSX, only the parts that are read
are unpacked, within limits that are counted while unpacking; each is looked through for document
types (and with them entities), depth and number of elements before it is read. Formulas are never
evaluated: the value that the sender's program stored is taken. What is cut or missing becomes a
problem. A number is what its sender sees (:mod:`number_format`).

>>> table = read("Name;Qty\\nBolt;=1+1".encode())
>>> table.rows
[['Name', 'Qty'], ['Bolt', '=1+1']]
"""

import io
import math
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from xml.parsers import expat

from . import spreadsheet_markup, spreadsheet_xls
from .number_format import Day, Number, plain_number
from .spreadsheet_xlsx import MISSING, Failed, Workbook, part_key
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
MAX_COLUMNS = 100
MAX_CSV_COLUMNS = 1_000
MAX_CELL = 5_000
MAX_TEXT = 20_000_000
MAX_PROBLEMS = 1_000

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# a file of before 1993 begins with its first record
OLD = (OLE, b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
EXTENSIONS = (".csv", ".tsv", ".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".ods",
              ".numbers")  # fmt: skip
HEADING_ROWS = 30
# what else comes under the name of a spreadsheet: by its first bytes,
FORMATS = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"ID;P": "SYLK",
    b"TABLE\r\n0,1": "DIF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
}
# by a part of an archive,
ARCHIVES = {
    "xl/workbook.bin": "XLSB",
    "word/document.xml": "Word (DOCX)",
    "ppt/presentation.xml": "PowerPoint (PPTX)",
    "index/document.iwa": "Numbers",
    "index.zip": "Numbers",
    "content.xml": "OpenDocument (ODS)",
}
# by a stream of an old file
STREAMS = {"WordDocument": "Word (DOC)", "PowerPoint Document": "PowerPoint (PPT)",
           "__substg1.0_": "Outlook (MSG)"}  # fmt: skip
SEPARATORS = ";,\t|"
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
# signs that no text of a person holds, and half characters that no database takes
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


class NotReadable(ValueError):
    """The file is no table that can be read.

    ``reason`` is ``too_big``, ``too_wide``, ``empty``, ``broken``, ``strange``, ``encrypted``,
    ``old_format``, ``other_format``, ``no_table``, ``bomb``, ``document_type`` or ``not_text``;
    ``detail`` is a limit, the name of a format or what the parser says. ``broken`` is an archive
    that did not arrive whole, ``strange`` what was not understood in one that did.
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
    """Rows of text, numbers, dates and ``None``, without the empty cells at their ends.

    A cell that is merged over several rows stands in each of them that has something of its own;
    ``shared`` names those places by row and column from 0. ``across`` names the places near the
    top that belong to a cell on their left.
    """

    rows: list[list] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    shared: set[tuple[int, int]] = field(default_factory=set)
    across: set[tuple[int, int]] = field(default_factory=set)


def is_spreadsheet(name, content):
    """Whether name or bytes look like a spreadsheet, without reading it."""
    if (name or "").lower().endswith(EXTENSIONS):
        return True
    if content.startswith(ZIP):
        return bool(re.search(rb"xl[/\\]workbook[0-9]*\.", content, re.IGNORECASE))
    head = content[:2_000].replace(b"\x00", b"")
    return b"urn:schemas-microsoft-com:office:spreadsheet" in head and b"<?xml" in head


def read(content, name=""):
    """Read the bytes of a spreadsheet.

    :return: a :class:`Table`
    :raise NotReadable: the bytes are no such table
    """
    if len(content) > MAX_BYTES:
        raise NotReadable("too_big", f"{MAX_BYTES // 1_000_000} MB")
    if content.startswith(OLD):
        table = _read_xls(content)
    elif content.startswith(ZIP):
        table = _read_xlsx(content)
    else:
        table = _read_text(content)
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

    def is_full(self, number=0):
        """Whether the row that comes now is one too many; it is a problem then."""
        if max(len(self.table.rows) + 1, number) <= MAX_ROWS:
            return False
        self.note("rows", str(MAX_ROWS))
        return True

    def collect(self, numbered_rows):
        """Take rows with their numbers; what is between them is empty."""
        for number, cells in numbered_rows:
            if not any(cell is not None for cell in cells):
                continue
            if self.is_full(number):
                break
            while len(self.table.rows) < number - 1:
                self.table.rows.append([])
            self.add(self.check(cells))

    def check(self, cells):
        """The cells without errors; a formula whose value was never stored is a problem."""
        row, cells = len(self.table.rows) + 1, list(cells)
        for index, cell in enumerate(cells):
            if cell is MISSING:
                self.note("formula", row=row, column=index + 1)
                cells[index] = None
            elif isinstance(cell, Failed) or (isinstance(cell, str) and cell in ERRORS):
                self.note("error", str(cell), row=row, column=index + 1)
                cells[index] = None
        return cells

    def spread(self, merges):
        """Say of merged cells in which rows and columns they stand."""
        rows, room = self.table.rows, MAX_ROWS * MAX_COLUMNS
        filled = [bool(row) for row in rows]
        for top, left, bottom, right in merges:
            bottom, right = min(bottom, len(rows) - 1), min(right, MAX_COLUMNS - 1)
            room -= max(bottom - top + 1, 1) * max(right - left + 1, 1)
            if room < 0:
                break
            if top >= len(rows) or left >= len(rows[top]) or rows[top][left] is None:
                continue
            self.table.across.update(
                (row, column)
                for row in range(top, min(bottom + 1, HEADING_ROWS))
                for column in range(left + 1, right + 1)
            )
            self.spread_down(left, [row for row in range(top, bottom + 1) if filled[row]])

    def spread_down(self, column, numbers):
        """Put the cell of the first row into the others that have room for it."""
        rows = self.table.rows
        for number in numbers[1:]:
            row = rows[number]
            row.extend([None] * (column + 1 - len(row)))
            if row[column] is None:
                row[column] = rows[numbers[0]][column]
                self.table.shared |= {(numbers[0], column), (number, column)}

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
        match cell:
            case Number() | Day():
                cell.text = self.clean_text(cell.text, row, column) or ""
                return cell
            case None | date():
                return cell
            case int() | float() if math.isfinite(cell):
                return cell if abs(cell) < 10**15 else plain_number(cell)
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


# -- text ---------------------------------------------------------------------------------------


def _read_text(content):
    """A page or XML that is called a spreadsheet, else cells between separators."""
    for start, kind in FORMATS.items():
        if content.startswith(start):
            raise NotReadable("other_format", kind)
    text = _decode(content)
    head = text[:4_000].lstrip().lower()
    if head.startswith("mime-version:") or "content-type: multipart/related" in head:
        return _read_page(spreadsheet_markup.read_archive(content))
    if not head.startswith("<"):
        return _read_csv(text)
    if not guess_encoding(content).startswith("utf-16"):
        text = spreadsheet_markup.decode_page(content).removeprefix("\ufeff")
    if "<workbook" in head or "urn:schemas-microsoft-com:office:spreadsheet" in head:
        if not re.search(r"<html\b", head):
            return _read_xml(text)
    if re.search(r"<(!doctype html|html|head|meta|body|table|tr|div|style|font|p)\b", head):
        return _read_page(text)
    raise NotReadable("other_format", "XML")


def _read_page(text):
    try:
        rows, merges = spreadsheet_markup.read_page(text)
    except Exception as error:  # lxml knows many ways to fail
        raise NotReadable("no_table") from error
    if not rows:
        raise NotReadable("no_table")
    return _collect(enumerate(rows, start=1), merges)


def _read_xml(text):
    """XML of Excel 2003."""
    try:
        content = re.sub(r"^\s*<\?xml[^>]*>", "", text).encode()
        _Inspector("worksheets/").inspect(content)
        root = spreadsheet_markup.parse_xml(content)
        formats = spreadsheet_markup.read_formats(root)
        sheets = [
            (title, *spreadsheet_markup.read_sheet(sheet, formats))
            for title, sheet in spreadsheet_markup.get_sheets(root)
        ]
        filled = [sheet for sheet in sheets if _has_content(enumerate(sheet[1]))]
        if not filled:
            return Table()
        return _collect(enumerate(filled[0][1], start=1), filled[0][2], filled[1:])
    except NotReadable:
        raise
    except Exception as error:
        raise _strange(error) from error


def _collect(numbered_rows, merges=(), other_sheets=()):
    """A table of the rows of the first sheet; the others are a problem."""
    collector = _Collector()
    if other_sheets:
        names = ", ".join(title for title, *_sheet in other_sheets)
        collector.note("sheets", UNWANTED.sub("", names)[:200])
    collector.collect(numbered_rows)
    collector.spread(merges)
    return collector.table


def _has_content(numbered_rows):
    return any(cell is not None for _number, row in numbered_rows for cell in row)


def _strange(error):
    return NotReadable("strange", f"{type(error).__name__}: {error}"[:100])


def _read_csv(text):
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
            collector.add(_plain_cells(cells))
    return collector.table


def _plain_cells(cells):
    """The cells without what programs put around them.

    >>> _plain_cells(['="0012"', "a"]), _plain_cells(["", "-----", "---", ""])
    (['0012', 'a'], [])
    """
    if re.fullmatch(r"[-=_+|\s]{5,}", "".join(cells)):
        return []  # a line drawn between rows
    return [re.sub(r'^="([^"]*)"$', r"\1", cell) for cell in cells]


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
        if content.count(b"PK\x01\x02") > MAX_PARTS:
            raise NotReadable("bomb", str(MAX_PARTS))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_workbook(Workbook(_Parts(archive)))
    except NotReadable:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise NotReadable("broken", f"{type(error).__name__}: {error}"[:100]) from error
    except Exception as error:  # zipfile and the XML parsers know dozens of ways to fail
        raise _strange(error) from error


def _read_workbook(book):
    filled = [
        (title, path) for title, path in book.get_sheets() if _has_content(book.iterate_rows(path))
    ]
    if not filled:
        return Table()
    path = filled[0][1]
    return _collect(book.iterate_rows(path), book.get_merges(path), filled[1:])


class _Parts(Mapping):
    """The XML parts of an archive by :func:`part_key`, unpacked and looked through on demand."""

    def __init__(self, archive):
        _check_directory(archive)
        self.archive, self.room = archive, MAX_UNPACKED
        self.infos = {part_key(info.filename): info for info in archive.infolist()}
        self.unpacked = {}

    def __getitem__(self, key):
        if key not in self.unpacked:
            part = _unpack(self.archive, self.infos[key], self.room)
            self.room -= len(part)
            _Inspector(key).inspect(part)
            self.unpacked[key] = part
        return self.unpacked[key]

    def __contains__(self, key):
        return key in self.infos

    def __iter__(self):
        return iter(self.infos)

    def __len__(self):
        return len(self.infos)


def _check_directory(archive):
    parts = archive.infolist()
    names = {part_key(part.filename) for part in parts}
    # pictures and the like are never unpacked
    read = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
    if len(parts) > MAX_PARTS or sum(part.file_size for part in read) > MAX_UNPACKED:
        raise NotReadable("bomb", f"{MAX_UNPACKED // 1_000_000} MB")
    if any(
        part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * part.compress_size
        for part in read
    ):
        raise NotReadable("bomb", f"{MAX_RATIO}:1")
    if any(part.flag_bits & 1 for part in parts):
        raise NotReadable("encrypted")
    kind = next((ARCHIVES[name] for name in ARCHIVES if name in names), "ZIP")
    if not any(re.fullmatch(r"(.*/)?workbook[0-9]*\.xml", name) for name in names):
        raise NotReadable("other_format", kind)
    if len(names) < len(parts):
        raise NotReadable("strange", "duplicate parts")
    allowed = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(part.compress_type not in allowed for part in parts):
        raise NotReadable("strange", "compression")


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
        self.is_sheet = "worksheets/" in name or "sharedstrings" in name
        self.room = MAX_SHEET_ELEMENTS if self.is_sheet else MAX_ELEMENTS
        self.depth = self.in_row = 0

    def inspect(self, content):
        """Raise :class:`NotReadable` where the part is not to be read."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self.refuse_document_type
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.Parse(content, True)

    def refuse_document_type(self, name, *_args):
        raise NotReadable("document_type", name[:100])

    def start(self, name, _attributes):
        self.depth += 1
        self.room -= 1
        self.in_row += 1
        if name.rpartition(":")[2] in ("row", "Row", "si"):
            self.in_row = 0
        if self.depth > MAX_DEPTH or self.room < 0:
            raise NotReadable("bomb", name[:100])
        if self.is_sheet and self.in_row > MAX_ROW_ELEMENTS:
            raise NotReadable("too_wide", str(MAX_COLUMNS))

    def end(self, _name):
        self.depth -= 1


# -- XLS ----------------------------------------------------------------------------------------


def _read_xls(content):
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise NotReadable("encrypted")
    for stream, kind in STREAMS.items():
        if stream.encode("utf-16-le") in content:
            raise NotReadable("other_format", kind)
    try:
        book = spreadsheet_xls.open_book(content)
        filled = [
            (title, sheet)
            for title, sheet in spreadsheet_xls.get_sheets(book)
            if _has_content(enumerate(spreadsheet_xls.iterate_rows(book, sheet)))
        ]
        if not filled:
            return Table()
        rows = spreadsheet_xls.iterate_rows(book, filled[0][1])
        merges = spreadsheet_xls.get_merges(filled[0][1])
        return _collect(enumerate(rows, start=1), merges, filled[1:])
    except NotReadable:
        raise
    except Exception as error:  # xlrd knows dozens of ways to fail
        if spreadsheet_xls.is_encrypted(error):
            raise NotReadable("encrypted") from error
        raise NotReadable("old_format", "XLS") from error
