"""Understand a table as wanted materials: which column holds what, what each row says.

Knows nothing of Odoo: rows of :mod:`spreadsheet` in, items out. Headings are recognised by their
English, Russian and German words. A number or a date that can be read in two ways is a problem to
show and never a guess.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from .number_format import Day, Number, plain_number
from .spreadsheet import HEADING_ROWS, Table

SKIPPED = "skip"  # the target of a column that is left out
CODES = ("customer_code", "supplier_code", "barcode")
MAX_HEADING = 60
MAX_QUANTITY = Decimal(10) ** 12
YEARS = range(1900, 2200)  # what else is called a date is none
TEXT_TARGETS = ("name", "customer_code", "supplier_code", "barcode", "categ_id", "details")
NAMING = ("name", "customer_code", "supplier_code", "barcode", "categ_id")
JOINED = ("name", "details")
UNIT = r"[^\W\d_][\w./²³° ]{0,19}"
# below another heading these say nothing of their own
TOTALS = {"total", "in total", "всего", "итого", "gesamt", "insgesamt"}
# what stands beside the number of a material or an item
DESCRIBED = {
    "material": {
        "material description",
        "materialkurztext",
        "materialbezeichnung",
        "kurztext",
        "short text",
    },
    "материал": {"краткий текст материала", "наименование материала", "описание материала"},
    "item": {"item description", "item name"},
    "product": {"product name"},
}
# what a spreadsheet program writes of a long number into a text file
EXPONENT = r"\+?([0-9])(?:[.,]([0-9]+))?E\+0*([0-9]{1,2})"

# what a column may be called, normalised; the target "" is a column that no field has room for
SYNONYMS = {
    "name": """name|description|item description|product|product name|product description|item
        |item name|material|material description|goods|article description|designation|title
        |наименование|наименование товара|наименование материала|наименование продукции
        |наименование товаров|номенклатура|название|описание|товар|материал|продукция|позиция
        |описание товара|описание материала|краткий текст материала|short text
        |наименование и характеристика|тмц|наименование тмц
        |bezeichnung|artikelbezeichnung|beschreibung|artikelbeschreibung|produkt|produktname
        |benennung|materialbezeichnung|materialkurztext|kurztext|ware""",
    "customer_code": """article|article no|article number|article code|art no|item no|item number
        |item code|part no|part number|part|p n|pn|sku|code|product code|material no
        |material number|material code|our article|our code|our part number|customer code
        |customer article|customer part number|buyer code|catalog number|catalogue number
        |артикул|артикул заказчика|артикул покупателя|артикул клиента|наш артикул|наш код|код
        |код товара|код материала|код номенклатуры|номенклатурный номер|код заказчика|ном номер
        |каталожный номер|код тмц|арт
        |artikel|artikelnummer|artikelnr|artikel nr|art nr|art nummer|materialnummer|material nr
        |teilenummer|bestellnummer|unsere artikelnummer|kundenartikelnummer|kundenmaterialnummer
        |sachnummer""",
    "supplier_code": """your article|your article number|your code|your part number|supplier code
        |supplier article|supplier part number|supplier item|vendor code|vendor article
        |vendor part number|seller code
        |артикул поставщика|ваш артикул|ваш код|код поставщика|артикул продавца
        |lieferantenartikelnummer|lieferanten artikelnummer|lieferantenartikel|lieferanten nr
        |ihre artikelnummer        |ihre art nr|lieferantenteilenummer""",
    "barcode": """barcode|bar code|ean|ean13|ean 13|ean code|gtin|upc
        |штрихкод|штрих код|шк|баркод|код ean
        |strichcode|ean nummer|ean nr""",
    "quantity": """quantity|qty|q ty|qnty|quant|amount required|order quantity|required quantity
        |quantity required|pcs
        |количество|кол во|колво|кол|количество шт|потребность|требуемое количество|объем
        |нужное количество
        |menge|anzahl|stückzahl|bestellmenge|bedarfsmenge|bedarf|stück|stk""",
    "uom_text": """unit|units|uom|unit of measure|unit of measurement|measure|um|u m
        |un|bun|base unit of measure|order unit
        |ед|ед изм|ед измерения|единица|единица измерения|единицы измерения|един изм|еи
        |einheit|mengeneinheit|me|maßeinheit|masseinheit|mengeneinh|eh""",
    "date_required": """date|required date|required on|date required|delivery date|need date
        |due date|needed by|required by|wanted date|deadline|requested date|requested delivery date
        |срок|срок поставки|дата|дата поставки|требуемая дата|срок исполнения|нужно к
        |необходимая дата|желаемый срок|желаемая дата|дата отгрузки
        |termin|liefertermin|lieferdatum|wunschtermin|wunschlieferdatum|datum|bedarfstermin
        |liefern bis""",
    "categ_id": """group|material group|category|product group|product category|commodity group
        |группа|группа материалов|группа товаров|товарная группа|категория|номенклатурная группа
        |warengruppe|materialgruppe|gruppe|kategorie|produktgruppe|artikelgruppe""",
    "details": """details|note|notes|comment|comments|remark|remarks|specification|spec
        |technical data|characteristics|drawing|standard
        |примечание|примечания|комментарий|характеристики|характеристика|технические
        характеристики|дополнительно|требования|доп информация|гост|гост ту|чертеж|марка
        |тип марка|типоразмер|размер
        |bemerkung|bemerkungen|anmerkung|hinweis|spezifikation|zusatztext|technische daten|norm
        |zeichnung|details""",
    SKIPPED: """no|pos|pos no|position|line|line no|item pos
        |п п|номер|номер строки|номер позиции|номер п п|n п п
        |lfd nr|nr|pos nr|position nr""",
    "": """price|unit price|total|sum|amount|vat|discount|currency|payment|date of birth|budget
        |цена|сумма|стоимость|ндс|скидка|валюта|оплаты|оплата|итого|всего
        |дата заявки|номер заявки
        |preis|einzelpreis|gesamtpreis|gesamt|summe|betrag|mwst|rabatt|währung|zahlung
        |zahlungsziel|zahlungstermin""",
}
MONTHS = {
    stem: month
    for month, stems in enumerate(
        (
            "jan янв",
            "feb фев",
            "mar mär мар",
            "apr апр",
            "may mai май мая",
            "jun июн",
            "jul июл",
            "aug авг",
            "sep сен",
            "oct okt окт",
            "nov ноя",
            "dec dez дек",
        ),
        start=1,
    )
    for stem in stems.split()
}


class Unclear(ValueError):
    """A text that cannot be read; ``reason`` says why."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@dataclass
