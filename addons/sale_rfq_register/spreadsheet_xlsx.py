"""Read the cells of an XLSX workbook from its XML parts, as loosely as Excel does.

Only what a table needs is looked at: sheets, shared texts, number formats, cells, merged cells.
Namespaces and their prefixes make no difference (so strict files are read too), nor do letter case
and slashes in the names of parts; styles, dimensions and relations may be missing. The caller
gives the parts that it has looked through (:mod:`spreadsheet`).
"""

import io
import posixpath
import re
from datetime import datetime
from urllib.parse import unquote
from xml.etree import ElementTree

from lxml import etree

from .number_format import BUILT_IN, GENERAL, make_cell

SHEET_ROWS = 1_048_576  # as many as an XLSX can have
WIDTH = 256  # what stands further to the right is read as if it stood side by side
MISSING = object()  # a formula whose value was never stored


class Failed(str):
    """An error that a formula gave, such as ``#REF!``."""

    __slots__ = ()


def part_key(name):
    """The name of a part as Excel compares it.

    >>> part_key("/xl\\\\SharedStrings.xml")
    'xl/sharedstrings.xml'
    """
    return posixpath.normpath(unquote(name).replace("\\", "/").lower()).lstrip("/.")


def _join(folder, target):
    """The part to which a target leads that is named from a folder."""
    return part_key(posixpath.join("/", folder, target.replace("\\", "/")))


class Workbook:
    """The sheets of a workbook.

    :param parts: the XML parts by :func:`part_key`
    """

    def __init__(self, parts):
        self.parts = parts
        self.path = self._find_target("", "officedocument") or "xl/workbook.xml"
        self.book = ElementTree.fromstring(parts[self.path])
        properties = self._find("workbookPr")
        self.since_1904 = _is_on(properties, "date1904")
        self.texts = self._read_texts()
        self.formats = self._read_formats()

    def get_sheets(self):
        """Pairs of the title and the part of each visible sheet with cells."""
        relations = self._get_relations(self.path)
        sheets = []
        for number, sheet in enumerate(_iterate(self.book, "sheet"), start=1):
            kind, path = relations.get(_get(sheet, "id"), ("", None))
            if path is None:
                kind, path = "worksheet", self._beside(f"worksheets/sheet{number}.xml")
            visible = _get(sheet, "state") in (None, "", "visible")
            if visible and kind == "worksheet" and path in self.parts:
                sheets.append((_get(sheet, "name") or "", path))
        return sheets

    # -- parts ----------------------------------------------------------------------------------

    def _beside(self, name):
        return posixpath.join(posixpath.dirname(self.path), name)

    def _get_relations(self, path):
        """Kind and part of each relation of a part, by its id."""
        folder, name = posixpath.split(path)
        content = self.parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
        if content is None:
            return {}
        return {
            _get(relation, "Id"): (
                (_get(relation, "Type") or "").rpartition("/")[2].lower(),
                _join(folder, _get(relation, "Target") or ""),
            )
            for relation in _iterate(ElementTree.fromstring(content), "Relationship")
        }

    def _find_target(self, path, kind):
        """The part to which a relation of this kind leads, or ``None``."""
        targets = [target for known, target in self._get_relations(path).values() if known == kind]
        return next((target for target in targets if target in self.parts), None)

    def _find_part(self, kind):
        """The content of a part that the workbook has once, by its relation or its usual name."""
        path = self._find_target(self.path, kind.lower())
        return self.parts.get(path or part_key(self._beside(f"{kind}.xml")))

    def _find(self, name):
        return next(_iterate(self.book, name), None)

    def _read_texts(self):
        content = self._find_part("sharedStrings")
        if content is None:
            return []
        return [_join_texts(element) for element in _stream(content, "si")]

    def _read_formats(self):
        """The number format of each style of a cell."""
        content = self._find_part("styles")
        if content is None:
            return []
        root = ElementTree.fromstring(content)
        codes = {
            _number(_get(element, "numFmtId")): _get(element, "formatCode")
            for element in _iterate(root, "numFmt")
        }
        styles = next(_iterate(root, "cellXfs"), ())
        ids = [_number(_get(style, "numFmtId")) for style in styles if _name(style) == "xf"]
        return [codes.get(code) or BUILT_IN.get(code, GENERAL) for code in ids]

    # -- cells ----------------------------------------------------------------------------------

    def iterate_rows(self, path):
        """Pairs of the number of a row and its cells, of the rows that are written."""
        last = 0
        for element in _stream(self.parts[path], "row"):
            number = _number(_get(element, "r")) or last + 1
            if number <= last or number > SHEET_ROWS:
                number = last + 1
            last = number
            yield number, self._read_row(element)

    def _read_row(self, element):
        cells = []
        for cell in element:
            if _name(cell) != "c":
                continue
            column = column_index(_get(cell, "r")) or len(cells) + 1
            if len(cells) < column <= WIDTH:
                cells.extend([None] * (column - 1 - len(cells)))
            cells.append(self._read_cell(cell))
        return cells

    def _read_cell(self, cell):
        kind = _get(cell, "t") or "n"
        children = {_name(child): child for child in cell}
        if kind == "inlineStr":
            return _join_texts(children["is"]) if "is" in children else None
        value = children.get("v")
        text = "".join(value.itertext()) if value is not None else None
        if text is None or (not text.strip() and kind != "str"):
            return MISSING if "f" in children else None
        return self._read_value(kind, text, _number(_get(cell, "s")))

    def _read_value(self, kind, text, style):
        match kind:
            case "s":
                return self.texts[int(text)]
            case "str":
                return _unescape(text)
            case "e":
                return Failed(text.strip())
            case "b":
                return str(text.strip() in ("1", "true"))
        code = self.formats[style or 0] if (style or 0) < len(self.formats) else GENERAL
        if kind == "d":
            return make_moment(text, code)
        return make_cell(parse_number(text), code, self.since_1904)

    def get_merges(self, path):
        """Rows and columns of the merged cells, from 0: top, left, bottom, right."""
        content, found = self.parts[path], []
        if b"mergeCell" not in content.replace(b"\x00", b""):
            return found
        for element in _stream(content, "mergeCell"):
            match = re.fullmatch(
                r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})",
                _get(element, "ref") or "",
            )
            if match:
                left, top, right, bottom = match.groups()
                found.append((int(top) - 1, column_index(left) - 1,
                              int(bottom) - 1, column_index(right) - 1))  # fmt: skip
        return found


