from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import JANUARY, CommissionCommon

# model: what a portal user, a salesperson, a head and an administrator may do
RIGHTS = {
    "commission.split.role": ("", "r", "r", "crwu"),
    "commission.split.policy": ("", "r", "r", "crwu"),
    "commission.split.plan": ("", "", "", "crwu"),
    "commission.split.component": ("", "r", "r", "crwu"),
    "commission.split.rate": ("", "", "", "crwu"),
    "commission.split.deal": ("", "r", "rw", "rw"),
    "commission.split.sharing": ("", "r", "crwu", "crwu"),
    "commission.split.participant": ("", "r", "crwu", "crwu"),
    "commission.split.credit": ("", "", "", "r"),
    "commission.split.period": ("", "r", "r", "r"),
    "commission.split.entry": ("", "r", "r", "r"),
    "commission.split.todo": ("", "", "", "r"),
    "commission.split.step": ("", "", "", "crwu"),
    "commission.split.agreement": ("", "r", "r", "crwu"),
    "commission.split.acceptance": ("", "r", "r", "r"),
    "commission.split.quota": ("", "r", "r", "crwu"),
    "commission.split.reason": ("", "r", "r", "crwu"),
    "commission.split.case": ("", "rw", "crwu", "crwu"),
    "commission.split.statement": ("", "r", "r", "r"),
    "commission.split.dispute": ("", "r", "rw", "rw"),
    "commission.split.position": ("", "r", "r", "r"),
    "commission.split.problem": ("", "", "", "r"),
    "commission.split.report": ("", "", "r", "r"),
    "commission.split.opening": ("", "", "", "crwu"),
    **dict.fromkeys(
        (
            *("commission.split.claim", "commission.split.question"),
            *("commission.split.propose", "commission.split.propose.line"),
            *("commission.split.preview", "commission.split.preview.line"),
        ),
        ("", "crwu", "crwu", "crwu"),
    ),
    **dict.fromkeys(
        (
            *("commission.split.simulation", "commission.split.simulation.line"),
            *("commission.split.quota.propose", "commission.split.start"),
        ),
        ("", "", "", "crwu"),
    ),
    "commission.split.payout": ("", "", "", ""),  # the accountant's
}
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestRoles(CommissionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.head, cls.administrator, cls.sales_administrator, cls.portal = (
            new_test_user(cls.env, f"commission_{name}", groups=groups, **values)
            for name, groups in (
                (
                    "head",
                    "sales_team.group_sale_salesman,"
                    "sale_commission_split.commission_split_group_head",
                ),
                ("admin", "sale_commission_split.commission_split_group_administrator"),
                ("sales_admin", "sales_team.group_sale_manager"),
                ("portal", "base.group_portal"),
            )
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "Led", "user_id": cls.head.id, "company_id": cls.company.id}
        )

    def test_models_roles_operations(self):
        users = (self.portal, self.sellers[0], self.head, self.administrator)
        for model, rights in RIGHTS.items():
            for user, allowed in zip(users, rights, strict=True):
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, user=user.login, operation=operation):
                        records = self.env[model].with_user(user)
                        self.assertEqual(records.has_access(operation), letter in allowed)

    def test_every_model_is_in_the_table(self):
        ours = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "sale_commission_split" and not model._abstract
        }
        self.assertEqual(ours, set(RIGHTS))

    def found(self, user, model):
        """Find records over RPC."""
        records = self.env[model].with_user(user)
        records = records.with_context(allowed_company_ids=self.company.ids)
        return records.browse(call_kw(records, "search", [[]], {}))

    def test_a_salesperson_sees_his_own_only(self):
        own, other = self.new_invoice(100, seller=0), self.new_invoice(100, seller=1)
        led = self.new_invoice(100, seller=2, post=False)
        led.team_id = self.team
        led.action_post()
        self.run_engine()
        entries = "commission.split.entry"
        self.assertEqual(self.found(self.sellers[0], entries).sudo().person_id, self.persons[0])
        self.assertEqual(self.found(self.head, entries).sudo().person_id, self.persons[2])
        self.assertFalse(self.found(self.sales_administrator, entries))
        seen = set(self.found(self.administrator, entries).sudo().mapped("source_id"))
        self.assertLessEqual({own.id, other.id, led.id}, seen)
        self.assertEqual(self.found(self.sellers[0], "commission.split.deal").sudo().move_id, own)
        foreign = self.entries(other)
        for method, args in (("read", [["earned"]]), ("web_read", [{"trace": {}}])):
            with self.assertRaises(AccessError):
                call_kw(
                    self.env[entries].with_user(self.sellers[0]), method, [foreign.ids, *args], {}
                )

    def test_nothing_of_others_over_rpc(self):
        """No search or read of anybody finds what another one has agreed, earned or signed."""
        plan = self.env["commission.split.plan"].create(
            {
                "name": "Own",
                "kind": "person",
                "date_from": "2026-01-01",
                "component_ids": [
                    Command.create(
                        {
                            "name": "Own",
                            "credit": "whole",
                            "event": "invoiced",
                            "window_kind": "month",
                            "rate_ids": [Command.create({"percent": 7})],
                        }
                    )
                ],
            }
        )
        plan.action_approve()
        agreement = self.env["commission.split.agreement"].create(
            {
                "person_id": self.persons[0].id,
                "plan_id": plan.id,
                "date_from": "2026-01-01",
                "base_pay": 5000,
            }
        )
        agreement.action_activate()
        agreement.with_user(self.sellers[0]).action_sign()
        self.env["commission.split.quota"].create(
            {
                "agreement_id": agreement.id,
                "component_id": plan.component_ids.id,
                "window_date": "2026-01-01",
                "amount": 10,
            }
        )
        self.new_invoice(100)
        self.close(JANUARY)
        self.env.flush_all()
        private = ("entry", "position", "agreement", "quota", "acceptance", "statement")
        for name in private:
            model = f"commission.split.{name}"
            with self.subTest(model=model):
                mine = self.found(self.sellers[0], model)
                self.assertTrue(mine)
                for stranger in (self.sellers[1], self.head, self.sales_administrator):
                    self.assertFalse(self.found(stranger, model))
                    for method, args in (
                        ("read", [["display_name"]]),
                        ("web_read", [{"display_name": {}}]),
                        ("export_data", [["id"]]),
                    ):
                        with self.assertRaises(UserError):  # an AccessError is one
                            records = self.env[model].with_user(stranger)
                            call_kw(records, method, [mine.ids, *args], {})
                self.assertFalse(self.env[model].with_user(self.portal).has_access("read"))
        for name in ("credit", "rate", "step", "plan"):
            with self.assertRaises(AccessError):
                self.found(self.sellers[0], f"commission.split.{name}")
        with self.assertRaises(AccessError):
            component = plan.component_ids.with_user(self.sellers[0])
            component.read(["rate_ids"])

    def test_buttons_of_administrators_over_rpc(self):
        """Who may read a record may not therefore press what changes it."""
        policy = self.env["commission.split.policy"].create({"name": "Draft"})
        self.new_invoice(100)
        self.run_engine()
        period = self.env["commission.split.period"].search(
            [("company_id", "=", self.company.id)], order="date_from", limit=1
        )
        plan = self.env["commission.split.plan"].create(
            {
                "name": "Own",
                "kind": "person",
                "component_ids": [
                    Command.create({"name": "Own", "rate_ids": [Command.create({"percent": 1})]})
                ],
            }
        )
        plan.action_approve()
        agreement = self.env["commission.split.agreement"].create(
            {"person_id": self.persons[0].id, "plan_id": plan.id}
        )
        for user in (self.sellers[0], self.sellers[1], self.head, self.sales_administrator):
            for record, method in (
                (policy, "action_approve"),
                (policy, "action_new_version"),
                (plan, "action_approve"),
                (period, "action_close"),
                (agreement, "action_activate"),
                (agreement, "action_cancel"),
            ):
                with self.subTest(user=user.login, model=record._name, method=method):
                    with self.assertRaises(AccessError):
                        call_kw(record.browse().with_user(user), method, [record.ids], {})
        states = (policy.state, period.state, agreement.state)
        self.assertEqual(states, ("draft", "open", "draft"))

    def test_a_head_changes_the_shares_of_his_teams_only(self):
        move = self.new_invoice(100, post=False)
        move.team_id = self.team
        move.action_post()
        mine = self.deal_of(move)
        other = self.deal_of(self.new_invoice(100))
        for deal, is_allowed in ((mine, True), (other, False)):
            call = [deal.ids]
            if is_allowed:
                call_kw(self.env[deal._name].with_user(self.head), "action_split", call, {})
                draft = deal.sharing_ids.filtered(lambda one: one.state == "draft")
                draft.with_user(self.head).write({"reason": "Agreed."})
                draft.with_user(self.head).action_put_in_force()
                self.assertEqual(draft.state, "in_force")
            else:
                with self.assertRaises(AccessError):
                    call_kw(self.env[deal._name].with_user(self.head), "action_split", call, {})

    def test_the_button_of_an_order(self):
        order = self.new_order(100, seller=0)
        action = order.with_user(self.sellers[0]).action_open_commission()
        self.assertEqual(self.env[action["res_model"]].browse(action["res_id"]).order_id, order)
        order.sudo().user_id = self.sellers[1]
        with self.assertRaisesRegex(UserError, "take no part"):
            order.with_user(self.sellers[1]).action_open_commission()

    def test_another_company(self):
        self.new_invoice(100)
        self.run_engine()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "commission_stranger",
            groups="sale_commission_split.commission_split_group_administrator",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        for model in ("entry", "deal", "credit", "plan", "period"):
            records = self.env[f"commission.split.{model}"].with_user(stranger)
            self.assertFalse(records.search([("company_id", "=", self.company.id)]), model)
