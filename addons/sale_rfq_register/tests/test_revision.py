from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRevision(RequestCommon):
    """An offer is revised under one number, and only the newest revision is used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._new_offer(client_order_ref="NL-7", commitment_date="2031-05-01 10:00:00")
        cls.order.order_line.write({"price_unit": 8.5, "discount": 5})
        cls.order.action_quotation_sent()

    def _revise(self, order=None, **values):
        newer = (order or self.order)._revise("Customer wants more")
        newer.write(values)
        return newer

    def test_revision_carries_everything_on(self):
        newer = self._revise()
        self.assertRecordValues(
            newer,
            [
                {
                    "name": f"{self.order.name}-R1",
                    "revision": 1,
                    "root_offer_id": self.order.id,
                    "superseded_by_id": False,
                    "state": "draft",
                    "offer_state": "draft",
                    "client_order_ref": "NL-7",
                    "commitment_date": self.order.commitment_date,
                    "request_ids": self.order.request_ids.ids,
                    "offer_date": False,
                    "validity_date": self.order.validity_date,
                }
            ],
        )
        line = self.order.order_line
        self.assertRecordValues(
            newer.order_line,
            [
                {
                    "product_uom_qty": 5,
                    "price_unit": 8.5,
                    "discount": 5,
                    "request_line_id": line.request_line_id.id,
                    "revised_from_line_id": line.id,
                }
            ],
        )
        self.assertRecordValues(
            self.order,
            [
                {
                    "state": "cancel",
                    "offer_state": "superseded",
                    "superseded_by_id": newer.id,
                    "revision": 0,
                }
            ],
        )

    def test_chain(self):
        first = self._revise()
        second = self._revise(first)
        self.assertEqual(second.name, f"{self.order.name}-R2")
        self.assertEqual(second.root_offer_id, self.order)
        self.assertEqual(self.order._get_current_revision(), second)
        self.assertEqual(first.revision_ids, self.order + first + second)
        self.assertEqual(self.order.revision_count, 3)
        with self.assertRaisesRegex(UserError, f"was replaced by {second.name}"):
            self.order.action_revise()
        with self.assertRaisesRegex(UserError, f"was replaced by {second.name}"):
            first._revise()

    def test_reason_is_in_both_chatters(self):
        action = self.order.action_revise()
        with Form.from_action(self.env, action) as form:
            form.reason = "40 pieces <b>now</b>"
        newer = self.env["sale.order"].browse(form.record.action_revise()["res_id"])
        for message in (self.order.message_ids, newer.message_ids):
            self.assertTrue(message.filtered(lambda m: "40 pieces &lt;b&gt;now" in m.body))

    def test_ordered_offer_is_not_revised(self):
        self.order.action_confirm()
        with self.assertRaisesRegex(UserError, "is an order already"):
            self.order.action_revise()
        with self.assertRaisesRegex(UserError, "is an order already"):
            self.order._revise()

    def test_declined_and_expired_offers_are_revised(self):
        self.order._action_cancel()
        newer = self._revise()
        newer.validity_date = "2020-01-01"
        self.assertEqual(newer.offer_state, "expired")
        self.assertFalse(self._revise(newer).is_expired)

    def test_replaced_offer_is_used_on_no_path(self):
        newer = self._revise()
        paths = {
            "send": self.order.action_quotation_send,
            "mark as sent": self.order.action_quotation_sent,
            "send by another way": lambda: self.order.with_context(
                mark_so_as_sent=True
            ).message_post(body="x"),
            "dispatch": lambda: self.order.with_context(sale_dispatch=True).message_post(body="x"),
            "confirm": self.order.action_confirm,
            "confirm from the portal": self.order._validate_order,
            "draft": self.order.action_draft,
            "state": lambda: self.order.write({"state": "sale"}),
        }
        for name, path in paths.items():
            with (
                self.subTest(path=name),
                self.assertRaisesRegex(UserError, f"was replaced by {newer.name}"),
            ):
                path()
        self.assertFalse(self.order._has_to_be_signed())
        self.assertFalse(self.order._has_to_be_paid())

    def test_replaced_offer_is_read_only(self):
        newer = self._revise()
        line = self.order.order_line
        attempts = {
            "value": lambda: self.order.write({"client_order_ref": "x"}),
            "as the system": lambda: self.order.sudo().write({"validity_date": False}),
            "command": lambda: self.order.write({"order_line": [(0, 0, {"name": "x"})]}),
            "line": lambda: line.write({"price_unit": 1}),
            "new line": lambda: line.create(
                {"order_id": self.order.id, "product_id": self.seal.id}
            ),
            "moved line": lambda: newer.order_line.write({"order_id": self.order.id}),
            "no line": line.unlink,
            "link": lambda: self.order.write({"superseded_by_id": False}),
            "import": lambda: self._import(self.order),
        }
        for name, attempt in attempts.items():
            with self.subTest(path=name), self.assertRaisesRegex(UserError, "was replaced by"):
                attempt()
        with self.assertRaisesRegex(UserError, "stays as evidence"):
            self.order.unlink()
        with self.assertRaisesRegex(UserError, "one of several revisions"):
            newer.unlink()
        self.order.write({"tag_ids": False, "user_id": self.env.uid})
        self.order._action_cancel()

    def _import(self, order):
        result = self.env["sale.order"].load([".id", "client_order_ref"], [[str(order.id), "x"]])
        raise UserError(result["messages"][0]["message"])

    def test_form_of_a_replaced_offer_is_read_only(self):
        self._revise()
        with Form(self.order) as form, self.assertRaisesRegex(AssertionError, "readonly"):
            form.client_order_ref = "x"
        with Form(self.order) as form, self.assertRaisesRegex(AssertionError, "readonly"):
            form.partner_id = self.env.user.partner_id
        with Form(self.empty_order) as form:
            form.client_order_ref = "x"

    def test_nobody_writes_the_chain(self):
        seller = self._new_user("chain", "sales_team.group_sale_manager")
        other = self.empty_order.with_user(seller)
        for values in ({"superseded_by_id": self.order.id}, {"revision": 3}, {"root_offer_id": 1}):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "cannot be written"),
            ):
                other.write(values)
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "cannot be written"),
            ):
                other.create({"partner_id": self.partner.id, **values})
        context = {"default_root_offer_id": self.order.id}
        with self.assertRaisesRegex(UserError, "cannot be written"):
            other.with_context(**context).create({"partner_id": self.partner.id})

    def test_duplicate_is_a_new_offer(self):
        newer = self._revise()
        for order in (newer, self.order):
            copy = order.copy()
            self.assertNotIn("-R", copy.name)
            self.assertRecordValues(
                copy,
                [
                    {
                        "revision": 0,
                        "root_offer_id": False,
                        "superseded_by_id": False,
                        "offer_state": "draft",
                    }
                ],
            )
            self.assertFalse(copy.order_line.revised_from_line_id)

    def test_new_key(self):
        token = self.order._portal_ensure_token()
        newer = self._revise()
        self.assertTrue(self.order.access_token)
        self.assertNotIn(token, (self.order.access_token, newer.access_token))

    def test_activities_go_on(self):
        activity = self.order.activity_schedule(
            "mail.mail_activity_data_todo", summary="Call", user_id=self.env.uid
        )
        newer = self._revise()
        self.assertEqual(newer.activity_ids, activity)
        self.assertFalse(self.order.activity_ids)

    def test_requests_count_the_current_offer(self):
        request = self.order.request_ids
        newer = self._revise()
        self.assertEqual(request.order_count, 1)
        self.assertEqual(request.state, "offered")
        newer.action_confirm()
        self.assertEqual(request.state, "won")

    def test_payment_of_a_replaced_offer_is_a_task_on_the_current(self):
        newer = self._revise()
        self.assertTrue(self.order._waits_for_release())
        self.order._schedule_paid_reminder()
        self.assertIn(self.order.name, newer.activity_ids.summary)

    def test_foreign_offer_is_not_revised(self):
        seller = self._new_user("stranger", "sales_team.group_sale_salesman")
        self.order.user_id = self._new_user("owner", "sales_team.group_sale_salesman")
        order = self.order.with_user(seller)
        with self.assertRaises(AccessError):
            order._revise()
        wizard = self.env["offer.revise"].with_user(seller)
        with self.assertRaises(AccessError):
            wizard.create({"order_id": order.id}).action_revise()
        newer = self.order.with_user(self.order.user_id)._revise()
        self.assertEqual(newer.user_id, self.order.user_id)

    def test_ordinary_orders_cost_no_query_more(self):
        order = self.empty_order
        order.order_line = [(0, 0, {"product_id": self.seal.id})]
        self.env.flush_all()
        self.env.invalidate_all()
        order.order_line.mapped("order_id.state")
        with self.assertQueryCount(0):
            order._check_not_superseded()
            order.order_line.order_id._check_not_superseded()

    def test_many_families_in_few_queries(self):
        orders = self.order + self._revise() + self.empty_order
        orders.revision_ids
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            orders.mapped("revision_count")

    def test_list_filter(self):
        newer = self._revise()
        found = self.env["sale.order"].search(
            [("id", "in", (self.order + newer).ids), ("superseded_by_id", "=", False)]
        )
        self.assertEqual(found, newer)

    def test_compare_in_one_click(self):
        newer = self._revise()
        for order in (self.order, newer):
            context = order.action_compare_revisions()["context"]
            self.assertEqual(context["default_old_id"], self.order.id)
            self.assertEqual(context["default_new_id"], newer.id)
        with self.assertRaisesRegex(UserError, "one revision only"):
            self.empty_order.action_compare_revisions()

    def test_today(self):
        self.order.validity_date = fields.Date.today()
        self.assertEqual(self._revise().validity_date, fields.Date.today())
