"""The mail catcher: an SMTP server that keeps every message, and a page that shows them.

Messages are files `<when>.eml` in one folder for each database; the first lines of each are the
envelope. Whatever a message holds, the page shows it without running it.
"""

import email
import email.policy
import html
import os
import re
import threading
import time
from contextlib import contextmanager
from datetime import datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

from .problems import Problem
from .processes import need_port

LARGEST = 100 * 2**20  # bytes of one message
OUR_HOSTS = ("localhost", "127.0.0.1", "[::1]")  # others are pages that try to read the mail
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'none'"
# links open beside the message; pictures come with it or from the demo, never from elsewhere
BODY_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox;"
    " default-src 'none'; style-src 'unsafe-inline'; img-src data: http://localhost:* http://127.0.0.1:*"
)
STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.35em .8em .35em 0;vertical-align:top;border-bottom:1px solid #ddd}
iframe{width:100%;height:38em;border:1px solid #ccc}
pre{white-space:pre-wrap;background:#f6f6f6;padding:1em}"""


class Box:
    """The folder that holds the caught messages of one database."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, sender, recipients, content):
        """Write a message whole or not at all."""
        name = f"{time.time_ns()}"
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        envelope += f"X-Caught-At: {formatdate(localtime=True)}\r\n"
        part = self.folder / f"{name}.part"
        part.write_bytes(envelope.encode() + content)
        os.rename(part, self.folder / f"{name}.eml")

    def names(self):
        """The messages, newest first."""
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def read(self, name):
        """One message, or None."""
        path = self.folder / f"{name}.eml"
        if not re.fullmatch(r"\d+", name) or not path.is_file():
            return None
        return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


class _Keeper:
    """What the SMTP server does with a message."""

    def __init__(self, box):
        self.box = box

    async def handle_DATA(self, _server, _session, envelope):
        self.box.keep(envelope.mail_from, envelope.rcpt_tos, envelope.original_content)
        return "250 Kept"


@contextmanager
def catching(folder, smtp_port, web_port):
    """Catch mail while the block runs; yields the box."""
    box = Box(folder)
    need_port(smtp_port, "MAIL_PORT")
    need_port(web_port, "MAIL_WEB_PORT")
    smtp = _smtp_server(box, smtp_port)
    pages = ThreadingHTTPServer(("127.0.0.1", web_port), type("Handler", (Pages,), {"box": box}))
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    try:
        yield box
    finally:
        pages.shutdown()
        pages.server_close()
        smtp.stop()


def _smtp_server(box, port):
    from aiosmtpd.controller import Controller

    server = Controller(
        _Keeper(box),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=LARGEST,
        enable_SMTPUTF8=True,
    )
    try:
        server.start()
    except OSError as error:
        raise Problem(
            f"The mail catcher cannot listen on port {port}: {error.strerror}."
        ) from None
    return server


class Pages(BaseHTTPRequestHandler):
    """The list of messages, a message, its body and its attachments."""

    box = None

    def do_GET(self):
        """Answer one request."""
        if self.headers.get("Host", "").rsplit(":", 1)[0] not in OUR_HOSTS:
            return self._answer(403, "text/plain", b"Only from this machine.")
        words = [word for word in self.path.split("?")[0].split("/") if word]
        if not words:
            return self._page("Caught mail", self._list())
        message = self.box.read(words[0])
        if message is None or len(words) > 2 or not self._show(message, words):
            return self._answer(404, "text/plain", b"No such message.")
        return None

    def _show(self, message, words):
        """Show a message, or the part of it that the address names."""
        part = words[1] if len(words) == 2 else ""
        attachments = list(message.iter_attachments())
        if not part:
            self._page(_subject(message), self._message(message, words[0], attachments))
        elif part == "body":
            self._answer(
                200, "text/html; charset=utf-8", _body(message, "html").encode(), BODY_POLICY
            )
        elif part == "source":
            self._answer(200, "text/plain; charset=utf-8", message.as_bytes())
        elif part.isdecimal() and int(part) < len(attachments):
            self._download(attachments[int(part)])
        else:
            return False
        return True

    def _list(self):
        names = self.box.names()
        rows = "".join(self._row(name, self.box.read(name)) for name in names)
        head = "<tr><th>Caught</th><th>From</th><th>To</th><th>Subject</th></tr>"
        return (
            f"<p>{len(names)} messages in {_text(self.box.folder)}</p><table>{head}{rows}</table>"
        )

    def _row(self, name, message):
        when = datetime.fromtimestamp(int(name) / 1e9).strftime("%Y-%m-%d %H:%M:%S")
        cells = [when, message["From"] or "", message["X-Envelope-To"] or ""]
        shown = "".join(f"<td>{_text(cell)}</td>" for cell in cells)
        return f'<tr>{shown}<td><a href="/{name}">{_text(_subject(message))}</a></td></tr>'

    def _message(self, message, name, attachments):
        heads = ("From", "To", "Cc", "Reply-To", "Date", "X-Envelope-From", "X-Envelope-To")
        rows = "".join(
            f"<tr><th>{head}</th><td>{_text(message[head])}</td></tr>"
            for head in heads
            if message[head]
        )
        links = "".join(
            f'<li><a href="/{name}/{number}">{_text(part.get_filename() or "attachment")}</a></li>'
            for number, part in enumerate(attachments)
        )
        bodies = f"<pre>{_text(_body(message, 'plain'))}</pre>"
        if _body(message, "html"):
            rights = "allow-popups allow-popups-to-escape-sandbox"
            bodies = f'<iframe sandbox="{rights}" src="/{name}/body"></iframe>{bodies}'
        ways = f'<a href="/">All messages</a> · <a href="/{name}/source">Source</a>'
        return f"<p>{ways}</p><table>{rows}</table><ul>{links}</ul>{bodies}"

    def _page(self, title, content):
        shown = (
            f"<title>{_text(title)}</title><style>{STYLE}</style><h1>{_text(title)}</h1>{content}"
        )
        page = f'<!doctype html><html lang="en"><meta charset="utf-8">{shown}</html>'
        self._answer(200, "text/html; charset=utf-8", page.encode())

    def _download(self, part):
        content = part.get_payload(decode=True)
        if content is None:  # a message inside the message
            content = b"".join(inner.as_bytes() for inner in part.get_payload())
        name = quote(part.get_filename() or "attachment", safe="")
        self._answer(
            200,
            "application/octet-stream",
            content,
            disposition=f"attachment; filename*=UTF-8''{name}",
        )

    def _answer(self, code, kind, content, policy=PAGE_POLICY, disposition=None):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        if disposition:
            self.send_header("Content-Disposition", disposition)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words):
        """Say nothing: the terminal belongs to the command."""


def _text(value):
    return html.escape(str(value))


def _subject(message):
    return str(message["Subject"] or "(no subject)")


def _body(message, kind):
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, UnicodeError):  # an alphabet that Python does not know
        content = part.get_payload(decode=True).decode("latin-1")
    return f'<base target="_blank">{content}' if kind == "html" else content
