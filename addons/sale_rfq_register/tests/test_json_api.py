from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import HttpCase, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestJsonApi(RequestCommon, HttpCase):
    """Another program registers requests over JSON-2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("api_seller", "sales_team.group_sale_salesman")
        keys = cls.env["res.users.apikeys"].with_user(cls.seller)
        cls.key = keys._generate("rpc", "shop", Datetime.now() + timedelta(days=1))

    def _call(self, model, method, key=None, **arguments):
        return self.url_open(
            f"/json/2/{model}/{method}",
            json=arguments,
            headers={"Authorization": f"Bearer {key or self.key}"},
        )

    def test_register_check_and_read(self):
        answer = self._call(
            "sale.material.request",
            "create",
            vals_list=[
                {
                    "channel": "api",
                    "partner_id": self.partner.id,
                    "partner_ref": "SHOP-1",
                    "line_ids": [[0, 0, {"name": "Bearing", "supplier_code": "BRG-6204"}]],
                }
            ],
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        ids = answer.json()
        self.assertEqual(
            self._call("sale.material.request", "action_check", ids=ids).status_code, 200
        )
        lines = self._call(
            "sale.material.request.line",
            "search_read",
            domain=[["request_id", "in", ids]],
            fields=["product_id", "verdict"],
        ).json()
        self.assertEqual(lines[0]["product_id"][0], self.bearing.id)
        self.assertEqual(lines[0]["verdict"], "sellable")
        request = self.env["sale.material.request"].browse(ids)
        self.assertRecordValues(
            request, [{"channel": "api", "user_id": self.seller.id, "state": "checked"}]
        )

    def test_number_and_state_are_not_the_callers(self):
        answer = self._call(
            "sale.material.request",
            "create",
            vals_list=[{"name": "MINE", "sender_name": "Shop"}],
        )
        request = self.env["sale.material.request"].browse(answer.json())
        self.assertRegex(request.name, r"^MR\d+$")
        refused = self._call(
            "sale.material.request", "write", ids=request.ids, vals={"state": "won"}
        )
        self.assertEqual(refused.status_code, 422)
        self.assertIn("cannot become Won", refused.text)

    def test_wrong_key(self):
        answer = self._call("sale.material.request", "search_read", key="0" * 40, domain=[])
        self.assertEqual(answer.status_code, 401)
