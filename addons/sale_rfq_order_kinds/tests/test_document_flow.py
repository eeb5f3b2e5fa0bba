from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.sale_order_kinds.tests.schedule_common import ScheduleCommon
from odoo.addons.sale_order_kinds.tests.warranty_common import WarrantyCommon

from .common import KindsCommon


class FlowCommon:
    def _flow(self, document, user=None):
        flow = self.env["document.flow"].with_user(user or self.env.user)
        return flow.new({"res_model": document._name, "res_id": document.id})

    def _tree(self, document, user=None):
        """``(level, model-id)`` of each row."""
        rows = self._flow(document, user).flow["rows"]
        return [(row["level"], f"{row['model']}-{row['id']}") for row in rows]

    def _id(self, document):
        return f"{document._name}-{document.id}"


@tagged("post_install", "-at_install")
class TestDocumentFlow(KindsCommon, FlowCommon):
    """From every document the whole way from the request to the payment is seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bearing.is_storable = False
        cls.order = cls._offer()
        cls.rival = cls._offer(cls._new_request(cls.bearing, contract_ref=cls.contract.name))
        cls.order.action_confirm()
        cls.delivery = cls.order.picking_ids
        for move in cls.delivery.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        cls.delivery.button_validate()
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()

    def test_whole_tree_from_every_document(self):
        expected = [
            (0, self._id(self.contract)),
            (1, self._id(self.request)),
            (2, self._id(self.order)),
            (3, self._id(self.delivery)),
            (3, self._id(self.invoice)),
        ]
        for document in (self.request, self.order, self.delivery, self.invoice):
            with self.subTest(document=document._name):
                self.assertEqual(self._tree(document), expected)
                rows = self._flow(document).flow["rows"]
                chosen = [(row["model"], row["id"]) for row in rows if row["is_chosen"]]
                self.assertEqual(chosen, [(document._name, document.id)])

    def test_links_open_for_logistics(self):
        """Each document opens in the form that its reader may read."""
        logistics = new_test_user(self.env, "df_stock", "stock.group_stock_user")
        rows = self._flow(self.delivery, logistics).flow["rows"]
        self.assertIn("sale.order", [row["model"] for row in rows])
        for row in rows:
            document = self.env[row["model"]].with_user(logistics).browse(row["id"])
            self.env.invalidate_all()
            Form(document, row["view_id"])

    def test_contract_shows_all_its_releases(self):
        names = [name for _level, name in self._tree(self.contract)]
        self.assertIn(self._id(self.order), names)
        self.assertIn(self._id(self.rival), names)

    def test_words(self):
        rows, hidden = self._flow(self.invoice)._get_rows()
        self.assertFalse(hidden)
        self.assertEqual(
            [(row["kind"], row["name"]) for row in rows][:3],
            [
                ("Long-Term Contract", self.contract.name),
                ("Material Request", self.request.name),
                (self.additional.name, self.order.name),
            ],
        )
        self.assertEqual(rows[-1]["state"], "Not Paid")
        self.assertIn(str(round(self.invoice.amount_total, 2)), rows[-1]["amount"])

    def test_payment_and_credit_note(self):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        payment = wizard.create({})._create_payments()
        credit = self.invoice._reverse_moves([{"date": self.today}])
        tree = self._tree(credit)
        self.assertIn((4, self._id(payment)), tree)
        self.assertIn((4, self._id(credit)), tree)

    def test_return_follows_its_delivery(self):
        dialog = Form(
            self.env["stock.return.picking"].with_context(
                active_model="stock.picking",
                active_id=self.delivery.id,
                active_ids=self.delivery.ids,
            )
        ).save()
        dialog.product_return_moves.quantity = 1
        action = dialog.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        self.assertIn((4, self._id(back)), self._tree(back))

    def test_revision_follows_what_it_replaces(self):
        self.rival.action_quotation_sent()
        dialog = self.env["offer.revise"].create({"order_id": self.rival.id, "reason": "x"})
        dialog.action_revise()
        newer = self.rival.superseded_by_id
        tree = self._tree(newer)
        self.assertIn((2, self._id(self.rival)), tree)
        self.assertIn((3, self._id(newer)), tree)
        self.assertIn((3, self._id(self.rival.dispatch_ids)), tree)

    def test_what_is_not_for_the_user_is_counted(self):
        seller = self._new_user(
            "flow_seller", "sales_team.group_sale_salesman,stock.group_stock_user"
        )
        self.request.user_id = self.order.user_id = seller
        self.contract.user_id = self.env.user
        rule = self.env["ir.rule"].create(
            {
                "name": "no deliveries",
                "model_id": self.env["ir.model"]._get_id("stock.picking"),
                "domain_force": "[('id', '=', 0)]",
            }
        )
        flow = self._flow(self.order, seller)
        names = [name for _level, name in self._tree(self.order, seller)]
        self.assertNotIn(self._id(self.delivery), names)
        self.assertGreaterEqual(flow.flow["hidden"], 1)
        rule.unlink()
        other = self._new_user("flow_other", "base.group_user")
        with self.assertRaises(AccessError):
            self._flow(self.order, other).flow

    def test_only_documents_have_a_flow(self):
        with self.assertRaisesRegex(UserError, "has no document flow"):
            self._flow(self.env.company).flow

    def test_queries_do_not_grow_with_the_documents(self):
        def used(count):
            orders = self.env["sale.order"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "order_line": [Command.create({"product_id": self.motor.id})],
                        "request_ids": [Command.set(request.ids)],
                    }
                    for request in [self._new_request(self.motor)]
                    for _n in range(count)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows, _hidden = self._flow(orders.request_ids)._get_rows()
            self.assertEqual(len(rows), count + 1)
            return self.env.cr.sql_log_count - before

        used(1)
        self.assertLessEqual(used(30), used(3) + 2)


@tagged("post_install", "-at_install")
class TestWarrantyFlow(WarrantyCommon, FlowCommon):
    """A claim, what came back, what was sent instead and what was credited."""

    def test_claim_from_every_side(self):
        claim = self._accept(4)
        back = self._return(claim)
        transfer = self._receive(back)
        replacement = self._replace(claim)
        replacement.action_confirm()
        expected = [
            (0, self._id(self.order)),
            (1, self._id(self.delivery)),
            (2, self._id(claim)),
            (3, self._id(back)),
            (4, self._id(transfer)),
            (3, self._id(replacement)),
            (4, self._id(replacement.picking_ids)),
        ]
        for document in (self.order, self.delivery, claim, back, transfer, replacement):
            with self.subTest(document=document.display_name):
                self.assertEqual(self._tree(document), expected)

    def test_circle_ends(self):
        one, other = self.order.copy(), self.order.copy()
        one.kind_origin_id, other.kind_origin_id = other, one
        self.assertEqual(self._tree(one), [(0, self._id(one)), (1, self._id(other))])


@tagged("post_install", "-at_install")
class TestScheduleFlow(ScheduleCommon, FlowCommon):
    def test_order_of_a_schedule(self):
        schedule = self._new_schedule({1: 5, 90: 7})
        order = self._run()
        tree = self._tree(order)
        self.assertEqual(
            tree[:3],
            [(0, self._id(self.contract)), (1, self._id(schedule)), (2, self._id(order))],
        )
        self.assertIn((2, self._id(order)), self._tree(schedule))