class Layout:
    """The heading row, counted from 0 (``None`` where there is none), and a target a column.

    Of headings in several rows it is the last one. What stands in a column without a target is
    kept among the details; one with the target ``SKIPPED`` is left out.
    """

    heading: int | None = None
    targets: list[str | None] = field(default_factory=list)

    def is_usable(self):
        """Whether a column names the materials."""
        return any(target in NAMING for target in self.targets)


@dataclass
class Item:
    """What one row asks for; ``problems`` are ``(reason, detail)``.

    The reasons are ``no_quantity``, ``quantity``, ``quantity_sign``, ``quantity_size``,
    ``quantity_unclear``, ``quantity_shared``, ``date``, ``date_unclear``, ``code_cut``,
    ``code_date`` and ``nothing``. ``others`` are pairs of the index of a column and what it holds,
    for which no field has room.
    """

    row: int
    texts: dict[str, str] = field(default_factory=dict)
    unit: str | None = None
    quantity: Decimal | None = None
    required: date | None = None
    whole: str = ""
    others: list[tuple[int, str]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


# -- headings -----------------------------------------------------------------------------------


def normalise(heading):
    """A heading without case and punctuation.

    >>> normalise(" Кол-во,  (ШТ.) ")
    'кол во шт'
    """
    words = re.findall(r"[^\W_]+", str(heading or "").casefold().replace("ё", "е"))
    return " ".join(words)


KNOWN = {
    normalise(synonym): target
    for target, synonyms in SYNONYMS.items()
    for synonym in synonyms.split("|")
}


def guess_target(heading):
    """The target that a heading names, ``None`` where it names none.

    >>> guess_target("Кол-во, шт."), guess_target("Price per unit"), guess_target("Менеджер")
    ('quantity', None, None)
    >>> guess_target("№ п/п")
    'skip'
    """
    return _look_up(heading) or None


def is_understood(heading):
    """Whether it is known what the column holds, be there a field for it or not.

    >>> is_understood("Unit price"), is_understood("Place"), is_understood("")
    (True, False, False)
    """
    return _look_up(heading) is not None


def _look_up(heading):
    """The target; "" for what is known and has none, ``None`` for what is not known."""
    text = normalise(heading)
    if str(heading or "").strip() in ("№", "#", "N", "N°", "№№"):
        return SKIPPED
    if not text or len(text) > MAX_HEADING:
        return None
    if text in KNOWN:
        return KNOWN[text]
    padded = f" {text} "
    inside = [known for known in KNOWN if len(known) > 2 and f" {known} " in padded]
    if any(not KNOWN[known] for known in inside if len(known) > 3):
        return ""
    if not inside or any(KNOWN[known] == SKIPPED for known in inside if len(known) > 3):
        return None
    found = KNOWN[max(inside, key=len)]
    return None if found == SKIPPED else found


def guess_targets(row):
    """A target for each heading; only descriptions and details may come twice.

    Where something is described beside it, its own column holds its number, as SAP writes it.

    >>> guess_targets(["Material", "Material description"]), guess_targets(["Material", "Menge"])
    (['customer_code', 'name'], ['name', 'quantity'])
    """
    names = {normalise(heading) for heading in row if isinstance(heading, str)}
    targets = []
    for heading in row:
        target = guess_target(heading) if isinstance(heading, str) else None
        if names & DESCRIBED.get(normalise(heading), set()):
            target = "customer_code"
        again = target in targets and target not in (*JOINED, SKIPPED)
        targets.append(None if again else target)
    return targets


def guess_layout(table):
    """The row whose headings are understood best, and what its columns hold.

    A heading row names the material and something else, or stands alone in its row by its very
    name: so a title or an address is not taken for one.

    :param table: a :class:`~.spreadsheet.Table`, or its rows
    """
    best, best_score = Layout(), 0
    rows = _as_table(table).rows
    for index, row in enumerate(rows[:HEADING_ROWS]):
        layout = Layout(index, guess_targets(get_headings(table, index)))
        score = len({target for target in layout.targets if target not in (None, SKIPPED)})
        alone = [cell for cell in row if cell is not None]
        is_heading = score > 1 or (len(alone) == 1 and normalise(alone[0]) in KNOWN)
        if layout.is_usable() and is_heading and score > best_score:
            best, best_score = layout, score
    while best.heading is not None and _continues(_as_table(table), best.heading + 1):
        index = best.heading + 1
        best = Layout(index, guess_targets(get_headings(table, index)))
    return best


def _continues(table, index):
    """Whether a heading is merged down into the row."""
    return index < min(len(table.rows), HEADING_ROWS) and any(
        isinstance(cell, str)
        and {(index - 1, column), (index, column)} <= table.shared
        and column < len(table.rows[index - 1])
        and table.rows[index - 1][column] == cell
        for column, cell in enumerate(table.rows[index])
    )


def get_headings(table, index):
    """The headings of a row, with those in the rows above it that they stand below.

    >>> get_headings([["Item", None, "Delivery"], ["Code", "Qty", None]], 1)
    ['Item Code', 'Qty', 'Delivery']
    """
    table = _as_table(table)
    own = list(table.rows[index])
    if not _is_heading_row(own) and not _continues(table, index):
        return own
    above = _get_rows_above(table, index)
    width = max(map(len, [own, *above]))
    own += [None] * (width - len(own))
    return [_join_headings(cell, _pick(above, column)) for column, cell in enumerate(own)]


def _as_table(table):
    return table if isinstance(table, Table) else Table(table)


def _is_heading_row(row):
    """Whether most of the row is understood, so that it is none of materials."""
    cells = [cell for cell in row if cell is not None]
    if not all(isinstance(cell, str) and not re.match("[0-9+-]", cell) for cell in cells):
        return False
    words = unit_words()
    known = [cell for cell in cells if is_understood(cell) and normalise_unit(cell) not in words]
    return len(known) * 2 > len(cells)


def _get_rows_above(table, index):
    """Up to two rows that stand directly above and hold more than a title, the nearest first.

    Merged cells are repeated in all their columns.
    """
    found = []
    for number in (index - 1, index - 2):
        row = table.rows[number] if number >= 0 else []
        texts = [cell for cell in row if cell is not None]
        if len(texts) < 2 or not all(isinstance(cell, str) for cell in texts):
            break
        row = [*row, *[None] * (len(table.rows[index]) - len(row))]
        for column in range(1, len(row)):
            if row[column] is None and (number, column) in table.across:
                row[column] = row[column - 1]
        found.append(row)
    return found


def _pick(above, column):
    cells = (row[column] for row in above if column < len(row))
    return next((cell for cell in cells if cell is not None), None)


def _join_headings(own, above):
    """The heading, together with the one above it where only both say what the column holds."""
    if own is None or above is None or own == above:
        return above if own is None else own
    if normalise(own) in TOTALS and guess_target(above):
        return above
    both = f"{above} {own}"
    return both if KNOWN.get(normalise(both)) or not is_understood(own) else own


# -- rows ---------------------------------------------------------------------------------------


def read_items(table, layout):
    """What the rows below the heading ask for; rows without a single value are left out.

    :param table: a :class:`~.spreadsheet.Table`, or its rows
    """
    table = _as_table(table)
    rows, start = table.rows, 0 if layout.heading is None else layout.heading + 1
    if start < len(rows) and start and _is_numbering(rows[start]):
        start += 1
    sign = _decimal_sign(_cells(row, layout, "quantity") for row in rows[start:])
    shared = {row for row, column in table.shared if _get_target(layout, column) == "quantity"}
    return [
        _read_item(number, row, layout, sign, number - 1 in shared)
        for number, row in enumerate(rows[start:], start=start + 1)
        if any(cell is not None for cell in row)
    ]


def find_others(table, layout):
    """Headings by the index of each column with values that has no target."""
    table = _as_table(table)
    start = 0 if layout.heading is None else layout.heading + 1
    headings = [] if layout.heading is None else get_headings(table, layout.heading)
    found = {}
    for row in table.rows[start:]:
        for column, cell in enumerate(row):
            if cell is not None and column not in found and not _get_target(layout, column):
                heading = headings[column] if column < len(headings) else None
                found[column] = "" if heading is None else show(heading)
    return found


def _get_target(layout, column):
    return layout.targets[column] if column < len(layout.targets) else None


def _is_numbering(row):
    """Whether the row only numbers the columns, as printed forms do below their headings."""
    cells = [show(cell).strip("()") for cell in row if cell is not None]
    return len(cells) > 2 and cells == [str(number) for number in range(1, len(cells) + 1)]


def _cells(row, layout, target):
    pairs = zip(row, layout.targets, strict=False)
    return [cell for cell, wanted in pairs if wanted == target and cell is not None]


def _read_item(number, row, layout, sign, is_shared=False):
    item = Item(number, whole=", ".join(show(cell) for cell in row if cell is not None))
    for target in TEXT_TARGETS:
        texts = [show(cell) for cell in _cells(row, layout, target)]
        if texts:
            item.texts[target] = "\n".join(texts) if target == "details" else texts[0]
            if target == "name":
                item.texts[target] = ", ".join(texts)
    item.unit = next((show(cell) for cell in _cells(row, layout, "uom_text")), None)
    _read_codes(item, row, layout)
    _read_quantity(item, _cells(row, layout, "quantity"), sign, is_shared)
    _read_required(item, _cells(row, layout, "date_required"))
    item.others = _find_others(row, layout)
    if not any(target in item.texts for target in NAMING):
        item.problems.append(("nothing", ""))
    return item


def _find_others(row, layout):
    """What stands in columns without a target, or in a second one of the same."""
    others, known = [], set()
    for column, cell in enumerate(row):
        target = _get_target(layout, column)
        if cell is None or target == SKIPPED or target in JOINED:
            continue
        if target is None or target in known:
            others.append((column, show(cell)))
        known.add(target)
    return others


def _read_codes(item, row, layout):
    """Codes that the sender's program has changed are said to be so."""
    for target in CODES:
        for cell in _cells(row, layout, target)[:1]:
            if isinstance(cell, date):
                item.problems.append(("code_date", show(cell)))
            elif isinstance(cell, str) and re.fullmatch(EXPONENT, cell):
                item.texts[target] = _write_out(cell) or cell
                if not _write_out(cell):
                    item.problems.append(("code_cut", cell))


def _write_out(text):
    """All digits of a number with an exponent, ``None`` where it does not hold them.

    >>> _write_out("4,006381333931E+12"), _write_out("4.00638E+12")
    ('4006381333931', None)
    """
    whole, decimals, exponent = re.fullmatch(EXPONENT, text).groups()
    if len(decimals or "") < int(exponent):
        return None
    return plain_number(int(Decimal(f"{whole}.{decimals or 0}E{exponent}")))


def show(cell):
    """A cell as its sender sees it.

    >>> show(4006381333931.0), show(2.5), show(date(2026, 5, 2)), show(Number(12, "0012"))
    ('4006381333931', '2.5', '2026-05-02', '0012')
    """
    if isinstance(cell, Number | Day):
        return cell.text
    if isinstance(cell, int | float):
        return plain_number(cell)
    return str(cell)


def _read_quantity(item, cells, sign, is_shared=False):
    if not cells:
        item.problems.append(("no_quantity", ""))
        return
    if is_shared:
        item.problems.append(("quantity_shared", show(cells[0])))
        return
    try:
        number, unit = parse_quantity(cells[0], sign)
        _check_quantity(number)
    except Unclear as problem:
        item.problems.append((problem.reason, show(cells[0])))
        return
    item.quantity = number
    item.unit = item.unit or unit


def _check_quantity(number):
    if number < 0:
        raise Unclear("quantity_sign")
    if number > MAX_QUANTITY:
        raise Unclear("quantity_size")
    if not number:
        raise Unclear("no_quantity")


def parse_quantity(cell, sign=None):
    """The number of a cell and the unit behind it.

    :param sign: the decimal sign, where the other rows tell it

    >>> parse_quantity("1 000,5 кг")
    (Decimal('1000.5'), 'кг')
    >>> parse_quantity("1,000", sign=".")
    (Decimal('1000'), None)
    >>> parse_quantity(Number(5, "5 кг"))
    (Decimal('5.0'), 'кг')
    """
    if isinstance(cell, date) or (isinstance(cell, Number) and "%" in cell.text):
        raise Unclear("quantity")
    if isinstance(cell, Number):
        unit = re.search(rf"[0-9)]\s*({UNIT})$", cell.text)
        return Decimal(repr(float(cell))), unit[1] if unit else None
    if not isinstance(cell, str):
        return Decimal(str(cell)), None
    match = re.fullmatch(rf"([+\-−]?\s*[0-9][0-9\s.,'’]*?)\s*({UNIT})?", cell)
    if not match:
        raise Unclear("quantity")
    text, unit = match.groups()
    return _parse_number(re.sub(r"\s", " ", text), sign), unit


def _parse_number(text, sign):
    negative = text[0] in "-−"
    digits = text.lstrip("+-− ").rstrip(".,' ’")
    if re.search(r"[ '’]", digits):
        if not re.fullmatch(r"[0-9]{1,3}([ '’][0-9]{3})+([.,][0-9]+)?", digits):
            raise Unclear("quantity")
        digits = re.sub(r"[ '’]", "", digits)
    whole, decimals = _split_number(digits, sign)
    try:
        number = Decimal(f"{whole}.{decimals or 0}") if decimals else Decimal(whole)
    except InvalidOperation as error:
        raise Unclear("quantity") from error
    return -number if negative else number


def _split_number(digits, sign):
    """The digits before and behind the decimal sign."""
    used = [character for character in digits if character in ".,"]
    if not used:
        return digits, ""
    if len(set(used)) == 2:
        decimal = used[-1]
        if used.count(decimal) > 1:
            raise Unclear("quantity")
    elif len(used) > 1:
        decimal = None
    else:
        decimal = _single_sign(digits, used[0], sign)
    whole, _sign, decimals = digits.rpartition(decimal) if decimal else (digits, "", "")
    if re.search(r"[.,]", whole) and not re.fullmatch(r"[0-9]{1,3}([.,][0-9]{3})+", whole):
        raise Unclear("quantity")
    return re.sub(r"[.,]", "", whole) or "0", decimals


def _single_sign(digits, used, sign):
    """The decimal sign of a number with one sign in it, ``None`` for one that groups digits."""
    whole, _used, behind = digits.partition(used)
    if len(behind) != 3 or len(whole) > 3 or whole in ("", "0"):
        return used
    if sign is None:
        raise Unclear("quantity_unclear")
    return used if sign == used else None


def _decimal_sign(columns):
    """The decimal sign that the numbers of a column agree on, ``None`` where they do not tell.

    >>> _decimal_sign([["1,5"], ["1,000"]])
    ','
    """
    signs = set()
    for cells in columns:
        text = cells[0] if cells and isinstance(cells[0], str) else ""
        match = re.match(r"[+\-−]?\s*([0-9][0-9 \u00a0'’.,]*)", text)
        used = re.sub(r"[^.,]", "", match[1].rstrip(".,")) if match else ""
        if len(set(used)) == 2:
            signs.add(used[-1])
        elif len(used) > 1:
            signs.add("," if used[0] == "." else ".")
        elif used and len(re.split(r"[.,]", match[1].rstrip())[1].strip()) != 3:
            signs.add(used)
    return signs.pop() if len(signs) == 1 else None


def _read_required(item, cells):
    if not cells:
        return
    try:
        item.required = parse_date(cells[0])
        if item.required.year not in YEARS:
            item.required = None
            raise Unclear("date")
    except Unclear as problem:
        item.problems.append((problem.reason, show(cells[0])))


def parse_date(cell):
    """The day that a cell names.

    >>> parse_date("15.05.26"), parse_date("3 мая 2026 г.")
    (datetime.date(2026, 5, 15), datetime.date(2026, 5, 3))
    """
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day)
    text = show(cell).strip().casefold()
    try:
        return date(*_find_day(text))
    except ValueError as error:
        raise error if isinstance(error, Unclear) else Unclear("date") from error


