"""The register's list with a million requests beside core's list with a million orders.

Run by ``make bench`` as a script of the Odoo shell; ``BENCH_ROWS`` makes it smaller. Each list is
opened as the web client does it: the first page with the columns of the view, and the count.
"""

import os
import sys

from lxml import etree

sys.path.append("tests/bench/lib")
from side_by_side import Race, core_copy, multiply

ROWS = int(os.environ.get("BENCH_ROWS", 1_000_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 7))
PARTNERS = 5_000
PAGE, COUNT_LIMIT = 80, 10_001
DAY = "now() at time zone 'utc' - n * interval '1 minute'"


def make_partners(env):
    first = env["res.partner"].create({"name": "x"})
    return multiply(
        first,
        PARTNERS,
        name="'Customer ' || n",
        complete_name="'Customer ' || n",
        commercial_partner_id=f"{first.id} + n",
    )


def make_requests(env, partners):
    first = env["sale.material.request"].create(
        {"sender_name": "x", "line_ids": [(0, 0, {"name": "Bearing"})]}
    )
    partner = f"{partners} + 1 + n % {PARTNERS}"
    requests = multiply(
        first,
        ROWS,
        name="'MR' || lpad((n + 100000)::text, 7, '0')",
        partner_ref="'PO-' || n % 300000",
        partner_id=partner,
        commercial_partner_id=partner,
        state="(ARRAY['new','checked','offered','won','won','won','no_bid'])[1 + n % 7]",
        date_received=DAY,
    )
    multiply(first.line_ids, ROWS, request_id=f"{requests} + n", partner_id=partner)
    env.cr.execute("ANALYZE res_partner, sale_material_request, sale_material_request_line")


def make_orders(env, partners):
    product = env["product.product"].create({"name": "Bearing", "type": "consu"})
    partner = f"{partners} + 1 + n % {PARTNERS}"
    first = env["sale.order"].create(
        {"partner_id": partners + 1, "order_line": [(0, 0, {"product_id": product.id})]}
    )
    orders = multiply(
        first,
        ROWS,
        name="'S' || lpad((n + 100000)::text, 7, '0')",
        client_order_ref="'PO-' || n % 300000",
        partner_id=partner,
        partner_invoice_id=partner,
        partner_shipping_id=partner,
        state="(ARRAY['draft','draft','sent','sale','sale','sale','cancel'])[1 + n % 7]",
        date_order=DAY,
        access_token="NULL",
    )
    multiply(first.order_line, ROWS, order_id=f"{orders} + n", order_partner_id=partner)
    env.cr.execute("ANALYZE res_partner, sale_order, sale_order_line")


def columns(env, model, view):
    """What the web client asks for: the fields of the list."""
    arch = env[model].get_view(env.ref(view).id, "list")["arch"]
    fields = env[model]._fields
    shown = {
        node.get("name"): node.get("column_invisible") not in ("1", "True")
        for node in etree.fromstring(arch).xpath("//field")
        if node.get("optional") != "hide"
    }
    return {
        name: {"fields": {"display_name": {}}} if fields[name].relational and visible else {}
        for name, visible in shown.items()
    }


def opened(env, model, view, domain):
    """The list of a person who sees everything."""
    records = env(user=env.ref("base.user_admin"))[model]
    wanted = columns(records.env, model, view)
    return records.env, lambda: records.web_search_read(
        domain, wanted, limit=PAGE, count_limit=COUNT_LIMIT
    )


def words(text, *names):
    return ["|"] * (len(names) - 1) + [(name, "ilike", text) for name in names]


def bench(env, core):
    for side, make in ((env, make_requests), (core, make_orders)):
        partners = make_partners(side)
        make(side, partners)
    register = "sale.material.request", "sale_rfq_register.sale_material_request_view_list"
    orders = "sale.order", "sale.view_quotation_tree"
    text = "PO-2999"
    looks = {
        "first page": ([], []),
        "text": (
            words(text, "name", "partner_ref", "sender_name"),
            [*words(text, "name", "client_order_ref", "partner_id.name")],
        ),
        "number": (
            words("MR0765", "name", "partner_ref", "sender_name"),
            words("S0765", "name", "client_order_ref", "partner_id.name"),
        ),
        "status": (
            [("state", "in", ("new", "checked", "offered"))],
            [("state", "in", ("draft", "sent"))],
        ),
        "customer": (
            [("partner_id", "child_of", partners + 700)],
            [("partner_id", "child_of", partners + 700)],
        ),
    }
    print(f"The register with {ROWS} requests beside core's list with {ROWS} orders:")
    for what, (ours, theirs) in looks.items():
        race = Race(
            ROUNDS,
            register=opened(env, *register, ours),
            orders=opened(core, *orders, theirs),
        )
        print(
            f"  {what:10} register {race.median('register'):7.0f} ms, orders"
            f" {race.median('orders'):7.0f} ms, ratio {race.ratio('register', 'orders'):.2f};"
            f" queries {race.queries['register']} and {race.queries['orders']}"
        )


bench_env = env(context={"tracking_disable": True})  # noqa: F821 - the shell's env
bench_env.cr.commit()
with core_copy(f"{bench_env.cr.dbname}_core") as core_env:
    bench(bench_env, core_env)
bench_env.cr.rollback()
