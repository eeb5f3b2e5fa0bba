"""Eight processes confirm releases of one contract line at once.

``race`` makes the offers, confirms them and prints as JSON what each attempt came to.
"""

import sys

from at_once import race
from sessions import connect, new_contract, session

ATTEMPTS, ALLOWED = 500, 300


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


def confirm(env, order_id):
    env["sale.order"].browse(order_id).action_confirm()


def tell(env):
    orders = env["sale.order"].browse(ORDERS)
    return {
        "confirmed": len(orders.filtered(lambda order: order.state == "sale")),
        "released": orders.order_line.contract_line_id.released_qty,
        "deliveries": len(orders.picking_ids),
    }


if __name__ == "__main__":
    database, _word = connect()
    with session(database) as env:
        ORDERS = prepare(env)
    race(database, ORDERS, confirm, f"allows {ALLOWED}", tell)
    sys.stdout.flush()
