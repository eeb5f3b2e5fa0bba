"""Read what a delivery status notification (RFC 3464) says of each recipient.

>>> from email import message_from_string, policy
>>> source = '''Content-Type: message/delivery-status
...
... Reporting-MTA: dns; mx.example.com
...
... Final-Recipient: rfc822; a@example.com
... Action: failed
... Status: 5.1.10
... Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found
... '''
>>> [status] = read_statuses(message_from_string(source, policy=policy.SMTP))
>>> status.recipient, status.action, status.diagnostic
('a@example.com', 'failed', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found')
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy

# where a report says no action, the class of its status does (RFC 3463)
ACTIONS = {"2": "delivered", "4": "delayed", "5": "failed"}
# RFC 3464, 2.1.2: the fields of a recipient that may begin with a type
TYPED = r"\s*[a-z][a-z0-9-]*\s*;\s*"


@dataclass(frozen=True)
class Status:
    """What is said of one recipient; texts are empty where it does not say so."""

    action: str = ""
    recipient: str = ""
    diagnostic: str = ""


def read_statuses(message):
    """A :class:`Status` for each recipient that the notification speaks of."""
    report = next(
        (part for part in message.walk() if part.get_content_type() == "message/delivery-status"),
        None,
    )
    statuses = [_read_block(block) for block in _get_blocks(report)]
    return [status for status in statuses if status != Status()]


def _get_blocks(report):
    """The groups of fields in the part; an encoded part is taken apart here."""
    blocks = report.get_payload() if report is not None else []
    if not isinstance(blocks, list):
        return []
    if report.get("Content-Transfer-Encoding", "").strip().lower() == "base64":
        text = message_from_bytes(
            b"Content-Transfer-Encoding: base64\n\n"
            + b"\n".join(bytes(block) for block in blocks).strip()
        ).get_payload(decode=True)
        groups = re.split(rb"\r?\n(?:[ \t]*\r?\n)+", text or b"")
        return [message_from_bytes(group, policy=policy.SMTP) for group in groups]
    return blocks


def _read_block(block):
    status = _first_word(_read(block, "Status"))
    recipient = _read(block, "Final-Recipient") or _read(block, "Original-Recipient")
    return Status(
        action=_first_word(_read(block, "Action")).lower() or ACTIONS.get(status[:1], ""),
        recipient=without_type(recipient).strip("<>"),
        diagnostic=without_type(_read(block, "Diagnostic-Code")) or _read(block, "Status"),
    )


def _read(block, name):
    """The value of a field in one line; empty where there is none or none can be read."""
    try:
        return " ".join(str(block.get(name) or "").split())
    except Exception:  # the header parser fails in many ways on what mail servers write
        return ""


def _first_word(text):
    return (text.split() or [""])[0]


def without_type(text):
    """The value behind its type, whatever semicolons follow.

    >>> without_type("smtp; 550 5.1.1 no; see https://x.example")
    '550 5.1.1 no; see https://x.example'
    >>> without_type("550 5.1.1 User unknown; try later"), without_type("X-Unix;67")
    ('550 5.1.1 User unknown; try later', '67')
    """
    return re.sub(f"^{TYPED}", "", text, count=1, flags=re.I).strip()
