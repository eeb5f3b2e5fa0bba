from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ApprovalCommon, RpcCommon

CHEAPER = {"no_variant_attributes_price_extra": -9}


class ForgedCommon(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheap = cls._new_discounted_offer(0).with_user(cls.seller)
        cls.cheap.order_line[0].price_unit = 1

    def _assert_asked_for(self, use):
        with self.assertRaisesRegex(UserError, "need an approval|needs an approval|not approved"):
            use()

    def _new_confirmed(self, discount=0, **values):
        order = self._new_discounted_offer(discount, **values).with_user(self.seller)
        if discount:
            self._approve(order)
        order.action_confirm()
        return self._commit(order)


@tagged("post_install", "-at_install")
class TestForgedContext(ForgedCommon):
    """What a caller sends in the context changes no figure."""

    def test_offer(self):
        offer = self.cheap.with_context(**CHEAPER)
        self._assert_asked_for(offer.action_confirm)
        self._assert_asked_for(offer.action_quotation_sent)
        self._assert_asked_for(self.cheap.with_context(just_used=True).action_confirm)

    def test_attribute_values(self):
        """Keys of the suite count as little as those of core."""
        offer = self.cheap.with_context(compared_without_values=True, current_attributes=[-9])
        self._assert_asked_for(offer.action_confirm)

    def test_alternative(self):
        plain = self._new_discounted_offer(0).with_user(self.seller)
        self.env["sale.offer.alternative"].with_user(self.seller).create(
            {
                "order_line_id": plain.order_line[0].id,
                "product_id": self.motor.id,
                "product_uom_qty": 1000,
                "price_unit": 1,
            }
        )
        self._assert_asked_for(plain.with_context(**CHEAPER).action_quotation_sent)

    def test_confirmed(self):
        order = self._new_confirmed()
        line = order.order_line[0].with_context(**CHEAPER)
        self._assert_asked_for(lambda: line.write({"price_unit": 1}))

    def test_log_tells_the_truth(self):
        self.cheap.with_context(**CHEAPER).request_validation()
        self.assertEqual(self.cheap.sudo().approval_log_ids.worst_discount, 90)


@tagged("post_install", "-at_install")
class TestForgedFields(ForgedCommon):
    """What follows from the order or its deliveries is not written in its lines."""

    def test_fields_of_the_order(self):
        """A currency, a company or a state of its own would change what a line is measured at."""
        line = self.cheap.order_line[0]
        other = self.env["res.company"].create({"name": "Other"})
        values = {
            "currency_id": self.env.ref("base.KWD").id,
            "company_id": other.id,
            "order_partner_id": self.env.user.partner_id.id,
            "salesman_id": self.head.id,
            "state": "sale",
        }
        before = {name: line[name] for name in values}
        line.write(values)
        self.cheap.write({"order_line": [Command.update(line.id, values)]})
        self._commit(self.cheap)
        self.assertEqual({name: line[name] for name in values}, before)
        self._assert_asked_for(self.cheap.action_confirm)

    def test_state_of_a_confirmed_line(self):
        order = self._new_confirmed()
        order.order_line.write({"state": "draft"})
        self._commit(order)
        self.assertEqual(set(order.order_line.mapped("state")), {"sale"})

    def test_delivered_by_itself(self):
        order = self._new_confirmed()
        line = order.order_line[0]
        with patch.object(type(line), "qty_delivered_method", "stock_move"):
            with self.assertRaisesRegex(UserError, "follows from its deliveries"):
                line.write({"qty_delivered": 0})
        with patch.object(type(line), "qty_delivered_method", "manual"):
            line.write({"qty_delivered": 2})
        self.assertEqual(line.qty_delivered, 2)

    def test_marks_of_core_and_bills(self):
        """An expense or a down payment is invoiced otherwise, and can be deleted."""
        values = {"product_id": self.motor.id, "is_expense": True, "is_downpayment": True}
        line = self.cheap.order_line.create({"order_id": self.cheap.id, **values})
        other = self.cheap.order_line.with_context(
            default_is_expense=True, default_is_downpayment=True
        ).create({"order_id": self.cheap.id, "product_id": self.motor.id})
        for record in line + other:
            record.write({"is_expense": True, "is_downpayment": True})
            self.assertEqual((record.is_expense, record.is_downpayment), (False, False))

    def test_a_line_that_the_database_would_delete(self):
        order = self._new_confirmed()
        line = order.order_line[0]
        note = line.create({"order_id": order.id, "display_type": "line_note", "name": "Note"})
        line.linked_line_id = note
        with self.assertRaisesRegex(UserError, "can't remove one of its lines"):
            note.unlink()

    def test_status_of_the_invoices(self):
        order = self._new_confirmed()
        status = order.invoice_status
        order.write({"invoice_status": "invoiced"})
        order.order_line.write({"invoice_status": "invoiced"})
        self._commit(order)
        self.assertEqual(order.invoice_status, status)

    def test_line_stays_in_its_order(self):
        order, other = self._new_confirmed(), self._new_discounted_offer(0)
        with self.assertRaisesRegex(UserError, f"stays in order {order.name}"):
            order.order_line[1].write({"order_id": other.id})
        order.order_line[1].write({"order_id": order.id})

    def test_words_in_the_document(self):
        names = self.env["sale.order"]._get_pdf_fields()
        if "customizable_pdf_form_fields" not in names:
            self.skipTest("PDF Quote Builder is not installed")
        self._approve()
        self.offer.with_user(self.seller).write({"customizable_pdf_form_fields": {"x": "free"}})
        self.assertEqual(self._commit(self.offer).approval_state, "voided")


@tagged("post_install", "-at_install")
class TestForgedRest(ForgedCommon):
    """Options, dates, companies and letters that are sent later."""

    def _add_alternative(self, order, **values):
        return (
            self.env["sale.offer.alternative"]
            .with_user(self.seller)
            .create(
                {
                    "order_line_id": order.order_line[0].id,
                    "product_id": self.motor.id,
                    **values,
                }
            )
        )

    def test_option_that_gives_money(self):
        plain = self._new_discounted_offer(0).with_user(self.seller)
        self._add_alternative(plain, price_unit=-10, product_uom_qty=1000)
        self.assertEqual(plain.sudo().offer_worst_discount, 100)
        self.assertEqual(plain.sudo().offer_worst_margin, -100)
        self._assert_asked_for(plain.action_quotation_sent)

    def test_option_in_the_company_of_the_offer(self):
        """The price list is converted at the rates of the offer's company."""
        here = self.env.company
        other = self.env["res.company"].create({"name": "Other"})
        self.seller.company_ids += other
        foreign = self.env["res.currency"].create({"name": "QQQ", "symbol": "Q"})
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "company_id": here.id, "rate": 100}
        )
        prices = self.env["product.pricelist"].create({"name": "Q", "currency_id": foreign.id})
        plain = self._new_discounted_offer(0, pricelist_id=prices.id).with_user(self.seller)
        self._add_alternative(plain, price_unit=self.motor.list_price, product_uom_qty=9)
        self._commit(plain)
        elsewhere = plain.with_context(allowed_company_ids=[other.id, here.id])
        self._assert_asked_for(elsewhere.action_quotation_sent)

    def test_promotion_of_another_hour(self):
        now = fields.Datetime.now()
        for start, end in ((now + timedelta(minutes=5), None), (None, now - timedelta(minutes=5))):
            prices = self.env["product.pricelist"].create(
                {
                    "name": "Promotion",
                    "item_ids": [
                        Command.create(
                            {
                                "applied_on": "3_global",
                                "compute_price": "fixed",
                                "fixed_price": 1,
                                "date_start": start,
                                "date_end": end,
                            }
                        )
                    ],
                }
            )
            offer = self._new_discounted_offer(0, pricelist_id=prices.id).with_user(self.seller)
            offer.date_order = (start or end) + timedelta(minutes=1 if start else -1)
            offer.order_line.price_unit = 1
            self._commit(offer)
            with self.subTest(start=start, end=end):
                self._assert_asked_for(offer.action_quotation_sent)

    def test_cost_at_the_rate_of_another_day(self):
        """A cost is not lowered by a date of the offer on which the currency was worth more."""
        self._new_tier("Margin", self.head, definition_domain="[('offer_worst_margin', '<', 15)]")
        foreign = self.env["res.currency"].create({"name": "QQQ", "symbol": "Q"})
        for day, rate in (("2020-01-01", 1), ("2026-01-01", 100)):
            self.env["res.currency.rate"].create(
                {"currency_id": foreign.id, "name": day, "rate": rate}
            )
        prices = self.env["product.pricelist"].create({"name": "Q", "currency_id": foreign.id})
        self.bearing.standard_price = 9
        offer = self._new_discounted_offer(0, pricelist_id=prices.id).with_user(self.seller)
        (self.tier_head + self.tier_manager).active = False
        offer.date_order = "2020-06-01"
        offer.order_line.write({"price_unit": 100, "purchase_price": 0})
        self._commit(offer)
        self._assert_asked_for(offer.action_confirm)
        self._assert_asked_for(offer.action_quotation_sent)

    def test_two_signs_below_zero_are_no_sale(self):
        offer = self._new_discounted_offer(
            0,
            order_line=[
                Command.create({"product_id": self.bearing.id, "product_uom_qty": 6}),
                Command.create(
                    {"product_id": self.seal.id, "product_uom_qty": -5, "price_unit": -10}
                ),
                Command.create({"product_id": self.seal.id, "price_unit": -50}),
            ],
        )
        self._assert_asked_for(offer.with_user(self.seller).action_confirm)

    def test_fewer_goods_for_the_same_discount(self):
        """A discount on a line of its own is more of what is left."""
        lines = [
            Command.create({"product_id": self.bearing.id, "product_uom_qty": 100}),
            Command.create({"product_id": self.seal.id, "price_unit": -200}),
        ]
        order = self._new_discounted_offer(0, order_line=lines).with_user(self.seller)
        self._approve(order)
        order.action_confirm()
        self._commit(order)
        self._assert_asked_for(lambda: order.order_line[0].write({"product_uom_qty": 20}))
        order.order_line[0].write({"product_uom_qty": 101})
        self.assertEqual(order.order_line[0].product_uom_qty, 101)

    def test_discount_moved_to_a_line_of_its_own(self):
        order = self._new_discounted_offer(
            0,
            order_line=[
                Command.create(
                    {"product_id": self.bearing.id, "product_uom_qty": 100, "discount": 20}
                )
            ],
        ).with_user(self.seller)
        self._approve(order)
        order.action_confirm()
        self._commit(order)
        changes = [
            Command.update(order.order_line.id, {"product_uom_qty": 0}),
            Command.create({"product_id": self.motor.id, "product_uom_qty": 22}),
            Command.create({"product_id": self.seal.id, "price_unit": -200}),
        ]
        self._assert_asked_for(lambda: order.write({"order_line": changes}))

    def test_a_letter_that_may_not_leave_holds_no_others_back(self):
        self.offer.pending_email_template_id = self.env.ref("sale.email_template_edi_sale")
        other = self._new_confirmed()
        other.sudo().pending_email_template_id = self.env.ref(
            "sale.mail_template_sale_confirmation"
        )
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: 1):
            self.env["sale.order"]._cron_send_pending_emails()
        self.assertFalse((self.offer + other).pending_email_template_id)
        self.assertIn("needs an approval", self.offer.message_ids[0].body)
        self.assertFalse(self.offer.message_ids.attachment_ids)
        self.assertTrue(other.message_ids.attachment_ids)

    def test_raising_a_price_is_no_discount(self):
        order = self._new_confirmed(20)
        order.order_line[0].write({"price_unit": 25})
        self.assertEqual(order.order_line[0].price_unit, 25)

    def test_harmless_changes_touch_lines_alone(self):
        """What the customer may choose, and what holds for the whole, is approved as it is."""
        self.env.company.offer_approval_keep_harmless = True
        partner = self.env["res.partner"].create({"name": "Another payer"})
        for name, change in {
            "alternative": lambda: self._add_alternative(
                self.offer, product_uom_qty=1000, discount=20
            ),
            "term": lambda: self.env["sale.offer.term"].create(
                {
                    "order_line_id": self.offer.order_line[1].id,
                    "incoterm_id": self.env.ref("account.incoterm_EXW").id,
                    "discount": 20,
                }
            ),
            "prepayment": lambda: self.offer.write({"require_payment": True}),
            "payer": lambda: self.offer.write({"partner_invoice_id": partner.id}),
            "address": lambda: self.offer.write({"partner_shipping_id": partner.id}),
            "note": lambda: self.offer.write({"note": "We pay the freight"}),
        }.items():
            with self.subTest(change=name), self.cr.savepoint() as savepoint:
                self._approve()
                change()
                self._commit(self.offer)
                self.assertEqual(self.offer.approval_state, "voided")
                savepoint.rollback()
            self.env.invalidate_all()

    def test_tier_holds_for_branches(self):
        company = self.env["res.company"].create({"name": "Parent"})
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": company.id})
        tiers = self.tier_head + self.tier_manager
        tiers.company_id = company
        for user in (self.seller, self.head, self.manager):
            user.company_ids += company + branch
        definitions = self.env["tier.definition"]
        self.assertEqual(definitions._get_offer_tier_ids(branch.id), tiers._ids)
        self.assertFalse(definitions._get_offer_tier_ids(self.env.company.id))
        self.assertIn(branch.id, definitions._get_offer_company_ids())
        offer = self._new_discounted_offer(20, company_id=branch.id)
        self._assert_asked_for(offer.with_user(self.seller).action_confirm)
        self._approve(offer)
        self.assertEqual(offer.approval_state, "approved")

    def _schedule(self, order):
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.seller)
            .with_context(**order.action_quotation_send()["context"])
            .create(
                {
                    "partner_ids": self.partner.ids,
                    "scheduled_date": fields.Datetime.now() + timedelta(days=1),
                }
            )
        )
        return composer._action_schedule_message()

    def test_letter_that_is_sent_later(self):
        with self.assertRaisesRegex(UserError, "needs an approval"):
            self.env["mail.compose.message"].with_user(self.seller).create(
                {
                    "model": "sale.order",
                    "res_ids": str(self.offer.ids),
                    "template_id": self.env.ref("sale.email_template_edi_sale").id,
                    "scheduled_date": fields.Datetime.now() + timedelta(days=1),
                    "attachment_ids": [],
                }
            )._action_schedule_message()
        self._approve()
        letter = self._schedule(self.offer.with_user(self.seller))
        self.offer.order_line[0].discount = 50
        self._commit(self.offer)
        letter.send_context = {**letter.send_context, "mark_so_as_sent": False}
        with self.assertRaisesRegex(UserError, "was changed since"):
            letter.post_message()
        self.offer.order_line[0].discount = 20
        self._approve()
        letter.post_message()
        self.assertTrue(self.offer.message_ids.filtered("attachment_ids"))


