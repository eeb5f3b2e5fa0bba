"""Somebody of the demo who works in a browser: opens menus and rows, presses what has a name.

Each step waits until the page is quiet and fails with what an error dialog says.
"""

import re

from playwright.sync_api import expect

PATIENCE = 120_000  # milliseconds: the machine may be busy
QUIET, PULSE = 400, 100  # milliseconds without a request that make a page quiet
SIZE = {"width": 1600, "height": 1000}
# Nothing but the demo is asked for anything.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Person:
    """A page of the browser in which one user is logged in; his password is his login."""

    def __init__(self, browser, url, database, login):
        self.url, self.login = url, login
        self.context = browser.new_context(viewport=SIZE, locale="en-US")
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self._follow_requests()
        self.page.goto(f"{url}/web/login?db={database}", wait_until="commit")
        self.page.fill("#login", login)
        self.page.fill("#password", login)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda address: "/web/login" not in address, wait_until="commit")
        self.settle()

    def _follow_requests(self):
        """Know which requests are unanswered; the browser's own quiet waits for the bus."""
        self._unanswered = set()
        self.page.on("request", self._note)
        for event in ("requestfinished", "requestfailed"):
            self.page.on(event, lambda request: self._unanswered.discard(request))

    def _note(self, request):
        if request.resource_type in ("xhr", "fetch", "document"):
            self._unanswered.add(request)

    def leave(self):
        """Close the browser's window."""
        self.context.close()

    # -- the web client ------------------------------------------------------------------------

    def menu(self, path):
        """Open a menu by its path, such as ``Sales > Orders > Quotations``."""
        app, *names = [name.strip() for name in path.split(">")]
        self.page.locator(".o_navbar_apps_menu button").click()
        self.page.locator(".o_app").get_by_text(app, exact=True).click()
        expect(self.page.locator(".o_menu_brand")).to_have_text(app, timeout=PATIENCE)
        self.settle()
        for depth, name in enumerate(names):
            within = ".o-dropdown--menu" if depth else ".o_menu_sections"
            self.page.locator(within).get_by_text(name, exact=True).first.click()
        self.settle()

    def systray(self, icon, text):
        """Choose an entry of a menu at the top right; a page that still loads closes it again."""
        # its figure comes with what the menu will show
        self.page.locator(f".o_menu_systray :has(> {icon}) .badge").first.wait_for()
        entry = self.page.get_by_text(text)
        for _time in range(10):
            self.page.locator(f".o_menu_systray {icon}").click()
            self.settle()
            if entry.count() and entry.first.is_visible():
                break
        entry.first.click()
        self.settle()

    def row(self, *texts):
        """Open the first row of the list that shows all the texts."""
        self.find(*texts).locator("td.o_data_cell", has_text=texts[0]).first.click()
        self.settle()

    def card(self, text):
        """Open the card of the kanban that shows the text."""
        self.page.locator(".o_kanban_record", has_text=text).first.click()
        self.settle()

    def find(self, *texts):
        """The first row of the list that shows all the texts."""
        rows = self.page.locator("tr.o_data_row")
        for text in texts:
            rows = rows.filter(has_text=text)
        rows.first.wait_for()
        return rows.first

    def without_filter(self):
        """Take the filters out of the search box."""
        for _ in range(self.page.locator(".o_searchview .o_facet_remove").count()):
            self.page.locator(".o_searchview .o_facet_remove").first.click()
            self.settle()

    def tab(self, name):
        """Open a page of the form."""
        self._within().get_by_role("tab", name=name, exact=True).click()
        self.settle()

    def tick(self, *texts):
        """Select a row of the list."""
        self.find(*texts).locator(".o_list_record_selector input").click()
        self.settle()

    # -- any page ------------------------------------------------------------------------------

    def go(self, address):
        """Open an address of the demo."""
        self.page.goto(f"{self.url}{address}", wait_until="commit")
        self.settle()

    def press(self, name, nth=0):
        """Press a button or link by its whole name, in the dialog where one is open."""
        self._button(name, nth).click()
        self.settle()

    def fill(self, name, text):
        """Type into a field of the form or dialog."""
        field = self._within().locator(f".o_field_widget[name={name}] :is(input, textarea)")
        field.first.fill(text)

    def close(self):
        """Close the dialog that opens, and wait until it is gone."""
        dialogs = self.page.locator(".modal:visible")
        dialogs.last.wait_for()
        self.settle()
        self.press("Close")
        expect(dialogs).to_have_count(0, timeout=PATIENCE)

    def can_press(self, name):
        """Whether such a button is shown."""
        return self._button(name).is_visible()

    def _button(self, name, nth=0):
        # an icon before the name and a figure beside it are not part of it
        whole = re.compile(rf"^\W*\d*\W*{re.escape(name)}\W*$")
        pressed = self._within().locator("button, a, [role=button], [role=menuitem]")
        return pressed.filter(has_text=whole).locator("visible=true").nth(nth)

    def _within(self):
        dialogs = self.page.locator(".modal:visible")
        return dialogs.last if dialogs.count() else self.page

    def call(self, model, method, *args, **kwargs):
        """What a method returns to this person over RPC."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.context.request.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}", data={"params": params}
        ).json()
        assert "result" in answer, f"{self.login}: {answer}"
        return answer["result"]

    def upload(self, path):
        """Give a file to the dialog that is open."""
        self._within().locator("input[type=file]").first.set_input_files(path)
        self.settle()

    def record_name(self):
        """The name of the record in the form."""
        return self.page.locator(".o_breadcrumb .o_last_breadcrumb_item").inner_text().strip()

    def offer(self, reference):
        """Open on the portal the latest offer that has the customer's reference."""
        self.go("/my/quotes")
        numbers = self.page.locator("table a[href*='/my/orders/']").all_inner_texts()
        for number in numbers:
            self.go("/my/quotes")
            self.press(number.strip())
            if reference in self.page.locator("body").inner_text():
                return
        raise AssertionError(f"{self.login}: no offer for {reference} among {numbers}")

    def sees(self, *texts):
        """Fail unless the page shows the texts."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text, timeout=PATIENCE)

    def settle(self):
        """Wait until nothing is loaded any more; fail with the text of an error dialog."""
        waited = quiet = 0
        while quiet < QUIET and waited < PATIENCE:
            self.page.wait_for_timeout(PULSE)
            waited += PULSE
            quiet = 0 if self._unanswered else quiet + PULSE
        errors = self.page.locator(".o_error_dialog, .o_notification:has(.bg-danger)")
        if errors.count():
            details = errors.get_by_text("See technical details")
            if details.count():
                details.first.click()
            raise AssertionError(f"{self.login} at {self.page.url}: {errors.first.inner_text()}")
