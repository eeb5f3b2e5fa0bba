import io
from datetime import date
from pathlib import Path

import openpyxl

from odoo.tests import tagged

from .test_spreadsheet_import import SpreadsheetCommon

CASES = Path(__file__).parents[4] / "shared" / "cases"


@tagged("post_install", "-at_install")
class TestSpreadsheetCells(SpreadsheetCommon):
    """What the sender sees reaches the request, and nothing of it gets lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.padded = cls._new_product("Padded", "0012", False)
        cls.bare = cls._new_product("Bare", "12", False)

    def _formatted(self, headings, cells, formats):
        book = openpyxl.Workbook()
        book.active.append(headings)
        book.active.append(cells)
        for column, code in formats.items():
            book.active.cell(2, column).number_format = code
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def _case(self, name):
        if not (CASES / name).exists():
            self.skipTest("the small inputs of the project's owner are not here")
        return self._register((CASES / name).read_bytes(), name)

    def _assert_padded(self, request):
        request.action_check()
        self.assertEqual(request.line_ids.supplier_code, "0012")
        self.assertEqual(request.line_ids.product_id, self.padded)
        self.assertEqual(request.line_ids.quantity, 3)

    def test_leading_zeros(self):
        content = self._formatted(["Your code", "Qty"], [12, 3], {1: "0000"})
        self._assert_padded(self._register(content, "wanted.xlsx"))
        self._assert_padded(self._register("Your code;Qty\n0012;3"))
        self._assert_padded(self._register('Your code;Qty\n="0012";3', "wanted.xls"))

    def test_leading_zeros_case(self):
        self._assert_padded(self._case("leading-zeros.xlsx"))

    def test_barcode(self):
        for code in ("General", "0", "#,##0", "0.00E+00"):
            content = self._formatted(["EAN", "Qty"], [4006381333931, 3], {1: code})
            request = self._register(content, "wanted.xlsx")
            request.action_check()
            self.assertEqual(request.line_ids.product_id, self.bearing, code)

    def test_shortened_barcode_is_said(self):
        line = self._register("EAN;Qty\n4,00638E+12;3").line_ids
        self.assertEqual(line.barcode, "4,00638E+12")
        self.assertIn("its last digits are lost", line.problem)

    def test_unit_in_the_format(self):
        content = self._formatted(["Item", "Qty"], ["Wire", 5], {2: '0.0" м"'})
        line = self._register(content, "wanted.xlsx").line_ids
        self.assertEqual((line.quantity, line.uom_id), (5, self.env.ref("uom.product_uom_meter")))

    def test_headings_in_two_rows(self):
        for request in (
            self._register("Item;;;Delivery date\nCode;Description;Qty;\nA-1;Bolt;5;2026-12-01"),
            self._case("headings-in-two-rows.xlsx"),
        ):
            self.assertRecordValues(
                request.line_ids,
                [
                    {
                        "customer_code": "A-1",
                        "name": "Bolt",
                        "quantity": 5,
                        "date_required": date(2026, 12, 1),
                        "problem": False,
                        "details": False,
                    }
                ],
            )

    def test_column_that_is_not_understood(self):
        request = self._register("№;Item;Qty;Place;Price;\n1;Bolt;5;Moscow;12,5;urgent")
        self.assertEqual(request.line_ids.details, "Place: Moscow\nPrice: 12,5\nColumn 6: urgent")
        note = request.activity_ids.note
        self.assertIn("No field was found for these columns: “Place”, “Column 6”.", note)

    def test_column_that_is_understood_asks_for_nothing(self):
        request = self._register("№;Item;Qty;Price\n1;Bolt;5;12,5")
        self.assertEqual(request.line_ids.details, "Price: 12,5")
        self.assertFalse(request.activity_ids)

    def test_details_of_a_column_stay_before_the_others(self):
        line = self._register("Item;Qty;Note;Place\nBolt;5;zinc;Moscow").line_ids
        self.assertEqual(line.details, "zinc\nPlace: Moscow")

    def test_dialog_keeps_what_it_does_not_read(self):
        form = self._dialog("№;Item;Qty;Place\n1;Bolt;5;Moscow")
        self.assertIn("Place: Moscow", form.preview)
        self.assertEqual(
            form.save().column_ids.mapped("target"), ["skip", "name", "quantity", False]
        )
        request = self.requests.browse(form.save().action_import()["res_id"])
        self.assertEqual(request.line_ids.details, "Place: Moscow")
        self.assertIn("“Place”", request.activity_ids.note)

    def test_dialog_leaves_out_what_a_person_says(self):
        form = self._dialog("Item;Qty;Place\nBolt;5;Moscow", partner=self.partner)
        self._correct(form, "name", "quantity", "skip")
        request = self.requests.browse(form.save().action_import()["res_id"])
        self.assertFalse(request.line_ids.details or request.activity_ids)
        again = self._register("Item;Qty;Place\nNut;1;Perm", partner_id=self.partner.id)
        self.assertFalse(again.line_ids.details or again.activity_ids)

    def test_dialog_shows_headings_of_two_rows(self):
        form = self._dialog("Item;;;Delivery date\nCode;Name;Qty;\nA-1;Bolt;5;2026-12-01")
        self.assertEqual(form.heading_row, 2)
        columns = form.save().column_ids
        self.assertEqual(columns.mapped("heading"), ["Item Code", "Name", "Qty", "Delivery date"])

    def test_list_of_a_program_under_a_false_name(self):
        page = "<html><table><tr><th>Item<th>Qty<tr><td>Bolt<td>5</table></html>"
        for content in (page, "Item\tQty\nBolt\t5", "Item\tQty\nBolt\t5".encode("utf-16")):
            request = self._register(content, "wanted.xls")
            self.assertRecordValues(request.line_ids, [{"name": "Bolt", "quantity": 5}])
            self.assertFalse(request.activity_ids)

    def test_refusals_say_why_and_how_to_save(self):
        for name, content, words in (
            ("list.pdf.xls", b"%PDF-1.4", ("the format PDF", "save it as XLSX")),
            ("login.xls", b"<html><p>Log in</p></html>", ("web page without a table", "XLSX")),
            ("list.xml.xls", b"<a><b/></a>", ("the format XML", "save it as XLSX")),
        ):
            note = self._register(content, name).activity_ids.note
            for word in (name, *words):
                self.assertIn(word, note)
            self.assertNotIn("ask the customer", note)
