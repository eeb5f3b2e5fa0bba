from odoo.tests import tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestDemand(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.components = cls.env["product.category"].create({"name": "Components"})
        (cls.bearing + cls.seal + cls.motor).categ_id = cls.components
        cls.demand = cls.env["sale.material.demand"]

    def _rows(self, *groupby, **domain):
        self.env.flush_all()
        return self.demand._read_group(
            [("commercial_partner_id", "=", self.partner.id), *domain.get("domain", [])],
            list(groupby),
            [
                "__count",
                "quantity:sum",
                "unmet_quantity:sum",
                "assortment_rate:avg",
                "offer_rate:avg",
                "hit_rate:avg",
                "offered_amount:sum",
                "won_amount:sum",
            ],
        )

    def _ask(self, *lines):
        request = self._new_request(*lines)
        request.action_check()
        return request

    def test_rates(self):
        request = self._ask(
            {"product_id": self.bearing.id, "quantity": 5},
            {"product_id": self.seal.id, "quantity": 2},
            {"name": "Хлеб", "quantity": 9},
        )
        request.action_create_offer()
        request.order_ids.order_line[1].unlink()
        request.order_ids.action_confirm()
        [(count, _quantity, unmet, assortment, offered, hit, amount, won)] = self._rows()
        self.assertEqual((count, unmet), (3, 11))  # the bread and the seal
        self.assertAlmostEqual(assortment, 2 / 3)
        self.assertAlmostEqual(offered, 1 / 3)
        self.assertEqual((hit, amount, won), (1, 50, 50))

    def test_hit_rate_is_of_what_was_offered(self):
        for confirmed in (True, False, False):
            request = self._ask({"product_id": self.bearing.id})
            request.action_create_offer()
            if confirmed:
                request.order_ids.action_confirm()
        self._ask({"product_id": self.bearing.id})
        [(_product, count, *_quantities, offered, hit, _amount, won)] = self._rows("product_id")
        self.assertEqual((count, offered, won), (4, 3 / 4, 10))
        self.assertAlmostEqual(hit, 1 / 3)

    def test_units_are_converted_and_never_mixed(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        kilogram = self.env.ref("uom.product_uom_kgm")
        self._ask(
            {"product_id": self.bearing.id, "quantity": 5},
            {"product_id": self.bearing.id, "quantity": 2, "uom_id": dozen.id},
        )
        self.assertEqual(self._rows("product_id")[0][2], 29)
        self.motor.uom_id = kilogram
        self._ask({"product_id": self.motor.id, "quantity": 7})
        self.assertFalse(self._rows()[0][1])
        self.assertEqual({row[2] for row in self._rows("product_id")}, {29, 7})

    def test_two_offers_for_a_line_are_one_demand(self):
        request = self._ask({"product_id": self.bearing.id, "quantity": 5})
        request.action_create_offer()
        request.action_create_another_offer()
        [(count, *_rest, amount, _won)] = self._rows()
        self.assertEqual((count, amount), (1, 50))

    def test_no_bid_is_unmet_demand(self):
        request = self._ask({"product_id": self.bearing.id, "quantity": 5})
        request.write({"state": "no_bid", "close_reason_id": self.reason.id})
        self.assertEqual(self._rows()[0][2], 5)

    def test_merged_request_counts_once(self):
        kept = self._ask({"product_id": self.bearing.id, "quantity": 5})
        self._ask({"product_id": self.bearing.id, "quantity": 5})._merge_into(kept)
        self.assertEqual(self._rows()[0][:2], (1, 5))

    def test_group_of_a_line_without_a_product(self):
        self._ask({"categ_id": self.components.id, "name": "Any coupling"})
        self.assertEqual(self._rows("categ_id")[0][0], self.components)

    def test_foreign_currency(self):
        krone = self.env.ref("base.DKK")
        krone.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": krone.id, "rate": 5, "name": "2020-01-01"}
        )
        self.env["product.pricelist"].create({"name": "DK", "currency_id": krone.id})
        request = self._ask({"product_id": self.bearing.id, "quantity": 5})
        request.currency_id = krone
        request.action_create_offer()
        self.assertAlmostEqual(request.order_ids.amount_untaxed, 250)
        self.assertAlmostEqual(self._rows()[0][-2], 50)

    def test_roles(self):
        seller = self._new_user("demand_seller", "sales_team.group_sale_salesman")
        request = self._ask({"product_id": self.bearing.id})
        self.env.flush_all()
        domain = [("request_id", "=", request.id)]
        self.assertFalse(self.demand.with_user(seller).search(domain))
        request.user_id = seller
        self.env.flush_all()
        self.assertTrue(self.demand.with_user(seller).search(domain))

    def test_opens_its_request(self):
        request = self._ask({"product_id": self.bearing.id})
        self.env.flush_all()
        row = self.demand.search([("request_id", "=", request.id)])
        self.assertEqual(row.action_open_request()["res_id"], request.id)
