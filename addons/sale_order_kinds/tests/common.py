import json
from datetime import timedelta

from odoo.fields import Command, Datetime
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.addons.sale.tests.common import SaleCommon


class ContractCommon(SaleCommon):
    """A contract in force over 100 bearings at 8.00 less 5 %, and 50 dozens of seals at 24.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.today = cls.company._get_today()
        cls.company.supply_contract_four_eyes = False
        cls.additional = cls.env.ref("sale_order_kinds.sale_order_kind_additional_delivery")
        cls.standard = cls.env.ref("sale_order_kinds.sale_order_kind_standard")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.tax = cls.env["account.tax"].create({"name": "Contract tax 7 %", "amount": 7.0})
        cls.other_tax = cls.env["account.tax"].create({"name": "Other tax 3 %", "amount": 3.0})
        cls.categ = cls.env["product.category"].create({"name": "Seals"})
        cls.bearing = cls._new_product("Bearing 6204", uom_ids=[Command.link(cls.dozen.id)])
        cls.seal = cls._new_product("Shaft seal", categ_id=cls.categ.id)
        cls.motor = cls._new_product("Gear motor")
        cls.customer = cls.env["res.partner"].create({"name": "Bergmann", "is_company": True})
        cls.plant = cls.env["res.partner"].create(
            {"name": "Plant North", "parent_id": cls.customer.id, "type": "delivery"}
        )
        cls.contract = cls._new_contract(
            {
                "product_id": cls.bearing.id,
                "quantity": 100,
                "price_unit": 8.0,
                "discount": 5.0,
                "tax_ids": [Command.set(cls.tax.ids)],
            },
            {
                "categ_id": cls.categ.id,
                "uom_id": cls.dozen.id,
                "quantity": 50,
                "price_unit": 24.0,
            },
        )
        cls.contract.action_put_in_force()
        cls.bearing_line, cls.seal_line = cls.contract.line_ids

    @classmethod
    def _new_product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "list_price": 10.0, **values}
        )

    @classmethod
    def _new_contract(cls, *lines, **values):
        return cls.env["sale.supply.contract"].create(
            {
                "partner_id": cls.customer.id,
                "date_start": cls.today - timedelta(days=30),
                "date_end": cls.today + timedelta(days=300),
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )

    @classmethod
    def _add_large_contract(cls):
        """A contract in force over twenty services."""
        cls.products = cls.env["product.product"].create(
            [{"name": f"Service {number}", "type": "service"} for number in range(20)]
        )
        cls.large = cls._new_contract(
            *({"product_id": one.id, "quantity": 1000, "price_unit": 3} for one in cls.products)
        )
        cls.large.action_put_in_force()

    @classmethod
    def _new_release(cls, quantity=10, product=None, **values):
        """An additional delivery, still an offer."""
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "kind_id": cls.additional.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.bearing).id,
                            "product_uom_qty": quantity,
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _new_version(cls, days=0, contract=None, line_values=None, **values):
        """A version that is asked for; ``line_values`` change the bearings."""
        contract = contract or cls.contract
        action = contract.action_new_version()
        version = cls.env["sale.supply.contract.version"].browse(action["res_id"])
        version.write({"date_from": cls.today + timedelta(days=days), **values})
        if line_values:
            version.line_ids.sorted("contract_line_id")[0].write(line_values)
        version.action_request_approval()
        return version

    @classmethod
    def _in_days(cls, days):
        return Datetime.now() + timedelta(days=days)

    @classmethod
    def _new_user(cls, login, groups, **values):
        """A user whose password is his login."""
        values = {"email": f"{login}@example.com", "password": login, **values}
        return mail_new_test_user(cls.env, login=login, groups=groups, **values)

    @classmethod
    def _new_buyer(cls, login, partner=None):
        """A user of the portal, for the customer if no partner is given."""
        partner = partner or cls.plant.copy({"name": "Buyer", "email": f"{login}@example.com"})
        return new_test_user(
            cls.env, login, "base.group_portal", password=login, partner_id=partner.id
        )

    def _count_queries(self, action):
        """With nothing in the cache before, and nothing left to write afterwards."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before


class RpcCommon:
    """Calls as a client makes them."""

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _call(self, model, method, *args, **kwargs):
        """Return the error's class of a ``call_kw``, or its result."""
        with mute_logger("odoo.http"):
            response = self._post_call(model, method, args, kwargs)
        self.env.invalidate_all()
        return response["error"]["data"]["name"] if "error" in response else response.get("result")

    def _post_call(self, model, method, args, kwargs):
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {"params": {"model": model, "method": method, "args": args, "kwargs": kwargs}}
            ),
            headers={"Content-Type": "application/json"},
        ).json()

    def _assert_denied(self, *call, **kwargs):
        self.assertEqual(self._call(*call, **kwargs), "odoo.exceptions.AccessError", call)

    def _assert_refused(self, *call, **kwargs):
        refusals = ("odoo.exceptions.UserError", "odoo.exceptions.ValidationError")
        self.assertIn(self._call(*call, **kwargs), refusals, call)
