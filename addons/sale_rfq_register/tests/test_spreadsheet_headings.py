from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase

from odoo.addons.sale_rfq_register import spreadsheet_columns as columns
from odoo.addons.sale_rfq_register.number_format import Number
from odoo.addons.sale_rfq_register.spreadsheet import Table


class TestHeadingsInRows(BaseCase):
    """Headings in several rows."""

    def _assert_guess(self, table, heading, *targets):
        layout = columns.guess_layout(table)
        self.assertEqual((layout.heading, layout.targets), (heading, list(targets)))

    def test_second_row_says_more(self):
        self._assert_guess(
            [["Item", None, None, "Delivery date"], ["Code", "Description", "Qty"], ["A", "b", 1]],
            1,
            "customer_code",
            "name",
            "quantity",
            "date_required",
        )
        self._assert_guess(
            [["Code", "Name", "Delivery"], [None, None, "Date", "Qty"], ["A", "b", "soon", 1]],
            1,
            "customer_code",
            "name",
            "date_required",
            "quantity",
        )

    def test_three_rows(self):
        self._assert_guess(
            [
                ["№", "Материал", None, "Срок поставки"],
                [None, "Наименование", "Количество", None],
                [None, None, "Кол-во", None, "Ед. изм."],
                [1, "Болт", 5, "01.12.2026", "шт"],
            ],
            2,
            "skip",
            "name",
            "quantity",
            "date_required",
            "uom_text",
        )

    def test_heading_that_only_both_rows_tell(self):
        table = Table(
            [
                ["Article", None, "Quantity", None],
                ["No.", "Name", "total", "Unit"],
                ["A", "Bolt", 5, "pcs"],
            ],
            across={(0, 1), (0, 3)},
        )
        self._assert_guess(table, 1, "customer_code", "name", "quantity", "uom_text")
        self.assertEqual(columns.get_headings(table, 1)[0], "Article No.")

    def test_title_and_materials_are_no_headings(self):
        self._assert_guess(
            [["Material list"], ["Item", "Qty"], ["Bolt", 1]], 1, "name", "quantity"
        )
        self._assert_guess([["Item", "Wieviel"], ["Bolt", "pcs"]], None)
        self._assert_guess(
            [["Item", "Qty", "Date"], ["Bolt", "5"], ["Nut", "pcs", "soon"]],
            0,
            "name",
            "quantity",
            "date_required",
        )

    def test_headings_merged_down_are_no_material(self):
        table = Table(
            [["Item", "Qty", None], ["Item", "pcs", "kg"], ["Bolt", 5, 7]],
            shared={(0, 0), (1, 0)},
            across={(0, 2)},
        )
        self._assert_guess(table, 1, "name", "quantity", None)
        self.assertEqual(columns.get_headings(table, 1), ["Item", "pcs", "Qty kg"])

    def test_total_below_a_heading(self):
        table = [["Item", None, "Quantity"], ["Code", "Name", "total"], ["A", "Bolt", 5]]
        self._assert_guess(table, 1, "customer_code", "name", "quantity")

    def test_numbers_of_columns_are_no_material(self):
        table = [["№", "Item", "Qty"], [1, 2, 3], ["1", "Bolt", 5]]
        items = columns.read_items(table, columns.guess_layout(table))
        self.assertEqual([item.row for item in items], [3])
        table[1] = ["(1)", "(2)", "(3)"]
        self.assertEqual(len(columns.read_items(table, columns.guess_layout(table))), 1)


class TestNothingVanishes(BaseCase):
    """What no field has room for is kept."""

    def _read(self, *rows, **options):
        table = Table([list(row) for row in rows], **options)
        layout = columns.guess_layout(table)
        return columns.read_items(table, layout), columns.find_others(table, layout)

    def test_columns_that_are_not_understood(self):
        [item], others = self._read(
            ["№", "Item", "Qty", "Place", "Unit price", None],
            [1, "Bolt", 5, "Moscow", 12.5, "urgent"],
        )
        self.assertEqual(item.others, [(3, "Moscow"), (4, "12.5"), (5, "urgent")])
        self.assertEqual(others, {3: "Place", 4: "Unit price", 5: ""})

    def test_columns_without_values_are_nothing(self):
        _items, others = self._read(["Item", "Qty", "Place"], ["Bolt", 5])
        self.assertFalse(others)

    def test_second_column_of_a_kind(self):
        [item], others = self._read(["Item", "Qty", "Menge"], ["Bolt", 5, 7])
        self.assertEqual((item.quantity, item.others, others), (5, [(2, "7")], {2: "Menge"}))

    def test_second_column_that_a_person_chose(self):
        layout = columns.Layout(None, ["name", "barcode", "barcode", "skip"])
        [item] = columns.read_items([["Bolt", "1", "2", "x"]], layout)
        self.assertEqual((item.texts["barcode"], item.others), ("1", [(2, "2")]))


class TestCellsOfRows(BaseCase):
    def _item(self, *cells, targets=("customer_code", "name", "quantity", "date_required")):
        return columns.read_items([list(cells)], columns.Layout(None, list(targets)))[0]

    def test_codes_are_what_is_seen(self):
        item = self._item(Number(12, "0012"), Number(0.5, "1/2"), Number(1000, "1000.00"))
        self.assertEqual(item.texts, {"customer_code": "0012", "name": "1/2"})
        self.assertEqual(item.quantity, 1000)

    def test_unit_in_the_format_of_a_quantity(self):
        item = self._item("A", "Bolt", Number(5.5, "5.50 kg"))
        self.assertEqual((item.quantity, item.unit), (Decimal("5.5"), "kg"))
        item = self._item("A", "Bolt", Number(5, "00005"))
        self.assertEqual((item.quantity, item.unit), (5, None))

    def test_share_is_no_quantity(self):
        self.assertEqual(
            self._item("A", "Bolt", Number(0.5, "50%")).problems, [("quantity", "50%")]
        )

    def test_day_that_is_written_as_a_number(self):
        item = self._item("A", "Bolt", 1, Number(20261201, "2026-12-01"))
        self.assertEqual(item.required, date(2026, 12, 1))

    def test_number_that_a_text_file_shortened(self):
        item = self._item("4,00638E+12", "Bolt", 1)
        self.assertEqual(item.texts["customer_code"], "4,00638E+12")
        self.assertEqual(item.problems, [("code_cut", "4,00638E+12")])
        item = self._item("4.006381333931E+12", "Bolt", 1)
        self.assertEqual(item.texts["customer_code"], "4006381333931")
        self.assertFalse(item.problems)

    def test_code_that_became_a_day(self):
        item = self._item(date(2026, 12, 10), "Bolt", 1)
        self.assertEqual(item.problems, [("code_date", "2026-12-10")])

    def test_quantity_of_several_rows(self):
        table = Table(
            [["Item", "Qty"], ["Bolt", 5], ["Nut", 5], ["Rod", 1]], shared={(1, 1), (2, 1)}
        )
        first, second, third = columns.read_items(table, columns.guess_layout(table))
        for item in (first, second):
            self.assertEqual(item.problems, [("quantity_shared", "5")])
            self.assertIsNone(item.quantity)
        self.assertEqual(third.quantity, 1)
