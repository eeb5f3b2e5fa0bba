"""The job that classes customers, as a process that may be killed.

``prepare`` makes invoices and a profile with runs that wait, ``run`` starts the job as the
scheduler does, ``run_slowly`` too, but each run rests when its results are written and nothing is
committed, ``run_beside`` works without the scheduler's own lock, ``tell`` prints what came of it.
"""

import json
import time
from datetime import date
from itertools import pairwise

from sessions import connect, session

CUSTOMERS, RUNS = 12, 4


def prepare(env):
    if not env.company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)
    partners = env["res.partner"].create([{"name": f"C{n}"} for n in range(CUSTOMERS)])
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": f"2025-{month:02}-10",
                "invoice_line_ids": [
                    (0, 0, {"name": "x", "price_unit": 100 * (1 + place), "tax_ids": False})
                ],
            }
            for place, partner in enumerate(partners)
            for month in (2, 5, 9)
        ]
    )
    moves.action_post()
    profile = env.ref("sale_abc_segmentation.sale_abc_profile_customers")
    for month in range(1, RUNS + 1):
        profile._create_run(date(2026, month, 1))


def run(env):
    env.ref("sale_abc_segmentation.ir_cron_abc").method_direct_trigger()


def run_slowly(env):
    model = type(env["sale.abc.run"])
    write_results = model._classify

    def write_and_rest(self):
        write_results(self)
        print("written", flush=True)
        time.sleep(60)

    model._classify = write_and_rest
    run(env)


def run_beside(env):
    env["sale.abc.run"]._cron_run()


def tell(env):
    runs = env["sale.abc.run"].search([], order="id")
    env.cr.execute(
        "SELECT run_id, count(*), count(DISTINCT subject_id) FROM sale_abc_result GROUP BY 1"
    )
    counted = env.cr.fetchall()
    partners = env["res.partner"].search([("name", "=like", "C%"), ("abc_class", "!=", False)])
    print(
        json.dumps(
            {
                "states": [run.state for run in runs],
                "results": sorted({row[1:] for row in counted}),
                "runs with results": len(counted),
                "follows": [run.previous_id == before for before, run in pairwise(runs)],
                "classed": len(partners),
                "last": runs.profile_id.last_run_id == runs[-1],
            }
        )
    )


if __name__ == "__main__":
    name, word = connect()
    with session(name) as found:
        words = (prepare, run, run_slowly, run_beside, tell)
        {one.__name__: one for one in words}[word](found)
