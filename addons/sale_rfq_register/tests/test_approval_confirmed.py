from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ApprovalCommon, RpcCommon

REFUSED = "odoo.exceptions.UserError"


class ConfirmedCommon(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm(cls._new_discounted_offer(0))
        cls.line = cls.order.order_line[0]

    @classmethod
    def _confirm(cls, order):
        order = order.with_user(cls.seller)
        order.action_confirm()
        return cls._commit(order)

    def _assert_refused(self, change):
        with self.assertRaises(UserError) as refusal:
            change()
        name = self.order.sudo().name
        self.assertIn(f"{name} is confirmed, and with this change", str(refusal.exception))


@tagged("post_install", "-at_install")
class TestConfirmedOrder(ConfirmedCommon):
    """First confirmed, then made worse: the tiers are asked all the same."""

    def _get_changes(self):
        line, order = self.line, self.order
        new = {"product_id": self.bearing.id, "order_id": order.id}
        return {
            "discount": lambda: line.write({"discount": 50}),
            "price": lambda: line.write({"price_unit": 5}),
            "price with its own list price": lambda: line.write(
                {"price_unit": 5, "technical_price_unit": 5}
            ),
            "discount over the order": lambda: order.write(
                {"order_line": [Command.update(line.id, {"discount": 50})]}
            ),
            "new line": lambda: line.create({**new, "discount": 50}),
            "new line by default": lambda: line.with_context(default_order_id=order.id).create(
                {"product_id": self.bearing.id, "discount": 50}
            ),
            "new line over the order": lambda: order.write(
                {"order_line": [Command.create({**new, "price_unit": 1})]}
            ),
            "new line as an expense": lambda: line.create(
                {**new, "price_unit": 1, "is_expense": True}
            ),
            "price below zero": lambda: line.create({**new, "price_unit": -30}),
            "quantity below zero": lambda: line.create({**new, "product_uom_qty": -3}),
        }

    def test_what_tiers_test_is_made_no_worse(self):
        line = self.line.with_user(self.seller)
        self.assertTrue(line.has_access("write"))
        for name, change in self._get_changes().items():
            with self.subTest(change=name):
                self._assert_refused(change)
                self.assertEqual(self.order.offer_worst_discount, 0)
        self.assertEqual(len(self.order.order_line), 2)

    def test_line_of_another_order(self):
        """A line is made worse where nobody looks, and moved."""
        draft = self._new_discounted_offer(60).with_user(self.seller)
        self._assert_refused(lambda: draft.order_line[0].write({"order_id": self.order.id}))

    def test_price_of_a_large_quantity(self):
        offer = self._new_discounted_offer(0)
        offer.pricelist_id = self._new_price_break(self.bearing, 1000, 5)
        offer.order_line[0].product_uom_qty = 1000
        self.order = self._confirm(offer)
        line = self.order.order_line[0]
        self.assertEqual(line.price_unit, 5)
        self._assert_refused(lambda: line.write({"product_uom_qty": 1, "price_unit": 5}))

    def test_ordinary_changes_are_free(self):
        self.line.product_uom_qty = 6
        self.line.discount = 5
        self.line.name = "as agreed"
        self.line.create({"order_id": self.order.id, "product_id": self.seal.id})
        self.order.order_line[1].product_uom_qty = 0
        self.order.client_order_ref = "PO 1"
        self.assertEqual(self.order.offer_worst_discount, 5)

    def test_a_price_list_that_rises_later(self):
        self.line.price_unit = 9.5
        self.bearing.list_price = 100
        self.line.product_uom_qty = 4
        self.line.price_unit = 9.6
        self._assert_refused(lambda: self.line.write({"price_unit": 9.5}))

    def test_not_worse_than_approved(self):
        self._approve()
        self.order = self._confirm(self.offer)
        line = self.order.order_line[0]
        line.discount = 15
        self._assert_refused(lambda: line.write({"discount": 16}))
        self._assert_refused(lambda: self.order.order_line[1].write({"discount": 12}))

    def test_tiers_test_what_they_name(self):
        """A tier of the margin has nothing against a larger order, but against more at a loss."""
        self.motor.standard_price = 9
        self._new_tier("Margin", self.head, definition_domain="[('offer_worst_margin', '<', 15)]")
        self.line.product_uom_qty = 50
        self._assert_refused(lambda: self.line.write({"discount": 91}))
        motor = self.order.order_line[1]
        self._assert_refused(lambda: motor.write({"product_uom_qty": 2}))
        motor.product_uom_qty = 0.5

    def test_a_line_at_full_price_falls_away(self):
        order = self._confirm(self._approve(self._new_discounted_offer(20)))
        order.order_line[1].product_uom_qty = 0
        self.assertEqual(order.amount_untaxed, 40)

    def test_money_on_an_order_with_an_approved_discount(self):
        offer = self._new_discounted_offer(60)
        offer.order_line[1].product_uom_qty = 100
        order = self._confirm(self._approve(offer))
        with self.assertRaises(UserError) as refusal:
            self.line.create(
                {"order_id": order.id, "product_id": self.seal.id, "price_unit": -590}
            )
        self.assertIn("is confirmed", str(refusal.exception))

    def test_more_of_what_was_approved_for_its_kind(self):
        slow = self.env["account.payment.term"].create({"name": "Slow"})
        domain = f"[('payment_term_id', '=', {slow.id})]"
        self._new_tier("Terms", self.head, definition_domain=domain, sequence=5)
        offer = self._approve(self._new_discounted_offer(20, payment_term_id=slow.id))
        offer.with_user(self.head).validate_tier()
        order = self._confirm(self._commit(offer))
        line = order.order_line[1]
        line.product_uom_qty = 0.5
        for change in (
            lambda: line.write({"product_uom_qty": 2}),
            lambda: line.create({"order_id": order.id, "product_id": self.seal.id}),
        ):
            with self.assertRaises(UserError) as refusal:
                change()
            self.assertIn("is confirmed", str(refusal.exception))
        line.create({"order_id": order.id, "display_type": "line_note", "name": "Thank you"})

    def test_another_product_for_what_was_approved(self):
        self.bearing.type = "service"
        order = self._confirm(self._approve(self._new_discounted_offer(20)))
        cut = order.order_line[0]
        dear = self._new_product("Installation", "INS", False, type="service", list_price=1000)
        with self.assertRaises(UserError) as refusal:
            cut.write({"product_id": dear.id, "price_unit": 1000, "discount": 20})
        self.assertIn("is confirmed", str(refusal.exception))

    def test_more_of_what_was_approved(self):
        offer = self._approve(self._new_discounted_offer(20))
        order = self._confirm(offer)
        cut, whole = order.order_line
        whole.product_uom_qty = 100
        cut.product_uom_qty = 4
        for values in (
            {"product_uom_qty": 5},
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError) as refusal:
                cut.write(values)
            self.assertRegex(str(refusal.exception), "is confirmed|its unit")

    def test_amount_and_payment_term(self):
        net, slow = self.env["account.payment.term"].create([{"name": "Net"}, {"name": "Slow"}])
        self.order.payment_term_id = net
        self._new_tier("Amount", self.head, definition_domain="[('offer_amount', '>', 100)]")
        self._new_tier(
            "Terms", self.head, definition_domain=f"[('payment_term_id', '=', {slow.id})]"
        )
        self.line.product_uom_qty = 8
        self._assert_refused(lambda: self.line.write({"product_uom_qty": 10}))
        self._assert_refused(lambda: self.order.write({"payment_term_id": slow.id}))

    def test_a_tier_for_everything(self):
        self._new_tier("Every offer", self.head, definition_domain="[]")
        self._assert_refused(lambda: self.line.write({"discount": 1}))
        self.line.product_uom_qty = 4

    def test_a_reviewer_may(self):
        """Who could approve it may make the change; the log says so."""
        self.tier_manager.active = False
        self.line.with_user(self.head).discount = 50
        entry = self.order.sudo().approval_log_ids
        self.assertRecordValues(
            entry,
            [
                {
                    "event": "changed",
                    "user_id": self.head.id,
                    "tier_name": "Head of sales",
                    "worst_discount": 50,
                }
            ],
        )
        self.order.with_user(self.head)._action_cancel()
        self.order.action_draft()
        self._commit(self.order)
        self.assertEqual(self.order.approval_state, "required")

    def test_a_reviewer_of_one_tier_is_not_enough(self):
        self._assert_refused(lambda: self.line.with_user(self.head).write({"discount": 50}))

    def test_a_reviewer_does_not_change_his_own(self):
        self.tier_manager.active = False
        self.order.sudo().user_id = self.head
        self._assert_refused(lambda: self.line.with_user(self.head).write({"discount": 50}))

    def test_a_deputy_may(self):
        self.tier_manager.active = False
        self.env["sale.approval.delegation"].create(
            {"user_id": self.head.id, "deputy_id": self.manager.id, "date_to": "2100-01-01"}
        )
        self.line.with_user(self.manager).discount = 50
        self.assertEqual(self.line.discount, 50)

    def test_the_system_may(self):
        self.line.sudo().discount = 50
        self.assertEqual(self.line.discount, 50)

    def test_down_payments_are_invoiced(self):
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.manager)
            .with_context(active_ids=self.order.ids, active_model="sale.order")
        )
        self.manager.group_ids += self.env.ref("account.group_account_invoice")
        wizard.create({"advance_payment_method": "percentage", "amount": 50}).create_invoices()
        self.assertEqual(self.order.invoice_ids.amount_untaxed, 30)

    def test_another_company_without_tiers(self):
        """What it lets pass is not brought into a company that would have asked."""
        company = self.order.company_id
        other = self.env["res.company"].sudo().create({"name": "Other"})
        (self.tier_head + self.tier_manager).company_id = other
        self.line.discount = 50
        self.assertEqual(self.line.discount, 50)
        (self.tier_head + self.tier_manager).company_id = company
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s", (other.id, self.order.id)
        )
        self.env.invalidate_all()
        self.seller.company_ids += other
        order = self.order.with_context(allowed_company_ids=(company + other).ids)
        self._assert_refused(lambda: order.write({"company_id": company.id}))


@tagged("post_install", "-at_install")
class TestConfirmedOverRpc(RpcCommon, ConfirmedCommon, HttpCase):
    def test_seller(self):
        self.authenticate("ap_seller", "ap_seller")
        for values in ({"discount": 90}, {"price_unit": 1, "technical_price_unit": 1}):
            self.assertEqual(
                self._call("sale.order.line", "write", self.line.ids, values), REFUSED
            )
            self.assertEqual(
                self._call(
                    "sale.order.line",
                    "write",
                    self.line.ids,
                    values,
                    context={"confirmed_guard": True, "compare_with_list": True},
                ),
                REFUSED,
            )
        self.assertEqual((self.line.discount, self.line.price_unit), (0, 10))
        self.assertIs(self._call("sale.order.line", "write", self.line.ids, {"discount": 5}), True)
