from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AtOnceCase

FAILED = "sale_rfq_register.mail_activity_dispatch_failed"
QUEUE = "odoo.addons.sale_rfq_register.models.sale_dispatch_queue"


class SendingAtOnceCase(AtOnceCase):
    """Letters that really leave their transactions; ``self.left`` holds what the server took."""

    def setUp(self):
        super().setUp()
        self.left = []
        self.while_sending = []
        case = self

        def send(server, message, **kwargs):
            for action in case.while_sending:
                action()
            case.left.append(message["To"])
            return message["Message-Id"]

        self.patch(self.registry["ir.mail_server"], "_connect__", lambda server, **kwargs: None)
        self.patch(self.registry["ir.mail_server"], "send_email", send)
        # outside of tests e-mails leave after the commit, and jobs commit
        self.startPatcher(patch("odoo.modules.module.current_test", False))

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _read(self, name):
        with self.registry.cursor() as cr:
            return self._document(cr)[name]

    def _rows(self):
        with self.registry.cursor() as cr:
            return [(row.channel, row.recipients) for row in self._document(cr).dispatch_ids]

    def _change(self):
        """Somebody else saves the document."""
        with self.registry.cursor() as cr:
            self._document(cr).ref_field = f"saved {len(self.left)}"

    def _post(self, **context):
        with self.registry.cursor() as cr:
            document = self._document(cr).with_context(**self.context, **context)
            document.message_post(
                body="For you",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=[self.partner_id],
            )

    def _run_queue(self):
        with self.registry.cursor() as cr:
            self._env(cr)["mail.mail"].process_email_queue()

    def _run_job(self):
        with self.registry.cursor() as cr:
            self._env(cr)["sale.dispatch.queue"]._cron_follow_up()

    def _count_mails(self):
        with self.registry.cursor() as cr:
            return self._env(cr)["mail.mail"].search_count(
                [("model", "=", self.model), ("res_id", "=", self.document_id)]
            )


