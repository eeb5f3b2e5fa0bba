"""Write a UBL 2.1 Quotation: plain data in, bytes out.

Source of the element names and of their order: OASIS Universal Business Language 2.1, Quotation.
An element without a value is left out, an element without children too.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lxml import etree

ROOT = "urn:oasis:names:specification:ubl:schema:xsd:Quotation-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
# What XML 1.0 cannot hold, in whatever way it is written.
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass
class Party:
    """The seller or the buyer; ``account`` is the number that the other side gave to him."""

    name: str
    account: str | None = None
    vat: str | None = None
    registry: str | None = None
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    address: "Address | None" = None


@dataclass
class Address:
    street: str | None = None
    street2: str | None = None
    city: str | None = None
    zip: str | None = None
    state: str | None = None
    country: str | None = None  # ISO 3166 code of two letters


@dataclass
class Tax:
    """A tax with its base; ``percent`` is ``None`` where it is none of a percentage."""

    name: str
    category: str
    percent: Decimal | None
    base: Decimal
    amount: Decimal


@dataclass
class Allowance:
    """A discount, as a positive amount; ``percent`` and ``base`` where it is one of a base."""

    amount: Decimal
    reason: str | None = None
    percent: Decimal | None = None
    base: Decimal | None = None


@dataclass
class Line:
    """What is offered; ``alternatives`` are lines that may be taken instead, and in no total."""

    number: str
    name: str
    quantity: Decimal
    unit_code: str
    amount: Decimal  # without taxes, after the discount
    price: Decimal  # of one unit, without taxes, before the discount
    tax_amount: Decimal
    description: str | None = None
    notes: list[str] = field(default_factory=list)
    buyer_code: str | None = None
    seller_code: str | None = None
    barcode: str | None = None
    taxes: list[Tax] = field(default_factory=list)
    discount: Allowance | None = None
    request_number: str | None = None
    request_line: str | None = None
    required: date | None = None
    promised: date | None = None
    incoterm: str | None = None
    incoterm_place: str | None = None
    reason: str | None = None  # why this and nothing else
    alternatives: list["Line"] = field(default_factory=list)


@dataclass
class Quotation:
    number: str
    issued: date
    currency: str
    decimals: int  # of the currency
    seller: Party
    buyer: Party
    untaxed: Decimal
    total: Decimal
    tax_amount: Decimal
    notes: list[str] = field(default_factory=list)
    valid_until: date | None = None
    requests: list[tuple[str, date | None]] = field(default_factory=list)
    # the quotation instead of which this stands, and words that say so
    replaced: tuple[str, date | None, str] | None = None
    contract: str | None = None
    contract_date: date | None = None
    delivery_address: Address | None = None
    required_from: date | None = None
    required_to: date | None = None
    promised: date | None = None
    incoterm: str | None = None
    incoterm_place: str | None = None
    payment_terms: str | None = None
    allowances: list[Allowance] = field(default_factory=list)
    taxes: list[Tax] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def build(quotation):
    """The file as bytes.

    :raise ValueError: there is no line, which the standard does not allow
    """
    if not quotation.lines:
        raise ValueError("a quotation needs a line")
    return etree.tostring(
        _Builder(quotation).root(), xml_declaration=True, encoding="UTF-8", pretty_print=True
    )


class _Builder:
    """Writes each element in the order of the schema."""

    def __init__(self, quotation):
        self.quotation = quotation

    def root(self):
        quotation = self.quotation
        root = etree.Element(f"{{{ROOT}}}Quotation", nsmap={None: ROOT, "cac": CAC, "cbc": CBC})
        _add(root, "UBLVersionID", "2.1")
        _add(root, "ID", quotation.number)
        _add(root, "IssueDate", quotation.issued)
        for note in quotation.notes:
            _add(root, "Note", note)
        _add(root, "PricingCurrencyCode", quotation.currency)
        _add(root, "LineCountNumeric", len(quotation.lines))
        _put(root, self.validity())
        self.references(root)
        _put(
            root, self.party("SellerSupplierParty", quotation.seller, "CustomerAssignedAccountID")
        )
        _put(root, self.party("BuyerCustomerParty", quotation.buyer, "SupplierAssignedAccountID"))
        _put(root, self.delivery())
        _put(root, self.delivery_terms(quotation))
        conditions = _node("TransactionConditions")
        _add(conditions, "Description", quotation.payment_terms)
        _put(root, conditions)
        for allowance in quotation.allowances:
            _put(root, self.allowance(allowance))
        _put(root, self.tax_total(quotation.tax_amount, quotation.taxes))
        _put(root, self.totals())
        for line in quotation.lines:
            _put(root, self.line(line))
        return root

    def validity(self):
        """A file made after the last day, such as that of an order, has that day only."""
        first, last = self.quotation.issued, self.quotation.valid_until
        return _period("ValidityPeriod", first if last and first <= last else None, last)

    def references(self, root):
        """The request that is answered first, the others, what is replaced, and the contract."""
        for position, (number, day) in enumerate(self.quotation.requests):
            name = "AdditionalDocumentReference"
            if position == 0:
                name = "RequestForQuotationDocumentReference"
            reference = _node(name)
            _add(reference, "ID", number)
            _add(reference, "IssueDate", day)
            if position:
                _add(reference, "DocumentType", "RequestForQuotation")
            _put(root, reference)
        if self.quotation.replaced:
            number, day, words = self.quotation.replaced
            reference = _wrap("AdditionalDocumentReference", "ID", number)
            _add(reference, "IssueDate", day)
            _add(reference, "DocumentType", "Quotation")
            _add(reference, "DocumentDescription", words)
            _put(root, reference)
        contract = _node("Contract")
        _add(contract, "ID", self.quotation.contract)
        _add(contract, "IssueDate", self.quotation.contract_date)
        _put(root, contract)

    def party(self, name, party, account_name):
        node = _node(name)
        _add(node, account_name, party.account)
        inner = _node("Party")
        _put(inner, _wrap("PartyName", "Name", party.name))
        _put(inner, self.address("PostalAddress", party.address))
        if party.vat:
            scheme = _wrap("PartyTaxScheme", "CompanyID", party.vat)
            _put(scheme, _wrap("TaxScheme", "ID", "VAT"))
            _put(inner, scheme)
        legal = _wrap("PartyLegalEntity", "RegistrationName", party.name)
        _add(legal, "CompanyID", party.registry)
        _put(inner, legal)
        contact = _node("Contact")
        _add(contact, "Name", party.contact)
        _add(contact, "Telephone", party.phone)
        _add(contact, "ElectronicMail", party.email)
        _put(inner, contact)
        _put(node, inner)
        return node

    def address(self, name, address):
        node = _node(name)
        if address:
            _add(node, "StreetName", address.street)
            _add(node, "AdditionalStreetName", address.street2)
            _add(node, "CityName", address.city)
            _add(node, "PostalZone", address.zip)
            _add(node, "CountrySubentity", address.state)
            _put(node, _wrap("Country", "IdentificationCode", address.country))
        return node

    def delivery(self):
        quotation = self.quotation
        node = _node("Delivery")
        _put(node, self.address("DeliveryAddress", quotation.delivery_address))
        _put(
            node,
            _period("RequestedDeliveryPeriod", quotation.required_from, quotation.required_to),
        )
        _put(node, _period("PromisedDeliveryPeriod", None, quotation.promised))
        return node

    def delivery_terms(self, offered):
        """Incoterm and place, of the quotation or of a line."""
        node = _node("DeliveryTerms")
        _add(node, "ID", offered.incoterm)
        _put(node, _wrap("DeliveryLocation", "Description", offered.incoterm_place))
        return node

    def allowance(self, allowance):
        node = _node("AllowanceCharge")
        _add(node, "ChargeIndicator", "false")
        _add(node, "AllowanceChargeReason", allowance.reason)
        if allowance.percent is not None:
            _add(node, "MultiplierFactorNumeric", _number(allowance.percent / 100))
        self.amount(node, "Amount", allowance.amount)
        self.amount(node, "BaseAmount", allowance.base)
        return node

    def tax_total(self, amount, taxes):
        node = _node("TaxTotal")
        self.amount(node, "TaxAmount", amount)
        for tax in taxes:
            subtotal = _node("TaxSubtotal")
            self.amount(subtotal, "TaxableAmount", tax.base)
            self.amount(subtotal, "TaxAmount", tax.amount)
            _put(subtotal, self.tax_category("TaxCategory", tax))
            _put(node, subtotal)
        return node

    def tax_category(self, name, tax):
        node = _node(name)
        _add(node, "ID", tax.category)
        _add(node, "Name", tax.name)
        _add(node, "Percent", None if tax.percent is None else _number(tax.percent))
        _put(node, _wrap("TaxScheme", "ID", "VAT"))
        return node

    def totals(self):
        quotation = self.quotation
        lines = sum((line.amount for line in quotation.lines), Decimal(0))
        allowances = sum((row.amount for row in quotation.allowances), Decimal(0))
        node = _node("QuotedMonetaryTotal")
        self.amount(node, "LineExtensionAmount", lines)
        self.amount(node, "TaxExclusiveAmount", quotation.untaxed)
        self.amount(node, "TaxInclusiveAmount", quotation.total)
        self.amount(node, "AllowanceTotalAmount", allowances or None)
        self.amount(node, "PayableAmount", quotation.total)
        return node

    def line(self, line):
        node = _node("QuotationLine")
        _add(node, "ID", line.number)
        for note in line.notes:
            _add(node, "Note", note)
        _add(node, "Quantity", _number(line.quantity), unitCode=line.unit_code)
        self.amount(node, "LineExtensionAmount", line.amount)
        self.amount(node, "TotalTaxAmount", line.tax_amount)
        _add(node, "RequestForQuotationLineID", line.request_line)
        _put(node, self.line_item("LineItem", line))
        for alternative in line.alternatives:
            _put(node, self.line_item("AlternativeLineItem", alternative))
        _put(node, self.request_reference(line))
        return node

    def request_reference(self, line):
        """Which line of which request it answers, where the customer gave both a number."""
        node = _node("RequestLineReference")
        if line.request_line and line.request_number:
            _add(node, "LineID", line.request_line)
            _put(node, _wrap("DocumentReference", "ID", line.request_number))
        return node

    def line_item(self, name, line):
        node = _node(name)
        _add(node, "ID", line.number)
        _add(node, "Note", line.reason)
        _add(node, "Quantity", _number(line.quantity), unitCode=line.unit_code)
        self.amount(node, "LineExtensionAmount", line.amount)
        self.amount(node, "TotalTaxAmount", line.tax_amount)
        delivery = _node("Delivery")
        _put(delivery, _period("RequestedDeliveryPeriod", None, line.required))
        _put(delivery, _period("PromisedDeliveryPeriod", None, line.promised))
        _put(node, delivery)
        _put(node, self.delivery_terms(line))
        if line.discount:
            _put(node, self.allowance(line.discount))
        price = _node("Price")
        currency = self.quotation.currency
        _add(price, "PriceAmount", _number(line.price), currencyID=currency)
        _add(price, "BaseQuantity", "1", unitCode=line.unit_code)
        _put(node, price)
        _put(node, self.item(line))
        return node

    def item(self, line):
        node = _node("Item")
        _add(node, "Description", line.description)
        _add(node, "Name", line.name)
        _put(node, _wrap("BuyersItemIdentification", "ID", line.buyer_code))
        _put(node, _wrap("SellersItemIdentification", "ID", line.seller_code))
        _put(node, _wrap("StandardItemIdentification", "ID", line.barcode, schemeID="GTIN"))
        for tax in line.taxes:
            _put(node, self.tax_category("ClassifiedTaxCategory", tax))
        return node

    def amount(self, node, name, value):
        if value is not None:
            text = f"{value:.{self.quotation.decimals}f}"
            _add(node, name, text, currencyID=self.quotation.currency)


def _node(name):
    return etree.Element(f"{{{CAC}}}{name}")


def _wrap(name, inner, value, **attributes):
    node = _node(name)
    _add(node, inner, value, **attributes)
    return node


def _period(name, first, last):
    node = _node(name)
    _add(node, "StartDate", first)
    _add(node, "EndDate", last)
    return node


def _put(parent, node):
    """Append an element unless it is empty."""
    if len(node):
        parent.append(node)


def _add(parent, name, value, **attributes):
    """Append a basic element unless it has no value."""
    text = "" if value is None or value is False else _clean(value)
    if text:
        node = etree.SubElement(parent, f"{{{CBC}}}{name}", **attributes)
        node.text = text


def _clean(value):
    r"""
    >>> _clean("Seal \x0b 35 < 52")
    'Seal  35 < 52'
    """
    return NO_XML.sub("", str(value)).strip()


def _number(value):
    """A number without needless zeros and never in powers of ten.

    >>> _number(Decimal("100.500"))
    '100.5'
    >>> _number(Decimal("1E+3"))
    '1000'
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
