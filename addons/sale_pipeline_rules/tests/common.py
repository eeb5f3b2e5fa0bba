from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user

MONDAY = datetime(2026, 3, 2, 9)  # in UTC, in the middle of a working morning


class PipelineCommon(TransactionCase):
    """A company with a team, a manager and his head, and a regulation when a test asks for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True).env
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": str(day),
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 17,
                                "day_period": "morning",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        cls.company = cls.env["res.company"].create(
            {"name": "Regulated", "resource_calendar_id": cls.calendar.id}
        )
        cls.env = cls.env["base"].with_company(cls.company).env
        cls.manager, cls.colleague, cls.junior = (
            cls.new_user(login, "sales_team.group_sale_salesman")
            for login in ("pipeline_manager", "pipeline_colleague", "pipeline_junior")
        )
        cls.head = cls.new_user("pipeline_head", "sale_pipeline_rules.sale_pipeline_group_head")
        cls.owner = cls.new_user("pipeline_owner", "sale_pipeline_rules.sale_pipeline_group_owner")
        cls.roles = {role.code: role for role in cls.env["sale.pipeline.role"].search([])}
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Line",
                "company_id": cls.company.id,
                "user_id": cls.head.id,
                "above_user_id": cls.owner.id,
                "crm_team_member_ids": [
                    Command.create({"user_id": user.id, "role_id": cls.roles[role].id})
                    for user, role in (
                        (cls.manager, "senior"),
                        (cls.colleague, "senior"),
                        (cls.junior, "junior"),
                    )
                ],
            }
        )
        cls.new, cls.qualified, cls.offered, cls.won = cls.env["crm.stage"].create(
            [
                {"name": name, "sequence": 100 + number, "is_won": name == "Won (line)"}
                for number, name in enumerate(
                    ("New (line)", "Qualified (line)", "Offered (line)", "Won (line)")
                )
            ]
        )
        for stage in (cls.new, cls.qualified, cls.offered, cls.won):
            stage.team_ids = cls.team
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "email": "customer@example.com", "phone": "+49 30 123456"}
        )

    @classmethod
    def new_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            email=f"{login}@example.com",
            tz="UTC",
        )

    @classmethod
    def approve(cls, *rules, **values):
        """Put a regulation with these rules in force."""
        regulation = cls.env["sale.regulation"].create(
            {
                "company_id": cls.company.id,
                "owner_id": cls.owner.id,
                "rule_ids": [Command.create(rule) for rule in rules],
                **values,
            }
        )
        regulation.with_user(cls.owner).action_approve()
        return regulation

    @classmethod
    def gate(cls, moment, *stages, fields=(), **values):
        """The values of a gate."""
        get = cls.env["ir.model.fields"]._get
        return {
            "kind": "gate",
            "moment": moment,
            "stage_ids": [Command.set([stage.id for stage in stages])],
            "required_field_ids": [Command.set([get("crm.lead", name).id for name in fields])],
            **values,
        }

    def new_lead(self, user=None, **values):
        user = self.manager if user is None else user
        return (
            self.env["crm.lead"]
            .with_user(user or self.env.user)
            .create(
                {
                    "name": "Pumps",
                    "type": "opportunity",
                    "team_id": self.team.id,
                    "user_id": user.id,
                    "partner_id": self.customer.id,
                    "stage_id": self.new.id,
                    **values,
                }
            )
        )

    @contextmanager
    def at(self, moment):
        """Let the clock of Odoo and of the transaction show a moment."""
        cr = self.env.cr
        cr.flush()  # what was done before happened before
        with freeze_time(moment), patch.object(cr, "now", lambda: moment):
            yield
            cr.flush()

    @contextmanager
    def refused(self, words, error=UserError):
        """Expect a refusal with these words, and go on as if nothing was tried."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), words)

    def clocks(self, lead, kind):
        return self.env["sale.rule.clock"].search(
            [("lead_id", "=", lead.id), ("kind", "=", kind)], order="id"
        )

    def history(self, lead):
        return self.env["crm.lead.interval"].search([("lead_id", "=", lead.id)], order="id")

    def sweep(self, moment):
        with self.at(moment):
            return self.env["sale.rule.clock"]._sweep(5000)

    def run_job(self, model, name):
        """Run a job as the scheduler does, without its commits."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=100):
            getattr(self.env[model], name)()

    def log(self, lead, user=None, **values):
        """Enter a contact as a manager does."""
        return (
            self.env["sale.contact.event"]
            .with_user(user or self.manager)
            .create({"lead_id": lead.id, **values})
        )


def hours(number):
    return timedelta(hours=number)
