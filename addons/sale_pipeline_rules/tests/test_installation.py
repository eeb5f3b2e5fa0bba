from odoo.tests import tagged

from .common import PipelineCommon

LEADS = 2000


@tagged("post_install", "-at_install")
class TestInstallation(PipelineCommon):
    def test_history_of_the_leads_that_there_are(self):
        """One open row for each active lead, no clock and no violation, in one statement."""
        self.env.cr.execute(
            "INSERT INTO crm_lead (name, type, stage_id, active, user_id, team_id, company_id,"
            " create_date, date_last_stage_update)"
            " SELECT 'Old ' || n, 'opportunity', %s, n %% 10 > 0, %s, %s, %s,"
            " now() - interval '90 days', now() - interval '9 days'"
            " FROM generate_series(1, %s) n RETURNING id",
            [self.new.id, self.manager.id, self.team.id, self.company.id, LEADS],
        )
        ids = [lead_id for (lead_id,) in self.env.cr.fetchall()]
        self.approve({"kind": "stage_time", "limit_minutes": 1})
        self.env["res.company"].search([]).mapped("day_zone")
        with self.assertQueryCount(2):
            self.env["crm.lead.interval"]._record_installation()
        rows = self.env["crm.lead.interval"].search([("lead_id", "in", ids)])
        self.assertEqual(len(rows), LEADS * 9 // 10)
        self.assertEqual(set(rows.mapped("origin")), {"install"})
        self.assertEqual((rows[0].stage_name, rows[0].visit_no), ("New (line)", 1))
        clocks = self.env["sale.rule.clock"].search_count([("lead_id", "in", ids)])
        self.assertEqual(clocks, 0)
        self.env["crm.lead.interval"]._record_installation()
        again = self.env["crm.lead.interval"].search_count([("lead_id", "in", ids)])
        self.assertEqual(again, len(rows))

    def test_queries_do_not_grow_with_the_leads(self):
        self.approve(
            {"kind": "stage_time", "limit_minutes": 60},
            {"kind": "silence", "limit_minutes": 60},
            self.gate("enter", self.qualified, fields=["name"]),
        )
        counts = []
        for number in (1, 30):
            leads = self.env["crm.lead"].concat(*(self.new_lead() for _n in range(number)))
            self.env.cr.flush()
            self.env.invalidate_all()
            leads = leads.sudo().with_context(mail_notrack=True)
            before = leads._get_facts()
            self.env["sale.rule.clock"]._has_rules()
            start = self.cr.sql_log_count
            changes = [
                leads._get_change(
                    lead_id,
                    facts,
                    facts._replace(
                        stage_id=self.qualified.id, rank=(101, self.qualified.id, False, "Q")
                    ),
                )
                for lead_id, facts in before.items()
            ]
            visits = self.env["crm.lead.interval"]._record(changes)
            self.env["sale.rule.clock"]._follow(changes, visits)
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 4)
