"""The demo's guide, followed by its people in a browser, in its order; then the story.

Each phrase that a step of the test uses stands in the guide's step: words that only one of the
two knows fail, and so does a step or a menu of the guide that nobody walked.
"""

import email.policy
import io
import re
import resource
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from person import OPTIONS, Person
from playwright.sync_api import expect, sync_playwright
from PyPDF2 import PdfReader

from setup import databases, odoo, postgres, running, settings, system
from setup.processes import free_port

NAME = r"[A-Z][\w/-]*(?: (?:[A-Z][\w/-]*|to(?= Release)))*"
MENU = re.compile(rf"(?:Sales|Invoicing|Inventory|CRM)(?: > {NAME})+")
UBL_FILE = "addons/sale_rfq_ubl/demo/request_for_quotation.xml"


class Step:
    """The text of one step; it gives out only the phrases that stand in it."""

    def __init__(self, number, text):
        self.number, self.text, self.used = number, " ".join(text.split()), set()

    def __call__(self, phrase):
        assert phrase in self.text, f"step {self.number} of the guide does not say {phrase}"
        self.used.add(phrase)
        return phrase

    def untried_menus(self):
        """The menus that the text names and nobody opened."""
        return set(MENU.findall(self.text)) - self.used


class Demo:
    """The served demo and those who work in it."""

    def __init__(self, demo, browser):
        self.demo, self.browser, self.people = demo, browser, {}

    def __call__(self, login):
        if login not in self.people:
            self.people[login] = Person(self.browser, self.demo.url, self.demo.name, login)
        return self.people[login]

    def letters(self):
        """The text of everything that the demo's mail catcher got."""
        for path in self.demo.mails.rglob("*.eml"):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            yield letter.get_body(("html", "plain")).get_content()


@pytest.fixture(scope="module")
def chosen():
    """The settings of a demo of this run's own, in the database server of the tests."""
    found = settings.from_environment()
    return replace(found, database=f"suite_test_{found.checkout_key}_guide")


@pytest.fixture(scope="module")
def installed(chosen):
    """The Odoo that this run uses."""
    return odoo.given(chosen.odoo) if chosen.odoo else odoo.ensure(chosen)


