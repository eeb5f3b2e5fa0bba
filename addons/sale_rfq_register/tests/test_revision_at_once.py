from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestRevisionAtOnce(TransactionCase):
    """Two people revise one offer at the same moment, each in a transaction of his own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "revised at once"})
            self.order_id = env["sale.order"].create({"partner_id": partner.id}).id
        self.addCleanup(self._forget)

    def _forget(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id, partner_id FROM sale_order"
                " WHERE id = %(id)s OR root_offer_id = %(id)s",
                {"id": self.order_id},
            )
            rows = cr.fetchall()
            ids = tuple(row[0] for row in rows)
            cr.execute("UPDATE sale_order SET superseded_by_id = NULL WHERE id IN %s", [ids])
            cr.execute("UPDATE sale_order SET root_offer_id = NULL WHERE id IN %s", [ids])
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'sale.order' AND res_id IN %s", [ids]
            )
            cr.execute("DELETE FROM sale_order WHERE id IN %s", [ids])
            cr.execute("DELETE FROM res_partner WHERE id = %s", [rows[0][1]])

    def _press(self, barrier):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["sale.order"].browse(self.order_id)
            order.read(["name", "superseded_by_id"])  # both look before either has revised
            barrier.wait(10)
            try:
                return retrying(lambda: order._revise().name, env)
            except UserError as error:
                return str(error)

    def test_one_revision(self):
        barrier = Barrier(2)
        with ThreadPoolExecutor(max_workers=2) as pool:
            answers = sorted(pool.map(self._press, [barrier, barrier]), key=len)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["sale.order"].browse(self.order_id)
            self.assertEqual(order.revision_count, 2)
            self.assertEqual(answers[0], order.superseded_by_id.name)
            self.assertIn(f"was replaced by {answers[0]}", answers[1])
