"""Take the pictures of the guide from a served demo database, in English and in Russian.

Run by ``make pictures``, which serves the demo and sets ``PICTURES_URL`` and ``PICTURES_DB``.
The records on the pictures are made ready over JSON-RPC by the people whose work it is; what a
former run made is used again.
"""

import os
from pathlib import Path

import requests
from person import OPTIONS
from playwright.sync_api import sync_playwright

URL = os.environ["PICTURES_URL"].rstrip("/")
DATABASE = os.environ["PICTURES_DB"]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ADDONS = Path(__file__).resolve().parent.parent / "addons"
REGISTER, KINDS, FLOW = "sale_rfq_register", "sale_order_kinds", "sale_rfq_order_kinds"
CLASSES, POLICIES = "sale_abc_segmentation", "sale_rfq_abc"
REGULATION = "sale_pipeline_rules"
MEASURES = "sale_pipeline_kpi"
COMMISSION = "sale_commission_split"
RETAIL = "Online Retail"  # the profile that tests/retail.py makes, where it was run
SIZE = {"width": 1440, "height": 900}


class Person:
    """Somebody of the demo, who works over JSON-RPC; the password is the login."""

    def __init__(self, login):
        self.login = login
        self.session = requests.Session()
        self.uid = self._post(
            "/web/session/authenticate", db=DATABASE, login=login, password=login
        )["uid"]

    def call(self, model, method, *args, **kwargs):
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def _post(self, path, **params):
        answer = self.session.post(URL + path, json={"params": params}, timeout=60).json()
        if "error" in answer:
            raise RuntimeError(f"{self.login}: {answer['error']['data']['message']}")
        return answer["result"]

    def speak(self, language):
        self.call("res.users", "write", [self.uid], {"lang": language})


def prepare(manager):
    """A request with every kind of verdict and an offer that has been sent.

    :return: the ids of the request that is being worked on and of the offer
    """
    return (
        checked_request(manager, "ZO/7/2026", offer=False)[0],
        checked_request(manager, "B-2026/118", offer=True)[1],
    )


def checked_request(manager, number, offer):
    domain = [("partner_ref", "=", number)]
    request = manager.call(
        "sale.material.request", "search_read", domain, ["state", "line_ids", "order_ids"], limit=1
    )[0]
    if request["state"] == "new":
        manager.call("sale.material.request", "action_check", [request["id"]])
    if not offer:
        return request["id"], None
    orders = request["order_ids"] or make_offer(manager, request)
    return request["id"], orders[0]


def make_offer(manager, request):
    manager.call("sale.material.request.line", "action_accept_suggestion", request["line_ids"])
    action = manager.call("sale.material.request", "action_create_offer", [request["id"]])
    orders = [action["res_id"]]
    context = manager.call("sale.order", "action_quotation_send", orders)["context"]
    composer = manager.call("mail.compose.message", "create", {}, context=context)
    manager.call("mail.compose.message", "action_send_mail", [composer], context=context)
    return orders


class Camera:
    """A browser in which one person is logged in."""

    def __init__(self, browser, login, language, suffix, addon=REGISTER):
        self.suffix = suffix
        self.folder = ADDONS / addon / "static/description"
        # the portal keeps the language in which the visitor saw its first page
        self.page = browser.new_page(viewport=SIZE, locale=language.replace("_", "-"))
        self.page.goto(f"{URL}/web/login?db={DATABASE}")
        self.page.fill("#login", login)
        self.page.fill("#password", login)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/web/login" not in url)

    def take(self, name, path, wait, height=SIZE["height"]):
        self.open(path, wait, height)
        self.shoot(name)

    def show(self, name, path, tab):
        """A tab of a form; ``tab`` is the link of its heading."""
        self.press(name, path, f".o_notebook {tab}", ".o_notebook .tab-pane.active")

    def press(self, name, path, what, wait):
        """What a form shows when something of it is pressed."""
        self.open(path, what, SIZE["height"])
        self.page.click(what)
        self.page.wait_for_selector(wait)
        self.shoot(name)

    def open(self, path, wait, height):
        self.page.set_viewport_size({**SIZE, "height": height})
        self.page.goto(URL + path)
        self.page.wait_for_selector(wait)

    def shoot(self, name):
        self.page.wait_for_timeout(1500)  # fonts, avatars and the chatter come after the view
        target = self.folder / f"{name}{self.suffix}.png"
        self.page.screenshot(path=target)
        print(target.relative_to(ADDONS.parent))


