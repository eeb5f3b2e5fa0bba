from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .warranty_common import WarrantyCommon

ACTIVITY = "sale_order_kinds.mail_activity_warranty_claim"


@tagged("post_install", "-at_install")
class TestWarrantyResponsible(WarrantyCommon, MailCommon):
    """A claim about a delivery that was never sold reaches somebody too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        salesman = "sales_team.group_sale_salesman"
        names = ("contact", "company", "leader", "settings", "stranger")
        cls.people = {name: cls._new_user(f"wr_{name}", salesman) for name in names}
        for user in cls.people.values():
            user.email = f"{user.login}@example.com"
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id, "email": "buyer@example.com"}
        )
        cls.env["crm.team"].search([]).user_id = False
        cls.unsold = cls._send_unsold().move_ids

    @classmethod
    def _send_unsold(cls):
        """A delivery without an order."""
        picking_type = cls.warehouse.out_type_id
        move = {
            "product_id": cls.pump.id,
            "product_uom_qty": 3,
            "location_id": cls.warehouse.lot_stock_id.id,
            "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
        }
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": cls.customer.id,
                "location_id": move["location_id"],
                "location_dest_id": move["location_dest_id"],
                "move_ids": [Command.create(move)],
            }
        )
        picking.action_confirm()
        return cls._finish(picking)

    def _submit(self, move=None):
        """As the portal does, whose user is nobody of ours."""
        claim = self._new_claim(
            1, move=move or self.unsold, user_id=False, partner_id=self.contact.id
        )
        with self.mock_mail_gateway():
            claim.action_submit()
            self.env.cr.flush()
        return claim

    def _assert_reaches(self, claim, user):
        self.assertEqual(claim.user_id, user)
        activity = claim.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(ACTIVITY)
        )
        self.assertEqual(activity.user_id, user)
        self.assertIn(user.email, str(self._mails), "no mail")

    def test_salesperson_of_the_order(self):
        self.order.user_id = self.people["stranger"]
        self.contact.user_id = self.people["contact"]
        self._assert_reaches(self._submit(self.move), self.people["stranger"])

    def test_salesperson_of_the_contact(self):
        self.contact.user_id = self.people["contact"]
        self.customer.user_id = self.people["company"]
        self._assert_reaches(self._submit(), self.people["contact"])

    def test_salesperson_of_the_company(self):
        self.customer.user_id = self.people["company"]
        self._assert_reaches(self._submit(), self.people["company"])

    def test_leader_of_the_team_of_the_order(self):
        team = self.env["crm.team"].create({"name": "T", "user_id": self.people["leader"].id})
        self.order.write({"user_id": False, "team_id": team.id})
        self.company.warranty_user_id = self.people["settings"]
        self._assert_reaches(self._submit(self.move), self.people["leader"])

    def test_setting(self):
        self.env["crm.team"].create({"name": "T", "user_id": self.people["leader"].id})
        self.company.warranty_user_id = self.people["settings"]
        self._assert_reaches(self._submit(), self.people["settings"])

    def test_leader_of_any_team(self):
        self.env["crm.team"].create({"name": "T", "user_id": self.people["leader"].id})
        self._assert_reaches(self._submit(), self.people["leader"])

    def test_who_left_gets_nothing(self):
        self.contact.user_id = self.people["contact"]
        self.people["contact"].active = False
        self.company.warranty_user_id = self.people["settings"]
        self._assert_reaches(self._submit(), self.people["settings"])

    def test_nobody_is_named(self):
        """Then one of those who manage contracts gets it, never nobody."""
        manager = self._new_user("wr_manager", "sale_order_kinds.sale_order_kinds_group_manager")
        claim = self._submit()
        self.assertTrue(claim.user_id)
        managers = self.env.ref("sale_order_kinds.sale_order_kinds_group_manager").all_user_ids
        self.assertIn(claim.user_id, managers)
        self.assertIn(manager, managers)

    def test_done_by_the_decision(self):
        self.contact.user_id = self.people["contact"]
        claim = self._submit()
        claim.action_accept()
        self.assertFalse(claim.activity_ids)
