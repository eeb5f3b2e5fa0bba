import threading
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from .common import RequestCommon

KIND = "sale_rfq_register.mail_activity_offer_expiry"


class CommitInTests:
    """The progress of a cron without its commits: the test's transaction stays one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.commits = []

        def progress(self, processed=0, **kwargs):
            self.env.flush_all()
            cls.commits.append(processed)
            return float("inf")

        cls.classPatch(cls.registry["ir.cron"], "_commit_progress", progress)


@tagged("post_install", "-at_install")
class TestExpiry(CommitInTests, RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.env["sale.order"].search([]).validity_date = False
        cls.seller = cls._new_user("expiry", "sales_team.group_sale_manager")
        cls.order = cls._new_offer(
            validity_date=cls.today + timedelta(days=2), user_id=cls.seller.id
        )

    def _run(self):
        self.env["sale.order"]._cron_expire_offers()

    def _reminders(self, order=None):
        return (order or self.order).activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(KIND)
        )

    def test_state_follows_the_date_at_once(self):
        self.order.validity_date = self.today - timedelta(days=1)
        self.assertEqual(self.order.offer_state, "expired")
        self.order.validity_date = self.today
        self.assertEqual(self.order.offer_state, "draft")
        self.order.action_quotation_sent()
        self.order.validity_date = self.today - timedelta(days=1)
        self.assertEqual(self.order.offer_state, "expired")
        self.order.validity_date = False
        self.assertEqual(self.order.offer_state, "sent")

    def test_time_passes(self):
        with freeze_time(self.today + timedelta(days=3)):
            self.env.invalidate_all()
            self.assertEqual(self.order.offer_state, "draft")
            self._run()
            self.assertRecordValues(
                self.order,
                [{"offer_state": "expired", "offer_probability": 0, "expected_amount": 0}],
            )
            self.assertIn(
                self.order, self.env["sale.order"].search([("offer_state", "=", "expired")])
            )

    def test_closed_offers_do_not_expire(self):
        self.order.action_confirm()
        with freeze_time(self.today + timedelta(days=3)):
            self._run()
        self.assertEqual(self.order.offer_state, "accepted")

    def test_few_queries(self):
        def expire(count):
            orders = self.env["sale.order"].create(
                [
                    {"partner_id": self.partner.id, "validity_date": self.today}
                    for _number in range(count)
                ]
            )
            with freeze_time(self.today + timedelta(days=1)):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.env["sale.order"]._expire_offers()
                used = self.env.cr.sql_log_count - before
                self.assertEqual(set(orders.mapped("offer_state")), {"expired"})
            return used

        expire(1)
        self.assertEqual(expire(2), expire(40))

    def test_one_reminder(self):
        self.order.action_quotation_sent()
        self._run()
        self._run()
        reminder = self._reminders()
        self.assertRecordValues(
            reminder,
            [{"user_id": self.order.user_id.id, "date_deadline": self.order.validity_date}],
        )
        self.assertIn("expires on", reminder.summary)
        reminder.action_feedback()
        self._run()
        self.assertFalse(self._reminders())

    def test_reminded_again_for_another_date(self):
        self.order.action_quotation_sent()
        self._run()
        self.order.validity_date = self.today + timedelta(days=20)
        self.assertFalse(self._reminders())
        with freeze_time(self.today + timedelta(days=18)):
            self._run()
        self.assertEqual(len(self._reminders()), 1)

    def test_answer_closes_the_reminder(self):
        self.order.action_quotation_sent()
        self._run()
        self.order.action_confirm()
        self.assertFalse(self._reminders())

    def test_revision_closes_the_reminder(self):
        self.order.action_quotation_sent()
        self._run()
        newer = self.order._revise()
        self.assertFalse(self._reminders() | self._reminders(newer))

    def test_who_is_not_reminded(self):
        self._run()
        self.assertFalse(self._reminders(), "an offer that the customer does not have")
        self.order.action_quotation_sent()
        self.order.user_id = False
        self._run()
        self.order.user_id = self.seller
        self.env.company.offer_expiry_reminder_days = 0
        self._run()
        self.env.company.offer_expiry_reminder_days = 1
        self._run()
        self.assertFalse(self._reminders())
        self.env.company.offer_expiry_reminder_days = 2
        self._run()
        self.assertTrue(self._reminders())

    def test_language_of_the_salesperson(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.order.user_id = self._new_user("ruseller", "sales_team.group_sale_salesman")
        self.order.user_id.lang = "ru_RU"
        self.order.action_quotation_sent()
        self._run()
        self.assertIn(self.order.validity_date.strftime("%d.%m.%Y"), self._reminders().summary)

    def test_mark_is_not_written_by_people(self):
        seller = self._new_user("marker", "sales_team.group_sale_manager")
        with self.assertRaisesRegex(UserError, "cannot be written"):
            self.order.with_user(seller).write({"expiry_reminded_for": self.today})


@tagged("post_install", "-at_install")
class TestExpiryAtOnce(TransactionCase):
    """Two workers, and one that is killed, with cursors of their own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "expires at once"})
            self.partner_id = partner.id
            self.ids = (
                env["sale.order"]
                .create(
                    [
                        {
                            "partner_id": partner.id,
                            "user_id": env.ref("base.user_admin").id,
                            "state": "sent",
                            "validity_date": fields.Date.today() + timedelta(days=1),
                        }
                        for _number in range(3)
                    ]
                )
                .ids
            )
        self.addCleanup(self._forget)

    def _forget(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["sale.order"].browse(self.ids)
            orders.write({"state": "cancel"})
            orders.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _count(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT COUNT(*) FROM mail_activity"
                " WHERE res_model = 'sale.order' AND res_id IN %s",
                [tuple(self.ids)],
            )
            return cr.fetchone()[0]

    def _run(self):
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["sale.order"]._remind_of_expiry()

    def test_killed_in_the_middle(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            expiring = env["sale.order"]._lock_expiring_offers(2)
            expiring._create_expiry_reminders()
            env.flush_all()
            cr.rollback()  # what PostgreSQL does for a process that is gone
        self.assertEqual(self._count(), 0)
        self._run()
        self._run()
        self.assertEqual(self._count(), 3)

    def test_two_workers(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            held = env["sale.order"]._lock_expiring_offers(500)
            self.assertLessEqual(set(self.ids), set(held.ids))
            other = threading.Thread(target=self._run)
            other.start()
            other.join(20)
            self.assertFalse(other.is_alive(), "the second worker waits instead of going on")
            held._create_expiry_reminders()
            held._mark_reminded()
        self._run()
        self.assertEqual(self._count(), 3)
