from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..models.crm_team import STRUCTURES

SHARE = 0.65  # of one's own past cases that a proposed norm would have kept
LEAST_CASES = 10
DEFAULT_HOURS = 16.0  # two working days where there is no past
# role of the stages before the last third, and of the rest
ROLES = {
    "line": ("junior", "senior"),
    "island": ("senior", "senior"),
    "pod": ("junior", "senior"),
}


class SaleRegulationStart(models.TransientModel):
    """The first start: structure, stages with role and goal, norms beside one's own past.

    It ends with a draft: until a version is in force the addon only records.
    """

    _name = "sale.regulation.start"
    _description = "Start a Sales Regulation"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    structure = fields.Selection(STRUCTURES, required=True, default="line")
    team_id = fields.Many2one("crm.team", string="Sales Team", help="Empty: stages of all teams.")
    first_contact_hours = fields.Float(string="First Contact Within", default=1.0)
    attempts = fields.Integer(string="Attempts before the Hand-Over", default=5)
    report_hours = fields.Float(string="Report Within", default=2.0)
    silence_hours = fields.Float(string="Longest Silence", default=40.0)
    line_ids = fields.One2many(
        "sale.regulation.start.stage",
        "start_id",
        string="Stages",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("structure", "team_id")
    def _compute_line_ids(self):
        for start in self:
            stages = self.env["crm.stage"].search(
                [
                    ("is_won", "=", False),
                    "|",
                    ("team_ids", "=", False),
                    ("team_ids", "=", start.team_id.id),
                ]
                if start.team_id
                else [("is_won", "=", False)]
            )
            past = start._get_past_minutes(stages)
            first, second = (
                self.env.ref(f"sale_pipeline_rules.sale_pipeline_role_{code}")
                for code in ROLES[start.structure or "line"]
            )
            turn = len(stages) - len(stages) // 3
            start.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "stage_id": stage.id,
                        "role_id": (first if number < turn else second).id,
                        "limit_hours": round(past[stage.id] / 60, 1)
                        if stage.id in past
                        else DEFAULT_HOURS,
                        "past_hours": round(past.get(stage.id, 0) / 60, 1),
                    }
                )
                for number, stage in enumerate(stages)
            ]

    def _get_past_minutes(self, stages):
        """Return ``{stage id: minutes}`` that the share of past visits would have kept."""
        self.env["crm.lead.interval"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT stage_id,
                       percentile_cont(%(share)s) WITHIN GROUP (ORDER BY work_minutes)
                  FROM crm_lead_interval
                 WHERE stage_id = ANY(%(stages)s) AND company_id = %(company)s
                   AND exit_kind IN ('forward', 'won') AND work_minutes IS NOT NULL
              GROUP BY stage_id HAVING count(*) >= %(least)s
                """,
                share=SHARE,
                stages=stages.ids,
                company=self.company_id.id,
                least=LEAST_CASES,
            )
        )
        return dict(rows)

    def action_create(self):
        """Make the draft and open it."""
        self.ensure_one()
        draft = self.env["sale.regulation"].create(
            {
                "company_id": self.company_id.id,
                "structure": self.structure,
                "rule_ids": [Command.create(values) for values in self._prepare_rules()],
                "ladder_ids": [
                    Command.create(
                        {"severity": severity, "after_minutes": minutes, "recipient": recipient}
                    )
                    for severity, minutes, recipient in (
                        ("minor", 0, "owner"),
                        ("minor", 480, "leader"),
                        ("major", 0, "leader"),
                        ("major", 480, "above"),
                        ("major", 960, "process_owner"),
                    )
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.regulation",
            "res_id": draft.id,
            "view_mode": "form",
        }

    def _prepare_rules(self):
        """Return the values of the rules, in the order of the handbook."""
        teams = [Command.set(self.team_id.ids)]
        rules = [
            {"kind": "assignment", "limit_minutes": 30},
            {"kind": "first_contact", "limit_minutes": round(self.first_contact_hours * 60)},
        ]
        for line in self.line_ids:
            stage = [Command.set(line.stage_id.ids)]
            rules += [
                {
                    "kind": "stage",
                    "stage_ids": stage,
                    "role_id": line.role_id.id,
                    "goal": line.goal,
                },
                {
                    "kind": "stage_time",
                    "stage_ids": stage,
                    "limit_minutes": round(line.limit_hours * 60),
                },
            ]
        rules += [
            {"kind": "silence", "limit_minutes": round(self.silence_hours * 60)},
            {"kind": "report", "limit_minutes": round(self.report_hours * 60)},
            {"kind": "next_step", "limit_minutes": 240},
            {"kind": "acceptance", "limit_minutes": 480},
            {"kind": "decision", "limit_minutes": 480},
            {
                "kind": "attempts",
                "limit_count": self.attempts,
                "on_breach": "pool",
            },
        ]
        return [
            {"sequence": 10 * number, "team_ids": teams, **values}
            for number, values in enumerate(rules, start=1)
        ]


class SaleRegulationStartStage(models.TransientModel):
    """A stage in the first start: who answers, what is the goal, how long."""

    _name = "sale.regulation.start.stage"
    _description = "Stage of the First Start"

    start_id = fields.Many2one(
        "sale.regulation.start", string="Dialog", required=True, ondelete="cascade"
    )
    stage_id = fields.Many2one("crm.stage", required=True, ondelete="cascade")
    role_id = fields.Many2one("sale.pipeline.role", ondelete="cascade")
    goal = fields.Char()
    limit_hours = fields.Float(string="Limit", help="Hours of working time.")
    past_hours = fields.Float(
        string="Past Performance",
        readonly=True,
        help="65 % of past visits were closed within this.",
    )
