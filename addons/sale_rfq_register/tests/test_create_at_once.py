from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

NAME = "created at once"


@tagged("post_install", "-at_install")
class TestCreateAtOnce(TransactionCase):
    """One button pressed twice at one moment: it makes one document, and both get it."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._forget)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.partner_id = env["res.partner"].create({"name": NAME}).id
            self.product_id = env["product.product"].create({"name": NAME, "list_price": 3}).id
            self.request_id = self._new_request(env).id
            env["sale.material.request"].browse(self.request_id).action_check()

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _new_request(self, env, **values):
        return env["sale.material.request"].create(
            {
                "partner_id": self.partner_id,
                "line_ids": [
                    Command.create({"product_id": self.product_id, "name": "first"}),
                    Command.create({"product_id": self.product_id, "name": "second"}),
                ],
                **values,
            }
        )

    def _forget(self):
        """What other cursors committed is not rolled back with the test."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            orders = env["sale.order"].search([("partner_id", "=", self.partner_id)])
            requests = env["sale.material.request"].with_context(active_test=False)
            requests = requests.search([("partner_id", "=", self.partner_id)])
            for table, ids in (
                ("sale_order", orders.ids),
                ("sale_material_request", requests.ids),
            ):
                model = table.replace("_", ".")
                for other, column in (
                    ("mail_message", "model"),
                    ("mail_activity", "res_model"),
                    ("mail_followers", "res_model"),
                ):
                    cr.execute(
                        f"DELETE FROM {other} WHERE {column} = %s AND res_id = ANY(%s)",
                        [model, ids],
                    )
            cr.execute(
                "DELETE FROM sale_configuration_confirmation WHERE order_id = ANY(%(ids)s);"
                "UPDATE sale_order SET superseded_by_id = NULL, root_offer_id = NULL"
                " WHERE id = ANY(%(ids)s);"
                "DELETE FROM sale_order WHERE id = ANY(%(ids)s)",
                {"ids": orders.ids},
            )
            cr.execute(
                "UPDATE sale_material_request SET merged_into_id = NULL, split_from_id = NULL"
                " WHERE id = ANY(%(ids)s);"
                "DELETE FROM sale_material_request WHERE id = ANY(%(ids)s)",
                {"ids": requests.ids},
            )
            env["sale.customer.article"].search([("partner_id", "=", self.partner_id)]).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _press(self, button):
        """What each of two gets who press the button at once; both looked before."""
        barrier = Barrier(2)

        def work(_number):
            with self.registry.cursor() as cr:
                env = self._env(cr)
                env["sale.material.request"].browse(self.request_id).read(["state"])
                barrier.wait(10)
                return retrying(lambda: button(env), env)

        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            patch("odoo.service.model.random.uniform", lambda low, high: high / 20),
            ThreadPoolExecutor(2) as pool,
        ):
            return list(pool.map(work, range(2)))

    def _request(self, env):
        return env["sale.material.request"].browse(self.request_id)

    def _assert_one(self, answers, count=1):
        """Both were led to the same record, and no other was made."""
        self.assertEqual(answers[0], answers[1])
        with self.registry.cursor() as cr:
            orders = self._request(self._env(cr)).order_ids
            self.assertEqual(len(orders._get_current_revisions()), count)
            self.assertIn(answers[0], orders.ids)

    def _offer(self):
        with self.registry.cursor() as cr:
            return self._request(self._env(cr)).action_create_offer()["res_id"]

    def test_create_offer(self):
        self._assert_one(
            self._press(lambda env: self._request(env).action_create_offer()["res_id"])
        )

    def test_another_offer(self):
        first = self._offer()
        answers = self._press(
            lambda env: self._request(env).action_create_another_offer()["res_id"]
        )
        self._assert_one(answers, 2)
        self.assertNotIn(first, answers)

    def test_two_windows_of_a_mass_run(self):
        def make(env):
            wizard = env["offer.mass.create"].create({"request_ids": [self.request_id]})
            try:
                wizard.action_create()
            except Exception as refusal:
                return str(refusal)
            return wizard.order_ids.id

        answers = self._press(make)
        with self.registry.cursor() as cr:
            self.assertIn(self._request(self._env(cr)).order_ids.id, answers)
            self.assertEqual(self._request(self._env(cr)).order_count, 1)

    def test_one_dialog_pressed_twice(self):
        with self.registry.cursor() as cr:
            dialogs = self._env(cr)["offer.mass.create"]
            wizard_id = dialogs.create({"request_ids": [self.request_id]}).id
        self._press(lambda env: env["offer.mass.create"].browse(wizard_id).action_create())
        with self.registry.cursor() as cr:
            wizard = self._env(cr)["offer.mass.create"].browse(wizard_id)
            self.assertEqual(self._request(wizard.env).order_ids, wizard.order_ids)
            self.assertEqual(len(wizard.order_ids), 1)

    def test_revision(self):
        order_id = self._offer()

        def revise(env):
            wizard = env["offer.revise"].create({"order_id": order_id})
            return wizard.action_revise()["res_id"]

        self._assert_one(self._press(revise))

    def test_split(self):
        def split(env):
            request = self._request(env)
            line = request.line_ids.search(
                [("name", "=", "second"), ("partner_id", "=", self.partner_id)]
            )
            wizard = env["material.request.split"].create(
                {"request_id": request.id, "line_ids": line.ids}
            )
            return wizard.action_split()["res_id"]

        answers = self._press(split)
        self.assertEqual(answers[0], answers[1])
        self.assertNotEqual(answers[0], self.request_id)

    def test_merge(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            other = self._new_request(env, date_received="2026-01-01", partner_ref="late").id

        def merge(env):
            requests = env["sale.material.request"].browse([self.request_id, other])
            return requests.action_merge()["res_id"]

        self.assertEqual(self._press(merge), [other, other])
        with self.registry.cursor() as cr:
            self.assertEqual(len(self._env(cr)["sale.material.request"].browse(other).line_ids), 2)

    def test_customer_of_a_sender(self):
        with self.registry.cursor() as cr:
            request = self._new_request(self._env(cr), partner_id=False, sender_name=NAME)
            request_id = request.id
        before = self.partner_id

        def create(env):
            request = env["sale.material.request"].browse(request_id)
            request.action_create_customer()
            return request.partner_id.id

        answers = self._press(create)
        self.assertEqual(answers[0], answers[1])
        with self.registry.cursor() as cr:
            env = self._env(cr)
            partners = env["res.partner"].search([("name", "=", NAME)])
            self.assertEqual(len(partners), 2)
            env["sale.material.request"].browse(request_id).partner_id = before
            (partners - partners.browse(before)).unlink()

    def test_configuration_is_confirmed_once(self):
        order_id = self._offer()
        with self.registry.cursor() as cr:
            order = self._env(cr)["sale.order"].browse(order_id)
            order.write({"confirmation_required": True, "state": "sent"})

        def confirm(env):
            order = env["sale.order"].browse(order_id)
            order.read(["configuration_state"])
            return order._confirm_configuration_on_portal("P. Novak", False).id

        answers = self._press(confirm)
        self.assertEqual(answers[0], answers[1])
        with self.registry.cursor() as cr:
            order = self._env(cr)["sale.order"].browse(order_id)
            self.assertEqual(order.confirmation_ids.ids, answers[:1])

    def test_form_of_the_portal(self):
        """What the controller does: find what the form has made, or make it."""

        def register(env):
            requests = env["sale.material.request"]
            known = requests.search([("form_fingerprint", "=", NAME)])
            try:
                return (known or self._new_request(env, form_fingerprint=NAME)).id
            except UniqueViolation as conflict:
                raise ConcurrencyError(str(conflict)) from conflict

        answers = self._press(register)
        self.assertEqual(answers[0], answers[1])
