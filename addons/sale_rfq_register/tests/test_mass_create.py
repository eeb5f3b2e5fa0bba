from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestMassCreate(RequestCommon):
    """Offers for many requests at once; what is left out is told with its reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Second buyer", "email": "b@x.example"})
        cls.first = cls._new_request(
            {"product_id": cls.bearing.id, "quantity": 5},
            {"name": "Bread"},
            partner_ref="A-1",
            delivery_date_to="2031-05-01",
        )
        cls.second = cls._new_request(
            {"product_id": cls.seal.id, "quantity": 2},
            partner_ref="A-2",
            delivery_date_to="2031-04-01",
        )
        cls.third = cls._new_request({"product_id": cls.motor.id}, partner_id=cls.other.id)
        cls.ready = cls.first + cls.second + cls.third
        cls.ready.action_check()

    def _wizard(self, requests, user=None, **values):
        wizards = self.env["offer.mass.create"].with_user(user or self.env.user)
        return wizards.create({"request_ids": requests.ids, **values})

    def _make(self, requests, **values):
        wizard = self._wizard(requests, **values)
        wizard.action_create()
        return wizard

    def test_one_offer_for_each_customer(self):
        wizard = self._make(self.ready)
        joint, single = wizard.order_ids
        self.assertRecordValues(
            joint + single,
            [
                {
                    "partner_id": self.partner.id,
                    "request_ids": (self.first + self.second).ids,
                    "origin": f"A-1, {self.first.name}, A-2, {self.second.name}",
                    "client_order_ref": "A-1, A-2",
                },
                {
                    "partner_id": self.other.id,
                    "request_ids": self.third.ids,
                    "origin": self.third.name,
                    "client_order_ref": False,
                },
            ],
        )
        self.assertEqual(str(joint.commitment_date.date()), "2031-05-01")
        self.assertEqual(joint.order_line.product_id, self.bearing + self.seal)
        self.assertEqual(set(self.ready.mapped("state")), {"offered"})
        self.assertIn(joint.name, wizard.result)
        for request in self.first + self.second:
            self.assertIn(joint.name, request.message_ids[0].body)

    def test_one_number_of_two_requests(self):
        self.second.partner_ref = self.first.partner_ref
        joint = self._make(self.first + self.second).order_ids
        self.assertEqual(joint.origin, f"A-1, {self.first.name}, {self.second.name}")

    def test_one_offer_for_each_request(self):
        wizard = self._make(self.ready, grouping="request")
        self.assertEqual([order.request_ids for order in wizard.order_ids], list(self.ready))

    def test_salespeople_keep_their_offers(self):
        self.second.user_id = self._new_user("mate", "sales_team.group_sale_salesman")
        self.assertEqual(self._wizard(self.ready).ready_count, 3)

    def test_left_out_with_the_reason(self):
        unknown = self._new_request({"product_id": self.seal.id}, partner_id=False)
        unchecked = self._new_request({"product_id": self.seal.id})
        unsold = self._new_request({"name": "Bread"})
        (unknown + unsold).action_check()
        offered = self._new_offer().request_ids
        closed = self._new_request({"name": "x"})
        closed.write({"close_reason_id": self.reason.id, "state": "lost"})
        requests = unknown + unchecked + unsold + offered + closed
        wizard = self._wizard(requests + self.third)
        self.assertEqual((wizard.ready_count, wizard.left_out_count), (1, 5))
        reasons = ("unknown", "not checked", "matches the assortment", "already", "is closed")
        for text in (wizard.preview, self._make(requests + self.third).result):
            for reason in reasons:
                self.assertIn(reason, text)
        with self.assertRaisesRegex(UserError, "No offer can be made"):
            self._make(requests)
        self.assertEqual(offered.order_count, 1)

    def test_only_what_is_not_offered_yet(self):
        self._make(self.first)
        self.first.line_ids[1].product_id = self.motor
        self.first.action_check()
        wizard = self._make(self.first)
        self.assertEqual(wizard.order_ids.order_line.product_id, self.motor)
        wizard.order_ids._action_cancel()
        self.assertEqual(self._wizard(self.first).ready_count, 1)

    def test_revised_offer_counts_as_offered(self):
        offer = self._make(self.third).order_ids
        newer = offer._revise()
        self.assertEqual(self._wizard(self.third).left_out_count, 1)
        newer._action_cancel()
        self.assertEqual(self._wizard(self.third).ready_count, 1)

    @mute_logger("odoo.sql_db", "odoo.addons.sale_rfq_register.models.sale_material_request_mass")
    def test_a_failure_loses_no_other(self):
        bad = self.second
        prepare = type(bad)._prepare_offer_values

        def fail(request):
            if request == bad:
                raise UserError("The price of 5 <b>is</b> missing")
            return prepare(request)

        with patch.object(type(bad), "_prepare_offer_values", fail):
            wizard = self._make(self.ready, grouping="request")
        self.assertEqual(wizard.order_ids.request_ids, self.first + self.third)
        self.assertIn("The price of 5 &lt;b&gt;is", wizard.result)
        self.assertEqual(bad.state, "checked")

        def crash(request):
            if request == bad:
                self.env.cr.execute("SELECT 1 / 0")
            return prepare(request)

        with patch.object(type(bad), "_prepare_offer_values", crash):
            wizard = self._wizard(bad + self._checked(3))
            wizard.grouping = "request"
            wizard.action_create()
        self.assertEqual(len(wizard.order_ids), 3)
        self.assertIn("error in the program", wizard.result)

    def _checked(self, count):
        requests = self.env["sale.material.request"].create(
            [
                {"partner_id": self.partner.id, "line_ids": [(0, 0, {"product_id": self.seal.id})]}
                for _number in range(count)
            ]
        )
        requests.action_check()
        return requests

    def test_queries(self):
        """Preview and look-ups do not grow; making an order costs what core's order costs."""
        self._make(self._checked(2), grouping="request")

        def count(number):
            wizard = self._wizard(self._checked(number), grouping="request")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.ready_count
            preview = self.env.cr.sql_log_count - before
            before = self.env.cr.sql_log_count
            wizard.action_create()
            self.env.flush_all()
            return preview, self.env.cr.sql_log_count - before

        few, many = count(5), count(45)
        self.assertEqual(few[0], many[0])
        self.assertLess((many[1] - few[1]) / 40, 12, "queries for one more offer")

    def test_from_the_list_of_requests(self):
        action = self.env.ref("sale_rfq_register.offer_mass_create_action")
        wizards = self.env["offer.mass.create"].with_context(
            active_model="sale.material.request", active_ids=self.ready.ids
        )
        self.assertEqual(action.binding_model_id.model, "sale.material.request")
        with Form(wizards) as form:
            self.assertEqual(form.ready_count, 2)
            form.grouping = "request"
            self.assertEqual(form.ready_count, 3)

    def test_foreign_requests(self):
        seller = self._new_user("stranger", "sales_team.group_sale_salesman")
        owner = self._new_user("owner", "sales_team.group_sale_salesman")
        self.ready.user_id = owner
        with self.assertRaises(AccessError):
            self._wizard(self.ready, user=seller).action_create()
        with self.assertRaises(AccessError):
            self._wizard(self.ready).with_user(seller).action_create()
        wizard = self._wizard(self.ready, user=owner)
        wizard.action_create()
        self.assertEqual(wizard.order_ids.user_id, owner)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += other
        foreign = self._new_request(
            {"product_id": self.seal.id}, company_id=other.id, user_id=False, team_id=False
        )
        foreign.action_check()
        wizard = self._make(self.second + foreign)
        self.assertEqual(wizard.order_ids.company_id, self.env.company + other)
        seller = self._new_user("one_company", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self._wizard(foreign, user=seller).action_create()
