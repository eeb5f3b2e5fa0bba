"""Requests for quotation in UBL, torn, lying or hostile."""

from odoo.tools.misc import file_open

from .test_ubl_request import DEMO, HEAD, TAIL

CUTS = 18
QUANTITIES = (
    *("-1", "NaN", "INF", "-INF", "1e308", "1e999", "9" * 400, "10000000000000", "1,5", "0x10"),
    *("", " ", "many", "1 000", "1_000", "١٢", "0", "1e-400", "--1", "1/2"),
)
DATES = (
    *("0000-00-00", "0000-01-01", "0001-01-01", "9999-12-31", "9999-99-99", "10000-01-01"),
    *("-0044-03-15", "2026-02-30", "20260230", "2026-W53-9", "2026-13-01T00:00:00+99:00"),
    *("yesterday", "٢٠٢٦-٠١-٠١", ""),
)
TEXTS = {
    "script": "<![CDATA[<script>alert(1)</script>]]>",
    "template": "${object.env} {{7*7}} %(name)s %s {0}",
    "statement": "'; DROP TABLE sale_order; --",
    "right to left": "\u202egpj.exe\u202c",
    "four bytes": "\U0001f4a3\U0001d54f",
    "halves of signs": "e\u0301" * 200,
    "blanks": " \t\n\u00a0\u2028 ",
    "long": "x" * 200_000,
    "many rows": "row\n" * 5_000,
    "no sign": "\ufffd",
}


def ubl_files(_chance):
    """Triples of what is wrong, the file's name and its bytes."""
    with file_open(DEMO, "rb") as file:
        good = file.read()
    for group in (_torn, _entities, _encodings, _shapes, _documents):
        for name, content in group(good):
            yield name, "request.xml", content
    for name, content in _values():
        yield name, "request.xml", content.encode()


def _torn(good):
    for cut in range(5, len(good), len(good) // CUTS):
        yield f"cut at byte {cut}", good[:cut]
    yield "twice in a file", good + good
    yield "upside down", b"\n".join(reversed(good.splitlines()))
    yield "something behind it", good + b"<x/>"
    yield "blanks before it", b"\n\n  " + good
    yield (
        "a byte changed in the root",
        good.replace(b"<RequestForQuotation", b"<RequestForQuotatio", 1),
    )


def _entities(_good):
    laughs = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 11))
    for name, subset, body in (
        ("a billion laughs", f'[<!ENTITY e0 "ha">{laughs}]', "&e10;"),
        ("a quadratic blow-up", f'[<!ENTITY a "{"a" * 50_000}">]', "&a;" * 2_000),
        ("an entity that is itself", '[<!ENTITY a "&b;"><!ENTITY b "&a;">]', "&a;"),
        ("a file of the server", '[<!ENTITY f SYSTEM "file:///etc/passwd">]', "&f;"),
        ("a page elsewhere", '[<!ENTITY f SYSTEM "http://127.0.0.1:9/x">]', "&f;"),
        ("a public identifier", '[<!ENTITY f PUBLIC "-//x" "file:///etc/hosts">]', "&f;"),
        ("a parameter entity", '[<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]', "x"),
        ("a document type elsewhere", 'SYSTEM "http://127.0.0.1:9/x.dtd"', "x"),
        ("an empty document type", "[]", "x"),
        ("a device", '[<!ENTITY f SYSTEM "file:///dev/zero">]', "&f;"),
    ):
        yield name, f"<!DOCTYPE r {subset}>{HEAD}<cbc:ID>{body}</cbc:ID>{TAIL}".encode()
    include = '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"'
    yield "an inclusion", f'{HEAD}<cbc:ID>{include} parse="text"/></cbc:ID>{TAIL}'.encode()
    yield "an unknown entity", f"{HEAD}<cbc:ID>&nobody;</cbc:ID>{TAIL}".encode()
    sheet = '<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>'
    yield "a style sheet", f"{sheet}{HEAD}{TAIL}".encode()


def _encodings(_good):
    text = f"{HEAD}<cbc:ID>Запрос</cbc:ID>{TAIL}"

    def declared(name):
        return f'<?xml version="1.0" encoding="{name}"?>{text}'

    yield "windows-1251 that says UTF-8", declared("utf-8").encode("windows-1251")
    yield "UTF-8 that says UTF-16", declared("utf-16").encode()
    yield "UTF-16 that says UTF-8", declared("utf-8").encode("utf-16")
    yield "UTF-16 without its mark", declared("utf-16").encode("utf-16-le")
    yield "UTF-16 without mark and declaration", text.encode("utf-16-be")
    yield "UTF-32", declared("utf-32").encode("utf-32")
    yield "UTF-7", declared("utf-7").encode("utf-7")
    yield "EBCDIC", HEAD.encode("cp500") + TAIL.encode("cp500")
    yield "EBCDIC by its declaration", declared("ebcdic-cp-be").encode()
    yield "an encoding that does not exist", declared("x-martian").encode()
    yield "two marks", b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode()
    yield "the mark of another encoding", b"\xff\xfe" + text.encode()
    yield "zeros in it", text.encode().replace(b"cbc:ID>", b"cbc:ID>\x00", 1)
    yield "a zero as a reference", text.replace("Запрос", "&#0;").encode()
    yield "a control sign", text.replace("Запрос", "\x0b").encode()
    yield "half a sign", text.encode().replace("З".encode(), b"\xd0", 1)
    yield "an overlong sign", text.encode().replace("З".encode(), b"\xc0\xaf", 1)
    yield "half of a pair", text.encode().replace("З".encode(), b"\xed\xa0\x80", 1)


