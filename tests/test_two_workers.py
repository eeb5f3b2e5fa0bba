"""Two workers of a server, over HTTP: buttons pressed twice at once, uploads beside mails."""

import io
import json
import os
import random
import re
import signal
import subprocess
import time
import urllib.request
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from functools import partial
from threading import Barrier

import openpyxl
import pytest
import requests
from test_contract_processes import PATIENCE, SCRIPTS, Site

from odoo.addons.sale_rfq_register.tests.test_configuration import PIXEL

from setup.processes import free_port

SCRIPT = "two_workers.py"
PASSWORD = "two-windows"
UPLOADS, MAILS = 8, 12
MEGABYTES = 4.8  # of each uploaded file
WORKERS_LIMIT = 60  # seconds after which Odoo ends a worker


class Window:
    """A browser's window in which one user is logged in."""

    def __init__(self, server, login):
        self.url, self.session = server.url, requests.Session()
        self.call("/web/session/authenticate", db=server.name, login=login, password=PASSWORD)

    def call(self, path, **params):
        """What a JSON route returns."""
        answer = self.session.post(self.url + path, json={"params": params}, timeout=PATIENCE)
        found = answer.json()
        assert "result" in found, found
        return found["result"]

    def press(self, model, name, record_id):
        """What a button of a form returns."""
        path = f"/web/dataset/call_button/{model}/{name}"
        return self.call(path, model=model, method=name, args=[[record_id]], kwargs={})

    def form(self):
        """The fields that the customer's form for a request brings along."""
        page = self.session.get(f"{self.url}/my/requests/new", timeout=PATIENCE).text
        return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]}

    def send(self, values, files=None):
        """The address to which the form leads once it is sent."""
        answer = self.session.post(
            f"{self.url}/my/requests/new", data=values, files=files, timeout=PATIENCE
        )
        assert answer.status_code == 200, answer.text
        return answer.url


class Server:
    """Odoo with two workers on the database of the test."""

    def __init__(self, site):
        self.site, self.name = site, site.name
        self.port, self.gevent_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self):
        options = {
            "workers": 2,
            "http-interface": "127.0.0.1",
            "http-port": self.port,
            "gevent-port": self.gevent_port,
            "max-cron-threads": 0,
            "limit-time-real": WORKERS_LIMIT,
            "db-filter": f"^{self.name}$",
            "log-level": "critical",
        }
        command = [os.environ["SUITE_PYTHON"], SCRIPTS / "serve.py"]
        command += ["-c", self.site.conf, "-d", self.name]
        command += [f"--{name}={value}" for name, value in options.items()]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=self.site.env)
        try:
            self._wait(process)
            yield self
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _wait(self, process):
        end = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server does not answer"
            try:
                with urllib.request.urlopen(f"{self.url}/web/login", timeout=PATIENCE):
                    return
            except OSError:
                time.sleep(0.2)


def at_once(*works):
    """What each work returns; all begin at one moment."""
    barrier = Barrier(len(works))

    def begin(work):
        barrier.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


@pytest.fixture
def site(own_database):
    own_database.odoo("-i", "sale_rfq_register")
    return Site(own_database.name, own_database.conf, dict(os.environ))


def test_over_http(site):
    made = json.loads(site.run(SCRIPT, "prepare").splitlines()[-1])
    with Server(site).running() as server:
        sellers = [Window(server, "seller") for _number in range(2)]
        buyer = Window(server, "buyer")
        press_create_offer(made, sellers)
        press_confirm_configuration(made, server)
        send_the_form_twice(buyer)
        found = site.tell(SCRIPT)
        assert found["offers of requests"] == [1] * len(made["requests"])
        assert found["confirmations"] == [1] * len(made["offers"])
        assert found["by channel"]["portal"] == len(made["requests"])
        longest = upload_beside_mails(server, buyer)
        found = site.tell(SCRIPT)
    assert found["by channel"]["portal"] == len(made["requests"]) + UPLOADS
    assert found["by channel"]["email"] == MAILS
    assert (found["files kept"], found["waiting"]) == (UPLOADS, UPLOADS)
    numbers = [int(re.search(r"(\d+)$", name)[1]) for name in found["numbers"]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "a number is missing"
    print({"seconds of the longest mail": round(longest, 1)})


def press_create_offer(made, sellers):
    """Two windows of one seller, on each request."""
    for request_id in made["requests"]:
        press = [
            partial(one.press, "sale.material.request", "action_create_offer", request_id)
            for one in sellers
        ]
        answers = at_once(*press)
        assert len({answer["res_id"] for answer in answers}) == 1, answers


def press_confirm_configuration(made, server):
    """The customer's page, open in two windows, by its link."""
    windows = [Window(server, "buyer") for _number in range(2)]
    for order_id, shown in made["offers"].items():
        params = {
            "access_token": made["tokens"][order_id],
            "fingerprint": shown,
            "name": "P. Novak",
            "signature": PIXEL.decode(),
        }
        path = f"/my/orders/{order_id}/confirm_configuration"
        answers = at_once(*[partial(one.call, path, **params) for one in windows])
        assert all(answer.get("force_refresh") for answer in answers), answers


def send_the_form_twice(buyer):
    """A double click on *Send Request*: both presses lead to the same request."""
    for number in range(6):
        values = {**buyer.form(), "line_name": f"Bearing {number}", "line_quantity": "5"}
        for name in ("customer_code", "uom_text", "date_required"):
            values[f"line_{name}"] = ""
        answers = at_once(*[partial(buyer.send, values)] * 2)
        pages = {url.partition("?")[0] for url in answers}
        assert len(pages) == 1, answers
        assert re.search(r"/my/requests/\d+$", pages.pop()), answers


def upload_beside_mails(server, buyer):
    """Large files in one form while mails arrive; returns how long the longest mail took (s)."""
    content = large_workbook()
    assert len(content) > MEGABYTES * 10**6
    files = [("files", (f"large-{number}.xlsx", content)) for number in range(UPLOADS)]
    values = {**buyer.form(), "note": "eight lists"}
    taken = []

    def write_mails():
        gateway = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/object")
        common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
        uid = common.authenticate(server.name, "gateway", PASSWORD, {})
        for number in range(MAILS):
            start = time.monotonic()
            gateway.execute_kw(
                server.name,
                uid,
                PASSWORD,
                "mail.thread",
                "message_process",
                ["sale.material.request", xmlrpc.client.Binary(letter(number))],
            )
            taken.append(time.monotonic() - start)

    url, _none = at_once(lambda: buyer.send(values, files), write_mails)
    assert "registered=1" in url
    return max(taken)


def letter(number):
    """A mail of a customer who asks for something."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"c{number}@customer.example.com", "requests@us.example.com"
    mail["Subject"], mail["Message-Id"] = f"Mail {number}", f"<two.{number}@customer.example.com>"
    mail.set_content("Please quote five bearings.")
    return mail.as_bytes()


def large_workbook():
    """A spreadsheet of many rows whose text does not compress."""
    chosen = random.Random(1)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Description", "Quantity"])
    for _row in range(9000):
        sheet.append([chosen.randbytes(550).hex(), 1])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
