"""What releases, delivery schedules and ordinary documents cost beside core alone.

Run by ``make bench`` as a script of the Odoo shell; ``BENCH_LINES``, ``BENCH_DUE`` and
``BENCH_ROUNDS`` make it smaller. Both sides run in turn, so that a change of the machine's speed
meets both: a release order beside a core order, due schedule lines turned into confirmed orders
beside the same orders made and confirmed by hand, an ordinary order and an ordinary return.
"""

import os
import sys
import time

from odoo.fields import Command

sys.path.append("tests/bench/lib")
from side_by_side import Race, core_copy

LINES = int(os.environ.get("BENCH_LINES", 100))
DUE = int(os.environ.get("BENCH_DUE", 10_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 9))


class Side:
    """One of the two databases, with what orders need."""

    def __init__(self, env):
        self.env = env
        self.partner = env["res.partner"].create({"name": "Bench", "is_company": True})
        self.products = env["product.product"].create(
            [{"name": f"P{n}", "type": "consu", "list_price": 10} for n in range(LINES)]
        )
        env.flush_all()

    def order(self, count=LINES, **values):
        return self.env["sale.order"].create(self.values(self.products[:count], **values))

    def values(self, products, **values):
        return {
            "partner_id": self.partner.id,
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
            **values,
        }

    def delivered(self):
        order = self.order(20)
        order.action_confirm()
        for move in order.picking_ids.move_ids:
            move.write({"quantity": 2, "picked": True})
        order.picking_ids._action_done()
        return order.picking_ids

    def give_back(self, picking):
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": 2, "picked": True})
        back._action_done()

    def change(self, order):
        order.client_order_ref = "changed"
        order.order_line[:5].product_uom_qty = 3


class Contract(Side):
    """The side with the addons, and a contract over everything."""

    def __init__(self, env):
        super().__init__(env)
        env.company.supply_contract_four_eyes = False
        self.contract = env["sale.supply.contract"].create(
            {
                "partner_id": self.partner.id,
                "date_end": "2099-12-31",
                "schedule_lead_days": 30_000,
                "line_ids": [
                    Command.create({"product_id": one.id, "quantity": 10**9, "price_unit": 10})
                    for one in self.products
                ],
            }
        )
        self.contract.action_put_in_force()

    def release(self):
        kind = self.env.ref("sale_order_kinds.sale_order_kind_additional_delivery")
        return self.order(kind_id=kind.id, contract_id=self.contract.id)

    def schedule(self, count):
        """Due lines: an order of ``LINES`` of them for each day."""
        found = self.env["sale.delivery.schedule"].create(
            {
                "contract_id": self.contract.id,
                "line_ids": [
                    Command.create(
                        {
                            "product_id": self.products[n % LINES].id,
                            "date_due": f"20{30 + n // LINES // 336}-"
                            f"{1 + n // LINES // 28 % 12:02}-{1 + n // LINES % 28:02}",
                            "quantity": 2,
                        }
                    )
                    for n in range(count)
                ],
            }
        )
        found.action_release()
        return found


def tell(what, race, one, other):
    print(
        f"  {what}: ratio {race.ratio(one, other):.3f} ({race.median(one):.0f} and"
        f" {race.median(other):.0f} ms; queries {race.queries[one]} and {race.queries[other]})"
    )


def bench_release(ours, core):
    offers = ours.release(), core.order()
    race = Race(
        ROUNDS,
        release=(ours.env, offers[0].action_confirm),
        core=(core.env, offers[1].action_confirm),
    )
    tell(f"confirming a release of {LINES} lines beside a core order", race, "release", "core")


def bench_ordinary(ours, core):
    actions = {}
    for name, side in (("ours", ours), ("core", core)):
        offer, picking = side.order(20), side.delivered()
        actions |= {
            f"create {name}": (side.env, lambda side=side: side.order(20)),
            f"write {name}": (side.env, lambda side=side, offer=offer: side.change(offer)),
            f"confirm {name}": (side.env, offer.action_confirm),
            f"return {name}": (side.env, lambda side=side, p=picking: side.give_back(p)),
        }
    race = Race(2 * ROUNDS, **actions)
    for what in ("create", "write", "confirm", "return"):
        tell(f"an ordinary order or return, {what}", race, f"{what} ours", f"{what} core")


def bench_schedule(ours, core):
    """Batch by batch in turn: the job's, then as many orders on core."""
    waiting = ours.env["sale.delivery.schedule.line"]
    ours.schedule(DUE)
    ours.env.flush_all()
    spent, done = {"job": [], "core": []}, 0
    while batch := waiting._find_due(set()):
        lines = sum(map(len, batch))
        spent["job"].append(
            measure(ours.env, lambda batch=batch: waiting._process_batch(batch, set()))
        )
        values = [core.values(core.products[: len(one)]) for one in batch]
        spent["core"].append(measure(core.env, lambda values=values: make(core.env, values)))
        done += lines
    # the first batch warms the caches, unless it is the only one
    batches = len(spent["job"])
    first = min(1, batches - 1)
    job, plain = (sum(times[first:]) for times in (spent["job"], spent["core"]))
    share = (batches - first) / batches * done
    print(
        f"  {done} due schedule lines into confirmed orders: {share / job:.0f} lines/s, core"
        f" {share / plain:.0f} lines/s, ratio {job / plain:.3f}"
    )


def make(env, values):
    env["sale.order"].create(values).action_confirm()


def measure(env, action):
    env.invalidate_all()
    start = time.perf_counter()
    action()
    env.flush_all()
    return time.perf_counter() - start


name = env.cr.dbname  # noqa: F821 - the shell's env
# the addon alone: what others cost is measured by the bench of ordinary orders
with (
    core_copy(f"{name}_core") as core_env,
    core_copy(f"{name}_kinds", "sale_order_kinds") as kinds_env,
):
    sides = Contract(kinds_env), Side(core_env)
    bench_release(*sides)
    bench_ordinary(*sides)
    bench_schedule(*sides)
