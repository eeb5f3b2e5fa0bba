import base64
import doctest
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import xlrd
import xlwt

from odoo.tests import BaseCase

from odoo.addons.sale_rfq_register import (
    spreadsheet,
    spreadsheet_markup,
    spreadsheet_xls,
    spreadsheet_xlsx,
)

from .test_spreadsheet import SHEET, repacked, workbook

CASES = Path(__file__).parents[4] / "shared" / "cases"
ROWS = [["Code", "Item", "Qty"], ["A-1", "Болт", 12.5], ["A-2", "Nut", 3]]
STRICT = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
     b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
     b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
)  # fmt: skip
NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def renamed(content, names):
    """The archive with its parts under other names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            new.writestr(names(info.filename), old.read(info))
    return buffer.getvalue()


def shared(content):
    """The workbook with its texts in the part that they share."""
    texts = []

    def collect(match):
        texts.append(match[2])
        return b'<c r="%s" t="s"><v>%d</v></c>' % (match[1], len(texts) - 1)

    def change(name, part):
        if name == SHEET:
            cell = rb'<c r="([A-Z]+[0-9]+)" t="inlineStr"><is><t>(.*?)</t></is></c>'
            return re.sub(cell, collect, part)
        return part

    content = repacked(content, change)
    items = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        space = STRICT[0][0]
        archive.writestr("xl/sharedStrings.xml", b'<sst xmlns="%s">%s</sst>' % (space, items))
    return buffer.getvalue()


class TestAsExcelReads(BaseCase):
    """What Excel opens is read, however it is built."""

    def _assert_read(self, content, name="wanted.xlsx", rows=ROWS):
        table = spreadsheet.read(content, name)
        self.assertEqual((table.rows, table.problems), (rows, []))

    def _good(self):
        return shared(workbook(*ROWS))

    def test_names_of_parts(self):
        good = self._good()
        for names in (
            str.upper,
            lambda name: name.replace("sharedStrings", "SharedStrings"),
            lambda name: name.replace("/", "\\"),
            lambda name: name.replace("worksheets/sheet1", "Worksheets/Sheet1"),
        ):
            self._assert_read(renamed(good, names))

    def test_targets_of_relations(self):
        for old, new in (
            (b"/xl/worksheets/sheet1.xml", b"worksheets/sheet1.xml"),
            (b"/xl/worksheets/sheet1.xml", b"./worksheets/Sheet1.XML"),
            (b"/xl/worksheets/sheet1.xml", b"../xl/worksheets/sheet1.xml"),
            (b"/xl/worksheets/sheet1.xml", b"worksheets\\sheet1.xml"),
            (b'Target="xl/workbook.xml"', b'Target="/xl/workbook.xml"'),
        ):
            content = repacked(
                self._good(), lambda _name, part, old=old, new=new: part.replace(old, new)
            )
            self._assert_read(content)

    def test_strict_namespaces(self):
        def change(_name, part):
            for old, new in STRICT:
                part = part.replace(old, new)
            return part

        self._assert_read(repacked(self._good(), change))

    def test_prefixed_namespaces(self):
        def change(name, part):
            if name != SHEET:
                return part
            part = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", part)
            return part.replace(b"xmlns=", b"xmlns:x=")

        self._assert_read(repacked(self._good(), change))

    def test_missing_parts(self):
        for missing in (
            "xl/styles.xml",
            "[Content_Types].xml",
            "_rels/.rels",
            "xl/_rels/workbook.xml.rels",
            "docProps/core.xml",
            "xl/theme/theme1.xml",
        ):
            content = repacked(
                self._good(), lambda name, part, missing=missing: None if name == missing else part
            )
            self._assert_read(content)

    def test_broken_parts_that_a_table_does_not_need(self):
        for broken in ("docProps/core.xml", "docProps/app.xml", "[Content_Types].xml"):
            content = repacked(
                self._good(), lambda name, part, broken=broken: b"<" if name == broken else part
            )
            self._assert_read(content)

    def test_missing_details_of_a_sheet(self):
        for pattern in (
            rb"<dimension[^>]*>",
            rb' r="[A-C]?[0-9]"',
            rb"<sheetViews>.*</sheetViews>",
        ):
            content = repacked(
                self._good(),
                lambda name, part, pattern=pattern: (
                    re.sub(pattern, b"", part) if name == SHEET else part
                ),
            )
            self._assert_read(content)

    def test_pictures_are_not_unpacked(self):
        buffer = io.BytesIO(self._good())
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/media/image1.bmp", bytes(5_000_000))
        self._assert_read(buffer.getvalue())

    def test_wrong_names_of_files(self):
        for name in ("a.xls", "a.xlsm", "a.xltx", "a.xlsb", "a.csv", "a.ods", "list", "a.txt"):
            self.assertTrue(spreadsheet.is_spreadsheet(name, self._good()))
            self._assert_read(self._good(), name)

    def test_days_of_strict_files(self):
        sheet = b'<c r="A1" t="d"><v>2026-12-01T00:00:00</v></c><c r="B1" t="d"><v>T12:30</v></c>'
        content = repacked(
            workbook(["a"]),
            lambda name, part: re.sub(rb"<c .*</c>", sheet, part) if name == SHEET else part,
        )
        self._assert_read(content, rows=[[date(2026, 12, 1), "T12:30"]])

    def test_rich_and_phonetic_text(self):
        sheet = (
            '<row r="1"><c r="A1" t="inlineStr"><is><r><t>Bo</t></r><r><t>lt_x000D_</t></r>'
            "<rPh><t>ボルト</t></rPh></is></c></row>"
        )
        content = repacked(
            workbook(["a"]),
            lambda name, part: (
                f'<worksheet xmlns="{STRICT[0][0].decode()}"><sheetData>{sheet}</sheetData>'
                "</worksheet>".encode()
                if name == SHEET
                else part
            ),
        )
        self._assert_read(content, rows=[["Bolt"]])

    def test_case(self):
        file = CASES / "1c-shared-strings.xlsx"
        if not file.exists():
            self.skipTest("the small inputs of the project's owner are not here")
        self._assert_read(
            file.read_bytes(),
            rows=[["Артикул", "Наименование", "Кол-во"], ["М-8-30", "Болт М8х30", 12.5]],
        )


class TestOldExcel(BaseCase):
    def _book(self, sheets=(("List", ROWS),), formats=()):
        book = xlwt.Workbook()
        formats = dict(formats)
        for title, rows in sheets:
            sheet = book.add_sheet(title)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    style = xlwt.easyxf(num_format_str=formats.get((number, column), "General"))
                    sheet.write(number, column, cell, style)
        return book

    def _bytes(self, book):
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def test_cells(self):
        for name in ("a.xls", "a.xlsx", "a.csv"):
            self.assertEqual(spreadsheet.read(self._bytes(self._book()), name).rows, ROWS)

    def test_formats(self):
        rows = [["Code", "Date"], [12, date(2026, 12, 1)]]
        content = self._bytes(self._book([("List", rows)], {(1, 0): "0000", (1, 1): "DD.MM.YYYY"}))
        code, day = spreadsheet.read(content).rows[1]
        self.assertEqual((code, code.text), (12, "0012"))
        self.assertEqual((day, day.text), (date(2026, 12, 1), "01.12.2026"))

    def test_other_sheets_are_said(self):
        table = spreadsheet.read(self._bytes(self._book([("A", []), ("B", ROWS), ("C", ROWS)])))
        self.assertEqual(table.rows, ROWS)
        self.assertEqual(table.problems, [spreadsheet.Problem("sheets", "C")])

    def test_merged_cells(self):
        book = self._book([("List", [])])
        sheet = book.get_sheet(0)
        sheet.write_merge(0, 1, 0, 0, "Bolt")
        sheet.write(0, 1, "M8")
        sheet.write(1, 1, "M10")
        table = spreadsheet.read(self._bytes(book))
        self.assertEqual(table.rows, [["Bolt", "M8"], ["Bolt", "M10"]])

    def test_password(self):
        error = xlrd.XLRDError("Workbook is encrypted")
        self.patch(spreadsheet_xls.xlrd, "open_workbook", lambda **_options: self._fail(error))
        with self.assertRaises(spreadsheet.NotReadable) as caught:
            spreadsheet.read(self._bytes(self._book()))
        self.assertEqual(caught.exception.reason, "encrypted")

    def _fail(self, error):
        raise error


PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<style>td {{ mso-number-format: General }}</style></head><body><table>
<tr><th>Code</th><th>Item</th><th>Qty</th></tr>
<tr><td>0012</td><td>Болт<br>М8</td><td>1 000,5</td></tr></table></body></html>"""
PAGE_ROWS = [["Code", "Item", "Qty"], ["0012", "Болт\nМ8", "1 000,5"]]
XML = f"""<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="{NAMESPACE}" xmlns:ss="{NAMESPACE}"><Styles>
<Style ss:ID="code"><NumberFormat ss:Format="0000"/></Style></Styles>
<Worksheet ss:Name="List"><Table><Row ss:Index="2"><Cell ss:MergeAcross="1">
<Data ss:Type="String">Items</Data></Cell></Row>
<Row><Cell ss:StyleID="code"><Data ss:Type="Number">12</Data></Cell><Cell ss:Index="3">
<Data ss:Type="DateTime">2026-12-01T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="Error">#N/A</Data></Cell></Row></Table></Worksheet></Workbook>"""
SAP = """01.12.2026          Dynamic List Display
------------------------------------------
|Material |Description |Quantity |Deliv. date|
|---------|------------|---------|-----------|
|0012     |Bolt        |  1.000,5|01.12.2026 |
|0013     |Nut         |       20|02.12.2026 |
------------------------------------------
"""


