"""Who sees, runs and decides, tried over RPC, and what it costs."""

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AbcCommon


@tagged("post_install", "-at_install")
class TestRoles(AbcCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = {}
        for login, group in (
            ("abc_seller", "sales_team.group_sale_salesman"),
            ("abc_leader", "sales_team.group_sale_salesman_all_leads"),
            ("abc_head", "sales_team.group_sale_manager"),
            ("abc_stranger", "base.group_user"),
            ("abc_portal", "base.group_portal"),
        ):
            users[login] = new_test_user(
                cls.env,
                login,
                group,
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
        cls.seller, cls.leader, cls.head = (
            users[login] for login in ("abc_seller", "abc_leader", "abc_head")
        )
        cls.own, cls.others = cls._new_partner("own"), cls._new_partner("others")
        cls.own.user_id, cls.others.user_id = cls.seller, cls.leader
        for partner in (cls.own, cls.others):
            cls._sell(partner, date(2025, 6, 1), 100)
        cls.done = cls.profile._run_for(cls.TODAY)

    def _call(self, login, model, method, *args, **kwargs):
        """The answer over JSON-RPC, or the name of the exception."""
        self.authenticate(login, login)
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            answer = self.make_jsonrpc_request(
                f"/web/dataset/call_kw/{model}/{method}",
                {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
            )
        return answer

    def _is_refused(self, login, model, method, *args, **kwargs):
        try:
            self._call(login, model, method, *args, **kwargs)
        except Exception as refusal:
            return str(refusal)
        return False

    def test_a_salesperson_sees_the_own_customers(self):
        results = self.env["sale.abc.result"].with_user(self.seller)
        self.assertEqual(results.search([("run_id", "=", self.done.id)]).partner_id, self.own)
        self.assertEqual(
            results.with_user(self.leader).search_count([("run_id", "=", self.done.id)]), 2
        )

    def test_a_salesperson_decides_nothing(self):
        later = fields.Date.to_string(fields.Date.today() + timedelta(days=9))
        override = {
            "partner_id": self.own.id,
            "abc_class": "A",
            "reason": "mine",
            "date_to": later,
        }
        for model, method, args in (
            ("sale.abc.profile", "action_run", [self.profile.ids]),
            ("sale.abc.run", "action_undo", [self.done.ids]),
            ("sale.abc.override", "create", [[override]]),
            ("sale.service.policy", "create", [[{"name": "x"}]]),
            ("sale.abc.profile", "write", [self.profile.ids, {"threshold_a": 1}]),
        ):
            with self.subTest(method=f"{model}.{method}"):
                self.assertTrue(self._is_refused("abc_seller", model, method, *args))
        self.env.invalidate_all()
        self.assertRecordValues(self.done, [{"state": "done"}])
        self.assertRecordValues(self.profile, [{"threshold_a": 80}])
        self.assertFalse(self.own.abc_override_id)

    def test_a_leader_runs_and_sets_classes_but_no_limits(self):
        later = fields.Date.to_string(fields.Date.today() + timedelta(days=9))
        self._call("abc_leader", "sale.abc.profile", "action_run", self.profile.ids)
        values = {"partner_id": self.own.id, "abc_class": "B", "reason": "x", "date_to": later}
        self._call("abc_leader", "sale.abc.override", "create", [values])
        self.env.invalidate_all()
        self.assertEqual(self.own.abc_class, "B")
        self.assertTrue(
            self._is_refused(
                "abc_leader", "sale.abc.profile", "write", self.profile.ids, {"threshold_a": 1}
            )
        )

    def test_nobody_writes_classes_results_or_runs(self):
        result = self.done.result_ids[0]
        for model, method, args in (
            ("sale.abc.result", "write", [result.ids, {"abc_class": "C"}]),
            ("sale.abc.result", "unlink", [result.ids]),
            ("sale.abc.result", "create", [[{"run_id": self.done.id, "subject_id": 1}]]),
            ("sale.abc.run", "write", [self.done.ids, {"state": "undone"}]),
            ("sale.abc.run", "unlink", [self.done.ids]),
            ("sale.abc.run", "_set", [self.done.ids, {"state": "undone"}]),
            ("sale.abc.profile", "_publish", [self.profile.ids]),
        ):
            with self.subTest(method=f"{model}.{method}"):
                self.assertTrue(self._is_refused("abc_head", model, method, *args))
        self._call("abc_head", "res.partner", "write", self.own.ids, {"abc_class": "C"})
        self.env.invalidate_all()
        self.assertEqual(self.own.abc_class, "A")

    def test_strangers_see_nothing(self):
        for login in ("abc_stranger", "abc_portal"):
            for model in ("sale.abc.result", "sale.abc.run", "sale.abc.profile"):
                with self.subTest(login=login, model=model):
                    self.assertTrue(self._is_refused(login, model, "search_read", []))

    def test_who_has_no_right_in_classes_reads_contacts_without_them(self):
        self.assertEqual(self.own.with_user(self.seller).abc_class, "A")
        for login in ("abc_stranger", "abc_portal"):
            partner = self.env["res.users"].search([("login", "=", login)]).partner_id
            for name in ("abc_class", "abc_status", "service_policy_id"):
                with self.subTest(login=login, name=name):
                    self.assertTrue(
                        self._is_refused(login, "res.partner", "read", partner.ids, [name])
                    )

    def test_a_run_is_not_forged(self):
        values = {"profile_id": self.profile.id, "threshold_a": 100, "bucket_total": 10**9}
        self.assertTrue(self._is_refused("abc_leader", "sale.abc.run", "create", [values]))
        self.assertTrue(self._is_refused("abc_leader", "sale.abc.run", "copy", self.done.ids))
        self.assertTrue(
            self._is_refused("abc_seller", "sale.abc.run", "read", self.done.ids, ["matrix"])
        )

    def test_another_companys_runs_are_not_seen(self):
        other = self._create_company(name="Other")
        abroad = self._new_profile("Abroad", company_id=other.id)
        together = self._new_profile(
            "Together",
            company_id=False,
            company_ids=[(6, 0, (self.company | other).ids)],
            is_published=False,
        )
        abroad._run_for(self.TODAY)
        together._run_for(self.TODAY)
        seen = self.env["sale.abc.run"].with_user(self.head).search([])
        self.assertEqual(seen, self.done)
        results = self.env["sale.abc.result"].with_user(self.head).search([])
        self.assertEqual(results.run_id, self.done)
        with self.assertRaises(AccessError):
            abroad.with_user(self.head).action_run()
        compared = self.env["sale.abc.comparison"].with_user(self.head)
        with self.assertRaises(ValidationError):
            compared.create(
                {
                    "profile_id": self.profile.id,
                    "before_id": abroad.last_run_id.id,
                    "after_id": abroad.last_run_id.id,
                }
            ).read(["movement"])

    def test_a_profile_that_moves_takes_no_classes_along(self):
        other = self._create_company(name="Other")
        self.profile.company_id = other
        self.assertFalse(self.own.with_company(other).abc_class)
        self.assertFalse(self.own.abc_class)
        run = self.profile._run_for(self.TODAY)
        self.assertFalse(run.previous_id, "what held in another company is no former class")

    def test_queries_do_not_grow_with_the_customers(self):
        counts = []
        for number in (1, 5, 60):  # the first one fills the caches
            for place in range(number):
                self._sell(self._new_partner(f"{number}-{place}"), date(2025, 8, 1), 10)
            run = self.profile._create_run(self.TODAY)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            run._execute()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