@tagged("post_install", "-at_install")
class TestClosedOutside(ForgedCommon):
    """A sent offer that was made cheaper without an approval is in no list of the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_user("ap_customer", "base.group_portal")
        cls.sent = cls._new_discounted_offer(0, partner_id=cls.customer.partner_id.id)
        cls.sent.with_user(cls.seller).action_quotation_sent()
        cls.sent.message_subscribe(cls.customer.partner_id.ids)
        cls._commit(cls.sent)

    def _get_seen(self):
        self._commit(self.sent)
        orders = self.env["sale.order"].with_user(self.customer)
        lines = self.env["sale.order.line"].with_user(self.customer)
        return (
            orders.search_count([("id", "=", self.sent.id)]),
            lines.search_count([("order_id", "=", self.sent.id)]),
        )

    def test_follows_the_offer(self):
        line = self.sent.order_line[0].with_user(self.seller)
        self.assertEqual(self._get_seen(), (1, 2))
        line.discount = 20
        self.assertEqual(self._get_seen(), (0, 0))
        line.discount = 0
        self.assertEqual(self._get_seen(), (1, 2))
        line.discount = 20
        self._approve(self.sent)
        self.assertEqual(self._get_seen(), (1, 2))

    def test_nobody_writes_it(self):
        with self.assertRaises(AccessError):
            self.sent.with_user(self.seller).write({"is_closed_outside": False})

    def test_confirmed_by_a_reviewer_after_all(self):
        self.sent.order_line[0].with_user(self.seller).discount = 20
        self.assertEqual(self._get_seen(), (0, 0))
        self._approve(self.sent)
        self.sent.with_user(self.seller).action_confirm()
        self.assertEqual(self._get_seen(), (1, 2))


@tagged("post_install", "-at_install")
class TestForgedRpc(ForgedCommon, RpcCommon, HttpCase):
    """The worst of it as a client sends it."""

    def test_context(self):
        self.authenticate("ap_seller", "ap_seller")
        for method in ("action_confirm", "action_quotation_sent"):
            error = self._call("sale.order", method, self.cheap.ids, context=CHEAPER)
            self.assertEqual(error, "odoo.exceptions.UserError")
        self.assertEqual(self.cheap.state, "draft")

    def test_state_of_a_line(self):
        self.authenticate("ap_seller", "ap_seller")
        line = self.cheap.order_line[0]
        self._call("sale.order.line", "write", line.ids, {"state": "sale"})
        self.assertEqual(line.state, "draft")
