"""Real opportunities against pandas: 8,800 of them, agents and managers."""

import csv
import os
from datetime import datetime
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import SQL

from .common import KpiCommon

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "crm_opportunities"
STAGES = {"Prospecting": 0, "Engaging": 1, "Won": 3, "Lost": 1}


@tagged("post_install", "-at_install")
class TestRealData(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(os.environ.get("SUITE_DATA", FOLDER))
        if not (folder / "sales_pipeline.csv").exists():
            cls.skipTest(cls, "the shared data are not beside the checkout")
        try:
            import pandas
        except ImportError:
            cls.skipTest(cls, "pandas is not installed")
        cls.pandas = pandas
        cls.rows = list(csv.DictReader((folder / "sales_pipeline.csv").open()))
        cls.managers = {
            row["sales_agent"]: row["manager"]
            for row in csv.DictReader((folder / "sales_teams.csv").open())
        }
        cls._load()

    @classmethod
    def _load(cls):
        """Write agents as users, managers as teams, opportunities by SQL with their days."""
        teams = {
            name: cls.env["crm.team"].create({"name": name, "company_id": cls.company.id})
            for name in sorted(set(cls.managers.values()))
        }
        cls.teams = teams
        agents = sorted({row["sales_agent"] for row in cls.rows})
        cls.agents = {
            name: cls.new_user(f"agent_{number}", "sales_team.group_sale_salesman")
            for number, name in enumerate(agents)
        }
        for name, user in cls.agents.items():
            user.name = name
        cls.ordered = stages = [cls.new, cls.qualified, cls.offered, cls.won]
        values = []
        for number, row in enumerate(cls.rows):
            stage = stages[STAGES[row["deal_stage"]]]
            entered = cls._day(row["engage_date"]) or datetime(2016, 10, 1)
            values.append(
                (
                    f"{row['opportunity_id']}",
                    cls.agents[row["sales_agent"]].id,
                    teams[cls.managers[row["sales_agent"]]].id,
                    stage.id,
                    row["deal_stage"] != "Lost",
                    {"Won": "won", "Lost": "lost"}.get(row["deal_stage"], "pending"),
                    float(row["close_value"] or 0),
                    entered,
                    cls._day(row["close_date"]),
                    stage.sequence,
                    number,
                )
            )
        columns = list(zip(*values, strict=True))
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """
                WITH n AS (SELECT * FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[],
                               %s::bool[], %s::text[], %s::numeric[], %s::timestamp[],
                               %s::timestamp[], %s::int[], %s::int[])
                           AS n(name, user_id, team_id, stage_id, active, outcome, revenue,
                                entered, closed, seq, number)
                ), lead AS (
                    INSERT INTO crm_lead (name, type, user_id, team_id, stage_id, active,
                           won_status, expected_revenue, create_date, date_closed, company_id,
                           probability, priority)
                    SELECT name, 'opportunity', user_id, team_id, stage_id, active, outcome,
                           revenue, entered, closed, %s, 0, '0' FROM n RETURNING id, name
                )
                INSERT INTO crm_lead_interval (lead_id, company_id, visit_no, stage_id,
                       stage_name, stage_seq, user_id, team_id, entered_at, left_at, exit_kind,
                       cohort_on, reached_before, origin)
                SELECT lead.id, %s, 1, n.stage_id, '', n.seq, n.user_id, n.team_id, n.entered,
                       CASE outcome WHEN 'pending' THEN NULL ELSE greatest(closed, entered) END,
                       CASE outcome WHEN 'won' THEN 'won' WHEN 'lost' THEN 'lost' END,
                       n.entered::date, -1, 'import'
                  FROM lead JOIN n USING (name)
                """,
                *[list(column) for column in columns],
                cls.company.id,
                cls.company.id,
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def _day(cls, text):
        return datetime.strptime(text, "%d-%m-%y").replace(hour=12) if text else None

    def frame(self):
        frame = self.pandas.DataFrame(self.rows)
        for name in ("engage_date", "close_date"):
            frame[name] = self.pandas.to_datetime(frame[name], format="%d-%m-%y")
        frame["close_value"] = self.pandas.to_numeric(frame["close_value"]).fillna(0)
        frame["manager"] = frame["sales_agent"].map(self.managers)
        return frame

    def scope(self, team=False, user=False):
        board = self.env["sale.kpi.board"]
        return board._get_scope("month", team, user)._replace(
            first=datetime(2016, 10, 1).date(), last=datetime(2017, 12, 31).date()
        )

    def figures(self, scope):
        board = self.env["sale.kpi.board"]
        return {
            key: board._get_tile(key, scope)["value"]
            for key in ("won", "won_revenue", "average_deal", "win_rate", "lead_time")
        }

    def wanted(self, frame):
        won = frame[frame.deal_stage == "Won"]
        closed = frame[frame.deal_stage.isin(["Won", "Lost"])]
        days = (won.close_date - won.engage_date).dt.total_seconds() / 86400
        return {
            "won": len(won),
            "won_revenue": won.close_value.sum(),
            "average_deal": won.close_value.mean(),
            "win_rate": 100 * len(won) / len(closed),
            "lead_time": days.mean(),
        }

    def test_agents_and_managers_equal_pandas(self):
        frame = self.frame()
        self.assertEqual(len(frame), 8800)
        groups = [("all", frame, self.scope())]
        groups += [
            (name, part, self.scope(user=self.agents[name].id))
            for name, part in frame.groupby("sales_agent")
        ]
        groups += [
            (name, part, self.scope(team=self.teams[name].id))
            for name, part in frame.groupby("manager")
        ]
        self.assertEqual(len(groups), 1 + len(self.agents) + len(self.teams))
        for name, part, scope in groups:
            found, wanted = self.figures(scope), self.wanted(part)
            for key, value in wanted.items():
                self.assertAlmostEqual(found[key], float(value), places=6, msg=f"{name}: {key}")

    def test_funnel_and_conversion_equal_pandas(self):
        frame = self.frame()
        frame["place"] = frame.deal_stage.map(STAGES)
        frame["entered"] = frame.engage_date.fillna(datetime(2016, 10, 1))
        for name, part, scope in [
            ("all", frame, self.scope()),
            *(
                (name, part, self.scope(team=self.teams[name].id))
                for name, part in frame.groupby("manager")
            ),
        ]:
            reached = self.env["sale.kpi.board"]._get_reached(scope)
            found = {stage: count for stage, _place, count in reached}
            for place, stage in enumerate(self.ordered):
                if stage in found:
                    self.assertEqual(found[stage], int((part.place >= place).sum()), name)
            tile = self.env["sale.kpi.board"]._get_tile("qualified", scope)
            second = sorted(part.place.unique())[1]
            self.assertAlmostEqual(
                tile["value"], 100 * float((part.place >= second).mean()), places=6, msg=name
            )

    def test_the_plan_of_a_manager_rests_on_his_cohort(self):
        name, team = next(iter(self.teams.items()))
        part = self.frame()
        part = part[part.manager == name]
        plan = self.env["sale.plan"].create(
            {
                "company_id": self.company.id,
                "team_id": team.id,
                "amount": 500_000,
                "date_from": "2018-01-01",
                "sample_from": "2016-10-01",
                "sample_to": "2017-12-31",
            }
        )
        plan.action_measure()
        wanted = self.wanted(part)
        lines = {line.measure: line for line in plan.line_ids}
        self.assertAlmostEqual(lines["deals"].ratio, float(wanted["average_deal"]), places=3)
        self.assertAlmostEqual(lines["opportunities"].ratio, wanted["win_rate"] / 100, places=3)
        self.assertEqual(lines["deals"].sample, wanted["won"])
        deals = -(-500_000 // lines["deals"].ratio)
        self.assertEqual(lines["deals"].target, deals)