def _shapes(_good):
    def whole(body):
        return f"{HEAD}{body}{TAIL}".encode()

    yield "250 levels", whole("<a>" * 250 + "</a>" * 250)
    yield "100,000 levels", whole("<a>" * 100_000 + "</a>" * 100_000)
    yield "levels that never end", whole("<a>" * 100_000)
    attributes = " ".join(f'a{number}="x"' for number in range(50_000))
    yield "50,000 attributes", whole(f"<a {attributes}/>")
    yield "the same attribute twice", whole('<a b="1" b="2"/>')
    yield "an attribute of a megabyte", whole(f'<a b="{"x" * 1_000_000}"/>')
    yield "a text of twelve megabytes", whole(f"<cbc:ID>{'x' * 12_000_000}</cbc:ID>")
    yield "100,000 elements", whole("<a/>" * 100_000)
    yield "100,000 notes", whole("<cbc:Note>x</cbc:Note>" * 100_000)
    yield (
        "20,000 namespaces",
        whole("".join(f'<a xmlns:n{number}="urn:{number}"/>' for number in range(20_000))),
    )
    yield "a comment of a megabyte", whole(f"<!--{'x' * 1_000_000}-->")
    yield "a comment in a value", whole("<cbc:ID>1<!-- x -->2<?p i?>3</cbc:ID>")
    yield "a hidden section that never ends", whole("<cbc:ID><![CDATA[x")
    yield "more than is read", whole(" " * 20_000_000)


def _documents(_good):
    for kind in ("Invoice", "Order", "Quotation", "Catalogue", "x"):
        text = f"{HEAD}<cbc:Note>RequestForQuotation</cbc:Note>{TAIL}"
        for end in ("<", "</"):
            text = text.replace(f"{end}RequestForQuotation", f"{end}{kind}")
        yield f"it is a {kind}", text.encode()
    yield "of no namespace", b"<RequestForQuotation><ID>1</ID></RequestForQuotation>"
    yield "of UBL 1.0", f"{HEAD}{TAIL}".replace("RequestForQuotation-2", "RFQ-1.0").encode()
    yield "an unknown prefix", f"{HEAD}<zzz:ID>1</zzz:ID>{TAIL}".encode()
    yield "nothing in it", f"{HEAD}{TAIL}".encode()
    yield "inside of another", f"<Envelope>{HEAD}{TAIL}</Envelope>".encode()
    yield "as a word in a table", b"<table><tr><td>RequestForQuotation</td></tr></table>"


def _values():
    def line(item, quantity="1", unit="C62", number="1"):
        return (
            f"<cac:RequestForQuotationLine><cbc:ID>{number}</cbc:ID><cac:LineItem>"
            f"<cbc:ID>{number}</cbc:ID><cbc:Quantity unitCode='{unit}'>{quantity}</cbc:Quantity>"
            f"<cac:Item><cbc:Name>{item}</cbc:Name></cac:Item></cac:LineItem>"
            "</cac:RequestForQuotationLine>"
        )

    def whole(body):
        return f"{HEAD}{body}{TAIL}"

    for quantity in QUANTITIES:
        yield f"the quantity “{quantity[:20]}”", whole(line("Bearing", quantity))
    for day in DATES:
        yield (
            f"the day “{day}”",
            whole(
                f"<cbc:IssueDate>{day}</cbc:IssueDate><cbc:IssueTime>99:99:99</cbc:IssueTime>"
                f"<cbc:SubmissionDueDate>{day}</cbc:SubmissionDueDate>{line('Bearing')}"
            ),
        )
    for name, text in TEXTS.items():
        yield (
            f"text: {name}",
            whole(f"<cbc:ID>{text}</cbc:ID><cbc:Note>{text}</cbc:Note>{line(text, unit='x')}"),
        )
    yield "the same number on each line", whole(line("Bearing") * 50)
    yield "an unknown unit", whole(line("Bearing", unit="PARSEC"))
    yield "a long unit", whole(line("Bearing", unit="X" * 5_000))
    yield "lines that say nothing", whole("<cac:RequestForQuotationLine/>" * 20)
    for currency in ("XXX", "€", "E" * 3_000, ""):
        yield (
            f"the currency “{currency[:5]}”",
            whole(
                f"<cbc:PricingCurrencyCode>{currency}</cbc:PricingCurrencyCode>{line('Bearing')}"
            ),
        )
    yield (
        "a tax number of nobody",
        whole(
            "<cac:BuyerCustomerParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>%_' OR 1=1"
            "</cbc:CompanyID></cac:PartyTaxScheme><cac:PartyName><cbc:Name>%</cbc:Name>"
            "</cac:PartyName><cac:Contact><cbc:ElectronicMail>@@,;&lt;x&gt;</cbc:ElectronicMail>"
            "<cbc:Telephone>+++</cbc:Telephone></cac:Contact></cac:Party></cac:BuyerCustomerParty>"
        ),
    )
