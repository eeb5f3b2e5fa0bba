from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestIncoterm(RequestCommon):
    """The delivery term of a request becomes the one of its offer."""

    def _ask(self, code=None, place=False):
        request = self._new_request(
            {"product_id": self.bearing.id, "quantity": 5},
            incoterm_id=code and self.env.ref(f"account.incoterm_{code}").id,
            incoterm_location=place,
        )
        request.action_check()
        return request

    def test_offer_has_the_term(self):
        request = self._ask("FCA", "Prague")
        request.action_create_offer()
        self.assertRecordValues(
            request.order_ids,
            [
                {
                    "incoterm": self.env.ref("account.incoterm_FCA").id,
                    "incoterm_location": "Prague",
                }
            ],
        )

    def test_without_a_term_it_is_the_default_of_core(self):
        self.env.company.incoterm_id = self.env.ref("account.incoterm_EXW")
        default = self.env["sale.order"].create({"partner_id": self.partner.id}).incoterm
        request = self._ask()
        request.action_create_offer()
        self.assertEqual(request.order_ids.incoterm, default)

    def test_joint_offer(self):
        same = self._ask("FCA", "Prague") | self._ask("FCA", "PRAGUE")
        order = same._create_joint_offers([same])
        self.assertEqual(order.incoterm.code, "FCA")
        different = self._ask("FCA", "Prague") | self._ask("DAP", "Essen")
        order = different._create_joint_offers([different])
        self.assertFalse(order.incoterm_location)
        self.assertIn("different Incoterms", "".join(order.message_ids.mapped("body")))
