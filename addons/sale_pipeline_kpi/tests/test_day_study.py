from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestDayStudy(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operations = {
            name: cls.env.ref(f"sale_pipeline_kpi.sale_day_operation_{name}")
            for name in ("calls", "meetings", "papers", "mail")
        }
        cls.study = (
            cls.env["sale.day.study"]
            .with_user(cls.head)
            .create(
                {
                    "name": "A week",
                    "company_id": cls.company.id,
                    "date_from": cls.today - timedelta(days=3),
                    "date_to": cls.today,
                    "member_ids": [(6, 0, (cls.manager | cls.colleague | cls.junior).ids)],
                }
            )
        )
        cls.study.action_start_study()

    def enter(self, user, name, start, minutes):
        begin = self.days_ago(1, 8) + timedelta(minutes=start)
        return (
            self.env["sale.day.entry"]
            .with_user(user)
            .create(
                {
                    "study_id": self.study.id,
                    "operation_id": self.operations[name].id,
                    "start": begin,
                    "stop": begin + timedelta(minutes=minutes),
                }
            )
        )

    def test_each_minute_counts_once(self):
        self.enter(self.manager, "meetings", 0, 120)
        self.enter(self.manager, "calls", 30, 15)
        found = self.study._count(self.manager)[self.manager]
        self.assertEqual(
            found, {self.operations["meetings"]: 105.0, self.operations["calls"]: 15.0}
        )

    def test_the_timer(self):
        mine = self.study.with_user(self.manager)
        for name in ("calls", "papers"):
            operation = self.operations[name].with_user(self.manager)
            operation.with_context(study_id=mine.id).action_start()
        self.assertEqual(mine.running_operation, self.operations["papers"].name)
        entries = mine.entry_ids
        self.assertEqual(entries.mapped("origin"), ["timer", "timer"])
        self.assertEqual(len(entries.filtered(lambda one: not one.stop)), 1)
        mine.action_stop()
        mine.invalidate_recordset()
        self.assertFalse(mine.running_operation)
        with self.assertRaises(AccessError):
            self.study.with_user(self.owner).action_stop()

    def test_contacts_come_by_themselves_and_once(self):
        lead = self.new_lead()
        for channel, name in (("call", "calls"), ("visit", "meetings"), ("email", "mail")):
            self.log(
                lead,
                user=self.head,
                channel=channel,
                user_id=self.manager.id,
                seconds=600,
                started_at=self.days_ago(1),
                no_next_reason="Later",
            )
            self.study.action_collect()
            self.study.action_collect()
            entry = self.study.sudo().entry_ids.filtered(
                lambda one, n=name: one.operation_id == self.operations[n]
            )
            self.assertEqual((entry.minutes, entry.origin), (10, "contact"))

    def test_a_person_sees_himself_a_head_averages(self):
        for user, minutes in ((self.manager, 60), (self.colleague, 90), (self.junior, 30)):
            self.enter(user, "calls", 0, minutes)
            self.enter(user, "papers", 100, 60)
        self.env.invalidate_all()
        mine = self.study.with_user(self.manager)
        self.assertIn("1.0", mine.my_result)
        self.assertIn("50</b> %", mine.my_result)
        self.assertFalse(mine.group_result)
        self.assertEqual(mine.entry_ids.user_id, self.manager)
        self.env.invalidate_all()
        group = self.study.with_user(self.head).group_result
        self.assertIn("(people: 3)", group)
        self.assertNotIn("Senior", group, "two people are no average")
        self.assertFalse(self.study.with_user(self.head).my_result)
        self.assertFalse(self.study.with_user(self.head).entry_ids, "averages, not entries")

    def test_averages_do_not_tell_about_one_person(self):
        """Three seniors and a junior: the average of the three would tell the junior's day."""
        third = self.new_user("kpi_third", "sales_team.group_sale_salesman")
        self.env["crm.team.member"].create(
            {
                "crm_team_id": self.team.id,
                "user_id": third.id,
                "role_id": self.manager.crm_team_member_ids.role_id[:1].id,
            }
        )
        self.study.member_ids |= third
        for user in (self.manager, self.colleague, third, self.junior):
            self.enter(user, "calls", 0, 60)
        self.env.invalidate_all()
        role = self.manager.crm_team_member_ids.role_id[:1].name
        group = self.study.with_user(self.head).group_result
        self.assertIn("(people: 4)", group)
        self.assertNotIn(role, group)
        self.study.member_ids -= self.junior
        self.env.invalidate_all()
        self.assertIn("(people: 4)", self.study.with_user(self.head).group_result)

    def test_one_corrects_his_own_time(self):
        mine = self.study.with_user(self.manager)
        entry = self.enter(self.manager, "calls", 0, 900)
        self.enter(self.colleague, "calls", 0, 60)
        action = mine.action_open_mine()
        entries = self.env[action["res_model"]].with_user(self.manager)
        found = entries.search(action["domain"])
        self.assertEqual(found, entry)
        found.stop = found.start + timedelta(minutes=30)
        entries.with_context(**action["context"]).create(
            {
                "operation_id": self.operations["papers"].id,
                "start": self.days_ago(1, 10),
                "stop": self.days_ago(1, 11),
            }
        )
        counted = mine._count(self.manager)[self.manager]
        self.assertEqual(sorted(counted.values()), [30, 60])

    def test_the_end_stops_what_runs(self):
        operation = self.operations["calls"].with_user(self.manager)
        operation.with_context(study_id=self.study.id).action_start()
        self.study.action_close()
        self.assertFalse(self.study.sudo().entry_ids.filtered(lambda one: not one.stop))
        with self.refused("does not run"):
            operation.with_context(study_id=self.study.id).action_start()
