"""Tell the encoding of a text from its bytes, and take out what no database takes."""

import re


def guess_encoding(content):
    """The encoding that the first bytes, zeros or letters tell; never fails.

    >>> guess_encoding("Болт М8".encode("windows-1251")), guess_encoding("Болт".encode())
    ('windows-1251', 'utf-8')
    """
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = content[:4_000]
    if len(sample) > 1 and b"\x00" in sample:
        # ASCII signs, line ends at least, have their zero on one side
        return "utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le"
    try:
        content.decode()
        return "utf-8"
    except UnicodeDecodeError:
        return "windows-1251" if _is_cyrillic(content[:100_000]) else "windows-1252"


def _is_cyrillic(content):
    """Whether the letters beyond ASCII stand together, as they do in Russian words.

    >>> _is_cyrillic("Болт М8".encode("windows-1251"))
    True
    >>> _is_cyrillic("Stück für Türen".encode("latin-1"))
    False
    """
    letters = re.findall(rb"[\xa8\xb8\xc0-\xff]+", content)
    together = sum(len(run) for run in letters if len(run) > 1)
    return together * 2 > sum(map(len, letters))


def without_zeros(value):
    """Texts, also in lists, tuples and dicts, without the sign that no database takes.

    >>> without_zeros({"subject": "a\\x00b", "files": [("c\\x00", b"\\x00")]})
    {'subject': 'ab', 'files': [('c', b'\\x00')]}
    """
    match value:
        case str():
            # also keeps markup what it is
            return value.replace("\x00", "") if "\x00" in value else value
        case dict():
            return {key: without_zeros(one) for key, one in value.items()}
        case list():
            return [without_zeros(one) for one in value]
        case tuple() if hasattr(value, "_fields"):
            return type(value)(*map(without_zeros, value))
        case tuple():
            return tuple(map(without_zeros, value))
    return value
