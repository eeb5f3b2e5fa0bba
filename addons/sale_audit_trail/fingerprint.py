"""The fingerprint of a content: what was approved or signed is the same as what stands now."""

import hashlib
import json


def fingerprint(content):
    """Compute SHA-256 of a content, 64 hexadecimal digits.

    The content is made of dicts, lists, tuples, texts, numbers, booleans and None; the order of a
    dict's keys does not count, the order of a list does. Dates are given as texts.

    >>> fingerprint({"a": 1, "b": [True, None]}) == fingerprint({"b": [True, None], "a": 1})
    True
    >>> fingerprint(["a", "b"]) == fingerprint(["b", "a"])
    False
    >>> len(fingerprint("offer"))
    64
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