def order_of(manager, number):
    """The latest offer for the request with the customer's number."""
    domain = [("request_ids.partner_ref", "=", number)]
    return manager.call("sale.order", "search", domain, order="id desc", limit=1)[0]


def take_offer_desk(office, manager):
    """Where a request is answered: terms, approval, revisions, offers by the many."""
    terms = order_of(manager, "B-2026/119")
    office.take("customers_who_asked", "/odoo/customers-who-asked", ".o_data_row", height=560)
    office.take("offer_positions", "/odoo/offer-positions", ".o_data_row", height=560)
    waiting = order_of(manager, "NW-SPARES-07")
    office.take("offer_approval", f"/odoo/sales/{waiting}", "[name=order_line] .o_data_row")
    office.show("offer_terms", f"/odoo/sales/{terms}", "[name=offer_options]")
    revised = order_of(manager, "PR-CRANE-31")
    office.press(
        "offer_compare",
        f"/odoo/sales/{revised}",
        "button[name=action_compare_revisions]",
        ".modal table",
    )
    office.take("demand", "/odoo/material-demand", ".o_pivot table", height=520)


def take_all(browser, people, request, order, language, suffix):
    manager, customer = people
    for person in people:
        person.speak(language)
    office = Camera(browser, manager.login, language, suffix)
    register = "/odoo/material-requests"
    office.take("request_list", register, ".o_data_row", height=520)
    office.take("request_kanban", f"{register}?view_type=kanban", ".o_kanban_record", height=640)
    office.take("request_form", f"{register}/{request}", "[name=line_ids] .o_data_row")
    office.take("offer_form", f"/odoo/sales/{order}", "[name=order_line] .o_data_row")
    office.take("dispatch_list", "/odoo/dispatches", ".o_data_row", height=420)
    take_offer_desk(office, manager)
    portal = Camera(browser, customer.login, language, suffix)
    terms = order_of(manager, "B-2026/119")
    portal.take("portal_terms", f"/my/orders/{terms}", "#portal_sale_content")
    portal.take("portal_offer", f"/my/orders/{order}", "#portal_sale_content")
    portal.page.click("[name=configuration_waiting] a")
    portal.page.wait_for_selector("#modalconfiguration.show canvas")
    portal.shoot("portal_confirmation")
    for person in people:
        person.speak("en_US")


def take_kinds(browser, people, language, suffix):
    """Contracts, schedules and claims, as the office and as a customer see them."""
    manager, _customer, buyer = people
    buyer.speak(language)
    manager.speak(language)
    office = Camera(browser, manager.login, language, suffix, KINDS)
    contract = record(manager, "sale.supply.contract", [("partner_ref", "=", "D-2026/17")])
    schedule = record(manager, "sale.delivery.schedule", [("customer_number", "=", "FAB 12")])
    claim = record(manager, "sale.warranty.claim", [("customer_ref", "=", "RK-26/131")])
    form = "/odoo/{}/{}"
    row = "[name=line_ids] .o_data_row"
    office.take("contract", form.format("sale.supply.contract", contract), row)
    office.take("schedule", form.format("sale.delivery.schedule", schedule), row)
    office.take("claim", form.format("sale.warranty.claim", claim), row, height=640)
    portal = Camera(browser, buyer.login, language, suffix, KINDS)
    portal.take("portal_contract", f"/my/contracts/{contract}", "table", height=640)
    portal.take("portal_claim", "/my/claims/new", "form", height=640)
    office.folder = ADDONS / FLOW / "static/description"
    request = record(manager, "sale.material.request", [("partner_ref", "=", "VA-4711")])
    office.press(
        "document_flow",
        form.format("sale.material.request", request),
        "button:has(.fa-sitemap)",
        ".modal [name=document_flow] td",
    )
    for person in (manager, buyer):
        person.speak("en_US")


