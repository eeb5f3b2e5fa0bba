from contextlib import nullcontext
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase

from .common import ContractCommon


class ScheduleCommon(ContractCommon):
    """The contract over bearings and seals, without zones and tolerances but with lead days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schedules = cls.env["sale.delivery.schedule"]
        cls.lines = cls.env["sale.delivery.schedule.line"]
        cls.contract.write(
            {
                "schedule_lead_days": 3,
                "schedule_frozen_days": 0,
                "schedule_firm_days": 0,
                "schedule_tolerance": 0,
                "schedule_tolerance_days": 0,
            }
        )

    @classmethod
    def _day(cls, days):
        return cls.today + timedelta(days=days)

    @classmethod
    def _new_schedule(cls, quantities=None, release=True, **values):
        """A generation for bearings; ``quantities`` by days from today."""
        schedule = cls.schedules.create(
            {
                "contract_id": cls.contract.id,
                "line_ids": [
                    Command.create(cls._prepare_line(days, quantity))
                    for days, quantity in (quantities or {}).items()
                ],
                **values,
            }
        )
        if release:
            schedule.action_release()
        return schedule

    @classmethod
    def _prepare_line(cls, days, quantity, product=None, **values):
        return {
            "product_id": (product or cls.bearing).id,
            "date_due": cls._day(days),
            "quantity": quantity,
            **values,
        }

    def _run(self):
        """Run the job as far as it comes, and return the orders that it made."""
        before = self.env["sale.order"].search([])
        self.env.flush_all()
        is_entered = isinstance(self, HttpCase)
        mode = nullcontext() if is_entered else self.enter_registry_test_mode()
        with mode, self.registry.cursor() as cr:
            self.lines.with_env(self.env(cr=cr))._cron_create_orders()
        self.env.invalidate_all()
        return self.env["sale.order"].search([]) - before
