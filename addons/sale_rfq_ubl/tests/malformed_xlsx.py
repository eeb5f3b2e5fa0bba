"""Workbooks, torn, lying or hostile."""

import io
import warnings
import zipfile
from datetime import date

from odoo.addons.sale_rfq_register.spreadsheet import OLE
from odoo.addons.sale_rfq_register.tests.test_spreadsheet import (
    MAIN,
    SHEET,
    repacked,
    with_part,
    with_sheet,
    workbook,
)

CUTS = 12
VALUES = ("NaN", "INF", "-1", "1e308", "9" * 400, "0", "", "x", "-99999999", "1E+15")
FORMULAS = (
    '=HYPERLINK("http://127.0.0.1:9/","x")',
    "=cmd|'/C calc'!A0",
    '=WEBSERVICE("http://127.0.0.1:9/")',
    "='[other.xlsx]Sheet1'!A1",
    "=B2",
)


def xlsx_files(chance):
    """Triples of what is wrong, the file's name and its bytes."""
    good = workbook(["Item", "Qty", "Date"], ["Bolt", 5, date(2026, 5, 4)], ["Nut", "6", "soon"])
    for group in (_torn, _parts, _archives, _cells, _sheets):
        for name, content in group(good, chance):
            yield name, "list.xlsx", content
    yield from _other_kinds(good)


def _torn(good, chance):
    for cut in range(20, len(good), len(good) // CUTS):
        yield f"cut at byte {cut}", good[:cut]
    for number in range(8):
        place = chance.randrange(len(good) - 40)
        yield f"noise in it, {number}", good[:place] + chance.randbytes(40) + good[place + 40 :]
    yield "noise before it", chance.randbytes(200) + good
    yield "noise behind it", good + chance.randbytes(200)


def _parts(good, _chance):
    names = zipfile.ZipFile(io.BytesIO(good)).namelist()
    for target in names:
        yield (
            f"without {target}",
            repacked(good, lambda name, part, target=target: None if name == target else part),
        )
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    for target in ("xl/workbook.xml", SHEET, "[Content_Types].xml"):
        yield f"entities in {target}", with_part(good, target, laughs)
        yield f"nonsense in {target}", with_part(good, target, b"<x/>")
    relations = "xl/_rels/workbook.xml.rels"
    for name, place in (("outside", "../../../../etc/passwd"), ("itself", "workbook.xml")):
        yield (
            f"its sheet is {name}",
            repacked(
                good,
                lambda other, part, place=place: (
                    part.replace(b"/xl/worksheets/sheet1.xml", place.encode())
                    if other == relations
                    else part
                ),
            ),
        )
    yield (
        "another namespace",
        repacked(
            good,
            lambda _name, part: part.replace(
                b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/main"
            ),
        ),
    )


def _with(good, **parts):
    buffer = io.BytesIO(good)
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def _archives(good, _chance):
    yield "a bomb", with_part(good, SHEET, b"<a>" + b" " * 30_000_000 + b"</a>")
    yield "a bomb beside it", _with(good, **{"xl/media/x.bin": bytes(30_000_000)})
    yield "a bomb of many parts", _with(good, **{f"xl/{n}.xml": b"<x/>" for n in range(2_500)})
    inner = _with(good, **{"x": bytes(2_000_000)})
    yield "archives in archives", _with(good, **{"xl/a.zip": inner, "xl/b.xml": inner})
    yield "parts one upon the other", _overlapping(good)
    for name in ("../../etc/cron.d/x.xml", "/etc/x.xml", "C:\\windows\\x.xml", "xl\\x.xml"):
        yield f"the part {name}", _with(good, **{name: b"<x/>"})
    yield "the same part twice", _with(good, **{SHEET: b"<x/>"})
    yield "macros", _with(good, **{"xl/vbaProject.bin": OLE + bytes(2_000)})
    yield (
        "links to other files",
        _with(good, **{"xl/externalLinks/externalLink1.xml": b'<x r:id="file:///etc/passwd"/>'}),
    )
    encrypted = bytearray(good)
    encrypted[good.index(b"PK\x01\x02") + 8] |= 1
    yield "an encrypted part", bytes(encrypted)
    yield "another compression", repacked(good, lambda _name, part: part, zipfile.ZIP_BZIP2)
    yield "an empty archive", b"PK\x05\x06" + bytes(18)


def _overlapping(good):
    """Each entry of the directory leads to the first part."""
    content = bytearray(good)
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 42 : place + 46] = bytes(4)
        place = content.find(b"PK\x01\x02", place + 1)
    return bytes(content)


def _cells(_good, _chance):
    for value in VALUES:
        head = '<row r="1"><c t="inlineStr"><is><t>Item</t></is></c>'
        head += '<c t="inlineStr"><is><t>Qty</t></is></c></row>'
        row = f'<row r="2"><c t="inlineStr"><is><t>Bolt</t></is></c><c><v>{value}</v></c></row>'
        yield f"the quantity “{value[:10]}”", with_sheet(head + row)
    for formula in FORMULAS:
        yield f"the formula {formula}", workbook(["Item", "Qty"], [formula, formula])
    yield "a cell of a megabyte", workbook(["Item", "Qty"], ["x" * 1_000_000, 1])
    yield "errors for values", workbook(["Item", "Qty"], ["#REF!", "#N/A"])
    yield "signs that no text holds", workbook(["Item", "Qty"], ["_x0000__x0008_Bolt", "_x0000_"])
    for cell in ('r="A0"', 'r="ZZZZZ1"', 't="s"', 't="q"', 's="99"', 't="d"', 't="e"'):
        yield f"a cell with {cell}", with_sheet(f'<row r="1"><c {cell}><v>7</v></c></row>')


def _sheets(good, _chance):
    for row in ("0", "-1", "x", "9" * 20, ""):
        yield f"a row numbered “{row[:5]}”", with_sheet(f'<row r="{row}"><c><v>7</v></c></row>')
    lie = f'<worksheet {MAIN}><dimension ref="A1:XFD1048576"/><sheetData/></worksheet>'
    yield "a dimension that lies", with_part(good, SHEET, lie.encode())
    far = '<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>2</v></c></row>'
    yield "a million rows between two", with_sheet(far)
    yield "80,000 cells in a row", with_sheet(f"<row>{'<c/>' * 80_000}</row>")
    yield "100 levels", with_sheet("<a>" * 100 + "</a>" * 100)
    merged = '<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    yield "everything merged", with_part(good, SHEET, f"<worksheet {MAIN}>{merged}".encode())
    yield "nothing in it", workbook()
    yield "headings only", workbook(["Item", "Qty"])
    yield "no headings", workbook([1, 2], [3, 4])
    yield "the headings twice", workbook(["Item", "Item", "Qty", "Qty"], ["a", "b", 1, 2])
    yield "another sheet too", workbook(["Item", "Qty"], ["Bolt", 1], More=[["Item"], ["Nut"]])


def _other_kinds(good):
    yield "protected by a password", "list.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")
    yield "of 1997", "list.xls", OLE + bytes(2_000)
    yield "of 1993", "list.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(500)
    yield "a page", "list.xls", b"<html><table><tr><td>Item</td></tr></table></html>"
    yield "XML of 2003", "list.xls", b'<?xml version="1.0"?><Workbook/>'
    yield "a table as text", "list.xlsx", b"Item;Qty\nBolt;1\n"
    yield "a workbook", "list.csv", good
    yield "a workbook", "list.xlsb", good
    yield "a workbook", "request.xml", good
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    yield "of LibreOffice", "list.ods", buffer.getvalue()
    yield "a document", "list.xlsx", buffer.getvalue()
