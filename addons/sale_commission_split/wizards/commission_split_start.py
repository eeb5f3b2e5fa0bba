from odoo import fields, models
from odoo.fields import Command

TEMPLATES = [
    ("pairs", "Pairs: a pot by the weights of roles"),
    ("line", "Assembly line: each his own percentage"),
    ("island", "Island: base and a percentage of the deal"),
    ("pod", "Pod: one percentage for all, goals together"),
    ("sdr", "SDR: qualified leads by month, their revenue by quarter"),
    ("ae", "Account executive: target ÷ quota, accelerated"),
    ("csr", "Customer success: renewals against a quota"),
    ("agent", "Agent: a percentage when paid, by bill"),
]


class CommissionSplitStart(models.TransientModel):
    """A draft plan from a template; every figure in it can be changed (S5)."""

    _name = "commission.split.start"
    _description = "Plan from a Template"

    template = fields.Selection(TEMPLATES, required=True, default="pairs")
    name = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    def action_create(self):
        """Make the draft and open it."""
        self.ensure_one()
        labels = dict(self._fields["template"]._description_selection(self.env))
        values = getattr(self, f"_get_{self.template}")()
        components = [
            {
                **component,
                "rate_ids": [Command.create(rate) for rate in component.get("rate_ids", [])],
                "step_ids": [
                    Command.create({"from_value": start, "value": value})
                    for start, value in component.get("step_ids", [])
                ],
            }
            for component in values["components"]
        ]
        plan = self.env["commission.split.plan"].create(
            {
                "name": self.name or labels[self.template].split(":")[0],
                "kind": values.get("kind", "person"),
                "company_id": self.company_id.id,
                "component_ids": [Command.create(component) for component in components],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": plan._name,
            "res_id": plan.id,
            "views": [(False, "form")],
        }

    def _percent(self, name, percent, **values):
        return {
            "name": name,
            "credit": "whole",
            "rate_ids": [{"percent": percent}],
            **values,
        }

    def _get_pairs(self):
        pot = self._percent(self.env._("Percentage of sales"), 5, credit="pot")
        return {"kind": "pot", "components": [pot]}

    def _get_line(self):
        return {"components": [self._percent(self.env._("Own percentage"), 2)]}

    def _get_island(self):
        return {"components": [self._percent(self.env._("Percentage of the deal"), 5)]}

    def _get_pod(self):
        return {
            "components": [
                self._percent(
                    self.env._("Deals of the pod"),
                    1.5,
                    who="team",
                    window_kind="quarter",
                    step_mode="whole",
                    step_values="multipliers",
                    step_unit="quota",
                    step_ids=[(0, 100), (100, 120)],
                )
            ]
        }

    def _get_sdr(self):
        """60 % of the target on leads by month, 40 % on their revenue by quarter."""
        return {
            "components": [
                {
                    "name": self.env._("Qualified leads"),
                    "credit": "whole",
                    "basis": "quantity",
                    "event": "invoiced",
                    "pays": "attainment",
                    "target_share": 60,
                    "window_kind": "month",
                    "cap": 18000,
                },
                {
                    "name": self.env._("Revenue of the leads"),
                    "credit": "whole",
                    "pays": "attainment",
                    "target_share": 40,
                    "window_kind": "quarter",
                },
            ]
        }

    def _get_ae(self):
        return {
            "components": [
                {
                    "name": self.env._("Sales against the quota"),
                    "credit": "whole",
                    "event": "invoiced",
                    "pays": "quota",
                    "window_kind": "quarter",
                    "step_values": "multipliers",
                    "step_unit": "quota",
                    "step_ids": [(0, 100), (100, 150), (120, 200)],
                }
            ]
        }

    def _get_csr(self):
        return {
            "components": [
                {
                    "name": self.env._("Renewals"),
                    "credit": "whole",
                    "who": "customers",
                    "event": "invoiced",
                    "pays": "attainment",
                    "window_kind": "year",
                    "step_mode": "interpolated",
                    "step_ids": [(0, 0), (70, 50), (100, 100), (115, 150)],
                }
            ]
        }

    def _get_agent(self):
        return {"components": [self._percent(self.env._("Agent's commission"), 5)]}
