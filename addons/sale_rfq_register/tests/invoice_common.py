from unittest.mock import patch

from odoo.fields import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.mail.tests.common import MailCommon, mail_new_test_user

APPROVER = "sale_rfq_register.sale_rfq_register_group_invoice_approver"


class InvoiceReleaseCommon(AccountTestInvoicingCommon, MailCommon):
    """A company that approves its invoices: a clerk draws them up, two people may approve."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.invoice_release_required = True
        # the user of the tests has all rights; here the right is given to those below only
        cls.env.ref("account.group_account_manager").implied_ids -= cls.env.ref(APPROVER)
        cls.clerk = cls._new_user("ir_clerk", "account.group_account_invoice", "Clara Clerk")
        cls.approver = cls._new_user("ir_approver", APPROVER, "Anton Approver")
        cls.second = cls._new_user("ir_second", APPROVER, "Sonja Second")
        cls.partner_a.email = "accounts@customer.example.com"
        cls.partner_a.invoice_sending_method = "email"
        cls.invoice = cls._new_invoice()

    @classmethod
    def _new_user(cls, login, groups, name, **values):
        values = {"company_id": cls.company.id, "company_ids": [(6, 0, cls.company.ids)], **values}
        return mail_new_test_user(
            cls.env,
            login=login,
            password=login,
            name=name,
            groups=groups,
            email=f"{login}@example.com",
            **values,
        )

    @classmethod
    def _new_invoice(cls, **values):
        line = {"product_id": cls.product_a.id, "quantity": 2, "price_unit": 100.0}
        return (
            cls.env["account.move"]
            .with_user(cls.clerk)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.partner_a.id,
                    "invoice_date": "2026-03-02",
                    "invoice_line_ids": [Command.create(line)],
                    **values,
                }
            )
            .with_env(cls.env)
        )

    @classmethod
    def _new_invoices(cls, count):
        return cls.env["account.move"].union(*(cls._new_invoice() for _n in range(count)))

    @classmethod
    def _request(cls, moves):
        moves.with_user(cls.clerk).action_request_invoice_approval()
        return cls._commit(moves)

    @classmethod
    def _approve(cls, moves):
        cls._request(moves)
        moves.with_user(cls.approver).action_approve_invoice()
        return cls._commit(moves)

    @classmethod
    def _post(cls, moves):
        cls._approve(moves).with_user(cls.clerk).action_post()
        return cls._commit(moves)

    @classmethod
    def _reject(cls, moves, comment="Wrong price", user=None):
        user = user or cls.approver
        action = moves.with_user(user).action_reject_invoice()
        wizard = cls.env["invoice.release.reject"].with_user(user)
        wizard.with_context(action["context"]).create({"comment": comment}).action_reject()

    @classmethod
    def _commit(cls, moves):
        """Do what a commit does before it, and forget what was cached."""
        cls.env.cr.flush()
        moves.invalidate_recordset()
        return moves

    @classmethod
    def _events(cls, move):
        return move.invoice_release_log_ids.sorted("id").mapped("event")

    def _send(self, invoices, fail=False, **values):
        """Send and print: one invoice with its dialog, several with that of the batch."""
        model = "account.move.send.wizard"
        values = {"sending_methods": ["email"], **values}
        options = {"allow_fallback_pdf": True}
        if len(invoices) > 1:
            model, values = "account.move.send.batch.wizard", {}
            options["force_synchronous"] = True
        wizard = (
            self.env[model]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(values)
        )
        with self._mail_server(fail):
            wizard.action_send_and_print(**options)
        self._commit(invoices)

    def _mail_server(self, fail):
        if not fail:
            return self.mock_mail_gateway()
        return patch.object(
            type(self.env["ir.mail_server"]), "_connect__", side_effect=ConnectionError("down")
        )
