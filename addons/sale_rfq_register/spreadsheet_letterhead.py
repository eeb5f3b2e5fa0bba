"""Understand what stands above the table of a spreadsheet: who asks, where to, by when.

Knows nothing of Odoo. A row counts where a cell is a known label, in English, Russian or German,
and the value stands behind its colon or in the next cell.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from .spreadsheet_columns import KNOWN as HEADINGS
from .spreadsheet_columns import Unclear, normalise, parse_date, show

LABELS = {
    "sender_name": """customer|customer name|company|company name|buyer|client|firm
        |заказчик|покупатель|клиент|организация|компания|наименование организации
        |kunde|firma|auftraggeber|käufer|besteller""",
    "sender_contact": """contact|contact person|contact name|attention|requested by
        |контакт|контактное лицо|ответственный|исполнитель|менеджер
        |ansprechpartner|ansprechpartnerin|kontakt|sachbearbeiter""",
    "sender_email": """e mail|email|mail|contact e mail
        |почта|эл почта|электронная почта|адрес электронной почты""",
    "sender_phone": """phone|telephone|tel|phone number|mobile
        |телефон|тел|контактный телефон|telefon|telefonnummer""",
    "sender_vat": """vat|vat no|vat number|vat id|vat reg no|tax id|tax number|tax no
        |инн|инн кпп|ust id|ust id nr|ust idnr|umsatzsteuer id|steuernummer|nip|dic""",
    "sender_address": """address|company address|legal address|registered address|our address
        |адрес|юридический адрес|адрес организации|фактический адрес|почтовый адрес
        |adresse|anschrift|firmenanschrift|rechnungsadresse""",
    "partner_ref": """request no|request number|rfq|rfq no|rfq number|inquiry no|enquiry no
        |your ref|reference|our reference|our ref
        |запрос|номер запроса|заявка|номер заявки|исходящий номер|исх
        |anfrage|anfrage nr|anfragenummer|unser zeichen""",
    "date_due": """answer due|answer by|reply by|quote by|quotation due|offer due|closing date
        |ответ до|срок ответа|срок подачи предложений|ждем предложение до|срок подачи кп
        |angebot bis|angebotsabgabe|angebotsfrist|antwort bis""",
    "delivery_address": """delivery address|ship to|ship to address|deliver to|shipping address
        |place of delivery|адрес доставки|адрес поставки|место поставки|место доставки
        |lieferadresse|lieferanschrift|lieferort""",
    "delivery_terms": """incoterm|incoterms|delivery terms|terms of delivery|delivery term
        |условия поставки|базис поставки|условие поставки|инкотермс
        |lieferbedingung|lieferbedingungen|lieferkondition""",
    "delivery_period": """delivery|delivery date|delivery period|delivery until|deliver by
        |delivery by|required by|required date|requested delivery|requested delivery date
        |срок поставки|дата поставки|период поставки|поставка до|поставить до|поставка
        |liefertermin|lieferdatum|lieferzeitraum|lieferung bis|lieferung""",
    "contract_ref": """contract|contract no|contract number|agreement
        |договор|номер договора|контракт|vertrag|vertragsnummer|rahmenvertrag""",
}
KNOWN = {normalise(label): name for name, labels in LABELS.items() for label in labels.split("|")}
ROWS = 40
MAX_VALUE = 500
DATES = ("date_due", "delivery_period")
# two days with a dash or a word between them
PERIOD = re.compile(r"\s+(?:-|–|—|to|until|bis|по|до)\s+|\s*(?:–|—|\.\.\.?|…)\s*", re.IGNORECASE)
ZIP = re.compile(r"(?:[A-Z]{1,2}-)?(\d{5,6}|\d{4}|\d{3} \d{2}|\d{2}-\d{3}|\d{5}-\d{4})\b\s*(.*)")
CITY = re.compile(r"(?:г\.?|город|city of)\s+", re.IGNORECASE)


@dataclass
class Letterhead:
    """``values`` by the names of the register's fields; ``problems`` are ``(label, value)``."""

    values: dict[str, object] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)


