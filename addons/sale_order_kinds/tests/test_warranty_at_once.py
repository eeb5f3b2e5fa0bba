import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

WORKERS, EACH, DELIVERED = 4, 2, 5


@tagged("post_install", "-at_install")
class TestClaimsAtOnce(TransactionCase):
    """Several people return, replace and accept the same delivered goods at one moment."""

    def setUp(self):
        super().setUp()
        self.made = []
        self.addCleanup(self._forget)
        with self.registry.cursor() as cr:
            self._prepare(self._env(cr))

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _note(self, records):
        self.made.append((records._name, records.ids))
        return records

    def _prepare(self, env):
        company = env.company
        self.before = {
            name: company[name].id
            for name in (
                "warranty_expense_account_id",
                "warranty_customer_location_id",
                "warranty_quarantine_location_id",
            )
        }
        account = env["account.account"].create(
            {"name": "at once", "code": "6789010", "account_type": "expense"}
        )
        self._note(account)
        company.warranty_expense_account_id = account
        for purpose in ("customer", "quarantine"):
            self._note(company._get_warranty_location(purpose))
        partner = self._note(env["res.partner"].create({"name": "at once"}))
        product = env["product.product"].create({"name": "at once", "is_storable": True})
        self.product_id = product.id
        self._note(product.product_tmpl_id)
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": DELIVERED})
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = DELIVERED
        picking.move_ids.picked = True
        picking._action_done()
        self.partner_id, self.picking_id = partner.id, picking.id
        self.move_id, self.order_id = picking.move_ids.id, order.id

    def _forget(self):
        """What other cursors committed is not rolled back with the test."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env.company.write(self.before)
            env.flush_all()
            product = [self.product_id]
            for query in (
                "UPDATE sale_order_line SET warranty_claim_line_id = NULL WHERE product_id = %s",
                "DELETE FROM sale_warranty_claim_line WHERE product_id = %s",
                "DELETE FROM stock_move_line WHERE product_id = %s",
                "DELETE FROM stock_quant WHERE product_id = %s",
                "DELETE FROM stock_move WHERE product_id = %s",
                "DELETE FROM sale_order_line WHERE product_id = %s",
            ):
                cr.execute(query, product)
            partner = [self.partner_id]
            for query in (
                "UPDATE sale_order SET warranty_claim_id = NULL, kind_origin_id = NULL"
                " WHERE partner_id = %s",
                "UPDATE sale_warranty_claim SET order_id = NULL WHERE partner_id = %s",
                "UPDATE stock_picking SET sale_id = NULL WHERE partner_id = %s",
                "DELETE FROM sale_order WHERE partner_id = %s",
                "DELETE FROM sale_warranty_claim WHERE partner_id = %s",
                "DELETE FROM stock_picking WHERE partner_id = %s",
            ):
                cr.execute(query, partner)
            for model, ids in reversed(self.made):
                env[model].browse(ids).unlink()

    def _new_claim(self, env, quantity):
        claim = env["sale.warranty.claim"].create(
            {
                "partner_id": self.partner_id,
                "picking_id": self.picking_id,
                "line_ids": [
                    Command.create(
                        {
                            "origin_move_id": self.move_id,
                            "quantity": quantity,
                            "reason_id": env["sale.warranty.reason"].search([], limit=1).id,
                        }
                    )
                ],
            }
        )
        claim.action_submit()
        return claim

    def _run(self, jobs, action, wanted):
        """Do an action for each job at one moment, and tell how often it was done."""
        barrier = Barrier(WORKERS)

        def work(job):
            with self.registry.cursor() as cr:
                env = self._env(cr)
                env["sale.warranty.claim"].search([]).read(
                    ["state"]
                )  # what it sees is from before all others
                barrier.wait(timeout=30)
                try:
                    retrying(lambda: action(env, job), env)
                except UserError as refusal:
                    cr.rollback()
                    return "refused" if re.search(wanted, str(refusal)) else str(refusal)
                return "done"

        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            patch("odoo.service.model.random.uniform", lambda low, high: high / 20),
            patch("odoo.service.model.MAX_TRIES_ON_CONCURRENCY_FAILURE", 5 * WORKERS),
            patch("odoo.service.model.time.sleep", lambda seconds: None),
            ThreadPoolExecutor(WORKERS) as pool,
        ):
            return Counter(pool.map(work, jobs))

    def _order(self, env, claim_id, stock_mode):
        """An order for two of the goods of a claim, confirmed."""
        claim = env["sale.warranty.claim"].browse(claim_id)
        values = claim._prepare_claim_order_values(stock_mode)
        values["order_line"][0][2]["product_uom_qty"] = EACH
        env["sale.order"].create(values).action_confirm()

    def test_accepted_together(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            claims = [self._new_claim(env, EACH).id for _worker in range(WORKERS)]

        def accept(env, claim_id):
            env["sale.warranty.claim"].browse(claim_id).action_accept()

        outcomes = self._run(claims, accept, "accept")
        self.assertEqual(outcomes, {"done": DELIVERED // EACH, "refused": 2})

    def _accepted_claim(self):
        with self.registry.cursor() as cr:
            claim = self._new_claim(self._env(cr), DELIVERED)
            claim.action_accept()
            return claim.id

    def test_replaced_at_once(self):
        claim = self._accepted_claim()

        def replace(env, claim_id):
            self._order(env, claim_id, "deliver")

        outcomes = self._run([claim] * WORKERS, replace, "cannot be replaced|already")
        self.assertEqual(outcomes["done"], DELIVERED // EACH, outcomes)
        with self.registry.cursor() as cr:
            line = self._env(cr)["sale.warranty.claim"].browse(claim).line_ids
            self.assertEqual(line.replaced_qty, 4)

    def test_returned_at_once(self):
        """Half of them by the claim, half by core's return of the same delivery."""
        claim = self._accepted_claim()
        with self.registry.cursor() as cr:
            self._order(self._env(cr), claim, "receive")  # from here on the delivery is watched

        def give_back(env, by_claim):
            if by_claim:
                self._order(env, claim, "receive")
                return
            wizard = env["stock.return.picking"].create({"picking_id": self.picking_id})
            wizard.product_return_moves.quantity = EACH
            wizard._create_return()

        outcomes = self._run([True, False] * (WORKERS // 2), give_back, "cannot come back")
        self.assertEqual(outcomes, {"done": 1, "refused": WORKERS - 1})
        with self.registry.cursor() as cr:
            move = self._env(cr)["stock.move"].browse(self.move_id)
            self.assertEqual(sum(move.returned_move_ids.mapped("product_qty")), 4)

    def _press_by_all(self, button):
        """Everybody presses a button of one claim at one moment: how many orders there are."""
        claim_id = self._accepted_claim()
        opened = []

        def press(env, job):
            action = getattr(env["sale.warranty.claim"].browse(job), button)()
            opened.append(action["res_id"])

        outcomes = self._run([claim_id] * WORKERS, press, "never")
        self.assertEqual(outcomes, {"done": WORKERS})
        with self.registry.cursor() as cr:
            orders = self._env(cr)["sale.warranty.claim"].browse(claim_id).order_ids
            self.assertEqual(len(orders), 1)
            self.assertEqual(opened[-1], orders.id)

    def test_one_return_by_its_button(self):
        self._press_by_all("action_create_return")

    def test_one_replacement_by_its_button(self):
        self._press_by_all("action_create_replacement")
