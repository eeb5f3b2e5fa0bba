from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

NAME = "confirmed at once"


@tagged("post_install", "-at_install")
class TestConfirmAtOnce(TransactionCase):
    """A confirmation and a free line at one moment, each with a cursor of its own.

    The line changes no amount of the offer, and by itself nothing that the confirmation writes.
    """

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.tier_id = (
                env["tier.definition"]
                .create(
                    {
                        "name": NAME,
                        "model_id": env["ir.model"]._get_id("sale.order"),
                        "company_id": False,
                        "review_type": "individual",
                        "reviewer_id": SUPERUSER_ID,
                        "definition_domain": f"[('partner_id.name', '=', '{NAME}'),"
                        " ('offer_worst_discount', '>', 10)]",
                    }
                )
                .id
            )
            product = env["product.product"].create(
                {"name": NAME, "type": "service", "list_price": 10}
            )
            partner = env["res.partner"].create({"name": NAME})
            order = env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
            self.order_id, self.product_id = order.id, product.id
            self.partner_id = partner.id
        self.addCleanup(self._forget)

    def _forget(self):
        """What other cursors committed is not rolled back with the test."""
        with self.registry.cursor() as cr:
            for table in ("mail_message", "mail_activity", "mail_followers"):
                column = "model" if table == "mail_message" else "res_model"
                cr.execute(
                    f"DELETE FROM {table} WHERE {column} = 'sale.order' AND res_id = %s",
                    [self.order_id],
                )
            cr.execute("DELETE FROM sale_order WHERE id = %s", [self.order_id])
            env = self._env(cr)
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            env["tier.definition"].browse(self.tier_id).unlink()

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _confirm(self, env):
        env["sale.order"].browse(self.order_id).action_confirm()

    def _add_free_line(self, env):
        env["sale.order.line"].create(
            {
                "order_id": self.order_id,
                "product_id": self.product_id,
                "price_unit": 0,
                "purchase_price": 0,
            }
        )

    def _cut(self, env):
        """A change that leaves the amount of the order as it is, and that no tier asks about."""
        line = {"order_id": self.order_id, "product_id": self.product_id}
        env["sale.order.line"].create(
            [{**line, "product_uom_qty": 0.1}, {**line, "price_unit": -1, "purchase_price": 0}]
        )

    def test_two_changes_of_an_order(self):
        """Each is harmless; both together are not."""
        admin = self.env.ref("base.user_admin").id
        with self.registry.cursor() as cr:
            self._confirm(self._env(cr))
        with self.registry.cursor() as early, self.registry.cursor() as late:
            late.execute("SELECT 1")
            self._cut(api.Environment(early, admin, {}))
            early.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._cut(api.Environment(late, admin, {}))
                late.commit()
            late.rollback()
            with self.assertRaisesRegex(UserError, "is confirmed"):
                self._cut(api.Environment(late, admin, {}))
            late.rollback()

    def test_one_of_both_is_repeated(self):
        for first, second in (
            (self._confirm, self._add_free_line),
            (self._add_free_line, self._confirm),
        ):
            with (
                self.subTest(second=second.__name__),
                self.registry.cursor() as early,
                self.registry.cursor() as late,
            ):
                # both see the offer as it was
                late.execute("SELECT 1")
                first(self._env(early))
                early.commit()
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(SerializationFailure),
                ):
                    second(self._env(late))
                    late.commit()
                late.rollback()
            with self.registry.cursor() as cr:
                order = self._env(cr)["sale.order"].browse(self.order_id)
                order._action_cancel()
                order.action_draft()
                order.order_line.filtered(lambda line: not line.price_unit).unlink()
