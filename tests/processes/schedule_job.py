"""The job that makes orders of due schedule lines, as a process that may be killed.

``prepare`` makes a schedule, ``run`` starts the job as the scheduler does, ``run_beside`` without
the scheduler's own lock, ``tell`` prints what came of it as JSON.
"""

import json
import sys

from sessions import connect, new_contract, session

DAYS, PRODUCTS = 40, 3  # so many orders of so many lines


def prepare(env):
    contract = new_contract(env, DAYS, PRODUCTS)
    contract.schedule_lead_days = 3650
    schedule = env["sale.delivery.schedule"].create(
        {
            "contract_id": contract.id,
            "line_ids": [
                (
                    0,
                    0,
                    {
                        "product_id": line.product_id.id,
                        "date_due": f"2031-{1 + day // 28:02}-{1 + day % 28:02}",
                        "quantity": 1,
                    },
                )
                for line in contract.line_ids
                for day in range(DAYS)
            ],
        }
    )
    schedule.action_release()


def make_batches_small():
    """So that there is a middle in which the job can be killed."""
    module = sys.modules["odoo.addons.sale_order_kinds.models.sale_delivery_schedule_cron"]
    module.BATCH_ORDERS = 3


def run(env):
    make_batches_small()
    env.ref("sale_order_kinds.ir_cron_schedule_orders").method_direct_trigger()


def run_beside(env):
    make_batches_small()
    env["sale.delivery.schedule.line"]._cron_create_orders()


def tell(env):
    lines = env["sale.delivery.schedule.line"].search([])
    orders = lines.order_line_ids.order_id
    print(
        json.dumps(
            {
                "wanted": len(lines),
                "waiting": len(lines.filtered("awaits_order")),
                "orders of lines": sorted({len(line.order_line_ids) for line in lines}),
                "orders": len(orders),
                "lines of orders": sorted({len(order.order_line) for order in orders}),
                "states": sorted(set(orders.mapped("state"))),
                "deliveries": sorted({len(order.picking_ids) for order in orders}),
                "released": sorted(set(lines.contract_line_id.mapped("released_qty"))),
                "problems": sorted(set(filter(None, lines.mapped("problem")))),
                "all orders": env["sale.order"].search_count([]),
            }
        )
    )


if __name__ == "__main__":
    name, word = connect()
    with session(name) as found:
        {"prepare": prepare, "run": run, "run_beside": run_beside, "tell": tell}[word](found)
