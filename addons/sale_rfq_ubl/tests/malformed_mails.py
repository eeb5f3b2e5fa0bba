"""E-mails that no honest program writes, as they come over the wire.

Each case is a name and a function that takes the address of the register and the id of the
message and gives the bytes. ``WORDS`` stand in the text of each mail that has one.
"""

import base64

WORDS = "Please quote ten bearings"
PDF = b"%PDF-1.4 \x00\xff\r\n\n\r drawing"


def mail(body, content_type="text/plain; charset=utf-8", **headers):
    """A maker of a mail with these headers; ``None`` leaves one out."""

    def make(address, number):
        lines = {
            "From": "Ann Buyer <ann@buyer.example.com>",
            "To": address,
            "Subject": "Request",
            "Date": "Mon, 02 Mar 2026 09:15:00 +0000",
            "Message-Id": f"<{number}@buyer.example.com>",
            "MIME-Version": "1.0",
            "Content-Type": content_type,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        head = b"".join(
            _bytes(name) + b": " + _bytes(value).replace(b"ADDRESS", _bytes(address)) + b"\r\n"
            for name, value in lines.items()
            if value is not None
        )
        return head + b"\r\n" + _bytes(body)

    return make


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def parts(*bodies, kind="mixed", end="--b--\r\n"):
    """A mail of several parts, each with its own headers."""
    text = b"".join(b"--b\r\n" + _bytes(body) + b"\r\n" for body in bodies)
    return mail(text + _bytes(end), f'multipart/{kind}; boundary="b"')


TEXT = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{WORDS}"


def attached(name, content=PDF, head="Content-Type: application/pdf", disposition=None):
    """A part with a file; the name is put in as it is."""
    disposition = disposition or b'attachment; filename="' + _bytes(name) + b'"'
    return (
        _bytes(head)
        + b"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: "
        + disposition
        + b"\r\n\r\n"
        + base64.encodebytes(content).replace(b"\n", b"\r\n")
    )


def texts():
    """Mails without files: name and maker."""
    page = f"<html><body><p>{WORDS}</p><script>alert(1)</script><img src=x onerror=y></body>"
    long = "x" * 5_000
    return {
        "no subject": mail(WORDS, Subject=None),
        "an empty subject": mail(WORDS, Subject=""),
        "a subject of 5,000 signs": mail(WORDS, Subject=long),
        "a subject in raw UTF-8": mail(WORDS, Subject="Запрос"),
        "a subject in raw windows-1251": mail(WORDS, Subject="Запрос".encode("windows-1251")),
        "a subject in an unknown encoding": mail(WORDS, Subject="=?x-martian?B?0J7Q?="),
        "a subject that says UTF-8 and is not": mail(WORDS, Subject="=?utf-8?Q?=FF=FE=00?="),
        "a subject that is torn": mail(WORDS, Subject="=?utf-8?B?0J7Q"),
        "a subject with a script": mail(WORDS, Subject="<script>alert(1)</script>"),
        "an HTML page only": mail(page, "text/html; charset=utf-8"),
        "an HTML page that is torn": mail(f"<div><p>{WORDS}<table><tr><td", "text/html"),
        "HTML with a declaration": mail(
            f'<?xml version="1.0" encoding="utf-8"?><html><body>{WORDS}</body></html>',
            "text/html; charset=utf-8",
        ),
        "windows-1251 that says UTF-8": mail(f"{WORDS} Запрос".encode("windows-1251")),
        "an unknown encoding": mail(WORDS, "text/plain; charset=x-martian"),
        "an empty encoding": mail(WORDS, "text/plain; charset="),
        "a blank for an encoding": mail(WORDS, 'text/plain; charset=" "'),
        "no encoding, 8 bits": mail(f"{WORDS} Запрос".encode("koi8-r"), "text/plain"),
        "UTF-16": mail(WORDS.encode("utf-16"), "text/plain; charset=utf-16"),
        "EBCDIC": mail(WORDS.encode("cp500"), "text/plain; charset=cp500"),
        "zeros in the text": mail(f"{WORDS}\x00\x00"),
        "a transfer encoding nobody knows": mail(WORDS, Content_Transfer_Encoding="x-martian"),
        "base64 that is none": mail(f"{WORDS}!", Content_Transfer_Encoding="base64"),
        "quotes that are torn": mail(
            f"{WORDS} =ZZ =", Content_Transfer_Encoding="quoted-printable"
        ),
        "a type that is none": mail(WORDS, "text"),
        "an empty type": mail(WORDS, ""),
        "no type": mail(WORDS, Content_Type=None),
        "several parts without a boundary": mail(WORDS, "multipart/mixed"),
        "a text of two megabytes": mail(f"{WORDS}\r\n" * 80_000),
        "a line of a megabyte": mail(WORDS + "x" * 1_000_000),
        "no date": mail(WORDS, Date=None),
        "yesterday": mail(WORDS, Date="yesterday"),
        "a day of the year 0001": mail(WORDS, Date="Mon, 01 Jan 0001 00:00:00 +0000"),
        "a day after the last": mail(WORDS, Date="Fri, 31 Dec 9999 23:59:59 -1200"),
        "a zone of 99 hours": mail(WORDS, Date="Mon, 02 Mar 2026 09:15:00 +9999"),
        "no sender": mail(WORDS, From=None),
        "an empty sender": mail(WORDS, From="<>"),
        "a sender without an address": mail(WORDS, From="Ann Buyer"),
        "a hundred senders": mail(WORDS, From=", ".join(f"a{n}@x.example" for n in range(100))),
        "a sender of 5,000 signs": mail(WORDS, From=f"{long} <ann@buyer.example.com>"),
        "a sender in raw windows-1251": mail(
            WORDS, From="Анна".encode("cp1251") + b" <a@x.example>"
        ),
        "a sender of two lines": mail(WORDS, From='"Ann\r\n\tBuyer" <ann@buyer.example.com>'),
        "a sender that says to be the register": mail(WORDS, From="Register <x@ADDRESS>"),
        "no message id": mail(WORDS, Message_Id=None),
        "a message id without brackets": mail(WORDS, Message_Id="one two  three"),
        "a message id of 5,000 signs": mail(WORDS, Message_Id=f"<{long}@x.example>"),
        "200 recipients": mail(
            WORDS, Cc=", ".join(f"c{number}@x.example" for number in range(200))
        ),
        "the address among the copies": mail(WORDS, To="x@x.example", Cc="ADDRESS"),
        "the address by delivery only": mail(
            WORDS, To="undisclosed-recipients:;", Delivered_To="ADDRESS"
        ),
        "an answer to nothing": mail(WORDS, In_Reply_To="<nobody@x.example>"),
        "5,000 references": mail(WORDS, References=" ".join(f"<{n}@x>" for n in range(5_000))),
        "a line end of its own kind": lambda address, number: mail(WORDS)(address, number).replace(
            b"\r\n", b"\n"
        ),
    }


def silent():
    """Mails without a word to keep."""
    return {
        "no text": mail(""),
        "neither subject nor text": mail("", Subject=None),
        "an HTML page without text": mail(
            "<html><body><img src='cid:x'></body></html>", "text/html"
        ),
        "no parts": mail("", 'multipart/mixed; boundary="b"'),
        "a boundary of another mail": mail(
            f"--x\r\n{TEXT}\r\n--x--", 'multipart/mixed; boundary="b"'
        ),
        "parts without an end, and empty": parts("", end=""),
    }


def with_files():
    """Mails with files: name, maker, and the files that have to be kept."""
    inner = b"Subject: inner\r\nContent-Type: text/plain\r\n\r\ninner text\r\n"
    deep = TEXT
    for level in range(40):
        head = f'Content-Type: multipart/mixed; boundary="b{level}"'
        deep = f"{head}\r\n\r\n--b{level}\r\n{deep}\r\n--b{level}--"
    found = {
        "no end": (parts(TEXT, attached("a.pdf"), end=""), [PDF]),
        "the boundary of a part is the one of the whole": (
            parts(TEXT, 'Content-Type: multipart/mixed; boundary="b"\r\n', attached("a.pdf")),
            [PDF],
        ),
        "40 levels": (parts(deep, attached("a.pdf")), [PDF]),
        "a file without a name": (
            parts(TEXT, attached("", disposition=b"attachment")),
            [PDF],
        ),
        "an empty name": (parts(TEXT, attached("")), [PDF]),
        "an empty file": (parts(TEXT, attached("a.pdf", b"")), [b""]),
        "nothing but a file": (parts(attached("a.pdf")), [PDF]),
        "50 files": (
            parts(TEXT, *(attached(f"{n}.pdf", PDF + bytes([n])) for n in range(50))),
            [PDF + bytes([n]) for n in range(50)],
        ),
        "the same file twice": (parts(TEXT, attached("a.pdf"), attached("a.pdf")), [PDF, PDF]),
        "winmail.dat": (
            parts(
                TEXT,
                attached(
                    "winmail.dat", b"\x78\x9f\x3e\x22" + PDF, "Content-Type: application/ms-tnef"
                ),
            ),
            [b"\x78\x9f\x3e\x22" + PDF],
        ),
        "a mail in the mail": (
            parts(TEXT, b"Content-Type: message/rfc822\r\n\r\n" + inner, attached("a.pdf")),
            [PDF],
        ),
        "a signed mail": (
            parts(
                TEXT,
                attached("smime.p7s", head="Content-Type: application/pkcs7-signature"),
                kind="signed",
            ),
            [PDF],
        ),
        "an unknown kind of parts": (parts(TEXT, attached("a.pdf"), kind="martian"), [PDF]),
        "a file with an id": (
            parts(
                TEXT, attached("a.pdf", head="Content-Id: <x>\r\nContent-Type: application/pdf")
            ),
            [PDF],
        ),
        "a type of stars": (parts(TEXT, attached("a.pdf", head="Content-Type: */*")), [PDF]),
    }
    for name in (
        "../../etc/passwd",
        "C:\\x\\a.pdf",
        "a\x00b.pdf",
        "\u202efdp.exe",
        "x" * 300 + ".pdf",
    ):
        found[f"a file named {name[:12]!r}"] = (parts(TEXT, attached(name)), [PDF])
    found["a name in raw windows-1251"] = (
        parts(TEXT, attached("Заявка.pdf".encode("windows-1251"))),
        [PDF],
    )
    for charset in (
        "",
        "; charset=us-ascii",
        "; charset=utf-8",
        "; charset=x-martian",
        "; charset=",
    ):
        table = "Наименование;Количество\r\nБолт;5\n\r\x00".encode("windows-1251")
        found[f"a table as text{charset}"] = (
            parts(TEXT, attached("a.csv", table, f"Content-Type: text/csv{charset}")),
            [table],
        )
    request = '<?xml version="1.0" encoding="utf-16"?><x>Запрос</x>'.encode("utf-16")
    for kind in ("text/xml", "application/xml", "text/xml; charset=utf-8"):
        found[f"UTF-16 as {kind}"] = (
            parts(TEXT, attached("a.xml", request, f"Content-Type: {kind}")),
            [request],
        )
    return found
