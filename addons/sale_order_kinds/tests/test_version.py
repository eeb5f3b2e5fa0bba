from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestVersion(ContractCommon):
    """A contract in force changes by approved versions alone, each from its day on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("kinds_seller", "sales_team.group_sale_salesman")
        cls.head = cls._new_user("kinds_head", "sales_team.group_sale_manager")
        cls.contract.user_id = cls.seller

    def test_in_force_is_not_changed(self):
        for values in (
            {"date_end": self.today},
            {"tolerance": 50},
            {"partner_id": self.partner.id},
            {"maximum_policy": "warned"},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "by a new version"):
                self.contract.write(values)
        for values in ({"price_unit": 1}, {"quantity": 1000}, {"discount": 50}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "by a new version"):
                self.bearing_line.write(values)
        with self.assertRaises(UserError):
            self.bearing_line.unlink()
        with self.assertRaises(UserError):
            self.contract.unlink()
        with self.assertRaises(UserError):
            self.bearing_line.copy({"product_id": self.motor.id})
        with self.assertRaisesRegex(UserError, "by its buttons"):
            self.contract.state = "draft"

    def test_old_and_new_are_recorded(self):
        version = self._new_version(
            line_values={"price_unit": 9, "quantity": 200},
            date_end=self.contract.date_end + timedelta(days=365),
            reason="Letter of 1 March",
        )
        version.action_approve()
        self.assertRecordValues(
            version.line_ids.sorted("contract_line_id"),
            [
                {
                    "old_price_unit": 8.0,
                    "price_unit": 9.0,
                    "old_quantity": 100.0,
                    "quantity": 200.0,
                    "old_tax_ids": self.tax.ids,
                },
                {
                    "old_price_unit": 24.0,
                    "price_unit": 24.0,
                    "old_quantity": 50.0,
                    "quantity": 50.0,
                    "old_tax_ids": self.seal_line.tax_ids.ids,
                },
            ],
        )
        self.assertEqual(version.old_date_end, self.today + timedelta(days=300))
        self.assertEqual(self.contract.date_end, self.today + timedelta(days=665))
        self.assertEqual(self.bearing_line.price_unit, 9)

    def test_old_one_holds_until_then(self):
        self._new_version(30, line_values={"price_unit": 9}).action_approve()
        self.assertEqual(self.bearing_line.price_unit, 8)
        early = self._new_release(commitment_date=self._in_days(29))
        late = self._new_release(commitment_date=self._in_days(30))
        self.assertEqual(early.order_line.price_unit, 8)
        self.assertEqual(late.order_line.price_unit, 9)
        early.commitment_date = self._in_days(31)
        self.assertEqual(early.order_line.price_unit, 9)

    def test_old_one_holds_for_the_past(self):
        self._new_version(-10, line_values={"price_unit": 9}).action_approve()
        self._new_version(-5, line_values={"price_unit": 10}).action_approve()
        prices = [
            self.bearing_line._get_terms_at(self.today + timedelta(days=days))[self.bearing_line][
                "price_unit"
            ]
            for days in (-11, -10, -6, -5, 0)
        ]
        self.assertEqual(prices, [8, 9, 9, 10, 10])

    def test_quantity_of_the_version_on_the_ship_date(self):
        self._new_version(30, line_values={"quantity": 200}).action_approve()
        with self.assertRaises(UserError):
            self._new_release(150)
        self._new_release(150, commitment_date=self._in_days(30)).action_confirm()

    def test_extension(self):
        with self.assertRaises(UserError):
            self._new_release(commitment_date=self._in_days(310))
        self._new_version(date_end=self.today + timedelta(days=400)).action_approve()
        self._new_release(commitment_date=self._in_days(310)).action_confirm()

    def test_price_of_an_offer_is_that_of_the_confirmation_day(self):
        offer = self._new_release()
        self._new_version(10, line_values={"price_unit": 9}).action_approve()
        with freeze_time(self._in_days(11)):
            offer.action_confirm()
        self.assertEqual(offer.order_line.price_unit, 9)

    def test_not_approved_holds_nothing(self):
        version = self._new_version(line_values={"price_unit": 9})
        self.assertEqual(self._new_release().order_line.price_unit, 8)
        version.action_reject()
        self.assertEqual(self._new_release().order_line.price_unit, 8)

    def test_append_only(self):
        version = self._new_version(line_values={"price_unit": 9})
        for refused in (
            lambda: version.write({"date_from": self.today + timedelta(days=1)}),
            lambda: version.line_ids[0].write({"price_unit": 1}),
            lambda: version.line_ids[0].unlink(),
            lambda: version.unlink(),
            lambda: version.write({"state": "approved"}),
        ):
            with self.assertRaises(UserError):
                refused()

    def test_one_waits_at_a_time(self):
        self._new_version()
        with self.assertRaises(Exception), self.cr.savepoint():  # noqa: B017
            self._new_version()
            self.env.flush_all()

    def test_later_one_does_not_hold_earlier(self):
        self._new_version(30).action_approve()
        with self.assertRaisesRegex(UserError, "cannot hold earlier"):
            self._new_version(20)

    def test_four_eyes(self):
        self.company.supply_contract_four_eyes = True
        contract = self.contract.with_user(self.head)
        version = self._new_version(contract=contract)
        with self.assertRaisesRegex(UserError, "asked for its approval yourself"):
            version.action_approve()
        version.with_user(self.env.ref("base.user_admin")).action_approve()
        self.assertEqual(version.state, "approved")

    def test_four_eyes_on_the_contract(self):
        self.company.supply_contract_four_eyes = True
        contract = self._new_contract({"product_id": self.motor.id, "quantity": 1})
        with self.assertRaisesRegex(UserError, "asked for its approval yourself"):
            contract.with_user(self.head).action_put_in_force()
        contract.user_id = self.seller
        contract.with_user(self.seller).action_request_approval()
        with self.assertRaises(AccessError):
            contract.with_user(self.seller).action_put_in_force()
        contract.with_user(self.head).action_put_in_force()
        self.assertRecordValues(
            contract,
            [
                {
                    "state": "in_force",
                    "requested_by_id": self.seller.id,
                    "approved_by_id": self.head.id,
                }
            ],
        )

    def test_seller_asks_and_manager_approves(self):
        version = self._new_version(contract=self.contract.with_user(self.seller))
        with self.assertRaises(AccessError):
            version.with_user(self.seller).action_approve()
        version.with_user(self.head).action_approve()

    def test_expired_contract_is_extended(self):
        with freeze_time(self._in_days(301)):
            self.env["sale.supply.contract"]._cron_review()
            self.assertEqual(self.contract.state, "expired")
            version = self._new_version(date_end=self.today + timedelta(days=600))
            version.action_approve()
            self.assertEqual(self.contract.state, "in_force")

    def test_empty_contract(self):
        with self.assertRaisesRegex(UserError, "needs lines"):
            self._new_contract().action_put_in_force()
        with self.assertRaisesRegex(UserError, "needs lines"):
            self._new_contract({"product_id": self.motor.id}).action_put_in_force()

    def test_released_contract_is_closed_not_cancelled(self):
        self._new_release().action_confirm()
        with self.assertRaisesRegex(UserError, "close the contract instead"):
            self.contract.action_cancel()
        self.contract.action_close()
        self.assertEqual(self.contract.state, "closed")
