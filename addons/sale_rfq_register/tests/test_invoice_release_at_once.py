from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from .invoice_common import APPROVER


@tagged("post_install", "-at_install")
class TestInvoiceReleaseAtOnce(TransactionCase):
    """Two people decide about one invoice at one moment, each with a cursor of its own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.company_id = env["res.company"].create({"name": "decided at once"}).id
            env = env(context={"allowed_company_ids": [self.company_id]})
            env.company.invoice_release_required = True
            account = env["account.account"].create(
                {"name": "decided at once", "code": "400999", "account_type": "income"}
            )
            receivable = env["account.account"].create(
                {"name": "decided at once", "code": "120999", "account_type": "asset_receivable"}
            )
            journal = env["account.journal"].create(
                {"name": "decided at once", "code": "DAO", "type": "sale"}
            )
            partner = env["res.partner"].create(
                {"name": "decided at once", "property_account_receivable_id": receivable.id}
            )
            self.user_ids = [
                mail_new_test_user(
                    env,
                    login=f"at_once_{n}",
                    groups=APPROVER,
                    company_id=self.company_id,
                    company_ids=[Command.set([self.company_id])],
                ).id
                for n in range(2)
            ]
            move = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "journal_id": journal.id,
                    "partner_id": partner.id,
                    "invoice_line_ids": [
                        Command.create({"account_id": account.id, "price_unit": 5.0})
                    ],
                }
            )
            move.action_request_invoice_approval()
            self.move_id, self.partner_id = move.id, partner.id
        self.addCleanup(self._forget)

    def _forget(self):
        """What other cursors committed is not rolled back with the test."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            move = env["account.move"].browse(self.move_id)
            cr.execute("DELETE FROM invoice_release_log WHERE move_id = %s", [move.id])
            env.invalidate_all()
            accounts = move.line_ids.account_id
            journal = move.journal_id
            move.unlink()
            users = env["res.users"].browse(self.user_ids)
            people = users.partner_id + env["res.partner"].browse(self.partner_id)
            cr.execute("DELETE FROM mail_message WHERE author_id = ANY(%s)", [people.ids])
            users.unlink()
            people.unlink()
            journal.unlink()
            accounts.unlink()
            company = env["res.company"].browse(self.company_id)
            env["ir.sequence"].search([("company_id", "=", company.id)]).unlink()

    def _move(self, cr, number):
        env = api.Environment(
            cr, self.user_ids[number], {"allowed_company_ids": [self.company_id]}
        )
        return env["account.move"].browse(self.move_id)

    def test_second_approval_is_told(self):
        with self.registry.cursor() as second:
            # has looked at the invoice before the other's approval was committed
            self.assertTrue(self._move(second, 1).can_approve_invoice)
            with self.registry.cursor() as first:
                self._move(first, 0).action_approve_invoice()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._move(second, 1).action_approve_invoice()
            second.rollback()
            with self.assertRaisesRegex(UserError, "is approved by at_once_0"):
                self._move(second, 1).action_approve_invoice()
            second.rollback()
            events = self._move(second, 1).invoice_release_log_ids.sorted("id").mapped("event")
        self.assertEqual(events, ["requested", "approved"])
