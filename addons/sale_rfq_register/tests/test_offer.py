from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestOffer(RequestCommon):
    def test_one_step(self):
        request = self._new_request(
            {"supplier_code": "BRG-6204", "name": "Bearing", "quantity": 40},
            {"name": "Shaft seal 35x52x7", "quantity": 60},
            {"name": "Marine grease", "quantity": 1},
            partner_ref="NL-17",
            delivery_date_from="2026-04-13",
            delivery_date_to="2026-04-17",
        )
        with freeze_time("2026-03-02"):
            request.action_check()
            action = request.action_create_offer()
            order = request.order_ids
            self.assertEqual(order.offer_state, "draft")
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", order.id))
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.partner.id,
                    "client_order_ref": "NL-17",
                    "origin": f"NL-17, {request.name}",
                    "request_ids": request.ids,
                }
            ],
        )
        self.assertEqual(order.company_id._get_day(order.commitment_date), date(2026, 4, 17))
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.bearing.id,
                    "product_uom_qty": 40,
                    "request_line_id": request.line_ids[0].id,
                    "price_unit": 10,
                },
                {
                    "product_id": self.seal.id,
                    "product_uom_qty": 60,
                    "request_line_id": request.line_ids[1].id,
                    "price_unit": 10,
                },
            ],
        )
        self.assertEqual(request.state, "offered")
        self.assertEqual(request.line_ids[0].order_line_ids, order.order_line[0])

    def test_delivery_of_the_past_is_not_promised(self):
        request = self._new_request({"product_id": self.seal.id}, delivery_date_to="2008-05-10")
        request.action_check()
        request.action_create_offer()
        order = request.order_ids
        self.assertEqual(order.order_line.offer_ship_date, order.company_id._get_today())
        self.assertEqual(
            order.company_id._get_day(order.commitment_date), order.company_id._get_today()
        )

    def test_several_requests_at_once(self):
        requests = self._new_request({"product_id": self.seal.id})
        requests += self._new_request({"product_id": self.motor.id})
        requests.action_check()
        orders = requests._create_offers()
        self.assertEqual([order.request_ids for order in orders], list(requests))
        self.assertEqual(set(requests.mapped("state")), {"offered"})

    def test_second_offer(self):
        request = self._new_offer().request_ids
        request.action_create_another_offer()
        self.assertEqual(request.order_count, 2)

    def test_refusals(self):
        request = self._new_request({"name": "Хлеб"}, partner_id=False)
        request.action_check()
        with self.assertRaisesRegex(UserError, "has no customer"):
            request.action_create_offer()
        request.partner_id = self.partner
        with self.assertRaisesRegex(UserError, "no line that can be offered"):
            request.action_create_offer()
        request.write({"state": "lost", "close_reason_id": self.reason.id})
        with self.assertRaisesRegex(UserError, r"is closed \(Lost\)"):
            request.action_create_offer()
        self.assertFalse(request.order_ids)

    def test_unchecked_request_is_not_offered(self):
        with self.assertRaisesRegex(UserError, "no line that can be offered"):
            self._new_request({"product_id": self.seal.id}).action_create_offer()

    def test_unit_of_the_customer(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        kilogram = self.env.ref("uom.product_uom_kgm")
        request = self._new_request(
            {"product_id": self.seal.id, "uom_id": dozen.id, "quantity": 2},
            {"product_id": self.motor.id, "quantity": 3},
            {"product_id": self.motor.id, "uom_id": kilogram.id, "quantity": 3},
        )
        request.action_check()
        request.action_create_offer()
        units = request.order_ids.order_line.mapped("product_uom_id.id")
        self.assertEqual(units, [dozen.id, self.motor.uom_id.id])

    def test_wanted_currency(self):
        krone = self.env.ref("base.DKK")
        krone.active = True
        request = self._new_request({"product_id": self.seal.id}, currency_id=krone.id)
        request.action_check()
        request.action_create_offer()
        self.assertNotEqual(request.order_ids.currency_id, krone)
        self.assertIn("prices in DKK", request.order_ids.message_ids[0].body)
        pricelist = self.env["product.pricelist"].create(
            {"name": "Denmark", "currency_id": krone.id}
        )
        order = request._create_offers()
        self.assertEqual((order.pricelist_id, order.currency_id), (pricelist, krone))

    def test_order_wins_the_request(self):
        order = self._new_offer()
        order.action_confirm()
        self.assertRecordValues(order, [{"offer_state": "accepted"}])
        self.assertEqual(order.request_ids.state, "won")

    def test_declined_offer(self):
        order = self._new_offer()
        order._action_cancel()
        self.assertEqual(order.offer_state, "declined")
        self.assertEqual(order.request_ids.state, "offered")

    def test_salesperson_without_the_request_may_confirm(self):
        seller = self._new_user("seller", "sales_team.group_sale_salesman")
        order = self._new_offer()
        order.request_ids.user_id = self.env.ref("base.user_admin")
        order.user_id = seller
        order.with_user(seller).action_confirm()
        self.assertEqual(order.request_ids.state, "won")

    def test_copy_of_an_offer_belongs_to_no_request(self):
        order = self._new_offer()
        copy = order.copy()
        self.assertFalse(copy.request_ids or copy.order_line.request_line_id or copy.offer_date)

    def test_ordinary_order_is_as_in_core(self):
        order = self.empty_order
        self.assertRecordValues(
            order, [{"confirmation_required": False, "configuration_state": "none"}]
        )
        order.order_line = [(0, 0, {"product_id": self.seal.id})]
        order.action_confirm()
        self.assertEqual(order.state, "sale")
