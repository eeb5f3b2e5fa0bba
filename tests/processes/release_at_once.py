"""Eight processes confirm releases of one contract line at once, as a web client has it done.

``race`` makes the offers, confirms them and prints as JSON what each attempt came to.
"""

import json
import os
import sys
import time
from collections import Counter

from sessions import connect, new_contract, session

from odoo import sql_db
from odoo.exceptions import UserError
from odoo.service.model import retrying

WORKERS, ATTEMPTS, ALLOWED = 8, 500, 300


def prepare(env):
    """Offers of one piece each, more than the contract allows."""
    contract = new_contract(env, ALLOWED, 1)
    values = {
        "partner_id": contract.partner_id.id,
        "contract_id": contract.id,
        "kind_id": env.ref("sale_order_kinds.sale_order_kind_additional_delivery").id,
        "order_line": [(0, 0, {"product_id": contract.line_ids.product_id.id})],
    }
    return env["sale.order"].create([values] * ATTEMPTS).ids


def attempt(database, order_id):
    """The outcome of one confirmation and how often it was tried."""
    with session(database) as env:
        order, tries = env["sale.order"].browse(order_id), 0

        def confirm():
            nonlocal tries
            tries += 1
            order.action_confirm()

        try:
            retrying(confirm, env)
            outcome = "confirmed"
        except UserError as refusal:
            env.cr.rollback()
            told = f"allows {ALLOWED}" in str(refusal)
            outcome = "refused with the reason" if told else str(refusal)
        except Exception as error:
            env.cr.rollback()
            outcome = repr(error)
    return outcome, tries


def work(database, order_ids):
    """In a process of its own: attempt one after the other and write the outcomes down."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return os.fdopen(reader)
    with os.fdopen(writer, "w") as told:
        told.write(json.dumps([attempt(database, order_id) for order_id in order_ids]))
    os._exit(0)


def race(database):
    with session(database) as env:
        order_ids = prepare(env)
    sql_db.close_all()  # a connection must not be shared with a child
    start = time.monotonic()
    pipes = [work(database, order_ids[worker::WORKERS]) for worker in range(WORKERS)]
    outcomes = [outcome for pipe in pipes for outcome in json.loads(pipe.read())]
    seconds = time.monotonic() - start
    with session(database) as env:
        orders = env["sale.order"].browse(order_ids)
        print(
            json.dumps(
                {
                    "outcomes": Counter(outcome for outcome, _tries in outcomes),
                    "tries": Counter(str(tries) for _outcome, tries in outcomes),
                    "confirmed": len(orders.filtered(lambda order: order.state == "sale")),
                    "released": orders.order_line.contract_line_id.released_qty,
                    "deliveries": len(orders.picking_ids),
                    "seconds": round(seconds, 1),
                }
            )
        )


if __name__ == "__main__":
    race(connect()[0])
    sys.stdout.flush()
