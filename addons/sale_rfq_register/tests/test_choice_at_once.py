from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.fields import Command, Datetime
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

ROUNDS = 3
SIGNATURE = b"R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="


@tagged("post_install", "-at_install")
class TestChoiceAtOnce(TransactionCase):
    """A signature and a choice of a delivery term at one moment, each with a cursor of its own."""

    def setUp(self):
        super().setUp()
        self._make(price=110)

    def _make(self, price):
        """An offer of 5 pieces for 100 EXW, which is chosen, and for ``price`` FCA."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            partner = env["res.partner"].create({"name": "chosen at once"})
            product = env["product.product"].create({"name": "chosen at once", "type": "consu"})
            order = env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": 5})
                    ],
                }
            )
            incoterms = env.ref("account.incoterm_EXW") | env.ref("account.incoterm_FCA")
            terms = env["sale.offer.term"].create(
                [
                    {
                        "order_line_id": order.order_line.id,
                        "incoterm_id": incoterm.id,
                        "price_unit": amount,
                    }
                    for incoterm, amount in zip(incoterms, (100, price), strict=True)
                ]
            )
            order.write({"state": "sent", "require_signature": True, "require_payment": False})
            self.order_id, self.partner_id = order.id, partner.id
            self.template_id = product.product_tmpl_id.id
            self.shown_id, self.other_id = terms.ids
        self.addCleanup(self._forget, order.id, partner.id, self.template_id)

    def _forget(self, order_id, partner_id, template_id):
        """What other cursors committed is not rolled back with the test."""
        with self.registry.cursor() as cr:
            for table in ("mail_message", "mail_activity", "mail_followers", "ir_attachment"):
                column = "model" if table == "mail_message" else "res_model"
                cr.execute(
                    f"DELETE FROM {table} WHERE {column} = 'sale.order' AND res_id = %s",
                    [order_id],
                )
            cr.execute("DELETE FROM sale_order WHERE id = %s", [order_id])
            env = self._env(cr)
            env["product.template"].browse(template_id).unlink()
            env["res.partner"].browse(partner_id).unlink()

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _order(self, cr):
        return self._env(cr)["sale.order"].browse(self.order_id)

    def _get_shown(self):
        """What the page of the customer has been made with."""
        with self.registry.cursor() as cr:
            return self._order(cr)._get_shown_fingerprint()

    def _sign(self, cr, shown):
        """As the portal does it; the refusal, or nothing."""
        order = self._order(cr)
        if not order._has_to_be_signed():
            return "not to be signed"
        refusal = order._get_signature_refusal(shown)
        if not refusal:
            order.write(
                {
                    "signed_by": "Ann",
                    "signed_on": Datetime.now(),
                    "signature": SIGNATURE,
                }
            )
        cr.flush()
        return refusal

    def _choose(self, cr):
        """As the portal does it; the refusal, or nothing."""
        order = self._order(cr)
        refusal = order._get_customer_choice_refusal()
        if not refusal:
            term = order.env["sale.offer.term"].browse(self.other_id)
            order._choose_for_customer(term, order.partner_id)
        cr.flush()
        return refusal

    def _choose_as_seller(self, cr):
        self._env(cr)["sale.offer.term"].browse(self.other_id).action_select()
        cr.flush()

    def _assert_one_wins(self, is_signed):
        """A signature stands under the prices that were shown, or there is none."""
        with self.registry.cursor() as cr:
            order = self._order(cr)
            chosen = self.shown_id if is_signed else self.other_id
            self.assertEqual(bool(order.signature), is_signed)
            self.assertEqual(order.order_line.offer_term_id.id, chosen)
            self.assertEqual(order.order_line.term_ids.filtered("selected").id, chosen)

    def _collide(self, late, early):
        """``late`` has looked at the offer before ``early`` was committed.

        :return: what ``late`` answers when it is tried again
        """
        with self.registry.cursor() as second:
            self._order(second).read(["signature", "amount_total"])
            with self.registry.cursor() as first:
                self.assertFalse(early(first))
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                late(second)
            second.rollback()
            return late(second)

    def test_signature_after_the_choice(self):
        """Tried again, it does not slip under the new prices."""
        shown = self._get_shown()
        answer = self._collide(partial(self._sign, shown=shown), self._choose)
        self.assertIn("has been changed since you opened it", answer)
        self._assert_one_wins(is_signed=False)

    def test_choice_after_the_signature(self):
        shown = self._get_shown()
        answer = self._collide(self._choose, partial(self._sign, shown=shown))
        self.assertIn("not open for a choice", answer)
        self._assert_one_wins(is_signed=True)

    def test_signature_after_the_choice_of_an_equal_price(self):
        """No amount changes then, but the delivery term does."""
        for choose in (self._choose_as_seller, self._choose):
            self._make(price=100)
            shown = self._get_shown()
            answer = self._collide(partial(self._sign, shown=shown), choose)
            self.assertIn("has been changed since you opened it", answer)
            self._assert_one_wins(is_signed=False)

    def _run(self, barrier, action):
        with self.registry.cursor() as cr:
            self._order(cr).read(["signature", "amount_total"])
            barrier.wait(timeout=10)
            return retrying(lambda: action(cr), self._env(cr))

    def test_race(self):
        for _round in range(ROUNDS):
            self._make(price=110)
            shown, barrier = self._get_shown(), Barrier(2)
            with mute_logger("odoo.sql_db", "odoo.service.model"):
                with ThreadPoolExecutor(max_workers=2) as pool:
                    signing = pool.submit(self._run, barrier, partial(self._sign, shown=shown))
                    choosing = pool.submit(self._run, barrier, self._choose)
                    refusals = [signing.result(), choosing.result()]
            self.assertEqual(len(list(filter(None, refusals))), 1, refusals)
            self._assert_one_wins(is_signed=not refusals[0])