def _find_day(text):
    time = r"(?:[t ]+[0-9]{1,2}:[0-9]{2}.*)?"
    if match := re.fullmatch(rf"([0-9]{{4}})[-./]([0-9]{{1,2}})[-./]([0-9]{{1,2}}){time}", text):
        return tuple(map(int, match.groups()))
    pattern = rf"([0-9]{{1,2}})([-./])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}})(?: ?г\.?)?{time}"
    if match := re.fullmatch(pattern, text):
        return _order_day(int(match[1]), match[2], int(match[3]), _full_year(match[4]))
    if match := re.fullmatch(r"([0-9]{1,2})\.? ([^\W\d]{3,9})\.?,? ([0-9]{4})(?: ?г\.?)?", text):
        return int(match[3]), MONTHS.get(match[2][:3], 0), int(match[1])
    if match := re.fullmatch(r"([^\W\d]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})", text):
        return int(match[3]), MONTHS.get(match[1][:3], 0), int(match[2])
    raise Unclear("date")


def _order_day(first, sign, second, year):
    """Day and month in the order of the sign: with a slash both orders are in use."""
    if sign == "/" and first <= 12 and second <= 12 and first != second:
        raise Unclear("date_unclear")
    day, month = (second, first) if sign == "/" and second > 12 else (first, second)
    return year, month, day


