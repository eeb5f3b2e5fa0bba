from concurrent.futures import ThreadPoolExecutor

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged

ARRIVALS = 20


@tagged("post_install", "-at_install")
class TestNumbering(TransactionCase):
    """Requests that arrive at once, each in a transaction of its own."""

    def setUp(self):
        super().setUp()
        self.company_id = self.env.ref("base.main_company").id
        self.sequence = self.env["ir.sequence"].search(
            [("code", "=", "sale.material.request"), ("company_id", "=", self.company_id)]
        )
        self.first = self.sequence.number_next
        self.addCleanup(self._forget)

    def _forget(self):
        """Requests cannot be deleted, so the rows of this test leave by the back door."""
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'sale.material.request' AND res_id IN"
                " (SELECT id FROM sale_material_request WHERE partner_ref LIKE 'numbering %%')"
            )
            cr.execute("DELETE FROM sale_material_request WHERE partner_ref LIKE 'numbering %%'")
            cr.execute(
                "UPDATE ir_sequence SET number_next = %s WHERE id = %s",
                [self.first, self.sequence.id],
            )

    def _name(self, position):
        return f"MR{self.first + position:05}"

    def _arrive(self, number):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return retrying(lambda: self._register(env, number), env)

    def _register(self, env, number):
        return (
            env["sale.material.request"]
            .create({"company_id": self.company_id, "partner_ref": f"numbering {number}"})
            .name
        )

    def test_no_gap_and_no_double(self):
        with ThreadPoolExecutor(max_workers=2) as pool:
            names = list(pool.map(self._arrive, range(ARRIVALS)))
        self.assertEqual(sorted(names), [self._name(n) for n in range(ARRIVALS)])

    def test_failed_arrival_leaves_no_gap(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self._register(env, 1)
            cr.rollback()
        self.assertEqual(self._arrive(2), self._name(0))
