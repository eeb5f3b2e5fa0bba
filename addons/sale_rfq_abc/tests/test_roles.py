from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import RequestPolicyCommon


@tagged("post_install", "-at_install")
class TestRoles(RequestPolicyCommon):
    """Who reads requests sees the policy; customers see nothing of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("abc_seller", "sales_team.group_sale_salesman")
        cls.clerk = cls._new_user("abc_clerk", "sale_rfq_register.sale_rfq_register_group_user")
        cls.portal = cls._new_user("abc_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.key

    def test_salesperson(self):
        requests = self.env["sale.material.request"].with_user(self.seller)
        with Form(requests) as form:
            form.partner_id = self.key
        self._assert_by_policy(form.record)
        self.assertEqual(form.record.service_policy_id.name, "Key customers")
        self.assertEqual(form.record.partner_abc_cell, "A")

    def test_reader_of_requests_who_has_no_rights_in_classes(self):
        requests = self.env["sale.material.request"].with_user(self.clerk)
        request = requests.create({"partner_id": self.key.id})
        self._assert_by_policy(request)
        shown = request.web_read({"service_policy_id": {"fields": {"display_name": {}}}})
        self.assertEqual(shown[0]["service_policy_id"]["display_name"], "Key customers")
        with self.assertRaises(AccessError):
            request.read(["partner_abc_cell"])
        with self.assertRaises(AccessError):
            request.service_policy_id.read(["discount_limit"])

    def test_customer_reads_no_policies(self):
        request = self._new_request(partner_id=self.key.id)
        order = self.env["sale.order"].create({"partner_id": self.key.id})
        order.message_subscribe(self.portal.partner_id.ids)
        order.action_quotation_sent()
        order = order.with_user(self.portal)
        self.assertEqual(order.read(["name"])[0]["id"], order.id)
        for read in (
            lambda: request.with_user(self.portal).read(["priority"]),
            lambda: self.policy.with_user(self.portal).read(["name"]),
            lambda: order.read(["service_policy_id"]),
            lambda: order.read(["is_over_policy_discount"]),
            lambda: order.search([("is_over_policy_amount", "=", True)]),
        ):
            with self.assertRaises(AccessError):
                read()
