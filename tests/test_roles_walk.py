"""Every menu, list, form and button of the suite, opened as each role of the demo."""

import re
from io import BytesIO
from unittest.mock import patch

from odoo.modules.module import Manifest
from odoo.tests import HttpCase, tagged
from odoo.tools.convert import convert_file
from odoo.tools.pdf import PdfFileWriter

from i18n_update import suite_addons
from roles_walk import Own, Walk


def no_pdf(self, report_ref, data, res_ids=None):
    """What is printed is not looked at here."""
    streams = {}
    for res_id in res_ids or [False]:
        writer, stream = PdfFileWriter(), BytesIO()
        writer.addBlankPage(width=100, height=100)
        writer.write(stream)
        streams[res_id] = {"stream": stream, "attachment": None}
    return streams


# core counts the leads of a team's members for whoever opens the team
CORES = re.compile(r"crm\.team\(\d+\): You are not allowed to access 'Lead' \(crm\.lead\)")
ROLES = (
    "payroll",
    "director",
    "hunter",
    "finder",
    "manager",
    "junior",
    "head",
    "coordinator",
    "logistics",
    "accountant",
    "senior",
    "chief",
    "owner",
    "admin",
)


@tagged("post_install", "-at_install")
class TestRolesWalk(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addons = suite_addons()
        report = cls.env.registry["ir.actions.report"]
        cls.startClassPatcher(patch.object(report, "_render_qweb_pdf_prepare_streams", no_pdf))
        cls._load_demo()
        cls.own = Own(cls.env, cls.addons)

    @classmethod
    def _load_demo(cls):
        """The people and documents of the demo, in the order in which addons depend."""
        modules = cls.env["ir.module.module"].search([("name", "in", cls.addons)])
        order = {one.name: len(one.upstream_dependencies(exclude_states=("",))) for one in modules}
        for addon in sorted(order, key=order.get):
            for file in Manifest.for_addon(addon).get("demo", []):
                convert_file(cls.env, addon, file, {}, mode="init")

    def test_portal(self):
        """Each page that a customer reaches from his own by its links, however sorted."""
        for login, pages in (("customer", "/my/orders/"), ("ventil", "/my/claims/")):
            self.authenticate(login, login)
            found, left = {}, ["/my"]
            while left:
                url = left.pop()
                answer = self.url_open(url, timeout=60)
                found[url.partition("?")[0]] = answer.status_code
                links = re.findall(r'href="(/my(?!/picking/)[^"#]*)"', answer.text)
                left = [link for link in left + links if link.partition("?")[0] not in found]
            self.assertEqual({url: code for url, code in found.items() if code != 200}, {}, login)
            self.assertTrue([url for url in found if url.startswith(pages)], found)

    def test_menus_views_and_buttons(self):
        for login in ROLES:
            with self.subTest(login):
                user = self.env["res.users"].search([("login", "=", login)])
                walk = Walk(self.env, user, self.own)
                problems = [one for one in walk.walk() if not CORES.search(one)]
                self.assertTrue(walk.pressed, f"{login} sees no button")
                self.assertEqual(problems, [], "\n".join(problems))
