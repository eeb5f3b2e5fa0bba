from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AtOnceCase

ROUNDS = 5


@tagged("post_install", "-at_install")
class TestLearningAtOnce(AtOnceCase):
    """Two transactions that learn the same, each with a cursor of its own."""

    def _prepare(self, env):
        partner = env["res.partner"].create({"name": "learning at once"})
        products = env["product.product"].create(
            [{"name": f"learning at once {n}", "type": "consu"} for n in (1, 2)]
        )
        self.partner_id, self.product_ids = partner.id, products.ids
        self.template_ids = products.product_tmpl_id.ids

    def _forget(self):
        """What other cursors committed is not rolled back with the test."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.customer.article"].with_context(active_test=False).search(
                [("partner_id", "=", self.partner_id)]
            ).unlink()
            env["product.template"].browse(self.template_ids).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _learn(self, barrier, product_id):
        """Learn when the other one has begun its transaction too."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.partner"].browse(self.partner_id).name  # the snapshot is taken here
            barrier.wait(timeout=10)
            retrying(lambda: self._learn_in(env, product_id), env)

    def _learn_in(self, env, product_id):
        request = env["sale.material.request"].new({"partner_id": self.partner_id})
        request.company_id = env.ref("base.main_company")
        lines = [
            env["sale.material.request.line"].new(
                {
                    "request_id": request.id,
                    "customer_code": f"X-{number}",
                    "name": f"Thing {number}",
                    "product_id": product_id,
                }
            )
            for number in range(20)
        ]
        env["sale.customer.article"]._learn(lines)

    def _race(self, *product_ids):
        barrier = Barrier(len(product_ids))
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            with ThreadPoolExecutor(max_workers=len(product_ids)) as pool:
                list(pool.map(lambda product_id: self._learn(barrier, product_id), product_ids))

    def _rows(self, active=True):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT kind, key, product_id, times_chosen FROM sale_customer_article"
                " WHERE partner_id = %s AND active = %s",
                [self.partner_id, active],
            )
            return cr.fetchall()

    def test_no_choice_is_lost(self):
        one = self.product_ids[0]
        for _round in range(ROUNDS):
            self._race(one, one)
        rows = self._rows()
        self.assertEqual(len(rows), 40)
        self.assertEqual({row[2:] for row in rows}, {(one, 2 * ROUNDS)})
        self.assertFalse(self._rows(active=False))

    def test_different_choices_end_with_one_and_its_history(self):
        self._race(*self.product_ids)
        last, replaced = self._rows(), self._rows(active=False)
        self.assertEqual(len(last), 40)
        self.assertEqual(len(replaced), 40)
        self.assertEqual(
            {row[2] for row in last} | {row[2] for row in replaced}, set(self.product_ids)
        )
        self.assertEqual({row[3] for row in last + replaced}, {1})