@tagged("post_install", "-at_install")
class TestOfferAtOnce(SendingAtOnceCase):
    """What follows the sending of an offer never undoes it."""

    model = "sale.order"
    context = {"mark_so_as_sent": True}

    def _prepare(self, env):
        partner = env["res.partner"].create({"name": "sent once", "email": "once@x.example"})
        product = env["product.product"].create({"name": "sent once"})
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        self.partner_id, self.product_id, self.document_id = partner.id, product.id, order.id

    def _forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM mail_activity WHERE res_id = %s", [self.document_id])
            cr.execute(
                "DELETE FROM mail_mail WHERE mail_message_id IN"
                " (SELECT id FROM mail_message WHERE model = 'sale.order' AND res_id = %s)",
                [self.document_id],
            )
            cr.execute("DELETE FROM sale_dispatch WHERE order_id = %s", [self.document_id])
            env = self._env(cr)
            env["sale.order"].browse(self.document_id).action_cancel()
            env["sale.order"].browse(self.document_id).unlink()
            env["product.product"].browse(self.product_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _document(self, cr):
        return self._env(cr)["sale.order"].browse(self.document_id)

    def _change(self):
        with self.registry.cursor() as cr:
            self._document(cr).client_order_ref = f"saved {len(self.left)}"

    def _assert_sent_once(self):
        self.assertEqual(len(self.left), 1)
        self.assertEqual(self._rows(), [("email", '"sent once" <once@x.example>')])
        self.assertEqual(self._count_mails(), 0)

    def test_saved_while_it_leaves(self):
        self.while_sending.append(self._change)
        self._post()
        self._assert_sent_once()
        self.assertEqual(self._read("client_order_ref"), "saved 0")
        self.assertEqual(self._read("offer_state"), "sent")
        self.assertTrue(self._read("offer_date"))
        self._run_queue()
        self._run_job()
        self._assert_sent_once()

    def test_saved_while_the_queue_sends(self):
        self._post(mail_notify_force_send=False)
        self.assertEqual((self._read("state"), self._read("offer_state")), ("draft", "sending"))
        self.assertFalse(self.left)
        self.while_sending.append(self._change)
        self._run_queue()
        self._run_queue()
        self._assert_sent_once()
        self.assertEqual((self._read("state"), self._read("offer_state")), ("sent", "sent"))
        self.assertFalse(self._read("sending_since"))

    @mute_logger(QUEUE)
    def test_lasting_error_in_what_follows(self):
        def fail(order, dispatch):
            raise ValueError("broken")

        with patch.object(self.registry["sale.order"], "_on_dispatch", fail):
            self._post()
            for _run in range(3):
                self._run_queue()
                self._run_job()
            self._assert_sent_once()
            self.assertEqual(self._read("offer_state"), "sending")
        self._run_job()
        self._assert_sent_once()
        self.assertEqual(self._read("offer_state"), "sent")

    @mute_logger(QUEUE, "odoo.sql_db")
    def test_lasting_database_error(self):
        def fail(order, dispatch):
            order.env.cr.execute("SELECT 1 / 0")

        with patch.object(self.registry["sale.order"], "_on_dispatch", fail):
            self._post()
            self._run_queue()
            self._run_job()
            self._assert_sent_once()
        self._run_job()
        self.assertEqual(self._read("offer_state"), "sent")

    @mute_logger(QUEUE)
    def test_register_cannot_be_written(self):
        def fail(register, vals_list):
            raise ValueError("broken")

        with patch.object(self.registry["sale.dispatch"], "create", fail):
            self._post()
            self._run_queue()
            self._run_job()
        self.assertEqual((len(self.left), self._rows()), (1, []))
        self._run_job()
        self._assert_sent_once()
        self.assertEqual(self._read("offer_state"), "sent")

    @mute_logger("odoo.sql_db")
    def test_held_by_somebody(self):
        """An order that somebody has locked keeps no letter back."""
        with (
            patch(f"{QUEUE}.LOCK_TIMEOUT", "100ms"),
            self.registry.cursor() as other,
        ):
            self.while_sending.append(
                lambda: other.execute(
                    "UPDATE sale_order SET client_order_ref = 'held' WHERE id = %s",
                    [self.document_id],
                )
            )
            self._post()
            self._assert_sent_once()
            other.rollback()
        self._run_job()
        self.assertEqual(self._read("offer_state"), "sent")

    def test_approval_gone_while_it_waits(self):
        """What left stays sent, with the content that it had."""
        self._post(mail_notify_force_send=False)
        with self.registry.cursor() as cr:
            order = self._document(cr)
            content = order.sending_fingerprint
            order.order_line.discount = 50
        refusal = patch.object(
            self.registry["sale.order"], "_get_approval_refusal", lambda order: "Not approved."
        )
        with refusal:
            self._run_queue()
        self._assert_sent_once()
        self.assertEqual(self._read("state"), "sent")
        self.assertEqual(self._read("released_fingerprint"), content)

    def test_letter_that_does_not_leave(self):
        def refuse():
            raise ConnectionError("The server is down")

        self.while_sending.append(refuse)
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self._post()
        self.assertEqual((self._read("offer_state"), self._rows()), ("draft", []))
        with self.registry.cursor() as cr:
            task = self._document(cr).activity_search([FAILED])
            self.assertIn("was not sent", task.summary)
            self.assertIn("The server is down", task.note)
            self._env(cr)["mail.mail"].search(
                [("model", "=", self.model), ("res_id", "=", self.document_id)]
            ).action_retry()
        self.while_sending.clear()
        self._run_queue()
        self._assert_sent_once()
        self.assertEqual(self._read("offer_state"), "sent")
        with self.registry.cursor() as cr:
            self.assertFalse(self._document(cr).activity_search([FAILED]))

    def test_cancelled_letter_waits_no_more(self):
        self._post(mail_notify_force_send=False)
        with self.registry.cursor() as cr:
            self._env(cr)["mail.mail"].search(
                [("model", "=", self.model), ("res_id", "=", self.document_id)]
            ).cancel()
        self.assertEqual(self._read("offer_state"), "draft")
        self._run_queue()
        self.assertFalse(self.left)

    def test_background_sending_leaves_at_once(self):
        with self.registry.cursor() as cr:
            self._document(cr)._request_sending()
        self.assertEqual(self._read("offer_state"), "sending")
        with self.registry.cursor() as cr:
            # jobs run as server actions, whose e-mails core leaves to the mail queue
            jobs = self._env(cr)["sale.order"].with_context(mail_notify_force_send=False)
            jobs._cron_send_requested()
        self._assert_sent_once()
        self.assertEqual(self._read("offer_state"), "sent")


@tagged("post_install", "-at_install")
class TestInvoiceAtOnce(SendingAtOnceCase):
    """The same holds for invoices."""

    model = "account.move"
    context = {"sale_dispatch": True}

    def _prepare(self, env):
        partner = env["res.partner"].create({"name": "sent once", "email": "once@x.example"})
        journal = env["account.journal"].create(
            {"name": "Sent once", "type": "sale", "code": "ONCE"}
        )
        move = env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": partner.id, "journal_id": journal.id}
        )
        self.partner_id, self.journal_id, self.document_id = partner.id, journal.id, move.id

    def _forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM sale_dispatch WHERE move_id = %s", [self.document_id])
            env = self._env(cr)
            env["account.move"].browse(self.document_id).unlink()
            env["account.journal"].browse(self.journal_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _document(self, cr):
        return self._env(cr)["account.move"].browse(self.document_id)

    def _change(self):
        with self.registry.cursor() as cr:
            self._document(cr).ref = "saved"

    @mute_logger(QUEUE)
    def test_saved_while_it_leaves(self):
        def fail(move, dispatch):
            raise ValueError("broken")

        self.while_sending.append(self._change)
        with patch.object(self.registry["account.move"], "_on_dispatch", fail):
            self._post()
            self._run_queue()
        self._run_job()
        self._run_queue()
        self.assertEqual(len(self.left), 1)
        self.assertEqual(len(self._rows()), 1)
        self.assertEqual(self._read("ref"), "saved")
