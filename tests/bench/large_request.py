"""A request of 1,000 lines among 100,000 products: read, matched, offered.

Run by ``make bench`` as a script of the Odoo shell. ``BENCH_PRODUCTS``, ``BENCH_LINES`` and
``BENCH_ROUNDS`` make it smaller or larger. Matching is compared with its own SQL alone and with
core's ``name_search`` line by line; the offer with the same order on a database with core only.
"""

import os
import sys
import time

from odoo.fields import Command

sys.path.append("tests/bench/lib")
from side_by_side import Race, core_copy, multiply

PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", 100_000))
LINES = int(os.environ.get("BENCH_LINES", 1_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 5))
NAME = """(ARRAY['Deep groove bearing', 'Shaft seal', 'Gear motor', 'Hex bolt', 'V belt',
    'Roller chain', 'Ball valve', 'Pressure gauge', 'Hydraulic hose', 'Limit switch', 'Contactor',
    'Cable gland', 'Pipe elbow', 'Grease cartridge', 'Filter element', 'Coupling'])[1 + n % 16]
    || ' ' || (ARRAY['steel', 'stainless', 'brass', 'zinc plated', 'NBR', 'FKM', 'PTFE'])
    [1 + n / 16 % 7] || ' ' || 10 + n / 112 % 90 || 'x' || 5 + n / 10080 % 40 || ' type '
    || n % 97"""


def make_products(env, count):
    """Products with references and barcodes, in bulk."""
    first = env["product.product"].create({"name": "x", "type": "consu", "list_price": 10})
    templates = multiply(
        first.product_tmpl_id,
        count,
        name=f"jsonb_build_object('en_US', {NAME})",
        default_code="'REF-' || n",
    )
    products = multiply(
        first,
        count,
        product_tmpl_id=f"{templates} + n",
        default_code="'REF-' || n",
        barcode="(4000000000000 + n)::text",
    )
    env.cr.execute("ANALYZE product_template, product_product")
    return range(products + 1, products + count + 1)


def make_file(products, count):
    """A table in which some lines carry our number, some a barcode, some the name, some less."""
    rows = ["Item;Your article;EAN;Qty"]
    step = len(products) // count
    for number, product in enumerate(products[: step * count : step]):
        match number % 5:
            case 0 | 1:
                rows.append(f"Article {number};{product.default_code};;{1 + number % 9}")
            case 2:
                rows.append(f"Article {number};;{product.barcode};2")
            case 3:
                rows.append(f"{product.name};;;3")
            case 4:
                rows.append(f"{product.name.replace(' type', ', kind')} urgent;;;4")
    return "\n".join(rows).encode()


def read_and_match(env, content, partner):
    request = env["sale.material.request"]._create_from_files(
        [("wanted.csv", content)], {"partner_id": partner.id}
    )
    request.action_check()
    return request


def bench_matching(env):
    start = time.perf_counter()
    ids = make_products(env, PRODUCTS)
    products = env["product.product"].browse(ids).with_prefetch(ids)
    print(f"  {PRODUCTS} products made in {time.perf_counter() - start:.0f} s")
    partner = env["res.partner"].create({"name": "Bench"})
    large, small = (make_file(products, count) for count in (LINES, LINES // 10))
    lines = read_and_match(env, large, partner).line_ids
    assert len(lines) == LINES, f"the file was read as {len(lines)} lines"
    found = sum(bool(line.product_id) for line in lines)
    env.flush_all()
    # each line anew
    lines.product_id = lines.suggested_product_id = False
    env.flush_all()
    few = lines[: LINES // 10]
    race = Race(
        ROUNDS,
        large=(env, lambda: read_and_match(env, large, partner)),
        small=(env, lambda: read_and_match(env, small, partner)),
        match=(env, lambda: lines._match_products()),
        sql=(env, lambda: env.execute_query(lines._get_candidates_query())),
        few=(env, lambda: few._match_products()),
        search=(env, lambda: [_search(env, line) for line in few]),
    )
    seconds = race.median("large") / 1000
    print(
        f"  read, matched and judged: {LINES} lines in {seconds:.1f} s, {LINES / seconds:.0f}"
        f" lines/s, {found} with their product; queries {race.queries['small']} for"
        f" {LINES // 10} lines, {race.queries['large']} for {LINES}"
    )
    print(
        f"  matching beside its bare SQL: ratio {race.ratio('match', 'sql'):.2f}"
        f" ({race.median('match'):.0f} and {race.median('sql'):.0f} ms)"
    )
    print(
        f"  matching beside name_search for each line: ratio {race.ratio('few', 'search'):.3f}"
        f" ({len(few)} lines, {race.median('few'):.0f} and {race.median('search'):.0f} ms)"
    )
    bench_statistics(env, lines)


def bench_statistics(env, lines):
    """Products that were just made are not in the statistics: the plan must not rest on them."""
    if env.cr._cnx.server_version < 180_000:
        print("  matching without statistics: they can be set from PostgreSQL 18 on")
        return
    query = lines._get_candidates_query()

    def match_without():
        with env.cr.savepoint() as savepoint:
            env.cr.execute(
                """SELECT pg_restore_relation_stats('schemaname', 'public', 'relname',
                                                    relname::text, 'reltuples', 1::real)
                     FROM pg_class WHERE relname IN ('product_product', 'product_template')"""
            )
            env.execute_query(query)
            savepoint.rollback()

    race = Race(
        ROUNDS, known=(env, lambda: env.execute_query(query)), unknown=(env, match_without)
    )
    print(
        "  its SQL where the statistics know of one product beside where they know of all: ratio"
        f" {race.ratio('unknown', 'known'):.2f}"
        f" ({race.median('unknown'):.0f} and {race.median('known'):.0f} ms)"
    )


def _search(env, line):
    products = env["product.product"]
    for text in (line.supplier_code, line.barcode, line.name):
        found = text and products.name_search(text, limit=5)
        if found:
            return found
    return []


def bench_offer(env, core):
    """The same order, from a request and on core alone."""
    sides = {}
    for side in (env, core):
        products = side["product.product"].create(
            [{"name": f"P{n}", "type": "consu", "list_price": 10} for n in range(LINES)]
        )
        sides[side] = side["res.partner"].create({"name": "Bench"}), products
    partner, products = sides[env]
    request = env["sale.material.request"].create(
        {
            "partner_id": partner.id,
            "line_ids": [
                Command.create({"product_id": product.id, "quantity": 2, "name": product.name})
                for product in products
            ],
        }
    )
    request.action_check()
    race = Race(
        ROUNDS,
        core=(core, lambda: _create_order(core, *sides[core])),
        offer=(env, request._create_offers),
    )
    print(
        f"  offer of {LINES} lines beside the order on core: ratio"
        f" {race.ratio('offer', 'core'):.2f}"
        f" ({race.median('offer'):.0f} and {race.median('core'):.0f} ms; queries"
        f" {race.queries['offer']} and {race.queries['core']})"
    )


def _create_order(env, partner, products):
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "user_id": env.uid,
            "origin": "MR00001",
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": 2,
                        "product_uom_id": product.uom_id.id,
                    }
                )
                for product in products
            ],
        }
    )


bench_env = env(context={"tracking_disable": True})  # noqa: F821 - the shell's env
bench_env.cr.commit()
with core_copy(f"{bench_env.cr.dbname}_core") as core_env:
    bench_offer(bench_env, core_env)
bench_env.cr.rollback()
bench_matching(bench_env)
bench_env.cr.rollback()