def take_classes(browser, head, language, suffix):
    """A run, the preview before it, a customer with a class by hand, a request by the policy."""
    head.speak(language)
    office = Camera(browser, head.login, language, suffix, CLASSES)
    profile = record(head, "sale.abc.profile", [("subject", "=", "customer")])
    run = record(head, "sale.abc.run", [("profile_id", "=", profile)])
    curve = ".o_abc_pareto canvas"
    office.take("run", f"/odoo/sale.abc.run/{run}", curve, height=1040)
    office.press(
        "preview",
        f"/odoo/sale.abc.profile/{profile}",
        "button[name=action_preview]",
        ".modal .o_abc_counts td",
    )
    customer = record(head, "sale.abc.override", [])
    customer = head.call("sale.abc.override", "read", [customer], ["partner_id"])[0]["partner_id"]
    office.show("customer", f"/odoo/res.partner/{customer[0]}", "[name=sales_purchases]")
    request = record(head, "sale.material.request", [("partner_ref", "=", "U-2214")])
    office = Camera(browser, head.login, language, suffix, POLICIES)
    office.take(
        "request", f"/odoo/sale.material.request/{request}", "[name=partner_abc_cell]", height=620
    )
    head.speak("en_US")


def take_regulation(browser, language, suffix):
    """A manager's day, a lead, a gate, the head's control and the regulation."""
    senior, chief = Person("senior"), Person("chief")
    for person in (senior, chief):
        person.speak(language)
    office = Camera(browser, senior.login, language, suffix, REGULATION)
    day = f"/odoo/action-{REGULATION}.sale_day_item_action"
    office.take("my_day", day, ".o_data_row", 640)
    log = ".o_data_row button[name=action_log] + button:not(.d-none)"
    office.press("log", day, f"button[name=action_log]:left-of({log})", ".modal .o_call_timer")
    qualified = senior.call("crm.stage", "search", [], order="sequence", limit=3)
    domain = [("user_id", "=", senior.uid), ("stage_id", "=", qualified[1])]
    lead = record(senior, "crm.lead", domain)
    office.take("lead", f"/odoo/crm.lead/{lead}", "[name=pipeline_goal]", height=640)
    office.page.set_viewport_size({"width": 1900, "height": 640})  # all stages are shown
    stage = f".o_statusbar_status button[data-value='{qualified[2]}']"
    office.page.locator(f"{stage}:visible").first.click()
    office.page.wait_for_selector(".o_gate_dialog")
    office.shoot("gate")
    office = Camera(browser, chief.login, language, suffix, REGULATION)
    control = f"/odoo/action-{REGULATION}.sale_compliance_line_action"
    office.take("control", control, ".o_data_row", height=420)
    heat = f"/odoo/action-{REGULATION}.sale_violation_action_heat"
    office.take("heat_map", heat, ".o_heat_map td.cursor-pointer", height=320)
    version = record(chief, "sale.regulation", [("state", "=", "in_force")])
    office.take("regulation", f"/odoo/sale.regulation/{version}", "[name=rule_ids] .o_data_row")
    for person in (senior, chief):
        person.speak("en_US")


