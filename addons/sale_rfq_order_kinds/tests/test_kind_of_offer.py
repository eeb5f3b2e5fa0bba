from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_order_kinds.tests.warranty_common import WarrantyCommon

from .common import KindsCommon


@tagged("post_install", "-at_install")
class TestKindOfOffer(KindsCommon):
    """The kind says whether the configuration is confirmed, and belongs to what is approved."""

    def test_confirmation_as_the_kind_says(self):
        for company, kind, expected in (
            (False, False, False),
            (False, "required", True),
            (True, False, True),
            (True, "none", False),
        ):
            with self.subTest(company=company, kind=kind):
                self.company.offer_confirmation_required = company
                self.additional.configuration_confirmation = kind
                order = self._offer(
                    self._new_request(self.bearing, contract_ref=self.contract.name)
                )
                self.assertEqual(order.confirmation_required, expected)

    def test_schedule_needs_no_confirmation(self):
        """The job makes orders of what the customer called off; nobody confirms them once more."""
        self.company.offer_confirmation_required = True
        schedule = self.env["sale.delivery.schedule"].create(
            {
                "contract_id": self.contract.id,
                "line_ids": [
                    Command.create(
                        {"product_id": self.bearing.id, "date_due": self.today, "quantity": 2}
                    )
                ],
            }
        )
        schedule.action_release()
        order = schedule.line_ids._create_orders()
        self.assertEqual((order.state, order.confirmation_required), ("sale", False))
        kind = order.kind_id
        kind.configuration_confirmation = "required"
        values = {"partner_id": self.customer.id, "kind_id": kind.id}
        self.assertTrue(self.env["sale.order"].create(values).confirmation_required)

    def test_confirmation_follows_the_kind(self):
        self.additional.configuration_confirmation = "required"
        order = self._offer(self._new_request(self.bearing))
        self.assertFalse(order.confirmation_required)
        order.write({"kind_id": self.additional.id, "contract_id": self.contract.id})
        self.assertTrue(order.confirmation_required)
        with self.assertRaisesRegex(UserError, "configuration"):
            order.action_confirm()

    def test_ordinary_kind_changes_no_fingerprint(self):
        order = self._offer(self._new_request(self.bearing))
        plain = order._get_offer_fingerprint()
        self.assertFalse(order._get_offer_content()["kind"])
        order.kind_id = self.standard.copy({"name": "Another"})
        self.assertNotEqual(order._get_offer_fingerprint(), plain)

    def test_price_of_a_contract_is_no_discount_on_the_price_list(self):
        tier = self.env.ref("sale_rfq_register.tier_definition_discount")
        tier.write({"active": True, "review_type": "individual", "reviewer_id": self.env.uid})
        self.bearing.list_price = 100
        ordinary = self._offer(self._new_request(self.bearing))
        ordinary.order_line.write({"price_unit": 8, "technical_price_unit": 8})
        self.assertEqual(ordinary.offer_worst_discount, 92)
        under = self._offer()
        self.assertEqual(under.order_line.contract_line_id.contract_id, self.contract)
        self.assertEqual(under.offer_worst_discount, under.order_line.discount)

    def test_a_contract_of_somebody_else_is_no_reason_for_a_price(self):
        tier = self.env.ref("sale_rfq_register.tier_definition_discount")
        tier.write({"active": True, "review_type": "individual", "reviewer_id": self.env.uid})
        self.bearing.list_price = 100
        order = self._offer(self._new_request(self.bearing))
        order.order_line.write({"price_unit": 8, "technical_price_unit": 8})
        order.order_line.contract_line_id = self.contract.line_ids[0]
        self.assertEqual(order.offer_worst_discount, 92)
        with self.assertRaisesRegex(UserError, "needs an approval"):
            order.action_confirm()

    def _set_discount_tier(self):
        tier = self.env.ref("sale_rfq_register.tier_definition_discount")
        tier.write({"active": True, "review_type": "individual", "reviewer_id": self.env.uid})

    def test_a_given_amount_is_no_price_of_a_contract(self):
        self._set_discount_tier()
        order = self._offer()
        line = order.order_line
        line.write(
            {
                "extra_tax_data": {
                    "manual_tax_amounts": {**{str(tax.id): {} for tax in line.tax_ids}, "0": {}},
                    "currency_id": line.currency_id.id,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "quantity": line.product_uom_qty,
                    "manual_total_excluded_currency": 1.0,
                    "manual_total_excluded": 1.0,
                },
                "price_unit": line.price_unit,
                "technical_price_unit": 0.01,
            }
        )
        self.assertEqual(line.price_subtotal, 1.0)
        with self.assertRaises(UserError) as refusal:
            order.action_confirm()
        self.assertIn("needs an approval", str(refusal.exception))

    def test_options_of_a_line_under_a_contract(self):
        """The contract says what its product costs, and nothing of another one."""
        self._set_discount_tier()
        order = self._offer()
        line = order.order_line
        chosen, cheap = (
            self.env["sale.offer.term"].create(
                {
                    "order_line_id": line.id,
                    "incoterm_id": self.env.ref(f"account.incoterm_{code}").id,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                }
            )
            for code in ("EXW", "FCA")
        )
        self.assertEqual(order.approval_state, "none")
        cheap.price_unit = line.price_unit / 2
        self.assertEqual(order.approval_state, "required")
        cheap.unlink()
        self.assertEqual(order.approval_state, "none")
        self.assertEqual(line.offer_term_id, chosen)
        self.motor.list_price = 100
        self.env["sale.offer.alternative"].create(
            {"order_line_id": line.id, "product_id": self.motor.id, "price_unit": 1}
        )
        self.assertEqual(order.approval_state, "required")

    def test_tier_by_kind_and_change_of_the_kind(self):
        tier = self.env.ref("sale_rfq_order_kinds.tier_definition_contract")
        self.assertFalse(tier.active)
        head = self._new_user("kind_head", "sales_team.group_sale_salesman_all_leads")
        tier.write({"active": True, "review_type": "individual", "reviewer_id": head.id})
        order = self._offer(self._new_request(self.bearing))
        self.assertEqual(order.approval_state, "none")
        under = self._offer()
        self.assertEqual(under.approval_state, "required")
        with self.assertRaisesRegex(UserError, "needs an approval"):
            under.action_confirm()
        under.request_validation()
        under.with_user(head).validate_tier()
        self.env.cr.flush()
        self.assertEqual(under.approval_state, "approved")
        under.kind_id = self.additional.copy({"name": "Another under contract"})
        under.contract_id = self.contract
        self.assertEqual(under.approval_state, "voided")


@tagged("post_install", "-at_install")
class TestClaimOrder(WarrantyCommon):
    """A free replacement is no bargain: neither discount nor configuration is asked for."""

    def test_replacement_beside_the_rules_of_offers(self):
        self.company.offer_confirmation_required = True
        for name in ("tier_definition_discount", "tier_definition_margin"):
            self.env.ref(f"sale_rfq_register.{name}").active = True
        claim = self._accept(4)
        order = self._replace(claim)
        self.assertEqual(order.order_line.discount, 100)
        self.assertRecordValues(
            order,
            [
                {
                    "offer_worst_discount": 0,
                    "offer_worst_margin": 100,
                    "approval_state": "none",
                    "confirmation_required": False,
                }
            ],
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_tier_for_what_is_not_billed(self):
        tier = self.env.ref("sale_rfq_order_kinds.tier_definition_not_billed")
        head = self._new_user("claim_head", "sales_team.group_sale_salesman_all_leads")
        tier.write({"active": True, "review_type": "individual", "reviewer_id": head.id})
        order = self._replace(self._accept(4))
        self.assertEqual(order.approval_state, "required")
        with self.assertRaisesRegex(UserError, "needs an approval"):
            order.action_confirm()
