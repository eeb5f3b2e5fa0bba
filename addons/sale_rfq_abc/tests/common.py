from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.sale_rfq_register.tests.common import RequestCommon


class PolicyCommon:
    """A customer of class A with a policy, beside whatever the class it is mixed into makes."""

    @classmethod
    def _set_up_policies(cls):
        cls.company = cls.env.company
        cls.company.resource_calendar_id = cls._new_calendar()
        policies = cls.env["sale.service.policy"]
        policies.search([]).active = False
        cls.env.flush_all()
        cls.policy = policies.create(
            {
                "name": "Key customers",
                "abc_class": "A",
                "priority": "1",
                "response_hours": 4,
                "discount_limit": 10,
                "amount_limit": 1000,
            }
        )
        cls.key = cls.env["res.partner"].create(
            {"name": "Key", "email": "buyer@key.example.com", "is_company": True}
        )
        cls._set_class(cls.key, "A")
        cls.plain = cls.env["res.partner"].create({"name": "Plain", "is_company": True})

    @classmethod
    def _set_class(cls, partner, letter, company=None):
        cls.env["sale.abc.override"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or cls.company).id,
                "abc_class": letter,
                "reason": "For a test",
                "date_to": fields.Date.today() + timedelta(days=30),
            }
        )
        cls.env.invalidate_all()

    @classmethod
    def _new_calendar(cls, **values):
        """8 to 12 and 13 to 17, Monday to Friday, in Yekaterinburg (UTC+5)."""
        return cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "Asia/Yekaterinburg",
                "company_id": cls.company.id,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": start + 4,
                            "day_period": period,
                        }
                    )
                    for day in range(5)
                    for start, period in ((8, "morning"), (13, "afternoon"))
                ],
                **values,
            }
        )

    def _get_day_planned(self, request, hours=4):
        """The day as Odoo's own planning of hours finds it."""
        calendar = self.company.resource_calendar_id
        received = fields.Datetime.context_timestamp(
            request.with_context(tz=calendar.tz), request.date_received
        )
        return calendar.plan_hours(hours, received, compute_leaves=True).date()


class RequestPolicyCommon(PolicyCommon, RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_policies()

    def _assert_by_policy(self, requests):
        self.assertTrue(requests)
        for request in requests:
            self.assertEqual(request.priority, "1")
            self.assertEqual(request.date_due, self._get_day_planned(request))
