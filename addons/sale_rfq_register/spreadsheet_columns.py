"""Understand a table as wanted materials: which column holds what, what each row says.

Knows nothing of Odoo: rows of :mod:`spreadsheet` in, items out. Headings are recognised by their
English, Russian and German words. A number or a date that can be read in two ways is a problem to
show and never a guess.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

HEADING_ROWS = 30
MAX_HEADING = 60
MAX_QUANTITY = Decimal(10) ** 12
YEARS = range(1900, 2200)  # what else is called a date is none
TEXT_TARGETS = ("name", "customer_code", "supplier_code", "barcode", "categ_id", "details")
NAMING = ("name", "customer_code", "supplier_code", "barcode", "categ_id")
JOINED = ("name", "details")

# what a column may be called, normalised; the target "" is a column of no interest
SYNONYMS = {
    "name": """name|description|item description|product|product name|product description|item
        |item name|material|material description|goods|article description|designation|title
        |наименование|наименование товара|наименование материала|наименование продукции
        |наименование товаров|номенклатура|название|описание|товар|материал|продукция|позиция
        |описание товара|наименование и характеристика|тмц|наименование тмц
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
    "": """price|unit price|total|sum|amount|vat|discount|currency|no|pos|position|line|line no
        |payment|date of birth|budget
        |цена|сумма|стоимость|ндс|скидка|валюта|п п|номер|номер строки|оплаты|оплата|итого|всего
        |дата заявки|номер заявки
        |preis|einzelpreis|gesamtpreis|gesamt|summe|betrag|mwst|rabatt|währung|lfd nr|nr|zahlung
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
    """The heading row, counted from 0 (``None`` where there is none), and a target a column."""

    heading: int | None = None
    targets: list[str | None] = field(default_factory=list)

    def is_usable(self):
        """Whether a column names the materials."""
        return any(target in NAMING for target in self.targets)


@dataclass
class Item:
    """What one row asks for; ``problems`` are ``(reason, detail)``.

    The reasons are ``no_quantity``, ``quantity``, ``quantity_sign``, ``quantity_size``,
    ``quantity_unclear``, ``date``, ``date_unclear`` and ``nothing``.
    """

    row: int
    texts: dict[str, str] = field(default_factory=dict)
    unit: str | None = None
    quantity: Decimal | None = None
    required: date | None = None
    whole: str = ""
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
    """
    text = normalise(heading)
    if not text or len(text) > MAX_HEADING:
        return None
    if text in KNOWN:
        return KNOWN[text] or None
    padded = f" {text} "
    inside = [known for known in KNOWN if len(known) > 2 and f" {known} " in padded]
    if not inside or any(not KNOWN[known] for known in inside if len(known) > 3):
        return None
    return KNOWN[max(inside, key=len)] or None


def guess_targets(row):
    """A target for each heading; only descriptions and details may come twice."""
    targets = []
    for heading in row:
        target = guess_target(heading) if isinstance(heading, str) else None
        targets.append(None if target in targets and target not in JOINED else target)
    return targets


def guess_layout(rows):
    """The row whose headings are understood best, and what its columns hold.

    A heading row names the material and something else, or stands alone in its row by its very
    name: so a title or an address is not taken for one.
    """
    best, best_score = Layout(), 0
    for index, row in enumerate(rows[:HEADING_ROWS]):
        layout = Layout(index, guess_targets(row))
        score = len({target for target in layout.targets if target})
        alone = [cell for cell in row if cell is not None]
        is_heading = score > 1 or (len(alone) == 1 and normalise(alone[0]) in KNOWN)
        if layout.is_usable() and is_heading and score > best_score:
            best, best_score = layout, score
    return best


# -- rows ---------------------------------------------------------------------------------------


def read_items(rows, layout):
    """What the rows below the heading ask for; rows without a single value are left out."""
    start = 0 if layout.heading is None else layout.heading + 1
    headings = [] if layout.heading is None else rows[layout.heading]
    sign = _decimal_sign(_cells(row, layout, "quantity") for row in rows[start:])
    return [
        _read_item(number, row, layout, headings, sign)
        for number, row in enumerate(rows[start:], start=start + 1)
        if any(cell is not None for cell in row)
    ]


def _cells(row, layout, target):
    pairs = zip(row, layout.targets, strict=False)
    return [cell for cell, wanted in pairs if wanted == target and cell is not None]


def _read_item(number, row, layout, headings, sign):
    item = Item(number, whole=", ".join(show(cell) for cell in row if cell is not None))
    for target in TEXT_TARGETS:
        texts = [show(cell) for cell in _cells(row, layout, target)]
        if texts:
            item.texts[target] = "\n".join(texts) if target == "details" else texts[0]
            if target == "name":
                item.texts[target] = ", ".join(texts)
    item.unit = next((show(cell) for cell in _cells(row, layout, "uom_text")), None)
    _read_quantity(item, _cells(row, layout, "quantity"), sign)
    _read_required(item, _cells(row, layout, "date_required"))
    if not any(target in item.texts for target in NAMING):
        item.problems.append(("nothing", ""))
    return item


def show(cell):
    """A cell as a person would write it.

    >>> show(4006381333931.0), show(2.5), show(date(2026, 5, 2))
    ('4006381333931', '2.5', '2026-05-02')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _read_quantity(item, cells, sign):
    if not cells:
        item.problems.append(("no_quantity", ""))
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
    """
    if isinstance(cell, date):
        raise Unclear("quantity")
    if not isinstance(cell, str):
        return Decimal(str(cell)), None
    match = re.fullmatch(r"([+\-−]?\s*[0-9][0-9\s.,'’]*?)\s*([^\W\d_][\w./²³° ]{0,19})?", cell)
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
        return cell
    text = str(cell).strip().casefold()
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