def parse_number(text):
    """A whole number where it is one, since it may have more digits than a float keeps.

    >>> parse_number("12"), parse_number("4.6E+12"), parse_number(" 2.50")
    (12, 4600000000000.0, 2.5)
    """
    text = text.strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,300}", text) else float(text)


def make_moment(text, code=GENERAL):
    """The cell of a time that is written out; a text that is none stays one.

    >>> make_moment("2026-12-01T00:00:00.000"), make_moment("2026-12-01", "d.m.yy").text
    (Day(2026, 12, 1), '1.12.26')
    >>> make_moment("soon")
    'soon'
    """
    try:
        moment = datetime.fromisoformat(text.strip().removesuffix("Z"))
        serial = (moment - datetime(1899, 12, 30)).total_seconds() / 86_400
    except (TypeError, ValueError):
        return text
    cell = make_cell(serial, code)
    return make_cell(serial, "short date") if isinstance(cell, int | float) else cell


def column_index(reference):
    """The number of the column that a reference names, from 1; 0 where it names none.

    >>> column_index("A1"), column_index("AA10"), column_index("7"), column_index(None)
    (1, 27, 0, 0)
    """
    match = re.match(r"[A-Za-z]{1,3}(?=[0-9]|$)", reference or "")
    index = 0
    for letter in match[0].upper() if match else "":
        index = index * 26 + ord(letter) - 64
    return index


# -- XML without namespaces ---------------------------------------------------------------------


def _name(element):
    return element.tag.rpartition("}")[2]


def _get(element, name):
    """An attribute, whatever its namespace."""
    if name in element.attrib:
        return element.attrib[name]
    return next(
        (value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None
    )


def _is_on(element, name):
    return element is not None and _get(element, name) in ("1", "true")


def _iterate(root, name):
    return (element for element in root.iter() if _name(element) == name)


def _stream(content, name):
    """The elements of a name, one after the other, each forgotten before the next."""
    options = {"resolve_entities": False, "no_network": True}
    for _event, element in etree.iterparse(
        io.BytesIO(content), tag=f"{{*}}{name}", remove_comments=True, remove_pis=True, **options
    ):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _join_texts(element):
    """The text in all its runs, without how it is pronounced."""
    texts = []
    for child in element:
        match _name(child):
            case "t":
                texts.append(child.text or "")
            case "r":
                texts.append(_join_texts(child))
    return _unescape("".join(texts))


def _unescape(text):
    """The signs that XML cannot hold, in Excel's own spelling.

    >>> _unescape("a_x000D_b_x005F_")
    'a\\rb_'
    """
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def _number(text):
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else None
