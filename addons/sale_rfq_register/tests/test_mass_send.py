import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import RequestCommon
from .test_expiry import CommitInTests


@tagged("post_install", "-at_install")
class TestMassSend(CommitInTests, RequestCommon, MailCase):
    """Many offers are sent; every sending is registered, and what is left out has its reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("massseller", "sales_team.group_sale_salesman")
        cls.orders = cls._new_offers(3)

    @classmethod
    def _new_offers(cls, count, user=None):
        partners = cls.env["res.partner"].create(
            [{"name": f"Buyer {n}", "email": f"buyer{n}@example.com"} for n in range(count)]
        )
        return cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": (user or cls.seller).id,
                    "order_line": [(0, 0, {"product_id": cls.seal.id})],
                }
                for partner in partners
            ]
        )

    def _wizard(self, orders, user=None, **values):
        return (
            self.env["offer.mass.send"]
            .with_user(user or self.seller)
            .create({"order_ids": orders.ids, **values})
        )

    def _send(self, orders, **values):
        wizard = self._wizard(orders, **values)
        with self.mock_mail_gateway():
            wizard.action_send()
        return wizard

    def _run_cron(self):
        with self.mock_mail_gateway():
            self.env["sale.order"]._cron_send_requested()

    def test_each_is_sent_and_registered(self):
        self._send(self.orders)
        self.assertEqual(set(self.orders.mapped("state")), {"sent"})
        for order in self.orders:
            dispatch = order.dispatch_ids
            self.assertEqual(len(dispatch), 1)
            self.assertIn(order.partner_id.email, dispatch.recipients)
            self.assertEqual(dispatch.document_name, order.name)
            self.assertEqual(dispatch.user_id, self.seller)
            self.assertIn(order.name, dispatch.file_ids.name)
            self.assertTrue(order.offer_date)

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("sale.email_template_edi_sale")
        template.with_context(lang="fr_FR").subject = "Offre {{ object.name }}"
        self.orders[0].partner_id.lang = "fr_FR"
        self._send(self.orders)
        self.assertTrue(self.orders[0].dispatch_ids.subject.startswith("Offre"))
        self.assertFalse(self.orders[1].dispatch_ids.subject.startswith("Offre"))

    def test_left_out_with_the_reason(self):
        without_address, expired, replaced, empty, sent, ordered = self._new_offers(6)
        without_address.partner_id.email = "nonsense"
        expired.validity_date = fields.Date.today() - timedelta(days=1)
        replaced._revise()
        empty.order_line.unlink()
        sent.action_quotation_sent()
        ordered.action_confirm()
        left_out = without_address + expired + replaced + empty + sent + ordered
        wizard = self._wizard(left_out + self.orders)
        self.assertEqual((wizard.ready_count, wizard.left_out_count), (3, 6))
        for reason in (
            "no valid e-mail",
            "was valid until",
            "was replaced by",
            "no lines",
            "sent already",
            "Only open offers",
        ):
            self.assertIn(reason, wizard.preview)
        self.assertIn("buyer1@example.com", wizard.preview)
        with self.assertRaisesRegex(UserError, "No offer can be sent"):
            self._send(left_out)

    def test_again_only_when_asked(self):
        self._send(self.orders)
        self.assertEqual(self._wizard(self.orders).ready_count, 0)
        with Form(self._wizard(self.orders)) as form:
            form.resend = True
            self.assertEqual(form.ready_count, 3)
        self._send(self.orders, resend=True)
        self.assertEqual({len(order.dispatch_ids) for order in self.orders}, {2})

    @mute_logger("odoo.addons.sale_rfq_register.models.sale_order_mass_send")
    def test_a_failure_loses_no_other(self):
        bad = self.orders[1]
        send = type(bad)._send_offer

        def fail(order):
            if order == bad:
                order.client_order_ref = "half done"
                raise ValueError("template <b>broken</b>")
            return send(order)

        with patch.object(type(bad), "_send_offer", fail):
            wizard = self._send(self.orders)
        self.assertIn("error in the program", wizard.result)
        self.assertEqual(self.orders.mapped("state"), ["sent", "draft", "sent"])
        self.assertFalse(bad.client_order_ref)

    def test_many_in_the_background(self):
        orders = self._new_offers(11)
        wizard = self._wizard(orders)
        self.assertTrue(wizard.is_background)
        self._send(orders)
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        self.assertEqual(orders.send_requested_by_id, self.seller)
        self.assertEqual(self._wizard(orders).ready_count, 0, "they wait already")
        orders[1].action_confirm()
        orders[2]._revise()
        orders[3].validity_date = fields.Date.today() - timedelta(days=1)
        self._run_cron()
        self.assertFalse(self.env["sale.order"].search([("send_requested_on", "!=", False)]))
        sent = orders[0] + orders[4:]
        self.assertEqual({len(order.dispatch_ids) for order in sent}, {1})
        self.assertEqual(sent.dispatch_ids.user_id, self.seller)
        self.assertFalse((orders[1] + orders[2] + orders[3]).dispatch_ids)
        task = orders[3].activity_ids
        self.assertEqual(task.user_id, self.seller)
        self.assertIn("was valid until", task.note)
        self._run_cron()
        self.assertEqual({len(order.dispatch_ids) for order in sent}, {1})

    def test_sent_by_hand_meanwhile(self):
        self.orders[0].with_user(self.seller)._request_sending()
        self.orders[0].action_quotation_sent()
        self._run_cron()
        self.assertEqual(self.orders[0].dispatch_ids.channel, "manual")

    def test_who_lost_his_rights_sends_no_more(self):
        order = self.orders[0]
        order.with_user(self.seller)._request_sending()
        order.user_id = self._new_user("heir", "sales_team.group_sale_salesman")
        self._run_cron()
        self.assertFalse(order.dispatch_ids)
        self.assertFalse(order.send_requested_on)
        self.assertTrue(order.activity_ids)

    def test_foreign_offers(self):
        stranger = self._new_user("stranger", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self._wizard(self.orders, user=stranger).action_send()
        with self.assertRaises(AccessError):
            self._wizard(self.orders).with_user(stranger).action_send()
        with self.assertRaises(AccessError):
            self.orders.with_user(stranger)._request_sending()
        mine = self._new_offers(1, stranger).with_user(stranger)
        for values in (
            {"send_requested_on": fields.Datetime.now()},
            {"send_requested_by_id": self.env.ref("base.user_admin").id},
        ):
            with self.assertRaisesRegex(UserError, "cannot be written"):
                mine.write(values)
        self.assertEqual(set(self.orders.mapped("state")), {"draft"})

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self._new_offers(1, self.env.user)
        order.write({"company_id": other.id, "user_id": False})
        with self.assertRaises(AccessError):
            self._wizard(order).action_send()

    def test_preview_in_few_queries(self):
        def count(number):
            orders = self._new_offers(number, self.env.user)
            wizard = self._wizard(orders, user=self.env.user)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.ready_count
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(3), count(40))


@tagged("post_install", "-at_install")
class TestSendAtOnce(TransactionCase):
    """Two workers, and one that is killed, with cursors of their own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "sent at once", "email": "s@x.example"})
            product = env["product.product"].create({"name": "sent at once"})
            order = env["sale.order"].create(
                {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id})]}
            )
            order.write(
                {
                    "send_requested_on": fields.Datetime.now(),
                    "send_requested_by_id": env.ref("base.user_admin").id,
                }
            )
            self.order_id, self.partner_id, self.product_id = order.id, partner.id, product.id
        self.sent = []
        self.addCleanup(self._forget)
        sent = self.sent

        def send(order):
            sent.append(order.id)
            order._message_log(body="sent for the test")

        self.patch(self.registry["sale.order"], "_send_offer", send)

    def _forget(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.order"].browse(self.order_id).unlink()
            env["product.product"].browse(self.product_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _count(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT COUNT(*) FROM mail_message WHERE model = 'sale.order' AND res_id = %s"
                " AND body LIKE '%%sent for the test%%'",
                [self.order_id],
            )
            return cr.fetchone()[0]

    def _run(self):
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["sale.order"]._cron_send_requested()

    def test_killed_in_the_middle(self):
        with self.registry.cursor() as cr:
            order = api.Environment(cr, SUPERUSER_ID, {})["sale.order"].browse(self.order_id)
            order._send_requested()
            cr.rollback()  # what PostgreSQL does for a process that is gone
        self.assertEqual(self._count(), 0)
        self._run()
        self._run()
        self.assertEqual(self._count(), 1)

    def test_two_workers(self):
        with self.registry.cursor() as cr:
            order = api.Environment(cr, SUPERUSER_ID, {})["sale.order"].browse(self.order_id)
            order._send_requested()
            other = threading.Thread(target=self._run)
            other.start()
            other.join(20)
            self.assertFalse(other.is_alive(), "the second worker waits instead of going on")
        self._run()
        self.assertEqual(self._count(), 1)
        self.assertEqual(self.sent, [self.order_id])

    def test_worker_with_an_old_look(self):
        """A worker whose list is older than the end of the other one."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertTrue(env["sale.order"].browse(self.order_id).send_requested_on)
            self._run()
            with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as failure:
                env["sale.order"].browse(self.order_id)._send_requested()
            self.assertEqual(failure.exception.pgcode, "40001")
            cr.rollback()
            env["sale.order"].browse(self.order_id)._send_requested()
        self.assertEqual(self._count(), 1)
