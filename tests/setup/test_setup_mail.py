"""Mail that the demo sends is caught, kept and shown, and nothing in it runs."""

import http.client
import smtplib
import socket
from email.message import EmailMessage

import pytest

from setup.mail import catching
from setup.problems import Problem
from setup.processes import free_port

HOSTILE = '<script>alert("x")</script>'


def hostile_message():
    message = EmailMessage()
    message["From"] = f'"{HOSTILE}" <sales@example.com>'
    message["To"] = "customer@example.com"
    message["Subject"] = f"Предложение {HOSTILE}"
    message.set_content(f"Plain {HOSTILE}")
    message.add_alternative(
        f"<p>Rich {HOSTILE}</p><a href='http://localhost:8069/my'>open</a>", subtype="html"
    )
    message.add_attachment(
        b"%PDF-1.7 \x00\xff", maintype="application", subtype="pdf", filename='<b>"; X=y.pdf'
    )
    return message


class Mail:
    """A running catcher and a client for its pages."""

    def __init__(self, box, smtp_port, web_port):
        self.box, self.smtp_port, self.web_port = box, smtp_port, web_port

    def send(self, message, recipients=("customer@example.com", "hidden@example.com")):
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as client:
            client.send_message(message, "bounce@example.com", list(recipients))

    def get(self, path, host="localhost"):
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port)
        connection.request("GET", path, headers={"Host": f"{host}:{self.web_port}"})
        answer = connection.getresponse()
        return answer, answer.read()


@pytest.fixture
def mail(tmp_path):
    smtp_port, web_port = free_port(), free_port()
    with catching(tmp_path / "mail", smtp_port, web_port) as box:
        yield Mail(box, smtp_port, web_port)


def test_a_message_is_kept_with_its_envelope(mail):
    mail.send(hostile_message())
    (name,) = mail.box.names()
    kept = mail.box.read(name)
    assert kept["X-Envelope-From"] == "bounce@example.com"
    assert kept["X-Envelope-To"] == "customer@example.com, hidden@example.com"
    assert kept["Subject"].startswith("Предложение")
    assert [part.get_payload(decode=True) for part in kept.iter_attachments()] == [
        b"%PDF-1.7 \x00\xff"
    ]


def test_the_list_shows_the_newest_first_and_escapes(mail):
    for subject in ("first", HOSTILE, "third"):
        message = EmailMessage()
        message["Subject"] = subject
        mail.send(message)
    answer, page = mail.get("/")
    assert answer.status == 200
    page = page.decode()
    assert "3 messages" in page
    assert page.index("third") < page.index("&lt;script&gt;") < page.index("first")
    assert "<script" not in page


def test_a_message_is_shown_without_running_it(mail):
    mail.send(hostile_message())
    name = mail.box.names()[0]
    answer, page = mail.get(f"/{name}")
    assert answer.status == 200
    assert b"<script" not in page
    assert b"Plain &lt;script&gt;" in page
    assert b'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_rich_body_is_sandboxed_by_its_own_answer(mail):
    mail.send(hostile_message())
    answer, page = mail.get(f"/{mail.box.names()[0]}/body")
    assert b"<p>Rich" in page
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


def test_an_attachment_is_downloaded_never_shown(mail):
    mail.send(hostile_message())
    answer, content = mail.get(f"/{mail.box.names()[0]}/0")
    assert content == b"%PDF-1.7 \x00\xff"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Disposition"].endswith("''%3Cb%3E%22%3B%20X%3Dy.pdf")


def test_a_message_in_an_unknown_alphabet_is_still_shown(mail):
    raw = b"Subject: strange\r\nContent-Type: text/plain; charset=klingon\r\n\r\nbody \xff\r\n"
    mail.box.keep("a@example.com", ["b@example.com"], raw)
    answer, page = mail.get(f"/{mail.box.names()[0]}")
    assert answer.status == 200
    assert b"body" in page


@pytest.mark.parametrize(
    "path", ["/1", "/../../etc/passwd", "/%2e%2e/x", "/{name}/9", "/{name}/x", "/{name}/0/1"]
)
def test_anything_else_is_not_found(mail, path):
    mail.send(hostile_message())
    assert mail.get(path.format(name=mail.box.names()[0]))[0].status == 404


def test_a_page_of_another_host_cannot_read_the_mail(mail):
    mail.send(hostile_message())
    answer, content = mail.get("/", host="evil.example.com")
    assert answer.status == 403
    assert b"script" not in content


def test_a_port_in_use_is_told_by_its_option(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match="MAIL_WEB_PORT"), catching(tmp_path, free_port(), port):
            pass
        with pytest.raises(Problem, match="MAIL_PORT"), catching(tmp_path, port, free_port()):
            pass
