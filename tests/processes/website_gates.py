"""A website's form and an automation rule under a regulation with gates at every moment.

``prepare`` makes them; ``tell`` prints as JSON what became of the leads.
"""

import json

from sessions import connect, session

PASSWORD = "two-windows"


def prepare(env):
    """Gates at each moment, a rule that moves leads on, a manager."""
    team = env["crm.team"].search([("use_opportunities", "=", True)], limit=1)
    user = env["res.users"].create(
        {
            "name": "Manager",
            "login": "manager",
            "password": PASSWORD,
            "group_ids": [(4, env.ref("sales_team.group_sale_salesman_all_leads").id)],
        }
    )
    stages = env["crm.stage"].search([])
    revenue = env["ir.model.fields"]._get("crm.lead", "expected_revenue")
    gate = {"kind": "gate", "required_field_ids": [(6, 0, revenue.ids)]}
    later = [(6, 0, stages[1:].ids)]
    env["sale.regulation"].create(
        {
            "rule_ids": [
                (0, 0, {**gate, "moment": "enter", "stage_ids": later}),
                (0, 0, {**gate, "moment": "leave", "stage_ids": [(6, 0, stages[:1].ids)]}),
                *((0, 0, {**gate, "moment": one}) for one in ("win", "lose", "reopen", "convert")),
            ]
        }
    ).action_approve()
    model = env["ir.model"]._get("crm.lead")
    move = {
        "name": "Move on",
        "model_id": model.id,
        "state": "code",
        "code": f"record.write({{'stage_id': {stages[1].id}}})",
    }
    rules = env["base.automation"].create(
        [
            {
                "name": "What the website sends is looked at",
                "model_id": model.id,
                "trigger": "on_create",
                "filter_domain": "[('name', '=', 'Moved at once')]",
                "action_server_ids": [(0, 0, move)],
            },
            {
                "name": "Urgent ones are qualified",
                "model_id": model.id,
                "trigger": "on_write",
                "trigger_field_ids": [
                    (6, 0, env["ir.model.fields"]._get("crm.lead", "priority").ids)
                ],
                "filter_domain": "[('priority', '=', '3')]",
                "action_server_ids": [(0, 0, move)],
            },
        ]
    )
    assert len(rules) == 2
    lead = env["crm.lead"].create(
        {"name": "A person's", "type": "opportunity", "user_id": user.id, "team_id": team.id}
    )
    print(json.dumps({"lead": lead.id, "stages": stages.ids}))


def tell(env):
    """Each lead with its stage and the gates that a machine passed."""
    leads = env["crm.lead"].search([], order="id")
    print(
        json.dumps(
            {
                lead.name: {
                    "stage": lead.stage_id.id,
                    "email": lead.email_from,
                    "passed": sorted(
                        env["sale.violation"]
                        .search([("lead_id", "=", lead.id), ("is_machine", "=", True)])
                        .mapped("moment")
                    ),
                }
                for lead in leads
            }
        )
    )


if __name__ == "__main__":
    database, word = connect()
    with session(database) as env:
        {"prepare": prepare, "tell": tell}[word](env)
