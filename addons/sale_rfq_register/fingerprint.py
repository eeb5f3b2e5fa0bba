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


def written(value, digits):
    """A number with so many decimals, and with more where it has more.

    >>> written(10, 2), written(0.0149, 2), written(0.1 + 0.2, 2), written(1234567.89, 2)
    ('10.00', '0.0149', '0.30', '1234567.89')
    >>> written(3, 0), written(-0.5, 0)
    ('3', '-0.5')
    """
    # a float has some fifteen digits
    told = min(10, max(digits, 15 - len(str(int(abs(value))))))
    whole, _point, decimals = f"{value:.{told}f}".partition(".")
    decimals = decimals.rstrip("0").ljust(digits, "0")
    return f"{whole}.{decimals}" if decimals else whole