class TestOtherTables(BaseCase):
    """A table under the name of a spreadsheet is read as what it is."""

    def _rows(self, content, name="list.xls"):
        return spreadsheet.read(content, name).rows

    def test_pages(self):
        for charset in ("utf-8", "windows-1251", "koi8-r"):
            content = PAGE.format(charset=charset).encode(charset)
            for name in ("list.xls", "list.xlsx"):
                self.assertEqual(self._rows(content, name), PAGE_ROWS, charset)
        self.assertEqual(self._rows(PAGE.encode("utf-16")), PAGE_ROWS)
        self.assertEqual(self._rows(b"<table><tr><td>a<td>b</table>"), [["a", "b"]])

    def test_merged_cells_of_a_page(self):
        table = spreadsheet.read(
            b"<table><tr><td colspan=2>Item<td rowspan=2>Date<tr><td>Code<td>Name</table>"
        )
        self.assertEqual(table.rows, [["Item", None, "Date"], ["Code", "Name", "Date"]])
        self.assertIn((0, 1), table.across)

    def test_web_archive(self):
        page = base64.encodebytes(PAGE.format(charset="utf-8").encode()).decode()
        content = (
            'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
            "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
            f"{page}\n--b--\n"
        )
        self.assertEqual(self._rows(content.encode()), PAGE_ROWS)

    def test_xml_of_2003(self):
        for encoding in ("utf-8", "utf-16"):
            table = spreadsheet.read(XML.encode(encoding), "list.xls")
            self.assertEqual(table.rows, [[], ["Items"], [12, None, date(2026, 12, 1)]])
            self.assertEqual(table.rows[2][0].text, "0012")
            self.assertEqual(table.problems, [spreadsheet.Problem("error", "#N/A", 3, 4)])
            self.assertTrue(spreadsheet.is_spreadsheet("list.xml", XML.encode(encoding)))

    def test_attacks_in_xml_of_2003(self):
        head = '<!DOCTYPE x [<!ENTITY a "ha">]>'
        with self.assertRaises(spreadsheet.NotReadable) as caught:
            spreadsheet.read(XML.replace("<Workbook", f"{head}<Workbook", 1).encode(), "a.xls")
        self.assertEqual(caught.exception.reason, "document_type")

    def test_text(self):
        text = "Артикул\tНаименование\tКол-во\n0012\tБолт\t5\n"
        rows = [line.split("\t") for line in text.splitlines()]
        for encoding in ("utf-8", "utf-16", "utf-16-le", "windows-1251"):
            for name in ("list.xls", "list.xlsx"):
                self.assertEqual(self._rows(text.encode(encoding), name), rows)
        self.assertEqual(self._rows(b"Item;Qty\nBolt;5"), [["Item", "Qty"], ["Bolt", "5"]])

    def test_list_with_drawn_lines(self):
        rows = self._rows(SAP.encode())
        self.assertEqual(rows[2][1:], ["Material", "Description", "Quantity", "Deliv. date"])
        self.assertEqual(rows[4][1:], ["0012", "Bolt", "1.000,5", "01.12.2026"])
        self.assertEqual((rows[1], rows[3]), ([], []))

    def test_text_that_a_program_protected(self):
        rows = self._rows(b'Code;Qty\n="0012";5\n"=""0013""";6', "a.csv")
        self.assertEqual(rows[1:], [["0012", "5"], ["0013", "6"]])


