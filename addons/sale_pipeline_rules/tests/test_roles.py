from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import MONDAY, PipelineCommon, hours

ROLES = ("portal", "manager", "head", "owner")
# model: what each role may do over RPC, in the order of ROLES: create, read, write, unlink
RIGHTS = {
    "sale.regulation": ("", "r", "crwu", "crwu"),
    "sale.regulation.rule": ("", "r", "crwu", "crwu"),
    "sale.regulation.ladder": ("", "r", "crwu", "crwu"),
    "sale.talk.step": ("", "r", "crwu", "crwu"),
    "sale.regulation.signature": ("", "r", "r", "r"),
    "sale.pipeline.role": ("", "r", "r", "crwu"),
    "crm.lead.interval": ("", "r", "r", "r"),
    "sale.rule.clock": ("", "r", "r", "r"),
    "sale.contact.event": ("", "crw", "crw", "crw"),
    "sale.violation": ("", "crw", "crw", "crw"),
    "sale.handover": ("", "crw", "crw", "crw"),
    "sale.training.topic": ("", "r", "crwu", "crwu"),
    "sale.day.item": ("", "r", "r", "r"),
    "sale.compliance.line": ("", "", "r", "r"),
    "sale.outside.item": ("", "", "r", "r"),
    "sale.head.duty": ("", "", "r", "r"),
    "sale.territory.line": ("", "", "crw", "crw"),
    "sale.contact.log": ("", "crw", "crw", "crw"),
    "sale.contact.import": ("", "", "crw", "crw"),
    "sale.handover.propose": ("", "crw", "crw", "crw"),
    "sale.violation.decide": ("", "crw", "crw", "crw"),
    "sale.regulation.sign": ("", "crw", "crw", "crw"),
    "sale.regulation.start": ("", "", "crw", "crw"),
}
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestRoles(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls.approve({"kind": "stage_time", "limit_minutes": 60})
        cls.portal = cls.env["res.users"].create(
            {
                "name": "Portal",
                "login": "pipeline_portal",
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )

    def rpc(self, user, model, method, *args, **kwargs):
        """Call a method as RPC does."""
        records = self.env[model].with_user(user)
        records = records.with_context(allowed_company_ids=user.company_ids.ids)
        return call_kw(records, method, list(args), kwargs)

    def test_models_roles_operations(self):
        for model, rights in RIGHTS.items():
            for role, allowed in zip(ROLES, rights, strict=True):
                found = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if self.rpc(getattr(self, role), model, "has_access", [], operation)
                )
                with self.subTest(model=model, role=role):
                    self.assertEqual(found, allowed)

    def test_every_model_of_ours_is_in_the_table(self):
        ours = {
            model._name
            for model in self.env.values()
            if model._original_module == "sale_pipeline_rules"
            and not model._abstract
            and model._name not in RIGHTS
        }
        lines = {name for name in ours if name.count(".") > 2}
        self.assertEqual(ours - lines, set())

    def breach(self, user):
        with self.at(MONDAY):
            lead = self.new_lead(user)
        self.sweep(MONDAY + hours(2))
        return self.env["sale.violation"].search([("lead_id", "=", lead.id)])

    def test_a_manager_sees_his_own(self):
        own, other = self.breach(self.manager), self.breach(self.colleague)
        for model, records in (
            ("sale.violation", (own, other)),
            ("sale.rule.clock", (own.clock_id, other.clock_id)),
            ("crm.lead.interval", [self.history(row.lead_id) for row in (own, other)]),
        ):
            seen = self.rpc(self.manager, model, "search", [])
            with self.subTest(model=model):
                self.assertIn(records[0].id, seen)
                self.assertNotIn(records[1].id, seen)
                with self.assertRaises(AccessError):
                    self.rpc(self.manager, model, "read", records[1].ids, ["create_date"])
                self.assertIn(records[1].id, self.rpc(self.head, model, "search", []))

    def test_buttons_over_rpc(self):
        """A manager decides nothing by calling the methods behind the buttons."""
        own = self.breach(self.manager)
        for method, args in (
            ("action_confirm", ("",)),
            ("action_waive", ("I waive it.",)),
            ("action_grant", ("Granted.",)),
            ("action_refuse", ("No.",)),
        ):
            with self.subTest(method=method), self.assertRaises(UserError):
                self.rpc(self.manager, "sale.violation", method, own.ids, *args)
        self.assertEqual(own.state, "open")
        with self.assertRaises(AccessError):
            self.rpc(self.manager, "sale.regulation", "action_approve", self.regulation.ids)
        with self.assertRaises(AccessError):
            self.rpc(
                self.head, "sale.regulation", "write", self.regulation.ids, {"state": "draft"}
            )

    def test_nothing_private_is_reached(self):
        own = self.breach(self.manager)
        for model, method, ids in (
            ("sale.violation", "_withdraw", own.ids),
            ("sale.rule.clock", "_meet", own.clock_id.ids),
            ("sale.regulation", "_sign", self.regulation.ids),
            ("crm.lead.interval", "_record", []),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.rpc(self.owner, model, method, ids)

    def test_companies_are_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "pipeline_stranger",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
                "group_ids": [
                    Command.set(self.env.ref("sale_pipeline_rules.sale_pipeline_group_owner").ids)
                ],
            }
        )
        violation = self.breach(self.manager)
        for model, record in (
            ("sale.violation", violation),
            ("sale.rule.clock", violation.clock_id),
            ("sale.regulation", self.regulation),
            ("sale.regulation.rule", self.regulation.rule_ids),
        ):
            with self.subTest(model=model):
                self.assertNotIn(record.id, self.rpc(stranger, model, "search", []))
