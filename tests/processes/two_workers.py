"""What two workers of a server meet: requests to offer, offers to confirm, and people for both.

``prepare`` makes them and prints as JSON what they are; ``tell`` prints what came of them.
"""

import json

from sessions import connect, session

PAIRS = 6  # documents, on each of which a button is pressed twice at once
CUSTOMER, MARK = "Two Windows", "made before"
PASSWORD = "two-windows"


def prepare(env):
    """Requests that are assessed, offers that wait for the customer, a seller and a customer."""
    partner = env["res.partner"].create({"name": CUSTOMER, "email": "buyer@customer.example.com"})
    users = env["res.users"].with_context(no_reset_password=True)
    seller, admin, buyer = users.create(
        [
            {
                "name": login,
                "login": login,
                "password": PASSWORD,
                "email": f"{login}@example.com",
                "group_ids": [(6, 0, [env.ref(group).id for group in groups])],
                **values,
            }
            for login, groups, values in (
                ("seller", ["base.group_user", "sales_team.group_sale_salesman_all_leads"], {}),
                ("gateway", ["base.group_user", "base.group_system"], {}),
                ("buyer", ["base.group_portal"], {"partner_id": partner.id}),
            )
        ]
    )
    product = env["product.product"].create({"name": "Bearing", "list_price": 3})
    requests = env["sale.material.request"].create(
        [
            {
                "partner_id": partner.id,
                "partner_ref": MARK,
                "user_id": seller.id,
                "line_ids": [(0, 0, {"product_id": product.id, "name": "first", "quantity": 5})],
            }
            for _number in range(2 * PAIRS)
        ]
    )
    requests.action_check()
    for request in requests[PAIRS:]:
        request.action_create_offer()
    offers = requests[PAIRS:].order_ids
    offers.write({"confirmation_required": True, "state": "sent"})
    return {
        "requests": requests[:PAIRS].ids,
        "offers": {order.id: order.configuration_fingerprint for order in offers},
        "tokens": {order.id: order._portal_ensure_token() for order in offers},
        "users": [seller.login, admin.login, buyer.login],
    }


def tell(env):
    """How many documents there are, and the numbers of all requests."""
    requests = env["sale.material.request"].search([], order="name")
    asked = requests.filtered(lambda one: one.partner_ref == MARK).sorted("id")
    files = env["ir.attachment"].search(
        [("res_model", "=", "sale.material.request"), ("name", "=like", "large-%.xlsx")]
    )
    return {
        "offers of requests": [len(request.order_ids) for request in asked[:PAIRS]],
        "confirmations": [len(order.confirmation_ids) for order in asked[PAIRS:].order_ids],
        "by channel": {
            channel: len(found) for channel, found in requests.grouped("channel").items()
        },
        "numbers": requests.mapped("name"),
        "waiting": len(requests.filtered(lambda one: one.reading_state == "waiting")),
        "files kept": len(set(files.mapped("name"))),
    }


if __name__ == "__main__":
    database, word = connect()
    with session(database) as env:
        print(json.dumps({"prepare": prepare, "tell": tell}[word](env)))
