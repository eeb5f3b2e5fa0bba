import doctest

from odoo.tests import BaseCase

from odoo.addons.sale_rfq_register import number_format
from odoo.addons.sale_rfq_register.spreadsheet_columns import show


class TestNumberFormat(BaseCase):
    """A cell is what its sender sees."""

    def _shown(self, value, code):
        return show(number_format.make_cell(value, code))

    def test_examples(self):
        self.assertFalse(doctest.testmod(number_format).failed)

    def test_numbers(self):
        for value, code, expected in (
            (12, "0000", "0012"),
            (1234, "00-00", "12-34"),
            (5, "00-00", "00-05"),
            (123456, r"00\ 00\ 00", "12 34 56"),
            (12, '"ART-"0000', "ART-0012"),
            (12, r"\A\-0", "A-12"),
            (12, "[Red]0000;[Blue]-0000", "0012"),
            (7, '"№ "000', "№ 007"),
            (7, 'General" A"', "7 A"),
            (7, '"A"@', "A7"),
            (0.5, "0%", "50%"),
            (0.125, "0.0%", "12.5%"),
            (1234567, "#,##0", "1234567"),
            (1234567.5, "#,##0.00", "1234567.50"),
            (4006381333931, "#,##0", "4006381333931"),
            (4006381333931.0, "0.00E+00", "4006381333931"),
            (4006381333931.0, "General", "4006381333931"),
            (4006381333931.0, "0", "4006381333931"),
            (46000012345670, "00000000000000", "46000012345670"),
            (12345678, "0000000000000", "0000012345678"),
            (12.5, "0.000", "12.500"),
            (12.6, "0", "13"),
            (2.50, "0.###", "2.5"),
            (-5, "000", "-005"),
            (-5, "0;(0)", "(5)"),
            (0, '0;0;"none"', "none"),
            (1.25, "# ?/?", "1 1/4"),
            (89161234567, "0(000)000-00-00", "8(916)123-45-67"),
            (9161234, "[<=9999999]000-0000;(000) 000-0000", "916-1234"),
            (5, ";;;", "5"),
            (12345678901234567890, "0", "12345678901234567890"),
            (1e300, "0000", number_format.plain_number(1e300)),
        ):
            self.assertEqual(self._shown(value, code), expected, (value, code))

    def test_days_and_times(self):
        for value, code, expected in (
            (46147, "dd.mm.yyyy", "05.05.2026"),
            (46147, "d-mmm-yy", "5-May-26"),
            (46147, "yyyy/m/d;@", "2026/5/5"),
            (46147, 'd.m.yy" г."', "5.5.26 г."),
            (46147, "short date", "2026-05-05"),
            (46147.75, "dd.mm.yy h:mm", "05.05.26 18:00"),
            (46147.75, "h:mm AM/PM", "6:00 PM"),
            (0.5, "h:mm", "12:00"),
            (1.25, "[h]:mm", "30:00"),
            (-5, "dd.mm.yyyy", "-5"),
            (99999999, "dd.mm.yyyy", "99999999"),
        ):
            self.assertEqual(self._shown(value, code), expected, (value, code))

    def test_a_number_is_still_a_number(self):
        cell = number_format.make_cell(12, "0000")
        self.assertEqual((cell, cell + 1), (12, 13))
        self.assertIs(type(number_format.make_cell(12, "#,##0")), int)