def _full_year(text):
    return int(text) if len(text) == 4 else 2000 + int(text)


# -- units --------------------------------------------------------------------------------------

# usual words for a unit, by the name of its record in Odoo's module uom
UNITS = {
    "product_uom_unit": """шт|штук|штука|штуки|pc|pcs|pce|piece|pieces|unit|units|ea|each|st|stk
        |stck|stück|nos""",
    "product_uom_dozen": "дюж|дюжина|dz|doz|dozen|dtz|dutzend",
    "product_uom_hour": "ч|час|часов|h|hr|hrs|hour|hours|std|stunde|stunden",
    "product_uom_day": "день|дней|дн|сут|day|days|tag|tage",
    "product_uom_millimeter": "мм|миллиметр|mm|millimeter",
    "product_uom_cm": "см|сантиметр|cm|centimeter|zentimeter",
    "product_uom_meter": """м|метр|метров|м пог|пог м|п м|мп|погонный метр|m|meter|meters|metre
        |metres|mtr|lm|lfm|lfd m""",
    "product_uom_km": "км|километр|km|kilometer",
    "product_uom_square_meter": "м2|м²|кв м|квадратный метр|m2|m²|sqm|sq m|qm",
    "product_uom_milliliter": "мл|миллилитр|ml|milliliter",
    "product_uom_litre": "л|литр|литров|l|ltr|liter|liters|litre|litres",
    "product_uom_cubic_meter": "м3|м³|куб м|кубометр|кубический метр|m3|m³|cbm|cu m|kbm",
    "product_uom_gram": "г|гр|грамм|g|gr|gram|grams|gramm",
    "product_uom_kgm": "кг|килограмм|kg|kgs|kilo|kilogram|kilograms|kilogramm",
    "product_uom_ton": "т|тн|тонна|тонн|t|to|ton|tons|tonne|tonnes|tonnen",
    "product_uom_oz": "oz|ounce|ounces|унция",
    "product_uom_lb": "lb|lbs|pound|pounds|фунт",
    "product_uom_inch": "in|inch|inches|дюйм|zoll",
    "product_uom_foot": "ft|foot|feet|фут",
    "product_uom_yard": "yd|yard|yards|ярд",
    "product_uom_gal": "gal|gallon|gallons|галлон",
}


def normalise_unit(text):
    """A unit without case, blanks and points.

    >>> normalise_unit(" Пог. м. "), normalise_unit("м²")
    ('погм', 'м²')
    """
    return re.sub(r"[\s.]", "", text or "").casefold().replace("ё", "е")


def unit_words():
    """Pairs of a usual word, normalised, and the name of its unit."""
    return {
        normalise_unit(word): unit for unit, words in UNITS.items() for word in words.split("|")
    }
