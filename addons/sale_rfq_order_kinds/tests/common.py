from odoo.fields import Command

from odoo.addons.sale_order_kinds.tests.common import ContractCommon


class KindsCommon(ContractCommon):
    """A request of the customer under his contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.partner_ref = "K-2026/7"
        cls.request = cls._new_request(cls.bearing, contract_ref=cls.contract.name)

    @classmethod
    def _new_request(cls, *products, **values):
        return cls.env["sale.material.request"].create(
            {
                "partner_id": cls.customer.id,
                "line_ids": [
                    Command.create({"product_id": product.id, "quantity": 5, "name": product.name})
                    for product in products
                ],
                **values,
            }
        )

    @classmethod
    def _offer(cls, request=None):
        request = request or cls.request
        request.action_check()
        return request._create_offers()
