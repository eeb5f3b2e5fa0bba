from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import format_date

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestRelease(ContractCommon):
    """What is released from a contract is counted and limited, on every path."""

    def test_contract_is_proposed(self):
        order = self._new_release()
        self.assertEqual(order.contract_id, self.contract)
        self.assertEqual(order.order_line.contract_line_id, self.bearing_line)

    def test_two_contracts_are_a_choice(self):
        self._new_contract({"product_id": self.motor.id, "quantity": 1}).action_put_in_force()
        with self.assertRaisesRegex(ValidationError, "choose a contract of Bergmann"):
            self._new_release()
        self.assertTrue(self._new_release(contract_id=self.contract.id))

    def test_only_confirmed_count(self):
        order = self._new_release(10)
        self.assertEqual(self.bearing_line.released_qty, 0)
        order.action_quotation_sent()
        self.assertEqual(self.bearing_line.released_qty, 0)
        order.action_confirm()
        self.assertEqual(self.bearing_line.released_qty, 10)
        self.assertAlmostEqual(self.bearing_line.released_amount, 76.0)
        self.assertEqual(self.bearing_line.remaining_qty, 90)
        self.assertEqual(self.contract.order_count, 1)

    def test_cancel_gives_back(self):
        order = self._new_release(10)
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(self.bearing_line.released_qty, 0)
        order.action_draft()
        order.unlink()
        self.assertEqual(self.bearing_line.released_qty, 0)

    def test_confirmed_quantity_counts(self):
        order = self._new_release(10)
        order.action_confirm()
        order.order_line.product_uom_qty = 25
        self.assertEqual(self.bearing_line.released_qty, 25)
        order.order_line.product_uom_qty = 5
        self.assertEqual(self.bearing_line.released_qty, 5)

    def test_confirmed_line_counts(self):
        order = self._new_release(10)
        order.action_confirm()
        order.order_line = [Command.create({"product_id": self.seal.id, "product_uom_qty": 24})]
        self.assertEqual(self.seal_line.released_qty, 2)

    def test_write_of_the_state_counts(self):
        order = self._new_release(10)
        order.write({"state": "sale"})
        self.assertEqual(self.bearing_line.released_qty, 10)
        order.write({"state": "draft"})
        self.assertEqual(self.bearing_line.released_qty, 0)

    def test_order_made_confirmed_counts(self):
        self._new_release(10, state="sale")
        self.assertEqual(self.bearing_line.released_qty, 10)
        with self.assertRaisesRegex(UserError, "allows 100"):
            self._new_release(91, state="sale")

    def test_units_are_converted(self):
        order = self._new_release(2)
        order.order_line.product_uom_id = self.dozen
        order.action_confirm()
        self.assertEqual(self.bearing_line.released_qty, 24)

    def test_offer_beyond_the_commitment(self):
        with self.assertRaisesRegex(ValidationError, "allows 100.* 101 would be released"):
            self._new_release(101)
        self._new_release(100)

    def test_line_added_to_an_offer_beyond_the_commitment(self):
        order = self._new_release(60)
        with self.assertRaisesRegex(ValidationError, "would be released"):
            order.order_line = [
                Command.create({"product_id": self.bearing.id, "product_uom_qty": 60})
            ]

    def test_confirmation_beyond_the_commitment(self):
        orders = self._new_release(60) + self._new_release(60)
        orders[0].action_confirm()
        with self.assertRaisesRegex(UserError, "allows 100"):
            orders[1].action_confirm()

    def test_both_at_once_beyond_the_commitment(self):
        with self.assertRaisesRegex(UserError, "allows 100"):
            (self._new_release(60) + self._new_release(60)).action_confirm()

    def test_confirmed_quantity_beyond_the_commitment(self):
        order = self._new_release(10)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "allows 100"):
            order.order_line.product_uom_qty = 101

    def test_tolerance(self):
        contract = self._new_contract({"product_id": self.motor.id, "quantity": 10}, tolerance=10)
        contract.action_put_in_force()
        order = self._new_release(11, self.motor, contract_id=contract.id)
        order.action_confirm()
        with self.assertRaises(UserError):
            order.order_line.product_uom_qty = 11.01

    def test_maximum_is_only_noted(self):
        contract = self._new_contract(
            {"product_id": self.motor.id, "quantity": 10}, maximum_policy="warned"
        )
        contract.action_put_in_force()
        order = self._new_release(12, self.motor, contract_id=contract.id)
        order.action_confirm()
        self.assertEqual(contract.line_ids.released_qty, 12)
        self.assertIn("allows 10", "".join(order.message_ids.mapped("body")))

    def test_value_commitment(self):
        self.motor.categ_id = self.categ
        contract = self._new_contract(
            {"categ_id": self.motor.categ_id.id, "amount": 100, "price_unit": 10},
            commitment_type="value",
        )
        contract.action_put_in_force()
        order = self._new_release(9, self.motor, contract_id=contract.id)
        order.action_confirm()
        self.assertRecordValues(
            contract.line_ids,
            [{"released_amount": 90.0, "remaining_amount": 10.0, "released_rate": 90.0}],
        )
        with self.assertRaisesRegex(UserError, "allows 100 USD"):
            order.order_line.product_uom_qty = 11

    def test_giving_back_is_never_too_much(self):
        order = self._new_release(80)
        order.action_confirm()
        self._new_version(line_values={"quantity": 50}).action_approve()
        order.order_line.product_uom_qty = 70
        self.assertEqual(self.bearing_line.released_qty, 70)
        with self.assertRaises(UserError):
            order.order_line.product_uom_qty = 71

    # -- refusals --------------------------------------------------------------------------------

    def test_other_customer(self):
        with self.assertRaisesRegex(ValidationError, "concluded with Bergmann"):
            self._new_release(partner_id=self.partner.id, contract_id=self.contract.id)

    def test_address_of_the_customer(self):
        order = self._new_release(partner_id=self.plant.id)
        self.assertEqual(order.contract_id, self.contract)

    def test_no_contract(self):
        with self.assertRaisesRegex(ValidationError, "choose a contract of"):
            self._new_release(partner_id=self.partner.id)

    def test_dates_are_inclusive(self):
        self._new_release(commitment_date=self._in_days(300))
        with self.assertRaisesRegex(ValidationError, "does not cover the ship date"):
            self._new_release(commitment_date=self._in_days(301))

    def test_expected_date_counts_without_a_requested_one(self):
        self.bearing.sale_delay = 301
        with self.assertRaisesRegex(ValidationError, "does not cover the ship date"):
            self._new_release()

    def test_moved_ship_date(self):
        order = self._new_release()
        order.action_confirm()
        with self.assertRaisesRegex(ValidationError, "does not cover the ship date"):
            order.commitment_date = self._in_days(301)

    def test_product_outside_the_contract(self):
        with self.assertRaisesRegex(ValidationError, "does not cover Gear motor"):
            self._new_release(product=self.motor)
        order = self._new_release()
        with self.assertRaisesRegex(ValidationError, "does not cover Gear motor"):
            order.order_line = [Command.create({"product_id": self.motor.id})]

    def test_category_covers_its_children(self):
        child = self.env["product.category"].create(
            {"name": "Lip seals", "parent_id": self.categ.id}
        )
        self.seal.categ_id = child
        order = self._new_release(product=self.seal)
        self.assertEqual(order.order_line.contract_line_id, self.seal_line)

    def test_currency_is_not_converted(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        pricelist = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        with self.assertRaisesRegex(ValidationError, "are not converted"):
            self._new_release(pricelist_id=pricelist.id)
        order = self._new_release()
        with self.assertRaisesRegex(ValidationError, "are not converted"):
            order.pricelist_id = pricelist

    def test_authorised_addresses(self):
        self.contract.address_ids = self.plant
        south = self.plant.copy({"name": "Plant South"})
        with self.assertRaisesRegex(ValidationError, "Plant South may not release"):
            self._new_release(partner_shipping_id=south.id)
        self._new_release(partner_shipping_id=self.plant.id).action_confirm()

    def test_unit_that_cannot_be_converted(self):
        kilogram = self.env.ref("uom.product_uom_kgm")
        self.bearing.uom_ids += kilogram
        with self.assertRaisesRegex(ValidationError, "cannot be converted"):
            order = self._new_release()
            order.order_line.product_uom_id = kilogram

    def test_contract_not_in_force(self):
        order = self._new_release()
        self.contract.action_close()
        with self.assertRaisesRegex(UserError, "not in force but “Closed”"):
            order.action_confirm()

    def test_released_figures_are_not_typed(self):
        with self.assertRaisesRegex(UserError, "counted, not typed"):
            self.bearing_line.released_qty = 0

    def test_form(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.customer
        form.kind_id = self.additional
        self.assertEqual(form.contract_id, self.contract)
        with form.order_line.new() as line:
            line.product_id = self.bearing
            line.product_uom_qty = 3
            self.assertEqual(line.price_unit, 8.0)
        order = form.save()
        order.action_confirm()
        self.assertEqual(self.bearing_line.released_qty, 3)

    def test_copy_takes_the_contract_anew(self):
        order = self._new_release()
        self._new_version(line_values={"price_unit": 9}).action_approve()
        self.assertEqual(order.copy().order_line.price_unit, 9)

    def test_end_of_the_contract_in_the_zone_of_the_company(self):
        self.company.partner_id.tz = "Asia/Vladivostok"
        end = self.contract.date_end
        late = f"{end} 20:00:00"  # the next morning there
        next_day = format_date(self.env, end + timedelta(days=1))
        with self.assertRaisesRegex(ValidationError, next_day):
            self._new_release(commitment_date=late)
