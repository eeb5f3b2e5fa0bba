from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AtOnceCase

RECEIPT = "sale_rfq_register.mail_activity_receipt"


@tagged("post_install", "-at_install")
class TestDispatchAtOnce(AtOnceCase):
    """Two workers look for overdue receipts, each with a cursor of its own."""

    def _prepare(self, env):
        partner = env["res.partner"].create({"name": "chased at once"})
        order = env["sale.order"].create({"partner_id": partner.id})
        dispatch = env["sale.dispatch"].create(
            {
                **order._prepare_dispatch_values(),
                "channel": "post",
                "receipt_requested": True,
                "receipt_due": fields.Date.subtract(fields.Date.today(), days=2),
            }
        )
        self.partner_id, self.order_id, self.dispatch_id = partner.id, order.id, dispatch.id

    def _forget(self):
        """What other cursors committed is not rolled back with the test, nor does it unlink."""
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM mail_activity WHERE res_id = %s", [self.order_id])
            cr.execute("DELETE FROM sale_dispatch WHERE id = %s", [self.dispatch_id])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.order"].browse(self.order_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _chase(self, cr):
        self._env(cr)["sale.dispatch"]._cron_remind_receipts()
        self._env(cr).flush_all()

    def _count(self):
        with self.registry.cursor() as cr:
            order = self._env(cr)["sale.order"].browse(self.order_id)
            return len(order.activity_search([RECEIPT]))

    def test_the_second_leaves_it_to_the_first(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            self._chase(first)
            self._chase(second)  # does not wait
        self.assertEqual(self._count(), 1)

    def test_the_second_with_an_older_view_fails(self):
        with self.registry.cursor() as second:
            second.execute("SELECT 1")  # its snapshot is taken here
            with self.registry.cursor() as first:
                self._chase(first)
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._chase(second)
            second.rollback()
            self._chase(second)
        self.assertEqual(self._count(), 1)

    def test_two_confirmations(self):
        with self.registry.cursor() as second:
            self._env(second)["sale.dispatch"].browse(self.dispatch_id).receipt_date
            with self.registry.cursor() as first:
                row = self._env(first)["sale.dispatch"].browse(self.dispatch_id)
                row._confirm_receipt_by_customer("First")
            row = self._env(second)["sale.dispatch"].browse(self.dispatch_id)
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                row._confirm_receipt_by_customer("Second")
                row.env.flush_all()
            second.rollback()
            row.invalidate_recordset()
            row._confirm_receipt_by_customer("Second")
            self.assertEqual(row.receipt_by, "First")
