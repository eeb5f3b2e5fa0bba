from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.payment.tests.common import PaymentCommon

from .common import RequestCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5"
    b"ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestConfiguration(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer(confirmation_required=True)

    def _confirm(self, **values):
        return self.env["sale.configuration.confirmation"].create(
            {"order_id": self.order.id, "signed_by": "P. Novak", **values}
        )

    def test_company_decides_for_new_offers(self):
        self.assertFalse(self._new_offer().confirmation_required)
        self.env.company.offer_confirmation_required = True
        self.assertTrue(self._new_offer().confirmation_required)

    def test_no_order_without_it(self):
        self.assertEqual(self.order.configuration_state, "waiting")
        with self.assertRaisesRegex(UserError, f"configuration of offer {self.order.name}"):
            self.order.action_confirm()
        self.assertEqual(self.order.state, "draft")

    def test_confirmed(self):
        action = self.order.action_record_confirmation()
        form = Form(self.env["sale.configuration.confirmation"].with_context(action["context"]))
        form.signed_by = "P. Novak"
        form.channel = "phone"
        form.reference = "call of 3 May"
        confirmation = form.save()
        self.assertRecordValues(
            confirmation, [{"is_current": True, "user_id": self.env.uid, "channel": "phone"}]
        )
        self.assertIn("5 Units · [BRG-6204]", confirmation.composition)
        self.assertEqual(self.order.configuration_state, "confirmed")
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_changed_offer_is_confirmed_anew(self):
        changes = (
            {"product_uom_qty": 6},
            {"product_id": self.seal.id},
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id},
            {"name": "Bearing, with grease"},
        )
        for change in changes:
            with self.subTest(change=change):
                confirmation = self._confirm()
                self.order.order_line.write(change)
                self.assertEqual(self.order.configuration_state, "outdated")
                self.assertFalse(confirmation.is_current)
                with self.assertRaisesRegex(UserError, "changed after the customer"):
                    self.order.action_confirm()

    def test_price_is_not_the_configuration(self):
        self._confirm()
        self.order.order_line.price_unit = 99
        self.assertEqual(self.order.configuration_state, "confirmed")

    def test_composition_back_as_confirmed_is_confirmed(self):
        self._confirm()
        self.order.order_line.product_uom_qty = 6
        self.order.order_line.product_uom_qty = 5
        self.assertEqual(self.order.configuration_state, "confirmed")

    def test_composition_is_read_from_the_order(self):
        confirmation = self._confirm(composition="Nothing", fingerprint="0")
        self.assertIn("BRG-6204", confirmation.composition)
        self.assertEqual(confirmation.fingerprint, self.order.configuration_fingerprint)

    def test_kept_for_ever(self):
        confirmation = self._confirm()
        with self.assertRaisesRegex(UserError, "is not changed any more"):
            confirmation.sudo().signed_by = "Somebody"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            confirmation.sudo().unlink()
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "confirmation"):
            self.order.unlink()

    def test_only_an_open_offer_with_lines(self):
        self._confirm()
        self.order.action_confirm()
        with self.assertRaisesRegex(UserError, "only an open offer"):
            self._confirm()
        empty = self.env["sale.order"].create({"partner_id": self.partner.id})
        with self.assertRaisesRegex(UserError, "no lines to confirm"):
            self._confirm(order_id=empty.id)

    def test_portal_signature_covers_the_composition(self):
        self.order.sudo().write({"signature": PIXEL, "signed_by": "P. Novak"})
        self.assertRecordValues(
            self.order.confirmation_ids, [{"channel": "portal", "signed_by": "P. Novak"}]
        )
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_signature_typed_in_by_a_colleague_does_not(self):
        seller = self._new_user("forger", "sales_team.group_sale_salesman_all_leads")
        self.order.with_user(seller).write({"signature": PIXEL, "signed_by": "P. Novak"})
        self.assertFalse(self.order.confirmation_ids)
        with self.assertRaises(UserError):
            self.order.with_user(seller).action_confirm()

    def test_payment_waits(self):
        self.order.write({"require_payment": True, "require_signature": False})
        self.assertFalse(self.order._has_to_be_paid())
        self._confirm()
        self.assertTrue(self.order._has_to_be_paid())

    def test_salesperson_learns_of_what_the_customer_did_alone(self):
        self._confirm(channel="phone")
        self.assertFalse(self.order.activity_ids)
        self._confirm(channel="portal")
        self.assertIn("make the order", self.order.activity_ids.summary)
        self.assertEqual(self.order.activity_ids.user_id, self.order.user_id)
        self.order.action_confirm()
        self.assertFalse(self.order.activity_ids)

    def test_the_task_speaks_the_salespersons_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms(["sale_rfq_register"], ["ru_RU"])
        self.order = self.order.with_context(lang="ru_RU")  # the customer's, on the portal
        self._confirm(channel="portal")
        self.assertIn("make the order", self.order.activity_ids.summary)


@tagged("post_install", "-at_install")
class TestConfigurationAndPayment(RequestCommon, PaymentCommon):
    def _pay(self, order):
        transaction = self._create_transaction(
            "direct",
            amount=order.amount_total,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[(6, 0, order.ids)],
            state="done",
        )
        transaction._check_amount_and_confirm_order()

    def test_money_received_waits_for_the_configuration(self):
        order = self._new_offer(confirmation_required=True, require_payment=True)
        self._pay(order)
        self.assertEqual(order.state, "draft")
        self.assertIn("Paid: get the configuration confirmed", order.activity_ids.summary)

    def test_money_makes_the_order_where_nothing_is_missing(self):
        order = self._new_offer(require_payment=True)
        self._pay(order)
        self.assertEqual(order.state, "sale")

    def test_money_for_an_expired_offer_waits_and_says_so(self):
        order = self._new_offer(require_payment=True)
        order.validity_date = fields.Date.today() - timedelta(days=1)
        self._pay(order)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.activity_ids.summary, "Paid, but not an order yet")
        self.assertIn(f"{order.name} was valid until", order.activity_ids.note)
