from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import RpcCommon
from .warranty_common import WarrantyCommon

DOCUMENTS = (
    ("sale.supply.contract", "in_force"),
    ("sale.delivery.schedule", "released"),
    ("sale.warranty.claim", "accepted"),
)


@tagged("post_install", "-at_install")
class TestDocument(WarrantyCommon, RpcCommon, HttpCase):
    """What only buttons set comes from them alone, whichever way a record is made or moved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("doc_seller", "sales_team.group_sale_salesman")
        cls.contract.user_id = cls.seller
        cls.line = {"product_id": cls.bearing.id, "quantity": 1, "price_unit": 1}
        cls.draft = cls.env["sale.supply.contract"].create(
            {
                "partner_id": cls.customer.id,
                "date_end": "2099-12-31",
                "user_id": cls.seller.id,
                "line_ids": [Command.create({**cls.line, "product_id": cls.motor.id})],
            }
        )

    def _values(self, model):
        return {
            "sale.supply.contract": {"partner_id": self.customer.id, "date_end": "2099-12-31"},
            "sale.delivery.schedule": {"contract_id": self.contract.id},
            "sale.warranty.claim": {
                "partner_id": self.customer.id,
                "picking_id": self.delivery.id,
                "line_ids": [
                    Command.create({"origin_move_id": self.move.id, "quantity": 1}),
                ],
            },
        }[model]

    def test_made_as_if_decided(self):
        """By values, by defaults of the context or the person: over RPC, as a seller."""
        self._log_in(self.seller)
        line = {"accepted_qty": 1, "received_qty": 1, "in_warranty": True}
        for model, state in DOCUMENTS:
            deciders = {"requested_by_id", "approved_by_id", "decided_by_id"}
            deciders &= self.env[model]._fields.keys()
            given = {"state": state, **dict.fromkeys(deciders, self.seller.id)}
            lined = {**given, **line} if model == "sale.warranty.claim" else given
            context = {f"default_{name}": value for name, value in lined.items()}
            ids = [
                self._call(model, "create", {**self._values(model), **given}),
                self._call(model, "create", self._values(model), context=context),
            ]
            self.env["ir.default"].set(model, "state", state, user_id=self.seller.id)
            ids.append(self._call(model, "create", self._values(model)))
            for made in self.env[model].browse(ids):
                with self.subTest(model=model, number=made.name):
                    self.assertEqual(made.state, "draft")
                    for name in deciders:
                        self.assertFalse(made[name], name)
                    if model == "sale.warranty.claim":
                        self.assertFalse(made.line_ids.accepted_qty)
                        self.assertFalse(made.line_ids.received_qty)

    def test_tied_to_a_schedule_by_a_default(self):
        schedule = self.env["sale.delivery.schedule"].create(
            {
                "contract_id": self.contract.id,
                "line_ids": [
                    Command.create(
                        {"product_id": self.bearing.id, "date_due": self.today, "quantity": 2}
                    )
                ],
            }
        )
        self._log_in(self.seller)
        made = self._call(
            "sale.order",
            "create",
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.bearing.id})],
            },
            context={"default_schedule_line_id": schedule.line_ids.id},
        )
        self.assertFalse(self.env["sale.order"].browse(made).order_line.schedule_line_id)

    def test_line_moved_into_a_contract_in_force(self):
        self._log_in(self.seller)
        moved = self.draft.line_ids
        self._assert_refused(moved._name, "write", moved.ids, {"contract_id": self.contract.id})
        self._assert_refused(
            self.draft._name, "write", self.contract.ids, {"line_ids": [Command.link(moved.id)]}
        )
        self.assertEqual(moved.contract_id, self.draft)

    def test_line_moved_into_a_claim(self):
        draft, submitted = self._new_claim(1), self._new_claim(1)
        submitted.action_submit()
        moved = draft.line_ids
        with self.assertRaisesRegex(UserError, "was submitted"), self.cr.savepoint():
            moved.claim_id = submitted
        other = self._new_claim(1)
        moved.claim_id = other
        self.assertEqual(len(other.line_ids), 2)

    def test_line_moved_into_another_version(self):
        asked = self._new_version()
        self.assertEqual(asked.state, "requested")
        fresh = self.env["sale.supply.contract.version"].create(
            self.contract._prepare_version_values()
        )
        with self.assertRaisesRegex(UserError, "asked for already"):
            fresh.line_ids[0].version_id = asked
