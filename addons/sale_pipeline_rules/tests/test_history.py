from datetime import timedelta
from itertools import pairwise

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MONDAY, PipelineCommon, hours


@tagged("post_install", "-at_install")
class TestHistory(PipelineCommon):
    def assertWhole(self, lead):
        """Stretches neither overlap nor leave holes; one is open while the lead is active."""
        rows = self.history(lead).filtered(lambda row: row.origin != "merge")
        for row, following in pairwise(rows):
            self.assertTrue(row.left_at)
            if following.visit_no == row.visit_no or row.exit_kind not in ("lost", "archived"):
                self.assertEqual(row.left_at, following.entered_at)
            else:
                self.assertLessEqual(row.left_at, following.entered_at)
        self.assertEqual(len(rows.filtered(lambda row: not row.left_at)), int(lead.active))
        if lead.active:
            last = rows[-1]
            self.assertEqual(
                (last.stage_id, last.user_id, last.team_id),
                (lead.stage_id, lead.user_id, lead.team_id),
            )

    def test_stage_owner_team(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(1)):
            lead.stage_id = self.qualified
        with self.at(MONDAY + hours(2)):
            lead.sudo().user_id = self.colleague
        with self.at(MONDAY + hours(3)):
            lead.sudo().stage_id = self.new
        with self.at(MONDAY + hours(4)):
            lead.sudo().action_set_won()
        rows = self.history(lead)
        self.assertEqual(rows.mapped("exit_kind"), ["forward", "owner", "back", "won", False])
        self.assertEqual(rows.mapped("visit_no"), [1, 2, 2, 3, 4])
        self.assertEqual(rows.mapped("reached_before"), [-1, 100, 101, 101, 101])
        self.assertEqual(rows.mapped("stage_name")[:2], ["New (line)", "Qualified (line)"])
        self.assertEqual(rows[0].role_id, self.roles["senior"])
        self.assertEqual(rows[0].left_at, MONDAY + hours(1))
        self.assertWhole(lead)

    def test_lost_restored_lost(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(1)):
            lead.action_set_lost()
        self.assertEqual(self.history(lead).mapped("exit_kind"), ["lost"])
        with self.at(MONDAY + hours(2)):
            lead.action_restore()
        with self.at(MONDAY + hours(3)):
            lead.action_set_lost()
        rows = self.history(lead)
        self.assertEqual(rows.mapped("exit_kind"), ["lost", "lost"])
        self.assertEqual(rows.mapped("visit_no"), [1, 2])
        self.assertWhole(lead)

    def test_written_once_in_a_transaction(self):
        """Many writes leave one row for each lead, and cost two statements in all."""
        with self.at(MONDAY):
            leads = self.new_lead() | self.new_lead()
        with self.at(MONDAY + hours(1)):
            for lead in leads.sudo().with_context(mail_notrack=True):
                for stage in (self.qualified, self.new, self.offered):
                    lead.stage_id = stage
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env["crm.lead"]._write_history()
            self.assertLessEqual(self.cr.sql_log_count - before, 2)
        for lead in leads:
            self.assertEqual(self.history(lead).mapped("stage_id"), self.new | self.offered)
            self.assertEqual(self.history(lead).mapped("visit_no"), [1, 2])

    def test_rolled_back(self):
        """What a savepoint takes back leaves nothing, and what was before it stays."""
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(1)):
            lead.sudo().user_id = self.head
            with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
                lead.sudo().stage_id = self.offered
                gone = self.new_lead()
                raise ZeroDivisionError
        self.assertEqual(self.history(lead).mapped("exit_kind"), ["owner", False])
        self.assertEqual(self.history(lead)[-1].stage_id, self.new)
        self.assertFalse(self.history(gone))

    def test_deleted_in_the_same_transaction(self):
        lead = self.new_lead()
        number = lead.id
        lead.sudo().unlink()
        self.env.cr.flush()
        self.assertFalse(self.env["crm.lead.interval"].search([("lead_id", "=", number)]))

    def test_archived_then_lost(self):
        lead = self.new_lead(probability=10)
        with self.at(MONDAY + timedelta(days=900)):
            lead.action_archive()
        self.assertEqual(self.history(lead)[-1].exit_kind, "archived")
        lead.write({"probability": 0})
        self.assertEqual(self.history(lead)[-1].exit_kind, "lost")

    def test_team_with_stages_of_its_own(self):
        other = self.env["crm.team"].create({"name": "Pod", "company_id": self.company.id})
        first = self.env["crm.stage"].create(
            {"name": "Pod first", "sequence": 0, "team_ids": other.ids}
        )
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(1)):
            lead.sudo().write({"team_id": other.id})
        self.assertEqual(lead.stage_id, first)
        rows = self.history(lead)
        self.assertEqual(rows.mapped("exit_kind"), ["team", False])
        self.assertEqual(rows.mapped("visit_no"), [1, 2])
        self.assertWhole(lead)

    def test_one_action_leaves_one_row(self):
        with self.at(MONDAY):
            lead = self.new_lead()
            lead.stage_id = self.qualified
            lead.stage_id = self.offered
        self.assertEqual(len(self.history(lead)), 1)
        self.assertEqual(self.history(lead).stage_id, self.offered)

    def test_day_of_a_lead_is_the_companys(self):
        evening = MONDAY.replace(year=2026, month=3, day=31, hour=22)
        for zone, day in (
            ("America/Los_Angeles", "2026-03-31"),
            ("Pacific/Auckland", "2026-04-01"),
        ):
            self.company.partner_id.tz = zone
            lead = self.new_lead()
            lead._get_facts()
            change = lead._get_change(
                lead.id, None, lead._get_facts()[lead.id]._replace(created_at=evening)
            )
            self.assertEqual(str(self.env["crm.lead.interval"]._get_cohort(change)), day)

    def test_other_writes_leave_none(self):
        lead = self.new_lead()
        with self.assertQueryCount(6):
            lead.name = "Other pumps"
            lead.flush_recordset()
        self.assertEqual(len(self.history(lead)), 1)

    def test_many_changes_at_random(self):
        """Fifty changes of every kind, SQL with the repair among them."""
        stages = [self.new, self.qualified, self.offered, self.won]
        people = [self.manager, self.colleague, self.junior]
        other = self.env["crm.team"].create({"name": "Pod", "company_id": self.company.id})
        lead = self.new_lead().sudo()
        moment = MONDAY + timedelta(days=1000)
        for number in range(50):
            moment += hours(1)
            with self.at(moment):
                kind = number % 10
                if kind in (0, 3, 6):
                    lead.stage_id = stages[(number // 3) % 4]
                elif kind in (1, 4):
                    lead.user_id = people[number % 3]
                elif kind == 2:
                    lead.team_id = other if lead.team_id == self.team else self.team
                elif kind == 5 and lead.won_status == "pending":
                    lead.action_set_lost()
                elif kind == 7:
                    lead.action_restore()
                elif kind == 8:
                    lead.flush_recordset()
                    self.env.cr.execute(
                        "UPDATE crm_lead SET user_id = %s, stage_id = %s WHERE id = %s",
                        [people[number % 3].id, stages[number % 3].id, lead.id],
                    )
                    lead.invalidate_recordset()
                    self.repair()
                elif kind == 9:
                    lead.load(
                        [".id", "stage_id/.id"], [[str(lead.id), str(stages[number % 3].id)]]
                    )
            lead.flush_recordset()
            self.assertWhole(lead)
        self.assertGreater(len(self.history(lead)), 20)

    def repair(self):
        intervals = self.env["crm.lead.interval"]
        found = intervals._find_drift(1000)
        self.env["crm.lead"].with_context(active_test=False).browse(found)._repair_history()

    def test_repair_of_what_changed_past_the_orm(self):
        lead, gone = self.new_lead(), self.new_lead()
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE crm_lead SET stage_id = %s WHERE id = %s", [self.offered.id, lead.id]
        )
        self.env.cr.execute("UPDATE crm_lead SET active = FALSE WHERE id = %s", [gone.id])
        self.env.invalidate_all()
        with self.at(MONDAY + timedelta(days=900)):
            self.repair()
        rows = self.history(lead)
        self.assertEqual(rows.mapped("exit_kind"), ["repair", False])
        self.assertEqual(rows[-1].origin, "repair")
        self.assertFalse(self.history(gone).filtered(lambda row: not row.left_at))
        self.assertFalse(self.env["crm.lead.interval"]._find_drift(10))

    def test_merge(self):
        """The head's chain goes on alone; the tail's is kept, closed, with its number."""
        with self.at(MONDAY):
            head, tail = self.new_lead(stage_id=self.offered.id), self.new_lead()
            contact = self.log(tail, outcome="answered")
        with self.at(MONDAY + hours(1)):
            (head | tail).sudo().merge_opportunity()
        rows = self.history(head)
        merged = rows.filtered(lambda row: row.origin == "merge")
        self.assertEqual(merged.exit_kind, "merged")
        self.assertEqual(merged.origin_lead, tail.id)
        self.assertEqual(contact.lead_id, head)
        self.assertTrue(contact.is_first)
        self.assertWhole(head)

    def test_nobody_changes_it(self):
        row = self.history(self.new_lead())
        for who in (row, row.with_user(self.owner)):
            with self.assertRaises(UserError):
                who.write({"stage_name": "Better"})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            row.unlink()

    def test_working_minutes(self):
        with self.at(MONDAY):
            lead = self.new_lead()
        with self.at(MONDAY + hours(26)):
            lead.stage_id = self.qualified
        self.history(lead)[0]._fill_work_minutes()
        self.assertEqual(self.history(lead)[0].work_minutes, 600)

    def test_deleted_with_its_lead(self):
        lead = self.new_lead()
        contact = self.log(lead, outcome="answered")
        lead.sudo().unlink()
        self.assertFalse(self.env["crm.lead.interval"].search([("lead_id", "=", lead.id)]))
        self.assertEqual(contact.lead_name, "Pumps")