def take_measures(browser, language, suffix):
    """The board, a plan, a wall board and a working-day study."""
    chief, senior = Person("chief"), Person("senior")
    for person in (chief, senior):
        person.speak(language)
    office = Camera(browser, chief.login, language, suffix, MEASURES)
    office.page.set_viewport_size({"width": 1440, "height": 1300})
    office.page.goto(f"{URL}/odoo/kpi-board")
    office.page.locator("button[data-period=quarter]").click()
    office.page.wait_for_timeout(1500)
    office.shoot("board")
    plan = record(chief, "sale.plan", [("revision_of_id", "!=", False)])
    office.take("plan", f"/odoo/sale.plan/{plan}", "[name=line_ids] .o_data_row", height=860)
    wall = record(chief, "sale.wall.board", [("preset", "=", "sales")])
    chief.call("sale.wall.board", "write", [wall], {"lang": language})
    [board] = chief.call("sale.wall.board", "read", [wall], ["url"])
    office.page.set_viewport_size({"width": 1280, "height": 720})
    office.page.goto(URL + board["url"][board["url"].index("/pipeline") :])
    office.page.wait_for_selector(".tile")
    office.shoot("wall")
    chief.call("sale.wall.board", "write", [wall], {"lang": "en_US"})
    office = Camera(browser, senior.login, language, suffix, MEASURES)
    study = record(senior, "sale.day.study", [])
    office.take("study", f"/odoo/sale.day.study/{study}", ".o_field_html table", height=720)
    for person in (chief, senior):
        person.speak("en_US")


def take_commission(browser, language, suffix):
    """How a figure came about, and who took part in a deal."""
    hunter, payroll = Person("hunter"), Person("payroll")
    for person in (hunter, payroll):
        person.speak(language)
    office = Camera(browser, hunter.login, language, suffix, COMMISSION)
    entry = record(hunter, "commission.split.entry", [("earned", ">", 0)])
    office.take("trace", f"/odoo/commission.split.entry/{entry}", ".o_form_view table", 860)
    mine = f"/odoo/action-{COMMISSION}.commission_split_position_action_mine"
    office.take("my_commission", mine, ".o_kanban_record", 480)
    statement = record(hunter, "commission.split.statement", [("state", "=", "acknowledged")])
    office.take("statement", f"/odoo/commission.split.statement/{statement}", ".o_data_row", 620)
    dispute = record(hunter, "commission.split.dispute", [("state", "=", "agreed")])
    office.take("dispute", f"/odoo/commission.split.dispute/{dispute}", ".o_data_row", 720)
    office = Camera(browser, payroll.login, language, suffix, COMMISSION)
    domain = [("partner_id.name", "=", "Fulda Heating")]
    deal = record(payroll, "commission.split.deal", domain)
    office.take("deal", f"/odoo/commission.split.deal/{deal}", ".o_data_row", 560)
    for person in (hunter, payroll):
        person.speak("en_US")


def take_retail(browser, head, run, language, suffix):
    """The year of a real wholesaler."""
    head.speak(language)
    office = Camera(browser, head.login, language, suffix, CLASSES)
    office.take("run_retail", f"/odoo/sale.abc.run/{run}", ".o_abc_pareto canvas", height=860)
    head.speak("en_US")


def record(person, model, domain):
    """The id of the one record that is shown."""
    return person.call(model, "search", domain, limit=1)[0]


def main():
    people = Person("manager"), Person("customer"), Person("ventil")
    head = Person("head")
    retail = head.call("sale.abc.run", "search", [("profile_id.name", "=", RETAIL)], limit=1)
    request, order = prepare(people[0])
    pair = people[:2]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        for language, suffix in (("en_US", ""), ("ru_RU", "_ru")):
            if retail:  # the demo is not to be seen among four thousand customers
                take_retail(browser, head, retail[0], language, suffix)
                continue
            take_all(browser, pair, request, order, language, suffix)
            take_kinds(browser, people, language, suffix)
            take_classes(browser, head, language, suffix)
            take_regulation(browser, language, suffix)
            take_measures(browser, language, suffix)
            take_commission(browser, language, suffix)
        browser.close()


if __name__ == "__main__":
    main()
