from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import RequestCommon, RpcCommon


@tagged("post_install", "-at_install")
class TestRoles(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller", "sales_team.group_sale_salesman")
        cls.mate = cls._new_user("mate", "sales_team.group_sale_salesman")
        cls.outsider = cls._new_user("outsider", "sales_team.group_sale_salesman")
        cls.head = cls._new_user(
            "head_of_team",
            "sales_team.group_sale_salesman,sale_rfq_register.sale_rfq_register_group_head",
        )
        cls.administrator = cls._new_user("adm", "sales_team.group_sale_manager")
        cls.accountant = cls._new_user("acc", "account.group_account_invoice")
        cls.employee = cls._new_user("emp", "base.group_user")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Components",
                "user_id": cls.head.id,
                "member_ids": [(6, 0, (cls.seller + cls.mate).ids)],
            }
        )
        cls.own = cls._new_request(
            {"product_id": cls.bearing.id}, user_id=cls.seller.id, team_id=cls.team.id
        )
        cls.nobodys = cls._new_request({"name": "A"}, user_id=False, team_id=False)
        cls.foreign = cls._new_request({"name": "B"}, user_id=cls.outsider.id, team_id=False)
        cls.all = cls.own + cls.nobodys + cls.foreign

    def _seen(self, user):
        return (
            self.env["sale.material.request"].with_user(user).search([("id", "in", self.all.ids)])
        )

    def test_who_sees_what(self):
        self.assertEqual(set(self._seen(self.seller)), set(self.own + self.nobodys))
        self.assertEqual(set(self._seen(self.mate)), set(self.nobodys))
        self.assertEqual(set(self._seen(self.head)), set(self.own + self.nobodys))
        self.assertEqual(set(self._seen(self.administrator)), set(self.all))

    def test_lines_follow_their_request(self):
        lines = self.env["sale.material.request.line"].with_user(self.mate)
        self.assertEqual(lines.search([("request_id", "in", self.all.ids)]), self.nobodys.line_ids)

    def test_foreign_request_is_closed(self):
        request = self.foreign.with_user(self.seller)
        attempts = (
            lambda: request.read(["name"]),
            lambda: request.write({"partner_ref": "x"}),
            lambda: request.action_check(),
            lambda: request.line_ids.write({"quantity": 0}),
            lambda: request.copy(),
        )
        for attempt in attempts:
            with self.assertRaises(AccessError):
                attempt()

    def test_others_have_no_register(self):
        for user in (self.employee, self.accountant):
            with self.assertRaises(AccessError):
                self.own.with_user(user).read(["name"])

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        request = self.env["sale.material.request"].create(
            {"company_id": other.id, "user_id": False, "sender_name": "X"}
        )
        self.assertFalse(
            self.env["sale.material.request"]
            .with_user(self.administrator)
            .search([("id", "=", request.id)])
        )

    def _dispatches(self, user, offer):
        return self.env["sale.dispatch"].with_user(user).search([("order_id", "=", offer.id)])

    def test_dispatches_follow_their_document(self):
        self.own.action_check()
        self.own.action_create_offer()
        offer = self.own.order_ids
        offer.action_quotation_sent()
        self.assertEqual(offer.user_id, self.seller)
        self.assertEqual(offer.team_id, self.team)
        for user in (self.seller, self.head, self.administrator):
            self.assertTrue(self._dispatches(user, offer), user.login)
        for user in (self.outsider, self.accountant):
            self.assertFalse(self._dispatches(user, offer), user.login)
        with self.assertRaises(AccessError):
            self._dispatches(self.employee, offer)

    def test_nobody_enters_a_dispatch(self):
        for user in (self.administrator, self.accountant):
            with self.assertRaises(AccessError):
                self.env["sale.dispatch"].with_user(user).create(
                    {
                        "kind": "offer",
                        "document_name": "X",
                        "company_id": self.env.company.id,
                        "channel": "manual",
                    }
                )

    def test_confirmation_of_a_foreign_offer(self):
        offer = self._new_offer(user_id=self.outsider.id, confirmation_required=True)
        offer.team_id = False
        with self.assertRaises(AccessError):
            self.env["sale.configuration.confirmation"].with_user(self.seller).create(
                {"order_id": offer.id, "signed_by": "Forger"}
            )


@tagged("post_install", "-at_install")
class TestRolesOverRpc(RpcCommon, RequestCommon, HttpCase):
    """The same doors, tried from outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_user("rpc_seller", "sales_team.group_sale_salesman", password="rpc-seller")
        customer = cls._new_user("rpc_customer", "base.group_portal", password="rpc-customer")
        customer.partner_id.parent_id = cls.partner
        cls.offer = cls._new_offer(confirmation_required=True)
        cls.offer.action_quotation_sent()
        cls.request = cls.offer.request_ids
        cls.request.user_id = cls.env.ref("base.user_admin")

    def test_customer_reaches_no_register(self):
        self.authenticate("rpc_customer", "rpc-customer")
        for model, record in (
            ("sale.material.request", self.request),
            ("sale.material.request.line", self.request.line_ids),
            ("sale.dispatch", self.offer.dispatch_ids),
            ("sale.dispatch.file", self.offer.dispatch_ids.file_ids),
            ("sale.configuration.confirmation", self.offer.confirmation_ids),
        ):
            self._assert_denied(model, "search_read", [[]])
            self._assert_denied(model, "write", record.ids or [1], {"create_uid": 1})
        self._assert_denied(
            "sale.configuration.confirmation",
            "create",
            {"order_id": self.offer.id, "signed_by": "Me"},
        )

    def test_customer_sees_of_his_offer_what_concerns_him(self):
        self.authenticate("rpc_customer", "rpc-customer")
        shown = self._call(
            "sale.order", "read", self.offer.ids, ["name", "configuration_state", "offer_state"]
        )
        self.assertEqual(shown[0]["configuration_state"], "waiting")
        for name in ("request_ids", "dispatch_ids", "confirmation_ids"):
            self._assert_denied("sale.order", "read", self.offer.ids, [name])
        self._assert_denied(
            "sale.order.line", "read", self.offer.order_line.ids, ["request_line_id"]
        )

    def test_salesperson_reaches_no_foreign_request(self):
        self.authenticate("rpc_seller", "rpc-seller")
        self._assert_denied("sale.material.request", "write", self.request.ids, {"priority": "1"})
        self._assert_denied("sale.material.request", "action_check", self.request.ids)

    def test_private_methods_stay_private(self):
        self.authenticate("rpc_seller", "rpc-seller")
        for model, method in (
            ("sale.dispatch", "_register_mail"),
            ("sale.material.request", "_create_offers"),
            ("sale.material.request", "_create_from_files"),
            ("sale.order", "_on_dispatch"),
        ):
            self._assert_denied(model, method, [self.request.id])
