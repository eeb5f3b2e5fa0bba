"""The sweep of the regulation under real processes.

``prepare`` makes leads with clocks that are due; ``run`` judges them as the job does; ``edit``
writes leads meanwhile, as managers do; ``tell`` prints as JSON what there is.
"""

import json

from sessions import connect, session

LEADS, DUE = 60, 5_000
QUIET, RUNNING = 10_000, 995_000  # leads nobody works on, and their clocks that are not due


def prepare(env):
    """A regulation, and due clocks of a few leads."""
    env["sale.regulation"].create(
        {
            "rule_ids": [
                (0, 0, {"kind": "stage_time", "limit_minutes": 60}),
                (0, 0, {"kind": "silence", "limit_minutes": 60}),
            ]
        }
    ).action_approve()
    leads = env["crm.lead"].create(
        [{"name": f"Lead {number}", "type": "opportunity"} for number in range(LEADS)]
    )
    env.flush_all()
    insert_clocks(env, leads.ids, "- interval '1 day'", DUE)
    env.cr.execute(
        "INSERT INTO crm_lead (name, type, active, won_status)"
        " SELECT 'Quiet ' || n, 'opportunity', TRUE, 'pending' FROM generate_series(1, %s) n"
        " RETURNING id",
        [QUIET],
    )
    insert_clocks(env, [row[0] for row in env.cr.fetchall()], "+ interval '9 days'", RUNNING)
    env.cr.execute("ANALYZE sale_rule_clock")


def insert_clocks(env, lead_ids, when, count):
    """Clocks of leads in turn, whose deadline is so far from now."""
    rule = env["sale.regulation.rule"].search([("kind", "=", "stage_time")], limit=1)
    env.cr.execute(
        "INSERT INTO sale_rule_clock (lead_id, rule_id, regulation_id, company_id, kind, visit_no,"
        " seq, user_id, calendar_id, opened_at, deadline_at, limit_minutes, used_minutes,"
        " is_of_visit, state)"
        " SELECT (%s::int[])[1 + n %% %s], %s, %s, %s, 'stage_time', 0, n, %s, %s,"
        f" now() - interval '9 days', now() {when}, 60, 0, FALSE, 'open'"
        " FROM generate_series(1, %s) n",
        [
            lead_ids,
            len(lead_ids),
            rule.id,
            rule.regulation_id.id,
            env.company.id,
            env.uid,
            env.company.resource_calendar_id.id,
            count,
        ],
    )


def run(env):
    """Judge in batches, each in a transaction of its own."""
    clocks = env["sale.rule.clock"]
    while True:
        count = clocks._sweep(500)
        env.cr.commit()
        if not count:
            break


def edit(env):
    """Move leads to and fro, as managers do, each move tried again when it collides."""
    from odoo.service.model import retrying

    leads = env["crm.lead"].search([("name", "=like", "Lead %")])
    stages = env["crm.stage"].search([("is_won", "=", False)], limit=2)
    for number in range(3):
        for lead in leads:
            values = {"stage_id": stages[number % 2].id}
            retrying(lambda lead=lead, values=values: lead.write(values), env)


def tell(env):
    env.cr.execute(
        "SELECT count(*) FILTER (WHERE state = 'open'),"
        " count(*) FILTER (WHERE state = 'breached'),"
        " (SELECT count(*) FROM sale_violation WHERE clock_id IS NOT NULL),"
        " (SELECT count(DISTINCT clock_id) FROM sale_violation),"
        " (SELECT count(*) FROM sale_violation WHERE evidence IS NULL)"
        " FROM sale_rule_clock WHERE visit_no = 0"
    )
    names = ("open", "breached", "violations", "of clocks", "without evidence")
    [row] = env.cr.fetchall()
    env.cr.execute(
        "SELECT count(*) FROM (SELECT lead_id FROM crm_lead_interval WHERE left_at IS NULL"
        " GROUP BY 1 HAVING count(*) <> 1) broken"
    )
    [(broken,)] = env.cr.fetchall()
    return {**dict(zip(names, row, strict=True)), "broken": broken}


if __name__ == "__main__":
    database, word = connect()
    with session(database) as env:
        if word == "tell":
            print(json.dumps(tell(env)))
        else:
            {"prepare": prepare, "run": run, "edit": edit}[word](env)
