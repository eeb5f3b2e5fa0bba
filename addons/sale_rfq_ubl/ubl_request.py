"""Read a UBL 2.x RequestForQuotation: bytes in, plain data out.

Source of the element names: OASIS Universal Business Language 2.1, RequestForQuotation. Elements
are found by their local names in the two UBL component namespaces, so that 2.0 files read alike.

The file comes from outside: document types (and with them entities) are refused, nothing is
fetched, and a value that makes no sense becomes a problem to show instead of an error.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from lxml import etree

ROOT = "{urn:oasis:names:specification:ubl:schema:xsd:RequestForQuotation-2}RequestForQuotation"
NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
MAX_BYTES = 20_000_000
MAX_QUANTITY = Decimal(10) ** 12


class NotReadable(ValueError):
    """The file is no RequestForQuotation that can be read.

    ``reason`` is ``too_big``, ``broken``, ``document_type`` or ``other_document``; ``detail`` is
    what the parser or the file says.
    """

    def __init__(self, reason, detail=""):
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass
class Party:
    """Who asks."""

    name: str | None = None
    contact: str | None = None
    email: str | None = None
    phone: str | None = None
    vat: str | None = None
    address: str | None = None


@dataclass
class Line:
    """One wanted article."""

    name: str | None = None
    description: str | None = None
    note: str | None = None
    customer_code: str | None = None
    supplier_code: str | None = None
    barcode: str | None = None
    quantity: Decimal | None = None
    unit_code: str | None = None
    required: date | None = None


@dataclass
class Request:
    """A whole RequestForQuotation; dates are the file's own, times without a zone are UTC."""

    number: str | None = None
    sent: datetime | None = None
    due: date | None = None
    note: str | None = None
    currency: str | None = None
    party: Party = field(default_factory=Party)
    delivery_from: date | None = None
    delivery_to: date | None = None
    delivery_address: str | None = None
    delivery_terms: str | None = None
    contract: str | None = None
    contract_date: date | None = None
    lines: list[Line] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def is_request(content):
    """Whether the bytes look like a RequestForQuotation, without parsing them."""
    return b"RequestForQuotation" in content[:10_000] and b"<" in content[:100]


def read(content):
    """Read the bytes of a RequestForQuotation.

    :return: a :class:`Request`; ``problems`` lists ``(element, value)`` that made no sense
    :raise NotReadable: the bytes are no such document
    """
    root = _parse(content)
    return _Reader().request(root)