@contextmanager
def unlimited_memory():
    """Let a browser start: it reserves more addresses than Odoo allows its own process."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limits[1], limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


@pytest.fixture(scope="module")
def demo(chosen, installed):
    """The demo, made and served, with a browser; the story gets a copy of it as it was made."""
    with postgres.serving(chosen, "demo") as server:
        # a run that was cut off leaves a demo in which the guide has been walked
        databases.Databases(chosen, server, installed).drop(chosen.database)
    with ExitStack() as stack:
        served = stack.enter_context(
            running.demo_database(chosen, installed, running.Ports.free())
        )
        for name in (chosen.database, chosen.story_database):
            stack.callback(served.databases.drop, name)
        served.databases.drop(chosen.story_database)
        served.databases.clone(chosen.database, chosen.story_database)
        stack.enter_context(served.served("guide"))
        stack.enter_context(unlimited_memory())
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=system.find(system.CHROMIUM), args=OPTIONS
        )
        stack.callback(browser.close)
        yield Demo(served, browser)


def guide():
    """The steps of the guide by their numbers."""
    text = (settings.CHECKOUT / running.GUIDE).read_text().split("What to try")[1]
    parts = re.split(r"^ *(\d+)\. ", text.split("\nIn Russian")[0], flags=re.M)[1:]
    return {
        int(number): Step(number, text)
        for number, text in zip(parts[::2], parts[1::2], strict=True)
    }


# -- the steps ---------------------------------------------------------------------------------


def step_1(step, demo):
    anna = demo(step("manager"))
    anna.menu(step("Sales > Requests > Material Requests"))
    anna.row(step("B-2026/118"))
    anna.press(step("Check"))
    anna.press(step("Create Offer"))
    anna.sees("1 of 4 lines")
    anna.press(step("Create Offer without Them"))
    anna.press(step("Send"))
    anna.press(step("Send again").split()[0])
    anna.sees(step("Sent"))
    assert any("B-2026/118" in letter for letter in demo.letters())


def step_2(step, demo):
    pavel = demo(step("customer"))
    pavel.offer(step("B-2026/118"))
    pavel.press(step("Confirm Configuration"))
    pavel.press("Confirm Configuration")
    pavel.sees("You have confirmed the configuration")


def step_3(step, demo):
    anna, denis, galina = demo(step("manager")), demo(step("logistics")), demo(step("accountant"))
    anna.menu(step("Sales > Orders > Quotations"))
    anna.row("Bergmann Pumpenbau")
    anna.sees(step("same offer") and "B-2026/118")
    anna.press(step("Confirm"))
    anna.sees("Sales Order")
    order = anna.record_name()
    denis.menu(step("Inventory > Operations > Deliveries"))
    denis.row(order)
    denis.press(step("Validate"))
    denis.press(step("Create Backorder"))
    galina.menu(step("Invoicing > Customers > To Prepare"))
    galina.row(order)
    galina.press(step("Create Invoice"))
    galina.press("Create Draft")
    galina.press("Confirm")
    galina.press(step("Send"))
    galina.press("Send")


def step_4(step, demo):
    anna = demo(step("manager"))
    anna.menu(step("Sales > Requests > Material Requests"))
    anna.press(step("From Files"))
    anna.upload(settings.CHECKOUT / step(UBL_FILE))
    anna.press(step("Register"))


def step_5(step, demo):
    boris = demo(step("head"))
    boris.systray(".fa-pencil-square-o", step("Offers to Approve"))
    boris.card(step("Nordsee Windservice"))
    boris.press(step("Approve"))
    step("say why")
    boris.fill("comment", "He buys every month.")
    boris.press("Approve")
    offer = boris.call("sale.order", "search_read", [("name", "=", boris.record_name())])[0]
    assert offer["approval_state"] == "approved"


def step_6(step, demo):
    pavel = demo(step("customer"))
    pavel.offer(step("B-2026/119"))
    pavel.page.get_by_text(step("FCA Hamburg")).first.click()
    pavel.settle()
    pavel.press(step("Take This Instead"))
    pavel.press(step("Accept & Sign"))
    pavel.press("Accept & Sign")
    pavel.sees("Thank You")


def step_7(step, demo):
    anna = demo(step("manager"))
    for place in ("Customers Who Asked", "Demand", "Dispatch Register"):
        anna.menu(step(f"Sales > Requests > {place}"))
        anna.sees(place)


def step_8(step, demo):
    admin, anna, galina = demo(step("admin")), demo(step("manager")), demo(step("accountant"))
    admin.menu(step("Invoicing > Configuration > Settings"))
    admin.page.get_by_label(step("Approve Invoices")).check()
    admin.press(step("Save"))
    anna.menu(step("Invoicing > Customers > To Prepare"))
    anna.row(step("Ventil Anlagenbau"))
    anna.press(step("Create Invoice"))
    anna.press("Create Draft")
    anna.press(step("Request Approval"))
    galina.menu(step("Invoicing > Customers > Invoices to Release"))
    galina.row("Ventil Anlagenbau", "To Approve")
    galina.press(step("Approve"))
    galina.sees("can be confirmed")


def step_9(step, demo):
    anna = demo(step("manager"))
    anna.menu(step("Sales > Requests > Material Requests"))
    anna.row(step("VA-4711"))
    anna.press(step("Document Flow"))
    anna.sees("Long-Term Contract", "LC0", "In Force", "Offered")
    anna.close()


def step_10(step, demo):
    anna, denis = demo(step("manager")), demo(step("logistics"))
    for place in ("Long-Term Contracts", "Delivery Schedules", "Warranty Claims"):
        anna.menu(step(f"Sales > Orders > {place}"))
    anna.without_filter()
    anna.find(step("RK-26/104"), "Settled")
    anna.row(step("RK-26/131"))
    denis.menu(step("Inventory > Operations > Warranty Claims"))
    denis.row("RK-26/131")
    denis.press(step("Returns"))


def step_11(step, demo):
    vera = demo(step("coordinator"))
    vera.menu(step("Sales > Orders > Delivery Schedules"))
    vera.row(step("FAB 14"))
    vera.sees("Approve")


def step_12(step, demo):
    boris = demo(step("head"))
    boris.menu(step("Sales > Reporting > ABC/XYZ Runs"))
    boris.page.locator("tr.o_data_row").first.click()
    boris.settle()
    boris.menu(step("Sales > Configuration > Profiles"))
    boris.page.locator("tr.o_data_row").first.click()
    boris.press(step("Preview"))
    boris.close()
    boris.menu(step("Sales > Orders > Quotations"))
    boris.without_filter()
    boris.row(step("Kazan Dairy"))
    boris.tab(step("Approval"))
    boris.sees("Beyond the Service Policy")


def step_13(step, demo):
    olga = demo(step("senior"))
    olga.menu(step("CRM > Sales > My Day"))
    olga.find(step("Write the report")).locator("button[name=action_log]").click()
    step("Log")
    olga.settle()
    olga.fill("said", "They need pumps in May.")
    olga.fill("no_next_reason", "They call.")
    olga.press(step("Save"))


def step_14(step, demo):
    olga = demo(step("senior"))
    olga.menu(step("CRM > Sales > My Pipeline"))
    column = olga.page.locator(".o_kanban_group", has_text=step("Qualified"))
    column.locator(".o_kanban_record").first.click()
    olga.settle()
    stages = olga.page.locator(".o_statusbar_status button")
    stages.filter(has_text=step("Proposition")).first.click()
    olga.sees(step("Expected Closing"))
    olga.close()


def step_15(step, demo):
    maxim = demo(step("chief"))
    maxim.menu(step("CRM > Regulation > Control"))
    maxim.page.locator("td[name=open_count] a").first.click()
    maxim.settle()
    maxim.sees("Open Leads")
    maxim.menu(step("CRM > Regulation > Violations"))
    maxim.row("Explained")
    maxim.press(step("Waive"))
    maxim.fill("text", "The line was down.")
    maxim.press("Save")
    maxim.sees("Waived")
    maxim.menu(step("CRM > Regulation > Heat Map"))
    maxim.page.locator(".o_heat_map td.cursor-pointer").first.click()
    maxim.settle()
    assert maxim.page.locator("tr.o_data_row").count()
    maxim.menu(step("CRM > Regulation > Territories"))
    maxim.sees("Pump Sales", "Leads per Member")
    vera = demo(step("papers"))
    vera.menu(step("CRM > Sales > My Day"))
    vera.row("Accept or refuse the hand-over")
    vera.press(step("Accept"))
    vera.sees("Accepted")


def step_16(step, demo):
    irina = demo(step("owner"))
    irina.menu(step("CRM > Regulation > Sales Regulation"))
    irina.row("In Force")
    step("version in force")
    irina.tab("Signatures")
    irina.sees("Timur Akhmetov")


def step_17(step, demo):
    hanna = demo(step("hunter"))
    hanna.menu(step("Sales > Commission > My Commission"))
    hanna.page.locator(".o_kanban_record:not(.o_kanban_ghost)").first.click()
    hanna.settle()
    hanna.page.locator("tr.o_data_row").first.locator("td.o_data_cell").nth(1).click()
    hanna.settle()
    hanna.sees("What Counts", "How It Is Shared")
    petra = demo(step("payroll"))
    petra.menu(step("Sales > Commission > Deals"))
    petra.row("Halle Waterworks")
    petra.press(step("Change the Shares"))
    petra.fill("reason", "He met the buyer.")
    petra.press(step("Put in Force"))
    petra.press("Ok")
    petra.sees("In Force")
    petra.menu(step("Sales > Commission > Periods"))
    petra.sees("Open")


def step_18(step, demo):
    ruth = demo(step("director"))
    ruth.menu(step("Sales > Commission > Disputes"))
    ruth.row("In Negotiation")
    ruth.press(step("Decide"))
    ruth.fill("reason", "Two visits are a first contact.")
    ruth.page.locator(".modal button[name=action_decide]").click()
    ruth.settle()
    ruth.sees("Decided")
    karl = demo(step("farmer"))
    karl.menu(step("Sales > Commission > My Statements"))
    karl.row("Questioned")
    karl.sees("The deal of Halle is missing.")


def step_19(step, demo):
    maxim = demo(step("chief"))
    maxim.menu(step("CRM > Measures > KPI Board"))
    maxim.press(step("This Quarter"))
    maxim.page.locator(".o_kpi_tile[data-key=won]").click()
    maxim.settle()
    assert maxim.page.locator("tr.o_data_row").count()
    maxim.menu(step("CRM > Measures > Sales Plan"))
    maxim.row("Pump Sales")
    maxim.press(step("What If?"))
    maxim.sees("Opportunities", "Then")
    maxim.page.locator(".modal button[special=cancel]").click()
    nikita = demo(step("caller"))
    nikita.menu(step("CRM > Measures > Working-Day Studies"))
    nikita.row("where the day goes")
    nikita.press(step("Start"))
    nikita.page.locator(".modal .o_kanban_record:not(.o_kanban_ghost)").first.click()
    nikita.settle()
    nikita.sees("Calls")


def step_20(step, demo):
    """The story runs below: here only that the guide names it."""
    step("make story")


STEPS = {
    int(name.removeprefix("step_")): function
    for name, function in list(globals().items())
    if name.startswith("step_")
}


def test_every_step_of_the_guide_has_its_people():
    assert list(guide()) == sorted(STEPS)


def test_the_guide_works_in_its_order(demo):
    for number, step in guide().items():
        STEPS[number](step, demo)
        assert not step.untried_menus(), f"step {number} of the guide"


@pytest.mark.parametrize(
    ("report", "model", "domain"),
    [
        ("sale.report_saleorder", "sale.order", [("state", "=", "sale")]),
        ("account.report_invoice", "account.move", [("move_type", "=", "out_invoice")]),
        ("sale_order_kinds.report_supply_contract", "sale.supply.contract", []),
    ],
)
def test_documents_have_letterhead_and_page_numbers(demo, report, model, domain):
    admin = demo("admin")
    found = admin.call(model, "search", domain, limit=1)[0]
    document = admin.context.request.get(f"{admin.url}/report/pdf/{report}/{found}")
    text = PdfReader(io.BytesIO(document.body())).pages[0].extract_text()
    company = admin.call("res.company", "read", [1], ["name", "city"])[0]
    assert company["name"] in text
    assert company["city"] in text
    assert re.search(r"Page\s*1\s*/\s*\d", text)


def test_the_wall_keeps_its_picture_while_its_server_restarts(demo):
    """The wall is shown by a second server of the demo, which is stopped and started again."""
    first = demo.demo
    ports = running.Ports(free_port(), first.ports.smtp, first.ports.mail_web)
    second = running.Demo(first.settings, first.databases.odoo, first.server, ports)
    second.log = second.log.with_name(f"wall-{second.name}.log")
    [wall] = demo("chief").call("sale.wall.board", "search_read", [], ["url"], limit=1)
    page = demo.browser.new_page()
    with second.served("wall"):
        page.goto(second.url + urlsplit(wall["url"]).path)
        page.locator(".tile").first.wait_for()
    page.evaluate("window.wallBoard.load()")
    expect(page.locator("#away")).to_be_visible()
    assert page.locator("#page").inner_text()
    with second.served("wall"):
        page.evaluate("window.wallBoard.load()")
        expect(page.locator("#away")).to_be_hidden()
    page.close()


def test_the_story_runs_whatever_was_done_in_the_demo(demo, chosen, installed, capfd):
    """Nobody approves invoices there, though the guide has switched it on in the demo."""
    assert running.story(chosen, installed) == 0
    assert "is invoiced." in capfd.readouterr().out