def read_letterhead(rows):
    """What the rows above the headings say; the first of two values of a kind counts.

    >>> read_letterhead([["Customer:", None, "Bay Pumps"], ["Delivery: 2026-12-01"]]).values
    {'sender_name': 'Bay Pumps', 'delivery_date_to': datetime.date(2026, 12, 1)}
    """
    found = Letterhead()
    for row in rows[-ROWS:]:
        for name, label, value in _read_row(row):
            if name in DATES:
                _read_days(found, name, label, value)
            else:
                found.values.setdefault(name, show(value).strip()[:MAX_VALUE])
    return found


def _read_row(row):
    """``(name, label, value)`` of the labels in a row."""
    cells = [cell for cell in row if cell is not None and str(cell).strip()]
    for place, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        label, _colon, inside = cell.partition(":")
        name = KNOWN.get(normalise(label))
        value = inside.strip() or next(iter(cells[place + 1 : place + 2]), None)
        if name and value is not None and not _is_label(value):
            yield name, label.strip(), value


def _is_label(value):
    """Whether nothing was entered: the next cell is another label, or all are headings."""
    text = normalise(value)
    return isinstance(value, str) and (text in KNOWN or text in HEADINGS or value.endswith(":"))


def _read_days(found, name, label, value):
    try:
        days = _parse_days(value)
    except Unclear:
        found.problems.append((label, show(value)))
        return
    if name == "date_due":
        found.values.setdefault(name, days[-1])
    elif "delivery_date_to" not in found.values:
        if len(days) > 1:
            found.values["delivery_date_from"] = days[0]
        found.values["delivery_date_to"] = days[-1]


def _parse_days(value):
    """One day, or the first and the last of a period.

    >>> _parse_days("01.12.2026 – 15.12.2026")
    [datetime.date(2026, 12, 1), datetime.date(2026, 12, 15)]
    """
    if not isinstance(value, str):
        return [_parse_day(value)]
    parts = PERIOD.split(value.strip(), maxsplit=1)
    if len(parts) == 1:
        return [_parse_day(value)]
    days = [_parse_day(part) for part in parts]
    if days[1] < days[0]:
        raise Unclear("date")
    return days


def _parse_day(value):
    day = parse_date(value)
    if not isinstance(day, date):
        raise Unclear("date")
    return day


def split_address(text):
    """Parts of an address that is written in one; ``rest`` may end with the country.

    Without a postal code nothing is guessed: all of it is the street.

    >>> split_address("Hafenstraße 22, 27576 Bremerhaven, Germany")
    {'street': 'Hafenstraße 22', 'zip': '27576', 'city': 'Bremerhaven', 'rest': 'Germany'}
    >>> split_address("119021, г. Москва, ул. Льва Толстого, д. 16")
    {'street': 'ул. Льва Толстого, д. 16', 'zip': '119021', 'city': 'Москва', 'rest': ''}
    >>> split_address("Gate 3, behind the crane")
    {'street': 'Gate 3, behind the crane', 'zip': '', 'city': '', 'rest': ''}
    """
    parts = [part.strip() for part in re.split(r"[,;\n]", text or "") if part.strip()]
    place = next((index for index, part in enumerate(parts) if ZIP.fullmatch(part)), None)
    if place is None:
        return {"street": ", ".join(parts), "zip": "", "city": "", "rest": ""}
    code, city = ZIP.fullmatch(parts[place]).groups()
    before, behind = parts[:place], parts[place + 1 :]
    if not city and behind:
        city = behind.pop(0)
    if not before:
        before, behind = behind, []
    return {
        "street": ", ".join(before),
        "zip": code,
        "city": CITY.sub("", city, count=1),
        "rest": ", ".join(behind),
    }
