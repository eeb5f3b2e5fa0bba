import json
from email.message import EmailMessage

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import TransactionCase
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon, mail_new_test_user
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
    def _new_price_break(cls, product, quantity, price):
        """A price list that has a lower price from a quantity on."""
        return cls.env["product.pricelist"].create(
            {
                "name": f"From {quantity}",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": product.id,
                            "min_quantity": quantity,
                            "compute_price": "fixed",
                            "fixed_price": price,
                        }
                    )
                ],
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


class ApprovalCommon(RequestCommon):
    """Two tiers in sequence for discounts above 10 %: the head of sales, then the management."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["tier.definition"].search([("model", "=", "sale.order")]).active = False
        sales = "sales_team.group_sale_salesman"
        everything = "sales_team.group_sale_salesman_all_leads"
        cls.seller = cls._new_user("ap_seller", sales, password="ap_seller", name="Sally Seller")
        cls.head = cls._new_user("ap_head", everything, password="ap_head", name="Hedda Head")
        cls.manager = cls._new_user(
            "ap_manager", everything, password="ap_manager", name="Max Manager"
        )
        cls.tier_head = cls._new_tier("Head of sales", cls.head, sequence=20)
        cls.tier_manager = cls._new_tier("Management", cls.manager, sequence=10)
        cls.offer = cls._new_discounted_offer(20)

    @classmethod
    def _new_tier(cls, name, reviewer, **values):
        return cls.env["tier.definition"].create(
            {
                "name": name,
                "model_id": cls.env["ir.model"]._get_id("sale.order"),
                "company_id": False,
                "review_type": "individual",
                "reviewer_id": reviewer.id,
                "definition_domain": "[('offer_worst_discount', '>', 10)]",
                "approve_sequence": True,
                "exclude_requester": True,
                **values,
            }
        )

    @classmethod
    def _new_discounted_offer(cls, discount, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "user_id": cls.seller.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.bearing.id,
                            "product_uom_qty": 5,
                            "discount": discount,
                        }
                    ),
                    Command.create({"product_id": cls.motor.id, "product_uom_qty": 1}),
                ],
                **values,
            }
        )

    @classmethod
    def _approve(cls, order=None):
        """Request the approval as the seller and let both tiers give it."""
        order = order or cls.offer
        order.with_user(cls.seller).request_validation()
        order.with_user(cls.head).validate_tier()
        order.with_user(cls.manager).validate_tier()
        cls._commit(order)
        return order

    @classmethod
    def _reject(cls, order, user, comment):
        action = order.with_user(user).reject_tier()
        wizard = cls.env["comment.wizard"].with_user(user).with_context(action["context"])
        wizard.create({"comment": comment}).add_comment()

    @classmethod
    def _commit(cls, order):
        """Do what a commit does before it, and forget what was cached."""
        cls.env.cr.flush()
        order.invalidate_recordset()
        return order

    @classmethod
    def _events(cls, order):
        return order.approval_log_ids.sorted("id").mapped("event")


class RequestAliasCommon(MailCommon):
    """A company whose requests come to an address of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.alias_domain_id = cls.mail_alias_domain
        cls.company.material_request_alias_name = "requests"


class MailedRequestCommon(RequestAliasCommon):
    """Requests by e-mail; ``_read`` of the test takes every file that ends in ``.rfq``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requests = cls.env["sale.material.request"]

    def setUp(self):
        super().setUp()
        self.patch(
            type(self.requests),
            "_get_file_readers",
            lambda requests, name, content: [self._read] if name.endswith(".rfq") else [],
        )

    def _mail(self, *files, sender="Marek Kowalski <marek@kowalski.example.com>", **headers):
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = f"requests@{self.mail_alias_domain.name}"
        mail["Subject"] = headers.pop("subject", "Request for bearings")
        mail["Message-Id"] = headers.pop("message_id", f"<{id(mail)}@kowalski.example.com>")
        mail["Date"] = "Mon, 02 Mar 2026 09:15:00 +0000"
        for name, value in headers.items():
            mail[name] = value
        mail.set_content("Please quote 10 bearings.")
        for name, content in files:
            mail.add_attachment(
                content, maintype="application", subtype="octet-stream", filename=name
            )
        return mail

    def _receive(self, *files, **options):
        mail = self._mail(*files, **options)
        before = self.requests.search([])
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, mail.as_bytes())
        return (self.requests.search([]) - before).sorted("id")


class AtOnceCase(TransactionCase):
    """What several transactions do at once, each with a cursor of its own, which really commits.

    A test makes its records in ``_prepare`` and deletes them in ``_forget``.
    """

    def setUp(self):
        super().setUp()
        self.addCleanup(self._forget)
        with self.registry.cursor() as cr:
            self._prepare(api.Environment(cr, SUPERUSER_ID, {}))

    def _prepare(self, env):
        raise NotImplementedError

    def _forget(self):
        raise NotImplementedError


class RpcCommon:
    """Calls as a client makes them."""

    def _call(self, model, method, *args, **kwargs):
        """Return the error's class of a ``call_kw``, or its result."""
        with mute_logger("odoo.http"):
            response = self._post_call(model, method, args, kwargs)
        self.env.invalidate_all()
        return response["error"]["data"]["name"] if "error" in response else response["result"]

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
