"""Read tables that are called spreadsheets and are web pages or XML of 2003.

SAP, 1C and web shops write them under the name of ``.xls``; Excel opens them all. The readers give
rows of cells and merged cells as those of :mod:`spreadsheet_xlsx` do.

>>> page = "<table><tr><td rowspan=2>Bolt<td>M8</tr><tr><td>M10</table>"
>>> read_page(page)
([['Bolt', 'M8'], [None, 'M10']], [(0, 0, 1, 0)])
"""

import email
import re
from email import policy
from xml.etree import ElementTree

import lxml.html

from .number_format import make_cell
from .spreadsheet_xlsx import MISSING, SHEET_ROWS, WIDTH, Failed, make_moment, parse_number

MAX_SPAN = 5_000
BLOCKS = {"br", "p", "div", "li", "tr"}
UNSEEN = {"script", "style", "head", "title", "template"}
# what a style may name instead of a format
NAMED_FORMATS = {
    "General Number": "General",
    "General Date": "short date",
    "Long Date": "short date",
    "Medium Date": "d-mmm-yy",
    "Short Date": "short date",
    "Long Time": "h:mm:ss",
    "Medium Time": "h:mm AM/PM",
    "Short Time": "h:mm",
    "Currency": "0.00",
    "Euro Currency": "0.00",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
}


class _Grid:
    """Cells at their places; a place under a merged cell stays empty."""

    def __init__(self):
        self.rows, self.merges = [], []
        self.taken = {}  # by column, the last row that a cell above reaches down to

    def start_row(self):
        self.rows.append([])

    def add(self, cell, down=0, right=0):
        """Put a cell into the next free place of the row."""
        row, number = self.rows[-1], len(self.rows) - 1
        while self.taken.get(len(row), -1) >= number:
            row.append(None)
        column = len(row)
        row.extend([cell] + [None] * right)
        if down or right:
            self.merges.append((number, column, number + down, column + right))
        if down:
            self.taken.update(dict.fromkeys(range(column, column + right + 1), number + down))


# -- web pages ----------------------------------------------------------------------------------


def read_archive(content):
    """The pages in a web archive (MHTML), one after the other."""
    mail = email.message_from_bytes(content, policy=policy.default)
    pages = [part for part in mail.walk() if part.get_content_type() == "text/html"]
    return "\n".join(
        decode_page(part.get_payload(decode=True) or b"", part.get_content_charset())
        for part in pages
    )


def decode_page(content, charset=None):
    """The text of a page, in the encoding that it declares itself."""
    declared = re.search(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)=[\"']?([\w.:-]+)",
                         content[:4_000], re.IGNORECASE)  # fmt: skip
    if not charset and declared:
        charset = declared[1].decode("ascii", "replace")
    try:
        return content.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return content.decode("windows-1252", "replace")


def read_page(text):
    """Rows and merged cells of all tables of a page."""
    text = re.sub(r"^\s*<\?xml[^>]*>", "", text)
    if not text.strip():
        return [], []
    grid = _Grid()
    for row in lxml.html.fromstring(text).iter("tr"):
        grid.start_row()
        for cell in row:
            if cell.tag in ("td", "th"):
                down, right = _read_span(cell, "rowspan"), _read_span(cell, "colspan")
                grid.add(_read_text(cell), down, min(right, WIDTH))
    return grid.rows, grid.merges


def _read_span(cell, name):
    match = re.fullmatch(r"\s*([0-9]{1,5})\s*", cell.get(name) or "")
    return min(max(int(match[1]) - 1, 0), MAX_SPAN) if match else 0


def _read_text(cell):
    """The words of a cell, without those of tables in it, which have rows of their own."""
    parts = [cell.text or ""]
    for child in cell:
        if isinstance(child.tag, str) and child.tag not in UNSEEN and child.tag != "table":
            parts.append("\n" if child.tag in BLOCKS and "".join(parts).strip() else "")
            parts.append(_read_text(child) or "")
        parts.append(child.tail or "")
    lines = (" ".join(line.split()) for line in "".join(_keep_breaks(parts)).split("\v"))
    return "\n".join(filter(None, lines)) or None


def _keep_breaks(parts):
    """Line ends of the page are blanks, those of its marks are line ends."""
    return ["\v" if part == "\n" else part.replace("\n", " ") for part in parts]


# -- XML of 2003 --------------------------------------------------------------------------------


def get_sheets(root):
    """Pairs of title and element of the visible sheets."""
    return [
        (_get(sheet, "Name") or "", sheet)
        for sheet in root
        if _name(sheet) == "Worksheet" and not _is_hidden(sheet)
    ]


def _is_hidden(sheet):
    return any(_name(element) == "Visible" for options in sheet for element in options)


def read_formats(root):
    """The number format of each style."""
    found = {}
    for style in root.iter():
        if _name(style) == "Style":
            code = next((_get(one, "Format") for one in style if _name(one) == "NumberFormat"), "")
            found[_get(style, "ID")] = NAMED_FORMATS.get(code, code)
    return found


def read_sheet(sheet, formats):
    """Rows and merged cells of a sheet."""
    grid = _Grid()
    table = next((element for element in sheet if _name(element) == "Table"), ())
    columns = _read_columns(table)
    for element in table:
        if _name(element) != "Row":
            continue
        index = _index(element)
        while len(grid.rows) < min(index - 1, MAX_SPAN + 1, SHEET_ROWS):
            grid.start_row()
        grid.start_row()
        for cell in element:
            if _name(cell) == "Cell":
                _add_cell(grid, cell, element, columns, formats)
    return grid.rows, grid.merges


def _read_columns(table):
    """The style of each column that has one."""
    styles, last = {}, 0
    for element in table:
        if _name(element) == "Column":
            first = _index(element) or last + 1
            last = first + min(_int(_get(element, "Span")), WIDTH)
            styles.update(dict.fromkeys(range(first, last + 1), _get(element, "StyleID")))
    return styles


def _add_cell(grid, cell, row, columns, formats):
    cells = grid.rows[-1]
    while len(cells) < min(_index(cell) - 1, WIDTH):
        cells.append(None)
    down = min(_int(_get(cell, "MergeDown")), MAX_SPAN)
    right = min(_int(_get(cell, "MergeAcross")), WIDTH)
    style = _get(cell, "StyleID") or _get(row, "StyleID") or columns.get(len(cells) + 1)
    grid.add(_read_cell(cell, formats.get(style) or "General"), down, right)


def _read_cell(cell, code):
    data = next((child for child in cell if _name(child) == "Data"), None)
    if data is None:
        return MISSING if _get(cell, "Formula") else None
    text = "".join(data.itertext())
    match _get(data, "Type"):
        case "Number":
            return make_cell(parse_number(text), code)
        case "DateTime":
            return make_moment(text, code)
        case "Error":
            return Failed(text.strip())
        case "Boolean":
            return str(text.strip() == "1")
    return text


def parse_xml(content):
    return ElementTree.fromstring(content)


def _name(element):
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _get(element, name):
    return next(
        (value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None
    )


def _int(text):
    return int(text) if text and re.fullmatch("[0-9]{1,7}", text) else 0


def _index(element):
    return _int(_get(element, "Index"))
