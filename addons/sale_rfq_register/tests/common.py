from odoo.fields import Command

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.addons.sale.tests.common import SaleCommon


class RequestCommon(SaleCommon):
    """Three components that are sold, a customer, and a person for each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bearing = cls._new_product("Deep groove bearing 6204", "BRG-6204", "4006381333931")
        cls.motor = cls._new_product("Gear motor 0.55 kW", "DRV-055", "4006381333993")
        cls.seal = cls._new_product("Shaft seal 35x52x7", "SEA-35", False)
        cls.partner.email = "buyer@customer.example.com"
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Bought elsewhere"})

    @classmethod
    def _new_product(cls, name, reference, barcode, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "default_code": reference,
                "barcode": barcode,
                "type": "consu",
                "list_price": 10.0,
                **values,
            }
        )

    @classmethod
    def _new_user(cls, login, groups, **values):
        return mail_new_test_user(
            cls.env, login=login, groups=groups, email=f"{login}@example.com", **values
        )

    @classmethod
    def _new_request(cls, *lines, **values):
        return cls.env["sale.material.request"].create(
            {
                "partner_id": cls.partner.id,
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )

    @classmethod
    def _new_offer(cls, **values):
        """An offer of 5 bearings, made from a request."""
        request = cls._new_request({"product_id": cls.bearing.id, "quantity": 5})
        request.action_check()
        request.action_create_offer()
        request.order_ids.write(values)
        return request.order_ids
