"""Files that no honest sender writes, each with a name: the same ones in every run.

:func:`files` has them all, made once. They are small or made of repetitions, so that the whole
set costs seconds; what a limit has to stop is larger than that limit.
"""

import functools
import random
from dataclasses import dataclass

from .malformed_csv import csv_files
from .malformed_ubl import ubl_files
from .malformed_xlsx import xlsx_files

SEED = 19


@dataclass(frozen=True)
class Case:
    """What is wrong, and the file that shows it."""

    name: str
    file: str
    content: bytes

    def __str__(self):
        return f"{self.file} {self.name}"


@functools.cache
def files():
    """All cases, whatever kind of file they pretend to be."""
    chance = random.Random(SEED)
    return [
        Case(name, file, content)
        for maker in (ubl_files, xlsx_files, csv_files, other_files)
        for name, file, content in maker(chance)
    ]


def other_files(chance):
    """Kinds that nobody reads, and kinds that lie about what they are."""
    noise = chance.randbytes(3_000)
    yield "zero bytes", "empty.xml", b""
    yield "zero bytes", "empty.bin", b""
    yield "noise", "noise.bin", noise
    yield "noise", "noise.xml", noise
    yield "noise", "no extension", noise
    yield "torn", "drawing.pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog"
    yield "nothing but its first bytes", "photo.jpg", b"\xff\xd8\xff\xe0"
    yield "so many pixels that it cannot be drawn", "photo.png", _png(60_000)
    yield "no pixels", "empty.png", _png(0)
    yield "script", "logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"
    yield "script", "page.html", b"<html><script>alert(1)</script>"
    yield "program", "offer.exe", b"MZ" + noise
    yield "two endings", "list.pdf.exe", b"MZ"
    yield "mail in a file", "mail.eml", b"Subject: x\r\n\r\nbody"
    yield "a request by its name only", "RequestForQuotation.xml", b"RequestForQuotation"
    yield "signature of 7z", "list.7z", b"7z\xbc\xaf\x27\x1c" + noise
    yield "unnamed blank", " ", b"x"


def _png(side):
    """The first bytes of a picture that says to be so large."""
    size = side.to_bytes(4, "big")
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size * 2 + b"\x08\x06\x00\x00\x00\x00\x00\x00\x00"
    )
