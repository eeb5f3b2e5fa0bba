import csv
import doctest
import io
import zipfile
from datetime import date, datetime
from unittest.mock import patch

import openpyxl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.sale_rfq_register import spreadsheet

calm = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
RUSSIAN = "Наименование;Количество\nБолт М8;5"
GERMAN = "Bezeichnung;Stückzahl\nSchraube für Türen;5"
# text as people write it: no control characters, no blanks at the ends
WORDS = st.text(
    st.characters(
        blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), blacklist_characters="\ufeff"
    ),
    min_size=1,
    max_size=8,
)
TEXT_ROWS = st.lists(st.lists(WORDS, min_size=2, max_size=5), min_size=1, max_size=6)
CELLS = (
    WORDS.filter(lambda text: not text.startswith(("=", "#")) and "_x" not in text.lower())
    | st.integers(-(10**9), 10**9)
    | st.floats(-1e9, 1e9).map(lambda number: round(number, 3))
    | st.dates(date(1950, 1, 1), date(2100, 1, 1))
)
CELL_ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6)


def workbook(*rows, title="Sheet", **others):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, other in others.items():
        sheet = book.create_sheet(name)
        for row in other:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(content, change, compression=zipfile.ZIP_DEFLATED):
    """The archive with each part changed by ``change(name, bytes)``; ``None`` leaves it out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            part = change(info.filename, old.read(info))
            if part is not None:
                new.writestr(info.filename, part, compress_type=compression)
    return buffer.getvalue()


def with_part(content, name, part):
    return repacked(content, lambda other, old: part if other == name else old)


SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def with_sheet(body, head=""):
    text = (
        f'<?xml version="1.0"?>{head}<worksheet {MAIN}><sheetData>{body}</sheetData></worksheet>'
    )
    return with_part(workbook(["a"]), SHEET, text.encode())


class TestCsv(BaseCase):
    def _rows(self, content):
        return spreadsheet.read(content if isinstance(content, bytes) else content.encode()).rows

    def test_examples(self):
        self.assertEqual(doctest.testmod(spreadsheet).failed, 0)

    def test_encodings(self):
        for text, encodings in (
            (RUSSIAN, ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1251")),
            (GERMAN, ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "windows-1252")),
        ):
            expected = [line.split(";") for line in text.split("\n")]
            for encoding in encodings:
                self.assertEqual(self._rows(text.encode(encoding)), expected, encoding)

    def test_separators(self):
        for separator in ";,\t|":
            text = f"Name{separator}Qty\nBolt{separator}5\nNut{separator}6"
            self.assertEqual(self._rows(text), [["Name", "Qty"], ["Bolt", "5"], ["Nut", "6"]])

    def test_separator_is_not_a_decimal_comma(self):
        self.assertEqual(self._rows("Name;Qty\nBolt;1,5\nNut;2,5")[1], ["Bolt", "1,5"])

    def test_separator_is_declared(self):
        self.assertEqual(self._rows("sep=,\r\nName,a;b;c\r\n"), [["Name", "a;b;c"]])

    def test_line_ends(self):
        for end in ("\n", "\r\n", "\r"):
            self.assertEqual(self._rows(f"a;b{end}c;d{end}"), [["a", "b"], ["c", "d"]])

    def test_quotes(self):
        rows = self._rows('name;size\n"Pipe 1/2"";\n black";2\n')
        self.assertEqual(rows[1], ['Pipe 1/2";\n black', "2"])

    def test_quote_that_is_never_closed(self):
        self.assertEqual(self._rows('a;b\n"c;d\ne;f')[1:], [['"c', "d"], ["e", "f"]])

    def test_inches_are_no_quotes(self):
        self.assertEqual(self._rows('a;b\nPipe 1/2";5')[1], ['Pipe 1/2"', "5"])

    def test_formulas_are_text(self):
        for text in ("=1+1", "+1", "-2", "@SUM(A1)", '=cmd|" /C calc"!A0'):
            self.assertEqual(self._rows(f"a;b\n{text};1")[1][0], text)

    def test_empty_cells_and_rows(self):
        self.assertEqual(self._rows("a;b;\n\n;c\n;;\n"), [["a", "b"], [], [None, "c"]])

    def test_megabyte_cell_is_cut(self):
        table = spreadsheet.read(b"a;b\n" + b"x" * 1_000_000 + b";2")
        self.assertEqual([len(cell) for cell in table.rows[1]], [spreadsheet.MAX_CELL, 1])
        self.assertEqual((table.problems[0].reason, table.problems[0].row), ("cut", 2))

    def test_too_many_rows_are_cut(self):
        table = spreadsheet.read(b"a;b\n" * (spreadsheet.MAX_ROWS + 5))
        self.assertEqual(len(table.rows), spreadsheet.MAX_ROWS)
        self.assertEqual([problem.reason for problem in table.problems], ["rows"])

    def test_just_enough_rows_are_no_problem(self):
        table = spreadsheet.read(b"a;b\n" * spreadsheet.MAX_ROWS + b";\n\n")
        self.assertEqual((len(table.rows), table.problems), (spreadsheet.MAX_ROWS, []))

    def test_too_many_columns_are_cut(self):
        table = spreadsheet.read(b";".join([b"x"] * 101))
        self.assertEqual(len(table.rows[0]), 100)
        self.assertEqual(table.problems[0].reason, "columns")

    def test_round_trip(self):
        @calm
        @given(TEXT_ROWS, st.sampled_from(";,\t|"))
        def check(rows, separator):
            buffer = io.StringIO()
            buffer.write(f"sep={separator}\r\n")
            csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
            self.assertEqual(self._rows(buffer.getvalue()), rows)

        check()


class TestXlsx(BaseCase):
    def _rows(self, content):
        return spreadsheet.read(content, "wanted.xlsx").rows

    def test_values(self):
        moment = datetime(2026, 5, 4, 12, 30)
        content = workbook(["a", 1, 2.5, True, date(2026, 5, 4), moment], [], [None, " b "])
        day = date(2026, 5, 4)
        self.assertEqual(self._rows(content), [["a", 1, 2.5, "True", day, day], [], [None, "b"]])

    def test_stored_value_of_a_formula_is_taken(self):
        content = with_sheet('<row r="1"><c r="A1"><f>2+3</f><v>7</v></c></row>')
        table = spreadsheet.read(content)
        self.assertEqual((table.rows, table.problems), ([[7]], []))

    def test_formula_without_a_value_is_a_problem(self):
        table = spreadsheet.read(workbook(["a", "=WEBSERVICE(1)"], ["b", 2]))
        self.assertEqual(table.rows, [["a"], ["b", 2]])
        self.assertEqual(table.problems, [spreadsheet.Problem("formula", row=1, column=2)])

    def test_error_is_a_problem(self):
        table = spreadsheet.read(workbook(["a", "#REF!"]))
        self.assertEqual(table.rows, [["a"]])
        self.assertEqual(table.problems, [spreadsheet.Problem("error", "#REF!", row=1, column=2)])

    def test_first_sheet_that_holds_something(self):
        table = spreadsheet.read(workbook(Filled=[["a"]], More=[["b"]]))
        self.assertEqual(table.rows, [["a"]])
        self.assertEqual(table.problems, [spreadsheet.Problem("sheets", "More")])

    def test_a_row_far_below_costs_nothing(self):
        table = spreadsheet.read(
            with_sheet(
                '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c><v>2</v></c></row>'
            )
        )
        self.assertEqual(table.rows, [[1]])
        self.assertEqual(table.problems[0].reason, "rows")

    def test_dimension_is_not_believed(self):
        text = (
            f'<worksheet {MAIN}><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1">'
        )
        content = with_part(
            workbook(["a"]), SHEET, f"{text}<v>1</v></c></row></sheetData></worksheet>".encode()
        )
        self.assertEqual(self._rows(content), [[1]])

    def test_too_many_rows_and_columns_are_cut(self):
        content = workbook(*[["a"]] * (spreadsheet.MAX_ROWS + 1), ["a"] * 101)
        table = spreadsheet.read(content)
        self.assertEqual(len(table.rows), spreadsheet.MAX_ROWS)
        self.assertEqual([problem.reason for problem in table.problems], ["rows"])
        table = spreadsheet.read(workbook(["a"] * 101))
        self.assertEqual(table.problems, [spreadsheet.Problem("columns", "100", row=1)])

    def test_round_trip(self):
        @calm
        @given(CELL_ROWS)
        def check(rows):
            self.assertEqual(self._rows(workbook(*rows)), rows)

        check()


class TestRefusals(BaseCase):
    """Whatever comes in, it is read or refused with a reason."""

    def _assert_refused(self, reason, content, name="wanted.xlsx"):
        with self.assertRaises(spreadsheet.NotReadable) as caught:
            spreadsheet.read(content, name)
        self.assertEqual(caught.exception.reason, reason)

    def test_empty(self):
        for content in (b"", b"\n\n", b";;;\n", b"\xef\xbb\xbf", b"\xff\xfe", workbook()):
            self._assert_refused("empty", content, "wanted.csv")

    def test_old_format_and_encryption(self):
        ole = spreadsheet.OLE + bytes(500)
        self._assert_refused("old_format", ole, "wanted.xls")
        self._assert_refused("encrypted", ole + "EncryptedPackage".encode("utf-16-le"))

    def test_encrypted_part(self):
        content = bytearray(workbook(["a"]))
        start = content.index(b"PK\x01\x02")
        content[start + 8] |= 1
        self._assert_refused("encrypted", bytes(content))

    def test_other_formats(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("content.xml", "<a/>")
        self._assert_refused("other_format", buffer.getvalue(), "wanted.ods")

    def test_not_text(self):
        self._assert_refused("not_text", bytes(range(32)) * 50, "wanted.csv")
        self._assert_refused("not_text", bytes(range(32)) * 50, "wanted.xlsx")

    def test_too_big(self):
        with patch.object(spreadsheet, "MAX_BYTES", 10):
            self._assert_refused("too_big", b"a;b\n" * 5)
        with patch.object(spreadsheet, "MAX_TEXT", 10):
            self._assert_refused("too_big", b"aaaa;bbbb\n" * 5, "wanted.csv")

    def test_too_wide(self):
        self._assert_refused("too_wide", b";" * 2_000, "wanted.csv")
        self._assert_refused("too_wide", with_sheet("<row>" + "<c/>" * 80_000 + "</row>"))

    def test_bomb_in_the_directory(self):
        self._assert_refused("bomb", with_part(workbook(["a"]), SHEET, b" " * 5_000_000))

    def test_bomb_behind_a_lying_directory(self):
        content = with_part(workbook(["a"]), SHEET, b"<a>" + b" " * 900_000 + b"</a>")
        with patch.object(spreadsheet, "_check_directory"):
            with patch.object(spreadsheet, "MAX_UNPACKED", 100_000):
                self._assert_refused("bomb", content)

    def test_bomb_of_many_parts(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for number in range(spreadsheet.MAX_PARTS + 1):
                archive.writestr(f"{number}.xml", "")
        self._assert_refused("bomb", buffer.getvalue())

    def test_bomb_of_elements(self):
        self._assert_refused("bomb", with_sheet("<a>" * 100 + "</a>" * 100))
        styles = f"<styleSheet {MAIN}>{'<xf/>' * 250_000}</styleSheet>".encode()
        with patch.object(spreadsheet, "MAX_RATIO", 10_000):
            self._assert_refused("bomb", with_part(workbook(["a"]), "xl/styles.xml", styles))

    def test_document_types(self):
        laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
        outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
        row = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
        for head in (laughs, outside):
            self._assert_refused("document_type", with_sheet(row, head))
            for name in ("xl/workbook.xml", "xl/styles.xml", "_rels/.rels"):
                self._assert_refused(
                    "document_type",
                    repacked(
                        workbook(["a"]),
                        lambda other, old, name=name, head=head: (
                            head.encode() + b"<x/>" if other == name else old
                        ),
                    ),
                )

    def test_document_type_in_utf_16(self):
        text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'
        content = with_part(workbook(["a"]), SHEET, text.encode("utf-16"))
        self._assert_refused("document_type", content)

    def test_other_compression_and_duplicates(self):
        content = repacked(workbook(["a"]), lambda name, part: part, zipfile.ZIP_LZMA)
        self._assert_refused("strange", content)
        buffer = io.BytesIO(workbook(["a"]))
        with self.assertWarns(UserWarning), zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr(SHEET, "<a/>")
        self._assert_refused("strange", buffer.getvalue())

    def _malformed(self):
        """Each part left out, emptied, torn, and made nonsense of; and torn archives."""
        good = workbook(["Name", "Qty"], ["Bolt", 5], ["Nut", date(2026, 5, 4)])
        names = zipfile.ZipFile(io.BytesIO(good)).namelist()
        changes = (
            lambda part: None,
            lambda part: b"",
            lambda part: part[: len(part) // 2],
            lambda part: b"<x/>",
            lambda part: part.replace(b'="', b'="-9'),
            lambda part: b"\xff\xfe" + part,
        )
        for target in names:
            for change in changes:
                yield repacked(
                    good,
                    lambda name, part, target=target, change=change: (
                        change(part) if name == target else part
                    ),
                )
        for cut in range(10, len(good), len(good) // 10):
            yield good[:cut]
            yield good[:cut] + bytes(20) + good[cut + 20 :]
        for value in ("NaN", "9" * 400, "9" * 5_000, "1e999", "x", "-", "\u0661"):
            yield with_sheet(f'<row r="1"><c r="A1"><v>{value}</v></c></row>')
        for cell in ('r="A0"', 'r="1A"', 'r="ZZZZZ1"', 't="s"', 't="q"', 's="99"', 't="d"'):
            yield with_sheet(f'<row r="1"><c {cell}><v>7</v></c></row>')
        for row in ("0", "-1", "x", "99999999999999999999", ""):
            yield with_sheet(f'<row r="{row}"><c r="A1"><v>7</v></c></row>')

    def test_malformed_archives(self):
        count = 0
        for content in self._malformed():
            count += 1
            try:
                table = spreadsheet.read(content, "wanted.xlsx")
            except spreadsheet.NotReadable:
                continue
            self.assertTrue(table.rows)
        self.assertGreater(count, 60)

    def test_arbitrary_bytes(self):
        @calm
        @given(st.binary(max_size=300), st.sampled_from(["", "a.csv", "a.xlsx", "a.xls"]))
        @example(b"PK\x03\x04", "a.xlsx")
        @example(b'"', "a.csv")
        @example(b"\x00", "a.csv")
        @example(b"\xfe\xff\xd8", "a.csv")
        def check(content, name):
            for start in (b"", b"PK\x03\x04", b"PK\x05\x06", b"\xff\xfe", b"sep=;\n"):
                try:
                    spreadsheet.read(start + content, name)
                except spreadsheet.NotReadable as refusal:
                    self.assertTrue(refusal.reason)

        check()

    def test_bytes_changed_in_a_good_file(self):
        good = workbook(["Name", "Qty"], ["Bolt", "=1+1"])

        @calm
        @given(st.integers(0, len(good) - 1), st.binary(min_size=1, max_size=8))
        def check(position, change):
            content = good[:position] + change + good[position + len(change) :]
            try:
                spreadsheet.read(content, "wanted.xlsx")
            except spreadsheet.NotReadable as refusal:
                self.assertTrue(refusal.reason)

        check()
