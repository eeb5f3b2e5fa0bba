from odoo.tests import tagged

from .common import KindsCommon


@tagged("post_install", "-at_install")
class TestRequestContract(KindsCommon):
    """A request that names a contract is answered under it, at its prices."""

    def test_found_by_either_number(self):
        self.assertEqual(self.request.supply_contract_id, self.contract)
        theirs = self._new_request(self.bearing, contract_ref=" k-2026/7 ")
        self.assertEqual(theirs.supply_contract_id, self.contract)

    def test_not_found(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        other = self._new_request(
            self.bearing, contract_ref=self.contract.name, partner_id=stranger.id
        )
        for what, request in {
            "nothing named": self._new_request(self.bearing),
            "no such number": self._new_request(self.bearing, contract_ref="K%"),
            "of another customer": other,
        }.items():
            with self.subTest(what=what):
                self.assertFalse(request.supply_contract_id)

    def test_follows_the_customer(self):
        self.request.partner_id = self.env["res.partner"].create({"name": "Stranger"})
        self.assertFalse(self.request.supply_contract_id)
        self.request.partner_id = self.plant
        self.assertEqual(self.request.supply_contract_id, self.contract)

    def test_closed_contract_is_not_found(self):
        self.contract.action_close()
        self.assertFalse(
            self._new_request(self.bearing, contract_ref=self.contract.name).supply_contract_id
        )

    def test_offer_under_the_contract(self):
        order = self._offer()
        self.assertRecordValues(
            order, [{"kind_id": self.additional.id, "contract_id": self.contract.id}]
        )
        self.assertRecordValues(
            order.order_line,
            [{"price_unit": 8.0, "discount": 5.0, "contract_line_id": self.bearing_line.id}],
        )

    def test_offer_in_the_currency_of_the_contract(self):
        own, foreign = self._new_pricelists()
        contract = self._new_contract(
            {"product_id": self.bearing.id, "quantity": 10, "price_unit": 3.0},
            currency_id=foreign.currency_id.id,
        )
        contract.action_put_in_force()
        self.customer.property_product_pricelist = own
        order = self._offer(self._new_request(self.bearing, contract_ref=contract.name))
        self.assertEqual(order.currency_id, foreign.currency_id)
        self.assertEqual(order.order_line.price_unit, 3.0)

    def _new_pricelists(self):
        currency = self.env.ref("base.CHF")
        currency.active = True
        return self.env["product.pricelist"].create(
            [
                {"name": "Own", "currency_id": self.company.currency_id.id},
                {"name": "Foreign", "currency_id": currency.id, "sequence": 1},
            ]
        )

    def test_something_beside_the_contract(self):
        request = self._new_request(self.bearing, self.motor, contract_ref=self.contract.name)
        order = self._offer(request)
        self.assertRecordValues(
            order, [{"kind_id": self.additional.id, "contract_id": self.contract.id}]
        )
        self.assertRecordValues(
            order.order_line,
            [
                {"contract_line_id": self.bearing_line.id, "price_unit": 8.0},
                {"contract_line_id": False, "price_unit": 10.0},
            ],
        )
        for document in (order, request):
            told = " ".join(document.message_ids.mapped("body"))
            self.assertIn(f"Off contract {self.contract.name}", told)
            self.assertIn("5 Units Gear motor", told)
            self.assertNotIn("Units Bearing", told)

    def test_contract_ended_meanwhile(self):
        self.contract.action_close()
        order = self._offer()
        self.assertFalse(order.contract_id)
        self.assertIn(
            f"Not under contract {self.contract.name}",
            " ".join(order.message_ids.mapped("body")),
        )

    def test_joint_offers_do_not_mix(self):
        plain = self._new_request(self.bearing)
        again = self._new_request(self.seal, contract_ref=self.contract.name)
        requests = self.request + plain + again
        requests.action_check()
        groups = requests._group_for_offers(by_customer=True)
        self.assertEqual(groups, [self.request + again, plain])
        made, failed = self.env["sale.material.request"]._create_offers_in_mass(groups)
        self.assertFalse(failed)
        self.assertEqual(next(order.contract_id for _group, order in made), self.contract)
        self.assertFalse(made[1][1].contract_id)
