"""Read a UBL 2.x RequestForQuotation: bytes in, plain data out.

Source of the element names: OASIS Universal Business Language 2.1, RequestForQuotation. Elements
are found by their local names in the two UBL component namespaces, so that 2.0 files read alike.

The file comes from outside: what is no document at all is refused (``ubl_envelope.py``), and a
value that makes no sense becomes a problem to show instead of an error.
"""

import base64
import binascii
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from itertools import chain, islice

from lxml import etree

from . import ubl_envelope
from .ubl_envelope import MAX_BYTES, NotReadable, is_request

__all__ = ["MAX_BYTES", "NotReadable", "Request", "is_request", "read"]

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
MAX_QUANTITY = Decimal(10) ** 12
MAX_OTHERS = 2_000  # rows of what the register has no field for
MAX_VALUE = 1_000  # characters of one of them; the file itself is kept
MAX_LINES = 5_000
YEARS = range(1900, 2200)  # what else is called a date is none
ZONE = re.compile(r"[Zz]|([+-])(\d\d):?(\d\d)?", re.ASCII)
TIME = re.compile(
    r"(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)


@dataclass
class Address:
    """Where somebody is; ``state`` and ``country`` are codes or names, as the file has them."""

    name: str | None = None
    street: str | None = None
    street2: str | None = None
    zip: str | None = None
    city: str | None = None
    state: str | None = None
    state_code: str | None = None
    country: str | None = None
    country_code: str | None = None


@dataclass
class Party:
    """Who asks."""

    name: str | None = None
    contact: str | None = None
    email: str | None = None
    phone: str | None = None
    vat: str | None = None
    address: str | None = None
    place: Address = field(default_factory=Address)


@dataclass
class Line:
    """One wanted article; ``properties`` are ``(name, value)`` in the file's own words."""

    number: str | None = None
    name: str | None = None
    description: str | None = None
    note: str | None = None
    customer_code: str | None = None
    supplier_code: str | None = None
    barcode: str | None = None
    quantity: Decimal | None = None
    unit_code: str | None = None
    required: date | None = None
    properties: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Request:
    """A whole RequestForQuotation; dates are the file's own.

    ``sent`` is a time with its zone, a time without one where the file names no zone, or a day.
    ``others`` are ``(path, value)`` of everything that no other attribute holds, extensions of
    the standard among them. ``documents`` are ``(name, content)`` of the files inside the file.
    """

    number: str | None = None
    sent: datetime | date | None = None
    due: date | None = None
    note: str | None = None
    currency: str | None = None
    party: Party = field(default_factory=Party)
    delivery_from: date | None = None
    delivery_to: date | None = None
    delivery_address: str | None = None
    delivery_place: Address = field(default_factory=Address)
    delivery_terms: str | None = None
    delivery_terms_place: str | None = None
    contract: str | None = None
    contract_date: date | None = None
    lines: list[Line] = field(default_factory=list)
    is_cut: bool = False  # there are more than ``MAX_LINES``
    problems: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    documents: list[tuple[str, bytes]] = field(default_factory=list)
    guessed_encoding: str | None = None  # where the file says none, or a wrong one
    more: int = 0  # other requests in the same envelope


def read(content):
    """Read the bytes of a RequestForQuotation.

    :return: a :class:`Request`; ``problems`` lists ``(element, value)`` that made no sense
    :raise NotReadable: the bytes are no such document
    """
    found = ubl_envelope.find(content)
    request = _Reader().request(found.root, found.envelopes)
    request.guessed_encoding, request.more = found.guessed, found.more
    return request


class _Reader:
    """Walks the tree and remembers what made no sense and which elements it has read."""

    def __init__(self):
        self.problems = []
        self.used = set()

    def request(self, root, envelopes=()):
        delivery = _find(root, "cac:Delivery")
        period_from, period_to = self.period(delivery, "RequestedDeliveryPeriod")
        period_to = period_to or self.day(delivery, "cbc:LatestDeliveryDate")
        lines = _all(root, "cac:RequestForQuotationLine")
        request = Request(
            number=self.text(root, "cbc:ID"),
            sent=self.moment(root, "cbc:IssueDate", "cbc:IssueTime"),
            due=self.day(root, "cbc:SubmissionDueDate"),
            note=self.texts(root, "cbc:Note"),
            currency=self.text(root, "cbc:PricingCurrencyCode"),
            party=self.party(root),
            delivery_from=period_from,
            delivery_to=period_to,
            delivery_address=self.address(_find_delivery_address(delivery)),
            delivery_place=self.delivery_place(delivery),
            delivery_terms=self.delivery_terms(root, delivery),
            delivery_terms_place=self.delivery_terms_place(root, delivery),
            contract=self.contract(root, "cbc:ID"),
            contract_date=self.day(
                _find(root, "cac:Contract"),
                "cbc:IssueDate",
                "cac:ContractDocumentReference/cbc:IssueDate",
            ),
            documents=self.documents(root),
            lines=[self.line(node) for node in lines[:MAX_LINES]],
            is_cut=len(lines) > MAX_LINES,
            problems=self.problems,
        )
        others = chain(
            *(self.others(outer, carrier) for outer, carrier in envelopes), self.others(root)
        )
        request.others = list(islice(others, MAX_OTHERS))
        return request

    def line(self, node):
        line_item = _find(node, "cac:LineItem")
        item = _find(line_item, "cac:Item")
        return Line(
            number=self.text(node, "cbc:ID"),
            name=self.text(item, "cbc:Name") or self.text(item, "cbc:Description"),
            description=self.texts(item, "cbc:Description"),
            note=self.texts(node, "cbc:Note", "cac:LineItem/cbc:Note"),
            customer_code=self.customer_code(node, item),
            supplier_code=self.text(item, "cac:SellersItemIdentification/cbc:ID"),
            barcode=self.text(item, "cac:StandardItemIdentification/cbc:ID"),
            quantity=self.quantity(line_item),
            unit_code=_attribute(line_item, "cbc:Quantity", "unitCode"),
            required=self.period(_find(line_item, "cac:Delivery"), "RequestedDeliveryPeriod")[1],
            properties=self.properties(item),
        )

    def properties(self, item):
        """What else describes the article: ``(name, value)``, the name as the standard has it."""
        plain = {
            "BrandName": "cbc:BrandName",
            "ModelName": "cbc:ModelName",
            "AdditionalInformation": "cbc:AdditionalInformation",
            "Keyword": "cbc:Keyword",
            "ManufacturersItemIdentification": "cac:ManufacturersItemIdentification/cbc:ID",
            "ManufacturerParty": "cac:ManufacturerParty/cac:PartyName/cbc:Name",
            "ItemClassificationCode": "cac:CommodityClassification/cbc:ItemClassificationCode",
            "CommodityCode": "cac:CommodityClassification/cbc:CommodityCode",
            "OriginCountry": "cac:OriginCountry/cbc:IdentificationCode",
        }
        found = [(name, text) for name, path in plain.items() if (text := self.texts(item, path))]
        for node in _all(item, "cac:AdditionalItemProperty"):
            name, value = self.text(node, "cbc:Name"), self.text(node, "cbc:Value")
            if name and value:
                found.append((name, value))
            elif name or value:
                found.append(("AdditionalItemProperty", name or value))
        return found

    def documents(self, root):
        """The files inside the file, of the request and of its lines."""
        path = ".//cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
        return [found for node in _all(root, path) if (found := self.document(node))]

    def document(self, node):
        self.used.add(node)
        reference = node.getparent().getparent()
        name = node.get("filename") or self.text(reference, "cbc:ID") or "document"
        try:
            content = base64.b64decode("".join((node.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            self.problems.append(("EmbeddedDocumentBinaryObject", name))
            return None
        # A name is no way to a folder.
        return name.replace("\\", "/").rpartition("/")[2][:200] or "document", content

    def others(self, root, carrier=None):
        """Everything that was not read, ``(path, value)`` in the order of the file.

        :param carrier: the element of an envelope that holds the document, which is left out
        """
        for path, node in _leaves(root, carrier=carrier):
            if node in self.used:
                continue
            text = " ".join((node.text or "").split())
            marks = list(_marks(node))
            if text or marks:
                value = f"{text} ({', '.join(marks)})" if marks else text
                yield path, value.strip()[:MAX_VALUE]

    def day(self, node, *paths):
        text = next((text for path in paths if (text := self.text(node, path))), None)
        if text is None:
            return None
        try:
            # A date may carry a time zone, which means nothing to a day.
            found = date.fromisoformat(text[:10])
        except ValueError:
            found = None
        if found and found.year in YEARS:
            return found
        self.problems.append((paths[0].partition(":")[2], text))
        return None

    def moment(self, node, date_path, time_path):
        """When something was: with the zone of the time, else of the day, if the file has one."""
        day = self.day(node, date_path)
        if day is None:
            return None
        text = self.text(node, time_path)
        own = self.text(node, date_path)[10:]
        if not text:
            # a zone alone tells nothing of a day; some write day and time in one
            if not own.startswith("T"):
                return day
            text = own[1:]
        found = _read_time(day, text)
        if found is None:
            self.problems.append((time_path.partition(":")[2], text))
            return day
        zone = own if not own.startswith("T") else ""
        return found if found.tzinfo else found.replace(tzinfo=_read_zone(zone))

    def period(self, delivery, name):
        """First and last day; a period that ends before it begins is a problem, not a period."""
        period = _find(delivery, f"cac:{name}")
        first, last = self.day(period, "cbc:StartDate"), self.day(period, "cbc:EndDate")
        if first and last and last < first:
            self.problems.append((name, f"{first} – {last}"))
            return None, None
        return first, last or first

    def quantity(self, line_item):
        text = self.text(line_item, "cbc:Quantity")
        if text is None:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= MAX_QUANTITY:
            self.problems.append(("Quantity", text))
            return None
        return number

    def party(self, root):
        """The buyer; where the file names only who originated the request, that one."""
        customer = _find(root, "cac:BuyerCustomerParty")
        if customer is None:
            customer = _find(root, "cac:OriginatorCustomerParty")
        party = _find(customer, "cac:Party")
        contact = _find(party, "cac:Contact")
        if contact is None:
            contact = _find(customer, "cac:BuyerContact")
        return Party(
            name=self.text(party, "cac:PartyName/cbc:Name")
            or self.text(party, "cac:PartyLegalEntity/cbc:RegistrationName"),
            contact=self.text(contact, "cbc:Name"),
            email=self.text(contact, "cbc:ElectronicMail"),
            phone=self.text(contact, "cbc:Telephone"),
            vat=self.text(party, "cac:PartyTaxScheme/cbc:CompanyID")
            or self.text(party, "cac:PartyLegalEntity/cbc:CompanyID"),
            address=self.address(_find_party_address(party)),
            place=self.place(_find_party_address(party)),
        )

    def customer_code(self, node, item):
        """The customer's article number; some senders put it where the line's number belongs."""
        code = self.text(item, "cac:BuyersItemIdentification/cbc:ID")
        found = _find(node, "cac:LineItem/cbc:ID")
        line_id = " ".join((found.text or "").split()) if found is not None else ""
        if line_id == self.text(node, "cbc:ID"):
            self.used.add(found)
        elif line_id and not code and not line_id.isdigit():
            self.used.add(found)
            return line_id
        return code

    def contract(self, root, name):
        contract = _find(root, "cac:Contract")
        return self.text(contract, name) or self.text(
            contract, f"cac:ContractDocumentReference/{name}"
        )

    def delivery_terms(self, root, delivery):
        terms = _find_terms(root, delivery)
        found = [
            self.text(terms, "cbc:ID"),
            self.text(terms, "cac:DeliveryLocation/cbc:Description"),
            self.texts(terms, "cbc:SpecialTerms"),
        ]
        return "\n".join(filter(None, found)) or None

    def delivery_terms_place(self, root, delivery):
        """The place of the delivery term, where the file has it apart."""
        location = _find(_find_terms(root, delivery), "cac:DeliveryLocation")
        paths = ("cbc:Description", "cbc:Name", "cac:Address/cbc:CityName")
        return next((text for path in paths if (text := self.text(location, path))), None)

    def delivery_place(self, delivery):
        place = self.place(_find_delivery_address(delivery))
        place.name = (
            self.text(delivery, "cac:DeliveryParty/cac:PartyName/cbc:Name")
            or self.text(delivery, "cac:DeliveryLocation/cbc:Name")
            or place.name
        )
        return place

    def place(self, node):
        """The parts of an address; where it has lines only, the first is the street."""
        street = " ".join(self.parts(node, "cbc:StreetName", "cbc:BuildingNumber"))
        lines = self.parts(node, "cbc:AdditionalStreetName")
        lines += [
            text for line in _all(node, "cac:AddressLine") for text in self.parts(line, "cbc:Line")
        ]
        if not street and lines:
            street = lines.pop(0)
        return Address(
            name=self.text(node, "cbc:MarkAttention"),
            street=street or None,
            street2=", ".join(lines) or None,
            zip=self.text(node, "cbc:PostalZone"),
            city=self.text(node, "cbc:CityName"),
            state=self.text(node, "cbc:CountrySubentity"),
            state_code=self.text(node, "cbc:CountrySubentityCode"),
            country=self.text(node, "cac:Country/cbc:Name"),
            country_code=self.text(node, "cac:Country/cbc:IdentificationCode"),
        )

    def address(self, node):
        """The address as its reader writes it on a letter."""
        if node is None:
            return None
        rows = [
            self.text(node, "cbc:MarkAttention"),
            " ".join(self.parts(node, "cbc:StreetName", "cbc:BuildingNumber")),
            self.text(node, "cbc:AdditionalStreetName"),
            *[self.text(line, "cbc:Line") for line in _all(node, "cac:AddressLine")],
            " ".join(self.parts(node, "cbc:PostalZone", "cbc:CityName")),
            *self.parts(node, "cbc:CountrySubentity", "cbc:CountrySubentityCode")[:1],
            *self.parts(node, "cac:Country/cbc:Name", "cac:Country/cbc:IdentificationCode")[:1],
        ]
        return "\n".join(filter(None, rows)) or None

    def parts(self, node, *paths):
        """The texts that are there."""
        return [text for path in paths if (text := self.text(node, path))]

    def text(self, node, path):
        """The text of the first such element without blanks at its ends, or ``None``."""
        found = _find(node, path)
        if found is None:
            return None
        self.used.add(found)
        return " ".join("".join(found.itertext()).split()) or None

    def texts(self, node, *paths):
        """The texts of all such elements, a paragraph each."""
        elements = [element for path in paths for element in _all(node, path)]
        self.used.update(elements)
        found = [" ".join("".join(element.itertext()).split()) for element in elements]
        return "\n".join(filter(None, found)) or None


def _find_terms(root, delivery):
    terms = _find(root, "cac:DeliveryTerms")
    return _find(delivery, "cac:DeliveryTerms") if terms is None else terms


def _find_delivery_address(delivery):
    address = _find(delivery, "cac:DeliveryAddress")
    if address is None:
        address = _find(delivery, "cac:DeliveryLocation/cac:Address")
    return address


def _find_party_address(party):
    """The address for letters, else the one under which the company is registered."""
    paths = (
        "cac:PostalAddress",
        "cac:PartyLegalEntity/cac:RegistrationAddress",
        "cac:PartyTaxScheme/cac:RegistrationAddress",
        "cac:PhysicalLocation/cac:Address",
    )
    found = (_find(party, path) for path in paths)
    return next((address for address in found if address is not None), None)


def _find(node, path):
    return None if node is None else node.find(path, NAMESPACES)


def _all(node, path):
    return [] if node is None else node.findall(path, NAMESPACES)


def _read_time(day, text):
    """The moment of an ``xsd:time`` on a day, in whole seconds; ``None`` if it is no time.

    >>> _read_time(date(2026, 11, 12), "23:30:00.75-05:00").isoformat()
    '2026-11-12T23:30:00-05:00'
    >>> _read_time(date(2026, 11, 12), "24:00:00").isoformat(), _read_time(date.max, "25:00")
    ('2026-11-13T00:00:00', None)
    """
    found = TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, second = (int(found[place] or 0) for place in (1, 2, 3))
    zone = _read_zone(found[4])
    midnight = (hour, minute, second) == (24, 0, 0)
    try:
        clock = time() if midnight else time(hour, minute, min(second, 59))
    except ValueError:
        return None
    if second > 60 or (found[4] and zone is None):
        return None
    return datetime.combine(day, clock, zone) + timedelta(days=midnight)


def _read_zone(text):
    """The zone that ``Z`` or an offset names; ``None`` if there is none, or none on earth.

    >>> _read_zone("-05:30"), _read_zone("+15:00"), _read_zone("")
    (datetime.timezone(datetime.timedelta(days=-1, seconds=66600)), None, None)
    """
    found = ZONE.fullmatch(text or "")
    if not found:
        return None
    if not found[1]:
        return UTC
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset > timedelta(hours=14) or int(found[3] or 0) > 59:
        return None
    return timezone(-offset if found[1] == "-" else offset)


def _leaves(node, path="", carrier=None):
    """``(path, element)`` of the elements that hold no others; siblings alike are numbered.

    :param carrier: an element that is left out, with all in it
    """
    children = list(node.iterchildren(etree.Element))
    if not children and path:
        yield path, node
    alike = Counter(child.tag for child in children)
    seen = Counter()
    for child in children:
        seen[child.tag] += 1
        name = etree.QName(child).localname
        place = f" {seen[child.tag]}" if alike[child.tag] > 1 else ""
        if child is not carrier:
            inside = f"{path} / {name}{place}" if path else f"{name}{place}"
            yield from _leaves(child, inside, carrier)


def _marks(node):
    """The attributes as ``name=value`` in the order of the file, as many as are shown.

    lxml looks each value up from the first attribute on, so all of many take minutes.
    """
    left = MAX_VALUE
    for name in node.keys():  # noqa: SIM118 an element iterates over its children
        if left < 0:
            return
        mark = f"{etree.QName(name).localname}={node.get(name)}"
        left -= len(mark)
        yield mark


def _attribute(node, path, name):
    found = _find(node, path)
    return None if found is None else found.get(name)
