"""What the views of the board cost over a million leads, beside their bare queries.

Run by ``make bench BENCH=pipeline_kpi ONLY=sale_pipeline_kpi`` as a script of the Odoo shell.
Leads with their history are written by SQL. Each tile and table is measured in turn with the
query that a programmer would write by hand for the same figure, over a month and a year; core's
own pipeline analysis, grouped, stands beside. ``BENCH_LEADS`` makes it shorter.
"""

import os
import statistics
import time
from datetime import date

from odoo.tools import SQL

env = globals()["env"]  # the shell's
LEADS = int(os.environ.get("BENCH_LEADS", 1_000_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 5))
STAGES = 4


def timed(action):
    env.invalidate_all()
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def load():
    """Write leads of five years, two rows of history each."""
    stages = env["crm.stage"].search([], limit=STAGES, order="sequence")
    won = stages[-1]
    team = env["crm.team"].create({"name": "Bench", "company_id": env.company.id})
    users = env["res.users"].create(
        [{"name": f"Seller {n}", "login": f"bench_seller_{n}"} for n in range(20)]
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            WITH n AS (
                SELECT n, (%(users)s::int[])[1 + n %% 20] AS user_id,
                       now() AT TIME ZONE 'utc' - n * interval '5 years' / %(count)s AS entered,
                       CASE n %% 10 WHEN 0 THEN 'won' WHEN 1 THEN 'lost' WHEN 2 THEN 'lost'
                            ELSE 'pending' END AS outcome
                  FROM generate_series(1, %(count)s) n
            ), lead AS (
                INSERT INTO crm_lead (name, type, user_id, team_id, stage_id, active, won_status,
                       expected_revenue, create_date, date_closed, company_id, probability,
                       priority)
                SELECT n::text, CASE WHEN n %% 3 = 0 THEN 'lead' ELSE 'opportunity' END, user_id,
                       %(team)s, CASE outcome WHEN 'won' THEN %(won)s ELSE %(first)s END,
                       outcome <> 'lost', outcome, n %% 5000, entered,
                       CASE WHEN outcome <> 'pending' THEN entered + interval '20 days' END,
                       %(company)s, 0, '0'
                  FROM n RETURNING id, name, user_id, create_date, won_status
            )
            INSERT INTO crm_lead_interval (lead_id, company_id, visit_no, stage_id, stage_name,
                   stage_seq, user_id, team_id, entered_at, left_at, exit_kind, cohort_on,
                   reached_before, origin)
            SELECT id, %(company)s, step, (%(stages)s::int[])[step], '',
                   (%(sequences)s::int[])[step], user_id, %(team)s,
                   create_date + (step - 1) * interval '5 days',
                   CASE WHEN step = 1 THEN create_date + interval '5 days' END,
                   CASE WHEN step = 1 THEN 'forward' END, create_date::date,
                   CASE WHEN step = 1 THEN -1 ELSE (%(sequences)s::int[])[1] END, 'orm'
              FROM lead CROSS JOIN generate_series(1, 2) step
            """,
            users=users.ids,
            count=LEADS,
            team=team.id,
            won=won.id,
            first=stages[0].id,
            company=env.company.id,
            stages=stages.ids,
            sequences=stages.mapped("sequence"),
        )
    )
    env.cr.commit()
    env.cr.execute("ANALYZE crm_lead, crm_lead_interval")
    env.invalidate_all()


def bare(key, scope):
    """Return the query by hand for a figure."""
    start, end, company = scope.start, scope.end, scope.company.id
    closed = SQL(
        "company_id = %s AND date_closed BETWEEN %s AND %s AND won_status", company, start, end
    )
    entered = SQL("company_id = %s AND create_date BETWEEN %s AND %s", company, start, end)
    return {
        "won": SQL("SELECT count(*) FROM crm_lead WHERE %s = 'won'", closed),
        "won_revenue": SQL("SELECT sum(expected_revenue) FROM crm_lead WHERE %s = 'won'", closed),
        "win_rate": SQL(
            "SELECT won_status, count(*) FROM crm_lead WHERE %s IN ('won', 'lost')"
            " AND type = 'opportunity' GROUP BY 1",
            closed,
        ),
        "leads": SQL("SELECT count(*) FROM crm_lead WHERE %s", entered),
        "conversion": SQL("SELECT type, count(*) FROM crm_lead WHERE %s GROUP BY 1", entered),
        "funnel": SQL(
            "SELECT reached_before, stage_seq, count(*) FROM crm_lead_interval"
            " WHERE company_id = %s AND cohort_on BETWEEN %s AND %s"
            " AND stage_seq > reached_before AND origin <> 'merge' GROUP BY 1, 2",
            company,
            scope.first,
            scope.last,
        ),
        "time_in_stage": SQL(
            "SELECT stage_id, count(*), avg(extract(epoch FROM left_at - entered_at)),"
            " percentile_cont(0.5) WITHIN GROUP"
            " (ORDER BY extract(epoch FROM left_at - entered_at)) FROM crm_lead_interval"
            " WHERE company_id = %s AND left_at BETWEEN %s AND %s GROUP BY 1",
            company,
            start,
            end,
        ),
    }.get(key)


def measure(name, ours, theirs):
    pairs = [(timed(ours), timed(theirs) if theirs else None) for _round in range(ROUNDS)]
    own = statistics.median(pair[0] for pair in pairs)
    if theirs:
        ratio = statistics.median(one / other for one, other in pairs)
        print(f"  {name}: {ratio:.2f} × the bare query, {own:.3f} s")
    else:
        print(f"  {name}: {own:.3f} s")


def run():
    load()
    board, table = env["sale.kpi.board"], env["sale.kpi.table"]
    today = env.company._get_today()
    for label, first in (("month", today.replace(day=1)), ("year", date(today.year, 1, 1))):
        scope = board._get_scope("month")._replace(first=first)
        print(f"{LEADS:,} leads, this {label}:")
        for keys in board._get_tile_keys().values():
            for key in keys:
                query = bare(key, scope)
                measure(
                    key,
                    lambda key=key, scope=scope: board._get_tile(key, scope),
                    query and (lambda query=query: env.execute_query(query)),
                )
        for key in table._get_table_keys():
            query = bare(key, scope)
            measure(
                f"table {key}",
                lambda key=key, scope=scope: getattr(table, f"_table_{key}")(scope),
                query and (lambda query=query: env.execute_query(query)),
            )
        whole = timed(lambda label=label: board.get_board(label))
        print(f"  the whole board with the period before: {whole:.2f} s")
    compare_with_core(date(today.year, 1, 1))


def compare_with_core(first):
    """Measure what core's pipeline analysis asks for, over the same leads of this year."""
    leads = env["crm.lead"].with_context(active_test=False)
    closed, entered = [("date_closed", ">=", first)], [("create_date", ">=", first)]
    won = [*closed, ("won_status", "=", "won")]
    amounts = ["expected_revenue:sum", "__count"]
    print("Core's pipeline analysis, this year:")
    for name, domain, keys in (
        ("won by salesperson", won, ["user_id"]),
        ("won by month", won, ["date_closed:month"]),
        ("closed by stage and outcome", closed, ["stage_id", "won_status"]),
        ("leads by month and kind", entered, ["create_date:month", "type"]),
    ):
        measure(name, lambda d=domain, k=keys: leads._read_group(d, k, amounts), None)
    # the days in each stage, which core computes lead by lead
    some = leads.search(closed, limit=4_000)
    took = timed(lambda: some.mapped("duration_tracking"))
    print(f"  time in stage of {len(some):,} leads: {took:.2f} s")


run()
