"""Put right in an e-mail what reading it would stumble over or lose.

Odoo decodes every part of the type ``text``, files too, by the encoding that the mail declares: an
unknown one is an error, and a wrong one leaves marks in place of letters. Here a text gets the
encoding that its letters tell, and a file that would not survive becomes plain bytes. Everything
else stays as it is.

>>> from email import message_from_bytes, policy
>>> source = b"Content-Type: text/plain; charset=x\\n\\n\\xc1\\xee"
>>> mail = message_from_bytes(source, policy=policy.SMTP)
>>> repair(mail)
>>> mail.get_content()
'Бо'
"""

import base64
import quopri
import re
from email import policy
from email.message import EmailMessage

from .text_encoding import guess_encoding

# what core reads as bytes; a ``message`` is looked at by itself, of any other it knows nothing
READ_AS_BYTES = {"application", "audio", "image", "video"}
KEPT_HEADERS = {
    "from",
    "to",
    "cc",
    "delivered-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "return-path",
    "auto-submitted",
    "precedence",
}


def repair(message):
    """Change the parts of an ``email.message.EmailMessage`` that cannot be decoded faithfully."""
    for part in reversed(list(message.walk())):
        kind = part.get_content_maintype()
        if kind == "multipart":
            _show_whole(part)
        if part.get_content_maintype() == "text":
            _repair_text(part)
        elif kind == "message":
            _repair_message(part)
        elif kind != "multipart" and not _is_read_as_bytes(part, kind):
            part.set_type("application/octet-stream")


def keep_whole(message, text):
    """A plain mail with the same sender, receivers and subject and the given one as its file.

    For a mail that cannot be taken apart.

    >>> from email import message_from_bytes, policy
    >>> mail = message_from_bytes(b"Subject: a\\n\\nb", policy=policy.SMTP)
    >>> kept = keep_whole(mail, "see the file")
    >>> kept["Subject"], [part.get_filename() for part in kept.iter_attachments()]
    ('a', ['original.eml'])
    """
    kept = EmailMessage(policy=policy.SMTP)
    for name, value in message.raw_items():
        if name.lower() in KEPT_HEADERS and name not in kept:
            _copy_header(kept, name, str(value))
    kept.set_content(text)
    kept.add_attachment(
        _as_bytes(message),
        maintype="application",
        subtype="octet-stream",
        filename="original.eml",
    )
    return kept


def _copy_header(kept, name, value):
    """Set the header; of one that no parser takes, the addresses."""
    value = " ".join(value.encode(errors="replace").decode().split())
    for attempt in (value, ", ".join(re.findall(r"<?[\w.+-]+@[\w.-]+>?", value))):
        try:
            kept[name] = attempt
            str(kept[name])
            return
        except Exception:  # the header parser fails in many ways on what programs write
            del kept[name]


def _as_bytes(message):
    for rules in (message.policy, policy.compat32):
        try:
            return message.as_bytes(policy=rules)
        except Exception:  # what cannot be decoded cannot always be written either
            continue
    lines = [f"{name}: {value}" for name, value in message.raw_items()]
    parts = [str(part.get_payload()) for part in message.walk() if not part.is_multipart()]
    return "\n".join([*lines, "", *parts]).encode(errors="replace")


def _repair_text(part):
    content = part.get_payload(decode=True) or b""
    if _is_file(part) or not _is_shown(part):
        if not _survives(content, part.get_content_charset() or "utf-8"):
            part.set_type("application/octet-stream")
    elif not _survives(content, part.get_content_charset() or "ascii"):
        part.set_param("charset", guess_encoding(content))


def _is_read_as_bytes(part, kind):
    # core renames these two, and with them loses the name of the file
    strange = part.get_content_type() in ("binary/octet-stream", "*/*")
    return kind in READ_AS_BYTES and not strange and not part.is_multipart()


def _repair_message(part):
    """Keep a mail in the mail that cannot be taken out, or was encoded as a whole, as a file."""
    encoding = part.get("Content-Transfer-Encoding", "").strip().lower()
    if part.get_content_subtype() == "delivery-status":
        return
    if encoding not in ("base64", "quoted-printable"):
        try:
            content = part.get_content()
            if bytes(content):
                return
        except Exception:  # whatever it is, its bytes are kept
            encoding = ""
    subparts = part.get_payload() if part.is_multipart() else []
    whole = b"\n".join(map(_as_bytes, subparts)).lstrip(b"\n")
    whole = whole or (part.get_payload() or "").encode(errors="surrogateescape")
    _put_bytes(part, _decode(whole, encoding))


def _decode(content, encoding):
    """The bytes that were encoded; those that were not stay as they are."""
    if encoding == "quoted-printable":
        return quopri.decodestring(content)
    try:
        plain = b"".join(content.split())
        return base64.b64decode(plain, validate=True) if encoding == "base64" else content
    except ValueError:
        return content


def _put_bytes(part, content):
    name = part.get_filename() or "message.eml"
    del part["Content-Disposition"]
    part.set_content(content, maintype="application", subtype="octet-stream", filename=name)


def _show_whole(part):
    """What says to be of several parts and cannot be taken apart is a text, and not nothing."""
    if not part.is_multipart() and part.get_content_subtype() != "report":
        part.set_type("text/plain")


def _is_file(part):
    disposition = part.get("Content-Disposition", "").strip()
    return bool(part.get_filename()) or disposition.startswith("attachment")


def _is_shown(part):
    """Whether core shows the part; the parser calls text what has a type that it cannot read."""
    declared = part.get("Content-Type", "text/plain").strip().lower()
    return declared.startswith(("text/plain", "text/html", "multipart/"))


def _survives(content, charset):
    """Whether the bytes are the same after they were decoded and encoded.

    >>> _survives(b"abc", "utf-8"), _survives(b"\\xff", "utf-8"), _survives(b"abc", "x-martian")
    (True, False, False)
    """
    try:
        return content.decode(charset).encode(charset) == content
    except (LookupError, ValueError):
        return False
