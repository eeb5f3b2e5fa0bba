"""Eight processes return goods of one delivery at once: by claims, and by core's own return.

``race`` delivers and makes the claim, has the goods returned piece by piece and prints as JSON
what each attempt came to.
"""

import sys

from at_once import WORKERS, race
from sessions import connect, session

ALLOWED, ATTEMPTS = 120, 200


def prepare(env):
    """A delivery, and a claim that accepts all of it and by which one piece comes back already.

    From that one on both ways are counted together.
    """
    # a letter for each of 120 returns, each with all that are open, would be most of the time
    env.ref("sale_order_kinds.mail_template_claim_return").active = False
    company = env.company
    company.warranty_expense_account_id = env["account.account"].create(
        {"name": "Warranty expense", "code": "678901", "account_type": "expense"}
    )
    partner = env["res.partner"].create({"name": "Bergmann", "is_company": True})
    product = env["product.product"].create({"name": "Pump", "is_storable": True})
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": ALLOWED})],
        }
    )
    order.action_confirm()
    picking = order.picking_ids
    picking.move_ids.write({"quantity": ALLOWED, "picked": True})
    picking._action_done()
    claim = env["sale.warranty.claim"].create(
        {
            "partner_id": partner.id,
            "picking_id": picking.id,
            "line_ids": [
                (
                    0,
                    0,
                    {
                        "origin_move_id": picking.move_ids.id,
                        "quantity": ALLOWED,
                        "reason_id": env["sale.warranty.reason"].search([], limit=1).id,
                    },
                )
            ],
        }
    )
    claim.action_submit()
    claim.action_accept()
    give_back_by(claim)
    return claim.id, picking.id


def give_back_by(claim):
    values = claim._prepare_claim_order_values("receive")
    values["order_line"][0][2]["product_uom_qty"] = 1
    claim.env["sale.order"].create(values).action_confirm()


def give_back(env, number):
    """Every other one by the claim, the rest past it, from the delivery itself."""
    if number // WORKERS % 2:  # so that each process does both
        give_back_by(env["sale.warranty.claim"].browse(CLAIM))
        return
    wizard = env["stock.return.picking"].create({"picking_id": PICKING})
    wizard.product_return_moves.quantity = 1
    wizard._create_return()


def tell(env):
    delivered = env["stock.picking"].browse(PICKING).move_ids
    back = delivered.returned_move_ids.filtered(lambda move: move.state != "cancel")
    line = env["sale.warranty.claim"].browse(CLAIM).line_ids
    return {
        "returns": len(back),
        "returned": sum(back.mapped("product_qty")),
        "by claim": line.returned_qty,
        "orders": len(line.claim_id.order_ids.filtered(lambda order: order.state == "sale")),
        "claimed moves": len(back.filtered("warranty_order_line_id")),
    }


if __name__ == "__main__":
    database, _word = connect()
    with session(database) as env:
        CLAIM, PICKING = prepare(env)
    race(database, range(ATTEMPTS), give_back, r"cannot come back|accepted is returned", tell)
    sys.stdout.flush()
