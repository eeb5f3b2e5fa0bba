from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestRequestLeadAtOnce(TransactionCase):
    """Two people press *Make Lead* at the same moment, each in a transaction of his own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            request = env["sale.material.request"].create({"sender_name": "lead at once"})
            self.request_id = request.id
        self.addCleanup(self._forget)

    def _leads(self, cr):
        cr.execute("SELECT id FROM crm_lead WHERE contact_name = 'lead at once'")
        return [row[0] for row in cr.fetchall()]

    def _forget(self):
        with self.registry.cursor() as cr:
            for model, ids in (
                ("crm.lead", self._leads(cr)),
                ("sale.material.request", [self.request_id]),
            ):
                cr.execute(
                    "DELETE FROM mail_message WHERE model = %s AND res_id = ANY(%s)", [model, ids]
                )
            cr.execute("DELETE FROM sale_material_request WHERE id = %s", [self.request_id])
            cr.execute("DELETE FROM crm_lead WHERE contact_name = 'lead at once'")

    def _press(self, barrier):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            request = env["sale.material.request"].browse(self.request_id)
            request.read(["opportunity_id"])  # both look before either has made one
            barrier.wait(10)
            try:
                return retrying(request.action_make_lead, env)
            except UserError as error:
                return str(error)

    def test_one_lead(self):
        barrier = Barrier(2)
        with ThreadPoolExecutor(max_workers=2) as pool:
            answers = list(pool.map(self._press, [barrier, barrier]))
        self.assertEqual(answers, [True, True])
        with self.registry.cursor() as cr:
            self.assertEqual(len(self._leads(cr)), 1)
