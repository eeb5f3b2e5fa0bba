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

from .text_encoding import guess_encoding


def repair(message):
    """Change the parts of an ``email.message.EmailMessage`` that cannot be decoded faithfully."""
    for part in message.walk():
        if part.get_content_maintype() == "multipart":
            _show_whole(part)
        if part.get_content_maintype() != "text":
            continue
        content = part.get_payload(decode=True) or b""
        if _is_file(part):
            if not _survives(content, part.get_content_charset() or "utf-8"):
                part.set_type("application/octet-stream")
        elif not _survives(content, part.get_content_charset() or "ascii"):
            part.set_param("charset", guess_encoding(content))


def _show_whole(part):
    """What says to be of several parts and cannot be taken apart is a text, and not nothing."""
    if not part.is_multipart() and part.get_content_subtype() != "report":
        part.set_type("text/plain")


def _is_file(part):
    disposition = part.get("Content-Disposition", "").strip()
    return bool(part.get_filename()) or disposition.startswith("attachment")


def _survives(content, charset):
    """Whether the bytes are the same after they were decoded and encoded.

    >>> _survives(b"abc", "utf-8"), _survives(b"\\xff", "utf-8"), _survives(b"abc", "x-martian")
    (True, False, False)
    """
    try:
        return content.decode(charset).encode(charset) == content
    except (LookupError, ValueError):
        return False
