from freezegun import freeze_time

from odoo.fields import Datetime
from odoo.tests import Form, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestLeftOut(RequestCommon):
    """What an offer leaves out is said before, and stays written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._new_request(
            {"product_id": cls.bearing.id, "quantity": 5},
            {"name": "Marine grease"},
            {"name": "Chosen by hand", "quantity": 2},
            {"product_id": cls.motor.id, "quantity": 0},
        )
        cls.request.action_check()
        cls.first, cls.grease, cls.chosen, cls.unmeasured = cls.request.line_ids

    def _press(self, method="action_create_offer"):
        """The button of the form."""
        request = self.request.with_context(
            ask_left_out=True, seen_offer_count=self.request.order_count
        )
        return getattr(request, method)()

    def _wizard(self, action):
        self.assertEqual(action["res_model"], "sale.offer.create")
        return Form(self.env[action["res_model"]].with_context(action["context"])).save()

    def test_chosen_product_is_assessed_at_once(self):
        seller = self._new_user("chooser", "sales_team.group_sale_salesman")
        self.request.user_id = seller
        with freeze_time("2026-03-02 08:00:00"), Form(self.request.with_user(seller)) as form:
            with form.line_ids.edit(2) as line:
                line.product_id = self.seal
        self.assertRecordValues(
            self.chosen,
            [
                {
                    "match_method": "manual",
                    "verdict": "sellable",
                    "verdict_user_id": seller.id,
                    "verdict_date": Datetime.to_datetime("2026-03-02 08:00:00"),
                }
            ],
        )
        self.request.action_create_offer()
        self.assertEqual(self.request.order_ids.order_line.product_id, self.bearing + self.seal)

    def test_line_added_with_a_product_is_assessed_too(self):
        with Form(self.request) as form, form.line_ids.new() as line:
            line.product_id = self.seal
        self.assertEqual(self.request.line_ids[-1].verdict, "sellable")

    def test_chosen_product_that_is_not_sold(self):
        self.seal.active = False
        self.chosen.product_id = self.seal
        self.assertEqual(self.chosen.verdict, "not_sold")
        self.assertEqual(self.chosen.left_out_reason, "The product is archived")

    def test_it_is_said_before(self):
        wizard = self._wizard(self._press())
        self.assertFalse(self.request.order_ids)
        self.assertEqual(wizard.notice, "3 of 4 lines will not be offered")
        self.assertEqual(wizard.left_out_ids, self.grease + self.chosen + self.unmeasured)
        self.assertEqual(
            wizard.left_out_ids.mapped("left_out_reason"),
            [
                "No product is chosen",
                "No product is chosen",
                "There is no quantity",
            ],
        )
        action = wizard.action_create()
        self.assertEqual(action["res_id"], self.request.order_ids.id)
        self.assertEqual(self.request.order_ids.order_line.product_id, self.bearing)

    def test_it_stays_written(self):
        self.request.action_create_offer()
        order = self.request.order_ids
        for document in (order, self.request):
            text = "".join(document.message_ids.mapped("body"))
            self.assertIn(f"3 of 4 lines are not in offer {order.name}:", text)
            self.assertIn("No product is chosen: Marine grease, Chosen by hand.", text)
            self.assertIn("There is no quantity: [DRV-055] Gear motor 0.55 kW.", text)
        self.assertEqual(order.open_request_line_count, 3)
        lines = self.grease.search(order.action_view_open_request_lines()["domain"])
        self.assertEqual(lines, self.grease + self.chosen + self.unmeasured)
        self.assertIn("No product is chosen: Marine grease", self.request.open_lines_notice)
        self.assertEqual(self.first.left_out_reason, False)
        self.assertTrue(self.grease.left_out_reason)

    def test_nothing_is_asked_where_nothing_is_left_out(self):
        (self.grease + self.chosen)._close("no_bid", self.reason)
        self.unmeasured.quantity = 1
        action = self._press()
        self.assertEqual(action["res_model"], "sale.order")
        self.assertEqual(action["res_id"], self.request.order_ids.id)

    def test_another_offer_asks_too(self):
        self.request.action_create_offer()
        wizard = self._wizard(self._press("action_create_another_offer"))
        self.assertEqual(wizard.notice, "3 of 4 lines will not be offered")
        wizard.action_create()
        self.assertEqual(self.request.order_count, 2)
        wizard.action_create()  # the same dialog again
        self.assertEqual(self.request.order_count, 2)

    def test_mass_creation_says_it(self):
        wizard = self.env["offer.mass.create"].create({"request_ids": self.request.ids})
        self.assertIn("3 of 4 lines will not be offered", wizard.preview)
        wizard.action_create()
        self.assertIn(
            f"3 of 4 lines are not in offer {self.request.order_ids.name}", wizard.result
        )

    def test_reasons_in_russian(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.assertTrue(self.grease.with_context(lang="ru_RU").left_out_reason)
