"""What a customer agreed to, as one short value that changes whenever it does."""

import hashlib
import json


def fingerprint(rows):
    """Return the SHA-256 (64 hexadecimal digits) of ``rows``.

    ``rows`` is anything that JSON can hold. Numbers are compared as they are written, so the
    caller rounds them first; the order of keys does not matter, the order of rows does.

    >>> fingerprint([{"a": 1, "b": 2}]) == fingerprint([{"b": 2, "a": 1}])
    True
    >>> fingerprint([{"a": 1}, {"a": 2}]) == fingerprint([{"a": 2}, {"a": 1}])
    False
    """
    text = json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
