from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestWorkList(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Line = cls.env["sale.material.request.line"]
        for number in range(3):
            cls._new_product(f"Shaft seal 35x52x{number}", f"SEA-{number}0", False)
        cls.request = cls._new_request(
            {"name": "Shaft seal 35x52x7 brown"},
            {"name": "Gear motor"},
            {"name": "Shaft seal 35x52", "quantity": 5},
        )
        cls.request.action_check()
        cls.first, cls.second, cls.third = cls.request.line_ids

    def _assert_opens(self, action, line):
        self.assertEqual(action["tag"], "sale_rfq_register_open_line")
        self.assertEqual(action["params"]["res_id"], line.id)

    def test_candidate_is_taken_and_judged(self):
        candidate = self.first.candidate_ids[1]
        candidate.action_take()
        self.assertTrue(candidate.is_taken)
        self.assertRecordValues(
            self.first,
            [
                {
                    "product_id": candidate.product_id.id,
                    "match_method": "manual",
                    "suggested_product_id": False,
                    "verdict": "sellable",
                    "verdict_user_id": self.env.uid,
                }
            ],
        )

    def test_take_by_number_goes_on_to_the_next(self):
        second = self.first.candidate_ids[1].product_id
        action = self.first.with_context(candidate_place=2).action_take_candidate()
        self.assertEqual(self.first.product_id, second)
        self._assert_opens(action, self.second)
        self.assertEqual(action["params"]["res_ids"], (self.second + self.third).ids)

    def test_after_the_last_comes_the_one_left_out_and_then_the_request(self):
        self.second.action_take_candidate()
        self._assert_opens(self.third.action_take_candidate(), self.first)
        action = self.first.action_take_candidate()
        self.assertEqual(action["res_model"], "sale.material.request")
        self.assertEqual(action["res_id"], self.request.id)
        self.assertFalse(self.request.open_line_count)

    def test_next_leaves_the_line_as_it_is(self):
        self._assert_opens(self.first.action_next_open(), self.second)
        self.assertFalse(self.first.product_id)

    def test_work_through(self):
        self.first.candidate_ids[0].action_take()
        self._assert_opens(self.request.action_work_through(), self.second)
        self._assert_opens((self.first + self.third).action_work_through(), self.third)
        shown = self.Line.with_context(active_domain=[("id", "=", self.third.id)])
        self._assert_opens(shown.action_work_through(), self.third)

    def test_what_was_not_understood_is_work_too(self):
        self.first.action_accept_suggestion()
        self.first.problem = "The date “soon” is not understood."
        self._assert_opens(self.request.action_work_through(), self.first)
        self._assert_opens(self.first.action_settle(), self.second)
        self.assertFalse(self.first.problem)

    def test_a_missing_quantity_cannot_be_settled(self):
        self.first.quantity = 0
        with self.assertRaisesRegex(UserError, "has no quantity: enter it"):
            self.first.action_settle()

    def test_nothing_to_work_through(self):
        self.first.action_accept_suggestion()
        with self.assertRaisesRegex(UserError, "Every line here"):
            self.first.action_work_through()
        self.request.write({"close_reason_id": self.reason.id, "state": "lost"})
        with self.assertRaisesRegex(UserError, "Every line here"):
            self.request.action_work_through()

    def test_archived_request_is_no_work(self):
        self.request.action_archive()
        with self.assertRaisesRegex(UserError, "Every line here"):
            self.request.action_work_through()

    def test_no_such_candidate(self):
        with self.assertRaisesRegex(UserError, "no candidate number 9"):
            self.first.with_context(candidate_place=9).action_take_candidate()

    def test_closed_request_is_left_alone(self):
        self.request.write({"close_reason_id": self.reason.id, "state": "no_bid"})
        for attempt in (
            self.first.action_take_candidate,
            self.first.action_accept_suggestion,
            self.first.candidate_ids[0].action_take,
        ):
            with self.assertRaisesRegex(UserError, "is closed"):
                attempt()

    def test_price_of_the_customer(self):
        self.partner.specific_property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Bulk",
                "item_ids": [
                    (0, 0, {"compute_price": "fixed", "fixed_price": 7, "min_quantity": 5})
                ],
            }
        )
        self.assertEqual(self.third.candidate_ids[0].price, 7)
        self.assertEqual(self.second.candidate_ids[0].price, 10)

    def test_price_is_for_the_unit_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.third.uom_id = dozen
        self.assertRecordValues(
            self.third.candidate_ids[0], [{"price": 120, "price_uom_id": dozen.id}]
        )
        self.third.uom_id = self.env.ref("uom.product_uom_kgm")  # says nothing of pieces
        self.assertRecordValues(
            self.third.candidate_ids[0], [{"price": 10, "price_uom_id": self.uom_unit.id}]
        )

    def test_form_shows_the_candidates(self):
        form = Form(self.first)
        self.assertEqual(len(form.candidate_ids), len(self.first.candidate_ids))

    def test_candidates_follow_their_line(self):
        self.request.user_id = self._new_user("owner", "sales_team.group_sale_salesman")
        mate = self._new_user("mate", "sales_team.group_sale_salesman")
        candidate = self.first.candidate_ids[0]
        self.assertTrue(candidate.with_user(self.request.user_id).method)
        with self.assertRaises(AccessError):
            candidate.with_user(mate).read(["method"])
        with self.assertRaises(AccessError):
            candidate.with_user(mate).action_take()
        candidate.with_user(self.request.user_id).action_take()

    def test_nobody_enters_a_candidate(self):
        administrator = self._new_user("adm", "sales_team.group_sale_manager")
        candidate = self.first.candidate_ids[0].with_user(administrator)
        for attempt in (
            lambda: candidate.copy(),
            lambda: candidate.write({"score": 1}),
            lambda: candidate.unlink(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        request = self.env["sale.material.request"].create(
            {
                "company_id": other.id,
                "user_id": False,
                "line_ids": [(0, 0, {"name": "Gear motor"})],
            }
        )
        request.line_ids._match_products()
        seller = self._new_user("seller", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            request.line_ids.candidate_ids.with_user(seller).read(["method"])


@tagged("post_install", "-at_install")
class TestWorkListInTheBrowser(RequestCommon, HttpCase):
    def test_tour(self):
        """A request is worked through with the keyboard alone."""
        for number in range(3):
            self._new_product(f"Shaft seal 35x52x{number}", f"SEA-{number}0", False)
        self._new_user("keyboard", "sales_team.group_sale_manager", password="keyboard")
        request = self._new_request(
            {"name": "Shaft seal 35x52x7 brown"},
            {"name": "Gear motor 0.55"},
            {"name": "Bearing 6204 deep"},
            partner_ref="keyboard",
        )
        request.action_check()
        second = request.line_ids[0].candidate_ids[1].product_id
        action = self.env.ref("sale_rfq_register.sale_material_request_line_action")
        self.env["sale.material.request.line"].search(
            [("product_id", "=", False), ("request_id", "!=", request.id)]
        ).product_id = self.seal
        self.start_tour(
            f"/odoo/action-{action.id}", "sale_rfq_register_work_list", login="keyboard"
        )
        self.assertEqual(request.line_ids.mapped("product_id"), second + self.motor + self.bearing)
        self.assertEqual(request.state, "offered")
        self.assertEqual(
            self.env["sale.customer.article"].search_count([("partner_id", "=", self.partner.id)]),
            3,
        )