def _parse(content):
    if len(content) > MAX_BYTES:
        raise NotReadable("too_big", f"{MAX_BYTES // 1_000_000} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotReadable("broken", error.msg) from error
    except ValueError as error:
        raise NotReadable("broken", str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise NotReadable("document_type", root.getroottree().docinfo.doctype)
    if root.tag != ROOT:
        raise NotReadable("other_document", etree.QName(root).localname)
    return root


class _Reader:
    """Walks the tree and remembers what made no sense."""

    def __init__(self):
        self.problems = []

    def request(self, root):
        delivery = _find(root, "cac:Delivery")
        period_from, period_to = self.period(delivery, "RequestedDeliveryPeriod")
        return Request(
            number=_text(root, "cbc:ID"),
            sent=self.moment(root, "cbc:IssueDate", "cbc:IssueTime"),
            due=self.day(root, "cbc:SubmissionDueDate"),
            note=_texts(root, "cbc:Note"),
            currency=_text(root, "cbc:PricingCurrencyCode"),
            party=_party(root),
            delivery_from=period_from,
            delivery_to=period_to,
            delivery_address=_delivery_address(delivery),
            delivery_terms=_delivery_terms(root),
            contract=_contract(root, "cbc:ID"),
            contract_date=self.day(
                _find(root, "cac:Contract"),
                "cbc:IssueDate",
                "cac:ContractDocumentReference/cbc:IssueDate",
            ),
            lines=[self.line(node) for node in _all(root, "cac:RequestForQuotationLine")],
            problems=self.problems,
        )

    def line(self, node):
        item = _find(node, "cac:LineItem/cac:Item")
        line_item = _find(node, "cac:LineItem")
        return Line(
            name=_text(item, "cbc:Name") or _text(item, "cbc:Description"),
            description=_texts(item, "cbc:Description"),
            note=_texts(node, "cbc:Note", "cac:LineItem/cbc:Note"),
            customer_code=_customer_code(node, item),
            supplier_code=_text(item, "cac:SellersItemIdentification/cbc:ID"),
            barcode=_text(item, "cac:StandardItemIdentification/cbc:ID"),
            quantity=self.quantity(line_item),
            unit_code=_attribute(line_item, "cbc:Quantity", "unitCode"),
            required=self.period(_find(line_item, "cac:Delivery"), "RequestedDeliveryPeriod")[1],
        )

    def day(self, node, *paths):
        text = next((text for path in paths if (text := _text(node, path))), None)
        if text is None:
            return None
        try:
            # A date may carry a time zone, which means nothing to a day.
            return date.fromisoformat(text[:10])
        except ValueError:
            self.problems.append((paths[0].partition(":")[2], text))
            return None

    def moment(self, node, date_path, time_path):
        day = self.day(node, date_path)
        if day is None:
            return None
        text = (_text(node, time_path) or "00:00:00").split(".")[0].rstrip("Z")
        try:
            return datetime.combine(day, time.fromisoformat(text[:8]))
        except ValueError:
            self.problems.append((time_path.partition(":")[2], text))
            return datetime.combine(day, time())

    def period(self, delivery, name):
        """First and last day; a period that ends before it begins is a problem, not a period."""
        period = _find(delivery, f"cac:{name}")
        first, last = self.day(period, "cbc:StartDate"), self.day(period, "cbc:EndDate")
        if first and last and last < first:
            self.problems.append((name, f"{first} – {last}"))
            return None, None
        return first, last or first

    def quantity(self, line_item):
        text = _text(line_item, "cbc:Quantity")
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


def _party(root):
    """The buyer; where the file names only who originated the request, that one."""
    customer = _find(root, "cac:BuyerCustomerParty")
    if customer is None:
        customer = _find(root, "cac:OriginatorCustomerParty")
    party = _find(customer, "cac:Party")
    contact = _find(party, "cac:Contact")
    return Party(
        name=_text(party, "cac:PartyName/cbc:Name")
        or _text(party, "cac:PartyLegalEntity/cbc:RegistrationName"),
        contact=_text(contact, "cbc:Name"),
        email=_text(contact, "cbc:ElectronicMail"),
        phone=_text(contact, "cbc:Telephone"),
        vat=_text(party, "cac:PartyTaxScheme/cbc:CompanyID")
        or _text(party, "cac:PartyLegalEntity/cbc:CompanyID"),
        address=_address(_find(party, "cac:PostalAddress")),
    )


def _customer_code(node, item):
    """The customer's article number; some senders put it where the line's number belongs."""
    code = _text(item, "cac:BuyersItemIdentification/cbc:ID")
    line_id = _text(node, "cac:LineItem/cbc:ID")
    if code or line_id is None or line_id.isdigit() or line_id == _text(node, "cbc:ID"):
        return code
    return line_id


def _contract(root, name):
    contract = _find(root, "cac:Contract")
    return _text(contract, name) or _text(contract, f"cac:ContractDocumentReference/{name}")


def _delivery_terms(root):
    terms = _find(root, "cac:DeliveryTerms")
    found = [
        _text(terms, "cbc:ID"),
        _text(terms, "cac:DeliveryLocation/cbc:Description"),
        _texts(terms, "cbc:SpecialTerms"),
    ]
    return "\n".join(filter(None, found)) or None


def _delivery_address(delivery):
    address = _find(delivery, "cac:DeliveryAddress")
    if address is None:
        address = _find(delivery, "cac:DeliveryLocation/cac:Address")
    return _address(address)


def _address(node):
    if node is None:
        return None
    street = [_text(node, "cbc:StreetName"), _text(node, "cbc:BuildingNumber")]
    city = [_text(node, "cbc:PostalZone"), _text(node, "cbc:CityName")]
    rows = [
        " ".join(filter(None, street)),
        _text(node, "cbc:AdditionalStreetName"),
        *[_text(line, "cbc:Line") for line in _all(node, "cac:AddressLine")],
        " ".join(filter(None, city)),
        _text(node, "cac:Country/cbc:Name") or _text(node, "cac:Country/cbc:IdentificationCode"),
    ]
    return "\n".join(filter(None, rows)) or None


def _find(node, path):
    return None if node is None else node.find(path, NAMESPACES)


def _all(node, path):
    return [] if node is None else node.findall(path, NAMESPACES)


def _text(node, path):
    """The text of the first such element without blanks at its ends, or ``None``."""
    found = _find(node, path)
    return None if found is None else " ".join("".join(found.itertext()).split()) or None


def _texts(node, *paths):
    """The texts of all such elements, a paragraph each."""
    found = [
        " ".join("".join(element.itertext()).split())
        for path in paths
        for element in _all(node, path)
    ]
    return "\n".join(filter(None, found)) or None


def _attribute(node, path, name):
    found = _find(node, path)
    return None if found is None else found.get(name)