class TestTrueReasons(BaseCase):
    """What is not read is called by its name, and nobody is blamed."""

    def _assert_refused(self, reason, detail, content, name="list.xlsx"):
        with self.assertRaises(spreadsheet.NotReadable) as caught:
            spreadsheet.read(content, name)
        self.assertEqual((caught.exception.reason, caught.exception.detail), (reason, detail))

    def _archive(self, *names):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in names:
                archive.writestr(name, "<a/>")
        return buffer.getvalue()

    def test_other_formats(self):
        for kind, content in (
            ("XLSB", self._archive("xl/workbook.bin")),
            ("OpenDocument (ODS)", self._archive("mimetype", "content.xml")),
            ("Numbers", self._archive("Index/Document.iwa")),
            ("Word (DOCX)", self._archive("word/document.xml")),
            ("ZIP", self._archive("list.txt")),
            ("PDF", b"%PDF-1.7"),
            ("RTF", rb"{\rtf1 a}"),
            ("SYLK", b"ID;PWXL;N;E\n"),
            ("PNG", b"\x89PNG\r\n"),
            ("Word (DOC)", spreadsheet.OLE + "WordDocument".encode("utf-16-le")),
            ("XML", b"<Order><Line/></Order>"),
        ):
            self._assert_refused("other_format", kind, content)

    def test_old_file_that_cannot_be_read(self):
        self._assert_refused("old_format", "XLS", spreadsheet.OLE + bytes(600), "list.xls")

    def test_page_without_a_table(self):
        self._assert_refused("no_table", "", b"<html><body>Please log in</body></html>")
        self._assert_refused("no_table", "", b"<!-- --><html></html>")

    def test_what_is_not_understood_is_not_torn(self):
        content = repacked(workbook(["a"]), lambda name, part: b"<a>" if name == SHEET else part)
        with self.assertRaises(spreadsheet.NotReadable) as caught:
            spreadsheet.read(content)
        self.assertEqual(caught.exception.reason, "strange")
        with self.assertRaises(spreadsheet.NotReadable) as caught:
            spreadsheet.read(workbook(["a"])[:-30])
        self.assertEqual(caught.exception.reason, "broken")

    def test_examples(self):
        for module in (spreadsheet_xlsx, spreadsheet_markup):
            self.assertFalse(doctest.testmod(module).failed)
