"""Read the cells of a workbook in Excel's format of before 2007 (XLS)."""

import io

import xlrd

from .number_format import BUILT_IN, make_cell
from .spreadsheet_xlsx import Failed


def is_encrypted(error):
    """Whether the library gave up because of a password."""
    return "encrypted" in str(error).lower()


def open_book(content):
    """The workbook, without its formats where those cannot be read."""
    options = {"file_contents": content, "on_demand": True, "logfile": io.StringIO()}
    try:
        return xlrd.open_workbook(formatting_info=True, **options)
    except Exception as error:  # xlrd knows dozens of ways to fail
        if is_encrypted(error):
            raise
        return xlrd.open_workbook(**options)


def get_sheets(book):
    """Pairs of the title and the sheet of each visible one."""
    sheets = map(book.sheet_by_index, range(book.nsheets))
    return [(sheet.name, sheet) for sheet in sheets if not sheet.visibility]


def iterate_rows(book, sheet):
    """The cells of each row."""
    for row in range(sheet.nrows):
        kinds, values = sheet.row_types(row), sheet.row_values(row)
        yield [
            _read_cell(book, sheet, kind, value, row, column)
            for column, (kind, value) in enumerate(zip(kinds, values, strict=True))
        ]


def get_merges(sheet):
    """Rows and columns of the merged cells, from 0: top, left, bottom, right."""
    return [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]


def _read_cell(book, sheet, kind, value, row, column):
    match kind:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
            return None
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            number = int(value) if value.is_integer() and abs(value) < 2**53 else value
            return make_cell(number, _get_format(book, sheet, kind, row, column), book.datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return str(bool(value))
        case xlrd.XL_CELL_ERROR:
            return Failed(xlrd.error_text_from_code.get(value, "#N/A"))
    return value


def _get_format(book, sheet, kind, row, column):
    if not book.formatting_info:
        return "short date" if kind == xlrd.XL_CELL_DATE else "General"
    key = book.xf_list[sheet.cell_xf_index(row, column)].format_key
    return BUILT_IN.get(key) or book.format_map[key].format_str
