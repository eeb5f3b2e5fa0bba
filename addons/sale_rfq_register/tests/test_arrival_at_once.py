from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from functools import partial
from threading import Event
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..models import sale_material_request_file

PATIENCE = 60  # seconds; a guard against what never ends
ROWS = (
    ("mail_activity", "res_model = 'sale.material.request' AND res_id > %s"),
    ("mail_followers", "res_model = 'sale.material.request' AND res_id > %s"),
    ("ir_attachment", "res_model = 'sale.material.request' AND res_id > %s"),
    ("mail_message", "model = 'sale.material.request' AND res_id > %s"),
    ("sale_material_request_line", "request_id > %s"),
    ("sale_material_request", "id > %s"),
)


@tagged("post_install", "-at_install")
class TestArrivalAtOnce(TransactionCase):
    """Arrivals in transactions of their own: nobody waits for another one's files."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._forget)
        with self.registry.cursor() as cr:
            cr.execute("SELECT COALESCE(MAX(id), 0) FROM sale_material_request")
            [self.last_id] = cr.fetchone()
            cr.execute("SELECT id, number_next FROM ir_sequence WHERE code LIKE 'sale.material.%'")
            self.numbers = cr.fetchall()
        self.is_reading, self.may_end, self.read = Event(), Event(), []
        requests = type(self.env["sale.material.request"])
        self.patch(
            requests, "_get_file_readers", lambda _requests, name, _content: self._get(name)
        )
        self.addCleanup(self.may_end.set)

    def _forget(self):
        """Requests cannot be deleted, so the rows of this test leave by the back door."""
        with self.registry.cursor() as cr:
            for table, rows in ROWS:
                cr.execute(f"DELETE FROM {table} WHERE {rows}", [self.last_id])
            for sequence, number in self.numbers:
                cr.execute(
                    "UPDATE ir_sequence SET number_next = %s WHERE id = %s", [number, sequence]
                )

    def _env(self, cr, **context):
        return api.Environment(cr, SUPERUSER_ID, context)

    def _get(self, name):
        return [self._read_slowly] if name == "slow.rfq" else []

    def _read_slowly(self, content):
        self.read.append(content)
        self.is_reading.set()
        self.may_end.wait(PATIENCE)
        return {"line_ids": [(0, 0, {"name": "Read", "quantity": 1})]}, []

    # === WAYS IN === #

    def _by_portal(self, env):
        return env["sale.material.request"]._register_portal_request(
            {"channel": "portal", "sender_name": "slow", "line_ids": []},
            [("slow.rfq", b"1"), ("slow.rfq", b"2")],
            env.user.partner_id,
        )

    def _by_import(self, env):
        return env["sale.material.request"]._create_from_files(
            [("slow.rfq", b"1"), ("slow.rfq", b"2")], {"sender_name": "slow"}
        )

    def _by_mail(self, env):
        mail = EmailMessage()
        mail["From"], mail["To"] = "slow@customer.example.com", "nobody@us.example.com"
        mail["Message-Id"] = f"<{id(mail)}.{self.last_id}@customer.example.com>"
        mail["Subject"] = "slow"
        mail.set_content("Please quote.")
        for content in (b"1", b"2"):
            mail.add_attachment(
                content, maintype="application", subtype="octet-stream", filename="slow.rfq"
            )
        env["mail.thread"].message_process("sale.material.request", mail.as_bytes())

    def _arrive(self, way, **context):
        with self.registry.cursor() as cr:
            env = self._env(cr, **context)
            retrying(lambda: way(env), env)

    def _register(self, env, name="quick"):
        return env["sale.material.request"].create({"sender_name": name})

    def _get_senders(self):
        """Names of the senders in the order of the numbers."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT COALESCE(subject, sender_name) FROM sale_material_request"
                " WHERE id > %s ORDER BY name",
                [self.last_id],
            )
            return [sender for (sender,) in cr.fetchall()]

    # === TESTS === #

    def test_nobody_waits_while_files_are_read(self):
        for way in (self._by_portal, self._by_import, self._by_mail):
            with self.subTest(way.__name__):
                self.is_reading.clear()
                self.may_end.clear()
                before = self._get_senders()
                with ThreadPoolExecutor(max_workers=1) as pool:
                    slow = pool.submit(self._arrive, way)
                    self.assertTrue(self.is_reading.wait(PATIENCE))
                    with self.registry.cursor() as cr:
                        cr.execute("SET LOCAL lock_timeout = '5s'")
                        self._register(self._env(cr))
                    self.assertFalse(slow.done())
                    self.may_end.set()
                    slow.result(PATIENCE)
                self.assertEqual(self._get_senders(), [*before, "quick", "slow", "slow"])

    def _collide(self, arrive):
        """Let something arrive while the numbering is taken, and a little later is not."""
        with ThreadPoolExecutor(max_workers=1) as pool, self.registry.cursor() as first:
            self._register(self._env(first), "first")
            late = pool.submit(arrive)
            with self.assertRaises(TimeoutError):
                late.result(1)
            first.commit()
            with patch("odoo.service.model.time.sleep"), mute_logger("odoo.sql_db"):
                late.result(PATIENCE)

    def test_who_comes_second_waits_and_is_registered(self):
        self._collide(partial(self._arrive, self._register))
        self.assertEqual(self._get_senders(), ["first", "quick"])

    def test_mail_from_the_server_is_tried_again(self):
        """Core reads it once only, and deletes it then."""
        self._collide(self._fetch)
        self.assertEqual(self._get_senders(), ["first", "slow", "slow"])

    def _fetch(self):
        """As core's job does, which has no second try."""
        self.may_end.set()
        with self.registry.cursor() as cr:
            self._by_mail(self._env(cr, default_fetchmail_server_id=1))

    def test_sender_hears_nothing_of_a_collision(self):
        """Core would write him that the address does not work, and mark it as invalid."""
        alias = self.env["mail.alias"].search([], limit=1)
        for error, told in ((SerializationFailure, 0), (ValueError, 1)):
            alias.alias_status = "valid"
            with patch.object(
                type(self.env["mail.thread"]), "_routing_create_bounce_email"
            ) as bounce:
                try:
                    raise error
                except error:
                    alias._alias_bounce_incoming_email(
                        None, {"email_from": "x@x.example", "message_id": "<x>", "body": "x"}
                    )
            self.assertEqual(bounce.call_count, told)
            self.assertEqual(alias.alias_status, "invalid" if told else "valid")

    def test_two_workers_read_a_file_once(self):
        self._make_waiting()
        with ThreadPoolExecutor(max_workers=1) as pool:
            first = pool.submit(self._run_cron)
            self.assertTrue(self.is_reading.wait(PATIENCE))
            self._run_cron()  # does not wait
            self.assertFalse(first.done())
            self.may_end.set()
            first.result(PATIENCE)
        self._run_cron()
        self.assertEqual(self.read, [b"1234567890"])
        self.assertEqual(self._get_state(), ("done", 1, 1))

    def test_killed_in_the_middle(self):
        self._make_waiting()
        self.may_end.set()
        with self.registry.cursor() as cr:
            request = self._env(cr)["sale.material.request"].browse(self.waiting_id)
            self.assertTrue(request._begin_reading())
            cr.commit()
            request._read_kept_file()
            cr.rollback()  # what PostgreSQL does for a process that is gone
        self.assertEqual(self._get_state(), ("waiting", 1, 0))
        self._run_cron()
        self.assertEqual(self._get_state(), ("done", 2, 1))

    def test_others_arrive_while_the_background_reads(self):
        self._make_waiting()
        with ThreadPoolExecutor(max_workers=1) as pool:
            reading = pool.submit(self._run_cron)
            self.assertTrue(self.is_reading.wait(PATIENCE))
            with self.registry.cursor() as cr:
                cr.execute("SET LOCAL lock_timeout = '5s'")
                self._register(self._env(cr))
            self.assertFalse(reading.done())
            self.may_end.set()
            reading.result(PATIENCE)

    def _make_waiting(self):
        with (
            patch.object(sale_material_request_file, "READ_AT_ONCE", 5),
            self.registry.cursor() as cr,
        ):
            [request] = self._env(cr)["sale.material.request"]._create_from_files(
                [("slow.rfq", b"1234567890")]
            )
            self.waiting_id = request.id

    def _run_cron(self):
        with self.registry.cursor() as cr:
            self._env(cr)["sale.material.request"]._cron_read_files()

    def _get_state(self):
        with self.registry.cursor() as cr:
            request = self._env(cr)["sale.material.request"].browse(self.waiting_id)
            return request.reading_state, request.reading_tries, len(request.line_ids)
