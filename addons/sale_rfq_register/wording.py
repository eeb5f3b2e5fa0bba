"""The form in which what customers write is compared."""

import hashlib
import re
import unicodedata

LONGEST = 200


def code_key(code):
    """Return the form in which two spellings of one article code are the same.

    >>> code_key(" ab-100 24 ")
    'ab-10024'
    >>> code_key("ＡＢ\u00a01") == code_key("ab1")
    True
    >>> code_key(" - ") is None
    True
    """
    return _key("".join(_plain(code).split()))


def words_key(words):
    """Return the form in which two spellings of the same words are the same.

    >>> words_key("Shaft  Seal\\n35x52x7 ")
    'shaft seal 35x52x7'
    >>> words_key("?") is None and words_key(False) is None
    True

    A database index takes only so much, so a long text is told by its beginning and its digest.

    >>> len(words_key("long " * 1000))
    265
    >>> words_key("long " * 1000) == words_key("LONG " * 1001)
    False
    """
    return _key(" ".join(_plain(words).split()))


def _plain(text):
    # Twice, since the second step may leave letters that the first one would change.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text or "").casefold())


def _key(text):
    """Return a key without what the database refuses, if there is anything to recognise."""
    text = text.replace("\0", "")
    if not re.search(r"[^\W_]", text):
        return None
    if len(text) > LONGEST:
        return f"{text[:LONGEST]}#{hashlib.sha256(text.encode()).hexdigest()}"
    return text
