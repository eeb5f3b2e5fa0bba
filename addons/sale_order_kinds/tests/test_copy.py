from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestCopy(ScheduleCommon):
    """A duplicate stays under the contract of its order, whatever others the customer has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_contract(
            {"product_id": cls.bearing.id, "quantity": 100, "price_unit": 6.0}
        )
        cls.second.action_put_in_force()
        cls.order = cls._new_release(contract_id=cls.contract.id)

    def test_duplicate(self):
        copied = self.order.copy()
        self.assertRecordValues(
            copied, [{"kind_id": self.additional.id, "contract_id": self.contract.id}]
        )
        self.assertRecordValues(copied.order_line, [{"price_unit": 8.0, "discount": 5.0}])
        copied.action_confirm()
        self.assertEqual(self.bearing_line.released_qty, 10)

    def test_duplicate_of_the_only_other_contract_in_force(self):
        self.contract.action_close()
        with self.assertRaisesRegex(ValidationError, self.contract.name) as refused:
            self.order.copy()
        self.assertNotIn("S0", str(refused.exception))

    def test_duplicate_as_another_kind(self):
        copied = self.order.copy({"kind_id": self.standard.id})
        self.assertFalse(copied.contract_id)
        self.assertEqual(copied.order_line.price_unit, 10.0)

    def test_duplicate_of_an_order_of_a_schedule(self):
        self._new_schedule({0: 2})
        order = self._run()
        copied = order.copy()
        self.assertRecordValues(
            copied, [{"kind_id": self.additional.id, "contract_id": self.contract.id}]
        )
        self.assertIn("made of a delivery schedule", copied.message_ids[0].body)
        copied.action_confirm()

    def test_a_refusal_names_an_order_that_stays(self):
        with self.assertRaisesRegex(UserError, "^New order of Bergmann: contract"):
            self._new_release(500, contract_id=self.contract.id)
        # as of another transaction
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = create_date - interval '1 day' WHERE id = %s",
            [self.order.id],
        )
        self.order.invalidate_recordset(["create_date"])
        with self.assertRaisesRegex(UserError, f"^Order {self.order.name}: contract"):
            self.order.order_line.product_uom_qty = 500

    def test_contract_ends_before_the_new_ship_date(self):
        self.order.commitment_date = self._in_days(10)
        copied = self.order.copy()
        self.assertFalse(copied.commitment_date)
        late = self.contract.date_end + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, self.contract.name):
            copied.commitment_date = late

    def test_off_contract(self):
        line = self.order.order_line
        line.is_off_contract = True
        self.assertRecordValues(
            line, [{"contract_line_id": False, "price_unit": 10.0, "discount": 0.0}]
        )
        line.is_off_contract = False
        self.assertRecordValues(
            line,
            [{"contract_line_id": self.bearing_line.id, "price_unit": 8.0, "discount": 5.0}],
        )

    def test_off_contract_in_the_form(self):
        with Form(self.order) as form, form.order_line.edit(0) as line:
            line.is_off_contract = True
            self.assertEqual(line.price_unit, 10.0)
            line.is_off_contract = False
            self.assertEqual(line.price_unit, 8.0)
            line.is_off_contract = True
        self.assertEqual(self.order.order_line.price_unit, 10.0)
        self.order.action_confirm()
        self.assertEqual(self.bearing_line.released_qty, 0)

    def test_off_contract_is_settled_by_the_confirmation(self):
        self.order.action_confirm()
        with self.assertRaisesRegex(UserError, "Off Contract"):
            self.order.order_line.is_off_contract = True

    def test_what_no_contract_covers_does_not_join_it(self):
        order = self._new_release(product=self.bearing, contract_id=self.contract.id)
        self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.motor.id, "is_off_contract": True}
        )
        with self.assertRaisesRegex(UserError, "does not cover"):
            order.order_line[1].is_off_contract = False

    def test_an_order_of_a_schedule_has_nothing_off_contract(self):
        kind = self.env.ref("sale_order_kinds.sale_order_kind_schedule_release")
        order = self._new_release(kind_id=kind.id, contract_id=self.contract.id)
        order.order_line.is_off_contract = True
        with self.assertRaisesRegex(UserError, "due lines of a delivery"):
            order.action_confirm()
