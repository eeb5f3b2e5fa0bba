import doctest
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.sale_rfq_register import spreadsheet_columns as columns

calm = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


class TestHeadings(BaseCase):
    def test_examples(self):
        self.assertEqual(doctest.testmod(columns).failed, 0)

    def test_three_languages(self):
        for headings in (
            ["Description", "Part No.", "Your article", "EAN", "Qty", "UoM", "Required date"],
            ["Наименование товара", "Артикул", "Артикул поставщика", "Штрих-код", "Кол-во, шт.",
             "Ед. изм.", "Срок поставки"],
            ["Bezeichnung", "Artikel-Nr.", "Lieferanten-Artikelnummer", "EAN-Nr.", "Menge",
             "Einheit", "Liefertermin"],
        ):  # fmt: skip
            self.assertEqual(
                columns.guess_targets(headings),
                [
                    "name",
                    "customer_code",
                    "supplier_code",
                    "barcode",
                    "quantity",
                    "uom_text",
                    "date_required",
                ],
            )

    def test_what_is_of_no_interest(self):
        for heading in (
            "Цена за ед.",
            "Unit price",
            "Срок оплаты",
            "Gesamtpreis",
            "",
            "?",
        ):
            self.assertIsNone(columns.guess_target(heading), heading)

    def test_heading_below_a_letterhead(self):
        layout = columns.guess_layout(
            [["Заявка на материалы"], ["Наименование организации: Ромашка"], [], ["Товар", "Кол"]]
        )
        self.assertEqual((layout.heading, layout.targets), (3, ["name", "quantity"]))

    def test_lone_column(self):
        self.assertEqual(columns.guess_layout([["Item"], ["Bolt"]]).heading, 0)
        self.assertFalse(columns.guess_layout([["Dear Sirs"], ["Bolt"]]).is_usable())


class TestRows(BaseCase):
    def _items(self, *rows, targets=("name", "quantity", "uom_text", "date_required")):
        layout = columns.Layout(None, list(targets))
        return columns.read_items([list(row) for row in rows], layout)

    def _quantity(self, text, sign=None):
        try:
            return columns.parse_quantity(text, sign)[0]
        except columns.Unclear as problem:
            return problem.reason

    def test_quantities(self):
        for text, expected in (
            ("5", "5"),
            (5, "5"),
            (2.5, "2.5"),
            ("1 000", "1000"),
            ("1\u00a0000,5", "1000.5"),
            ("1.234.567", "1234567"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("1'000", "1000"),
            ("0,500", "0.5"),
            ("12345,678", "12345.678"),
            ("-5", "-5"),
            ("10 шт.", "10"),
            ("3 м2", "3"),
        ):
            self.assertEqual(self._quantity(text), Decimal(expected), text)

    def test_no_quantities(self):
        for text in ("many", "10-20", "1.2.3", "1,2,3", "1 00", "=5", "٣", "1.234.5,6,7", "--5"):
            self.assertEqual(self._quantity(text), "quantity", text)

    def test_two_ways_to_read_are_told_by_the_others(self):
        self.assertEqual(self._quantity("1,000"), "quantity_unclear")
        first, second = self._items(["Bolt", "1,000"], ["Nut", "2,5"])
        self.assertEqual((first.quantity, second.quantity), (1, Decimal("2.5")))
        first, second = self._items(["Bolt", "1,000"], ["Nut", "2.5"])
        self.assertEqual((first.quantity, second.quantity), (1000, Decimal("2.5")))
        first, _second = self._items(["Bolt", "1,000"], ["Nut", "2,000"])
        self.assertEqual(first.problems, [("quantity_unclear", "1,000")])

    def test_problems_of_quantities(self):
        for cell, reason in (
            (None, "no_quantity"),
            (0, "no_quantity"),
            (-1, "quantity_sign"),
            (10**13, "quantity_size"),
            (date(2026, 5, 1), "quantity"),
        ):
            (item,) = self._items(["Bolt", cell])
            self.assertEqual([problem for problem, _detail in item.problems], [reason])
            self.assertIsNone(item.quantity)

    def test_dates(self):
        for text in (
            "2026-05-15",
            "15.05.2026",
            "15.5.26 г.",
            "15/05/2026",
            "05/15/2026",
            "15 мая 2026",
            "15. Mai 2026",
            "May 15, 2026",
            "2026-05-15 00:00:00",
            "15.05.2026 12:00",
            date(2026, 5, 15),
        ):
            self.assertEqual(columns.parse_date(text), date(2026, 5, 15), text)

    def test_no_dates(self):
        for text, reason in (
            ("soon", "date"),
            ("31.02.2026", "date"),
            ("15 foo 2026", "date"),
            (46000, "date"),
            ("05/06/2026", "date_unclear"),
        ):
            (item,) = self._items(["Bolt", 1, None, text])
            self.assertEqual(item.problems, [(reason, str(text))])

    def test_unit_behind_the_quantity(self):
        (item,) = self._items(["Bolt", "10 кг"])
        self.assertEqual((item.quantity, item.unit), (10, "кг"))
        (item,) = self._items(["Bolt", "10 кг", "шт"])
        self.assertEqual(item.unit, "шт")

    def test_nothing_named(self):
        (item,) = self._items([None, 5, "kg"])
        self.assertEqual((item.problems, item.whole), ([("nothing", "")], "5, kg"))

    def test_empty_rows_are_left_out(self):
        items = self._items(["Bolt", 1], [], [None, None], ["Nut", 2])
        self.assertEqual([item.row for item in items], [1, 4])

    def test_columns_with_the_same_target(self):
        (item,) = self._items(
            ["Bolt", "M8", "zinc", "A2", 5],
            targets=("name", "name", "details", "details", "quantity"),
        )
        self.assertEqual(item.texts, {"name": "Bolt, M8", "details": "zinc\nA2"})

    def test_units(self):
        words = columns.unit_words()
        for text, unit in (
            ("шт", "unit"),
            ("Шт.", "unit"),
            ("PCS", "unit"),
            ("кг", "kgm"),
            ("пог. м", "meter"),
            ("м²", "square_meter"),
            ("m3", "cubic_meter"),
            ("Stück", "unit"),
            ("т", "ton"),
        ):
            self.assertEqual(words[columns.normalise_unit(text)], f"product_uom_{unit}", text)
        self.assertNotIn(columns.normalise_unit("ящ"), words)

    def test_whole_numbers_are_read_as_they_are_written(self):
        @calm
        @given(st.integers(0, 10**11), st.sampled_from([" ", "\u00a0", "'"]))
        def check(number, group):
            text = f"{number:,}".replace(",", group)
            self.assertEqual(columns.parse_quantity(text)[0], number)

        check()

    def test_any_cells(self):
        cells = (
            st.none()
            | st.text(max_size=12)
            | st.text("0123456789.,' -/кг", max_size=12)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.integers()
            | st.dates()
        )

        @calm
        @given(st.lists(st.lists(cells, max_size=4), max_size=6))
        def check(rows):
            columns.guess_layout(rows)
            for item in self._items(*rows):
                self.assertTrue(item.quantity is None or item.quantity > 0)
                self.assertTrue(item.quantity or item.problems)

        check()
