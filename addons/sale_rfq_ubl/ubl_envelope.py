"""Find a UBL RequestForQuotation in the bytes that arrived: its encoding and what is around it.

A file says its encoding by its first bytes or its declaration, and senders get both wrong.
Gateways put the document into an envelope (StandardBusinessDocument, SOAP, AttachedDocument), as
elements, as escaped text or in base64.

What comes from outside is not trusted: document types (and with them entities) are refused, and
nothing is fetched.
"""

import base64
import binascii
import codecs
import re
from dataclasses import dataclass, field

from lxml import etree

from odoo.addons.sale_rfq_register.text_encoding import guess_encoding

KIND = "RequestForQuotation"
ROOT = f"{{urn:oasis:names:specification:ubl:schema:xsd:{KIND}-2}}{KIND}"
MAX_BYTES = 20_000_000
MAX_DEPTH = 3  # envelopes in envelopes
HEAD = 10_000
BLANKS = " \t\r\n\ufeff\x00\x1a"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# the first sign of XML after blanks, in encodings of two and four bytes
WIDE = (
    (re.compile(rb"(?:[ \t\r\n]\0\0\0)*<\0\0\0"), "utf-32-le"),
    (re.compile(rb"(?:\0\0\0[ \t\r\n])*\0\0\0<"), "utf-32-be"),
    (re.compile(rb"(?:[ \t\r\n]\0)*<\0"), "utf-16-le"),
    (re.compile(rb"(?:\0[ \t\r\n])*\0<"), "utf-16-be"),
)
DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']\s*([\w.:-]+)""")
ENVELOPE = re.compile(r"<(?:[\w.-]+:)?(?:StandardBusinessDocument|Envelope|AttachedDocument)[\s>]")
PAGE = re.compile(r"<(?:!doctype\s+html|html|table)[\s>]", re.IGNORECASE)
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]{100,}\Z")


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
class Found:
    """The document, and ``(root, carrier)`` of each envelope, where ``carrier`` holds it.

    ``guessed`` is the encoding when file and declaration do not tell the right one; ``more`` is
    how many other such documents the envelope holds.
    """

    root: etree._Element
    envelopes: list = field(default_factory=list)
    guessed: str | None = None
    more: int = 0


def is_request(content):
    """Whether the bytes look like a RequestForQuotation or an envelope, without parsing them.

    >>> is_request(b"\\n<x:Envelope xmlns:x='urn:x'>"), is_request(b"<html>RequestForQuotation")
    (True, False)
    >>> is_request("<RequestForQuotation>".encode("utf-16")), is_request(b"RequestForQuotation")
    (True, False)
    """
    if b"<" not in content[:200]:
        return False
    encoding, _guessed = find_encoding(content)
    width = len("<".encode(encoding)) if encoding in {name for _sign, name in WIDE} else 1
    head = content[: HEAD * width].decode(encoding, "replace").lstrip(BLANKS)
    if not head.startswith("<") or PAGE.match(head):
        return False
    return KIND in head or bool(ENVELOPE.search(head))


def find(content, depth=0):
    """Find the document in the bytes of a file.

    :return: :class:`Found`
    :raise NotReadable: there is none
    """
    if len(content) > MAX_BYTES:
        raise NotReadable("too_big", f"{MAX_BYTES // 1_000_000} MB")
    encoding, guessed = find_encoding(content)
    root = _parse(_decode(content, encoding))
    documents = list(root.iter(ROOT))
    if documents:
        around = [] if documents[0] is root else [(root, documents[0])]
        return Found(documents[0], around, guessed, len(documents) - 1)
    found = _find_inside(root, depth) if depth < MAX_DEPTH else None
    if not found:
        raise NotReadable("other_document", etree.QName(root).localname)
    return found


def find_encoding(content):
    """The encoding by the first bytes, else the declared one, else the one that fits the letters.

    :return: ``(encoding, guessed)``; ``guessed`` is ``None`` where the file tells it

    >>> find_encoding("<a/>".encode("utf-16-be")), find_encoding(b"<a/>")
    (('utf-16-be', None), ('utf-8', None))
    >>> find_encoding("<a>Болт</a>".encode("windows-1251"))
    ('windows-1251', 'windows-1251')
    >>> find_encoding("<?xml version='1.0' encoding='koi8-r'?><a>Болт</a>".encode("koi8-r"))
    ('koi8-r', None)
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding, None
    for sign, encoding in WIDE:
        if sign.match(content):
            return encoding, None
    declared = DECLARED.match(content[:HEAD])
    encoding = _get_codec(declared[1].decode()) if declared else "utf-8"
    if encoding and encoding != "utf-8":
        return encoding, None
    guessed = _guess(content) or (None if encoding else "utf-8")
    return guessed or "utf-8", guessed


def _get_codec(name):
    """The name of a declared encoding, ``None`` for one that there is not.

    One of wide signs is told by the first bytes only.

    >>> _get_codec("CP1251"), _get_codec("UTF-16"), _get_codec("x-martian"), _get_codec("base64")
    ('CP1251', 'utf-8', None, None)
    """
    try:
        codec = codecs.lookup(name)
    except LookupError:
        return None
    if not codec._is_text_encoding:
        return None
    known = codec.name
    if known.startswith(("utf-16", "utf-32", "utf-8")):
        return "utf-8"
    # who says Latin-1 or ASCII means what his Windows writes
    return "windows-1252" if known in {"iso8859-1", "ascii"} else name


def _guess(content):
    """The encoding of what says UTF-8 and has no letter in it; ``None`` where there is one."""
    try:
        content.decode()
    except UnicodeDecodeError:
        known = content.decode("utf-8", "replace").replace("\ufffd", "")
        return guess_encoding(content) if known.isascii() else None
    return None


def _decode(content, encoding):
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "windows-1252":
            return content.decode("latin-1")
        raise NotReadable("broken", str(error)) from error


def _parse(text):
    text = DECLARATION.sub("", text.strip(BLANKS), count=1).strip(BLANKS)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise NotReadable("broken", error.msg) from error
    except ValueError as error:
        raise NotReadable("broken", str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise NotReadable("document_type", root.getroottree().docinfo.doctype)
    return root


def _find_inside(root, depth):
    """The document that an element carries as text or in base64, or ``None``."""
    refusal = None
    for node in root.iter(etree.Element):
        content = _get_payload(node)
        if content is None:
            continue
        try:
            found = find(content, depth + 1)
        except NotReadable as error:
            refusal = error
            continue
        found.envelopes.insert(0, (root, node))
        return found
    if refusal and refusal.reason != "other_document":
        raise refusal
    return None


def _get_payload(node):
    """The bytes of a document that the element carries, or ``None``."""
    text = (node.text or "").strip(BLANKS)
    if text.startswith("<"):
        content = text.encode()
    elif BASE64.match(text):
        try:
            content = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            return None
    else:
        return None
    return content if is_request(content) else None
