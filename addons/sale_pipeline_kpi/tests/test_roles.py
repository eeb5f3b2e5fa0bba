from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import KpiCommon

ROLES = ("portal", "manager", "head")
# model: what each role may do over RPC, in the order of ROLES: create, read, write, unlink
RIGHTS = {
    "sale.plan": ("", "r", "crwu"),
    "sale.plan.line": ("", "r", "crwu"),
    "sale.plan.whatif": ("", "", "crwu"),
    "sale.pipeline.report": ("", "r", "r"),
    "sale.funnel.report": ("", "r", "r"),
    "sale.marketing.spend": ("", "", "crwu"),
    "sale.marketing.result": ("", "", "r"),
    "sale.wall.board": ("", "", "crwu"),
    "sale.version.compare": ("", "", "crwu"),
    "sale.day.operation": ("", "r", "crwu"),
    "sale.day.study": ("", "r", "crwu"),
    "sale.day.block": ("", "r", "crwu"),
    "sale.day.entry": ("", "crwu", "crwu"),
}
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestRoles(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.new_portal()

    @classmethod
    def new_portal(cls):
        return cls.env["res.users"].create(
            {
                "name": "Portal",
                "login": "kpi_portal",
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                "group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)],
            }
        )

    def rpc(self, user, model, method, *args):
        records = self.env[model].with_user(user)
        records = records.with_context(allowed_company_ids=user.company_ids.ids)
        return call_kw(records, method, list(args), {})

    def test_models_roles_operations(self):
        for model, rights in RIGHTS.items():
            for role, allowed in zip(ROLES, rights, strict=True):
                user = getattr(self, role)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        access = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(access, letter in allowed)

    def test_others_figures_are_not_seen(self):
        own = self.past_lead(self.days_ago(3), self.days_ago(1), "won", user=self.manager)
        self.past_lead(self.days_ago(3), self.days_ago(1), "won", user=self.colleague)
        ids = [row["id"] for row in self.rpc(self.manager, "sale.pipeline.report", "search_read")]
        self.assertEqual(ids, own.ids)
        tiles = self.tiles(self.board(self.manager))
        self.assertEqual(tiles["won"]["value"], 1)
        self.assertEqual(self.tiles(self.board())["won"]["value"], 2)
        for table in self.board(self.manager)["tables"]:
            for row in table["rows"]:
                self.assertNotIn(self.colleague.name, row["cells"])

    def test_nobody_asks_for_anothers_funnel(self):
        """Neither by his id, nor as the best of two."""
        people = (self.manager, self.colleague, self.junior)
        for count, user in enumerate(people, 1):
            for _number in range(count):
                with self.at(self.days_ago(0, 0)):
                    lead = self.new_lead(user)
                with self.at(self.days_ago(0, 0) + timedelta(minutes=1)):
                    lead.with_user(user).stage_id = self.qualified
        self.env.flush_all()

        def cells(**values):
            board = self.board(self.manager, period="month", **values)
            rows = self.tables(board)["personal_funnel"]["rows"]
            return [row["cells"][1] for row in rows]

        self.assertEqual(cells(), ["1", "3", "2", "1"])
        self.assertEqual(cells(user_id=self.junior.id), ["1", "3", "2", "1"])
        self.env.cr.execute("DELETE FROM crm_lead_interval WHERE user_id = %s", [self.junior.id])
        self.env.invalidate_all()
        self.assertEqual(cells(), ["1"])

    def test_a_portal_user_sees_no_board(self):
        with self.assertRaises(AccessError):
            self.rpc(self.portal, "sale.kpi.board", "get_board", "month")
        with self.assertRaises(AccessError):
            self.rpc(self.portal, "sale.pipeline.report", "search_read")

    def test_buttons_of_heads(self):
        plan = self.env["sale.plan"].create(
            {"company_id": self.company.id, "team_id": self.team.id, "amount": 5}
        )
        wall = self.env["sale.wall.board"].create({"name": "W", "company_id": self.company.id})
        for model, record, names in (
            (
                "sale.plan",
                plan,
                ("action_measure", "action_set", "action_revise", "action_whatif"),
            ),
            ("sale.wall.board", wall, ("action_revoke",)),
        ):
            for name in names:
                with self.subTest(name), self.assertRaises(AccessError):
                    self.rpc(self.manager, model, name, record.ids)
