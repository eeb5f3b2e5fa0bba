from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

WORKERS, EACH, COMMITTED = 8, 10, 50


@tagged("post_install", "-at_install")
class TestReleasesAtOnce(TransactionCase):
    """Eight people confirm a release of one contract line at one moment."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._forget)
        with self.registry.cursor() as cr:
            self._prepare(self._env(cr))

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _prepare(self, env):
        self.four_eyes = env.company.supply_contract_four_eyes
        env.company.supply_contract_four_eyes = False
        partner = env["res.partner"].create({"name": "released at once"})
        product = env["product.product"].create({"name": "released at once", "type": "service"})
        contract = env["sale.supply.contract"].create(
            {
                "partner_id": partner.id,
                "date_end": Date.today() + timedelta(days=100),
                "line_ids": [
                    Command.create(
                        {"product_id": product.id, "quantity": COMMITTED, "price_unit": 2}
                    )
                ],
            }
        )
        contract.action_put_in_force()
        values = {
            "partner_id": partner.id,
            "contract_id": contract.id,
            "kind_id": env.ref("sale_order_kinds.sale_order_kind_additional_delivery").id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": EACH})],
        }
        orders = env["sale.order"].create([values] * WORKERS)
        self.order_ids, self.contract_id = orders.ids, contract.id
        self.line_id, self.partner_id = contract.line_ids.id, partner.id
        self.template_id = product.product_tmpl_id.id

    def _forget(self):
        """What other cursors committed is not rolled back with the test."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env.company.supply_contract_four_eyes = self.four_eyes
            env["sale.order"].browse(self.order_ids)._action_cancel()
            env["sale.order"].browse(self.order_ids).unlink()
            cr.execute("DELETE FROM sale_supply_contract WHERE id = %s", [self.contract_id])
            env["product.template"].browse(self.template_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _confirm(self, order_id, barrier):
        with self.registry.cursor() as cr:
            order = self._env(cr)["sale.order"].browse(order_id)
            order.read(["state"])  # what it sees is from before all others
            barrier.wait(timeout=30)
            try:
                retrying(order.action_confirm, order.env)
            except UserError as refusal:
                cr.rollback()
                return "refused" if "allows 50" in str(refusal) else str(refusal)
            return "confirmed"

    def test_never_more_than_allowed(self):
        barrier = Barrier(WORKERS)
        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            patch("odoo.service.model.MAX_TRIES_ON_CONCURRENCY_FAILURE", 1),
            ThreadPoolExecutor(WORKERS) as pool,
        ):
            outcomes = Counter(
                pool.map(lambda order_id: self._confirm(order_id, barrier), self.order_ids)
            )
        self.assertEqual(outcomes, {"confirmed": COMMITTED // EACH, "refused": 3})
        with self.registry.cursor() as cr:
            env = self._env(cr)
            line = env["sale.supply.contract.line"].browse(self.line_id)
            orders = env["sale.order"].browse(self.order_ids)
            confirmed = orders.filtered(lambda order: order.state == "sale")
            self.assertEqual(len(confirmed), 5)
            self.assertEqual(line.released_qty, COMMITTED)

    def _open_version(self, barrier):
        with self.registry.cursor() as cr:
            contract = self._env(cr)["sale.supply.contract"].browse(self.contract_id)
            contract.read(["state"])
            barrier.wait(timeout=30)
            return retrying(contract.action_new_version, contract.env)["res_id"]

    def test_one_new_version(self):
        """A button pressed twice opens one version, and both get it."""
        barrier = Barrier(2)
        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            patch("odoo.service.model.random.uniform", lambda low, high: high / 20),
            ThreadPoolExecutor(2) as pool,
        ):
            opened = list(pool.map(self._open_version, [barrier, barrier]))
        self.assertEqual(opened[0], opened[1])
        with self.registry.cursor() as cr:
            contract = self._env(cr)["sale.supply.contract"].browse(self.contract_id)
            self.assertEqual(contract.version_ids.ids, opened[:1])
