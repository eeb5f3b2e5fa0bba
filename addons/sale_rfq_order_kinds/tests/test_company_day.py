from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import KindsCommon

DAY = date(2026, 12, 30)


@tagged("post_install", "-at_install")
class TestCompanyDay(KindsCommon):
    """Wanted by the day on which the contract begins: ordered under it, on that day."""

    @freeze_time("2026-12-01 12:00:00")
    def test_contract_begins_on_the_required_day(self):
        self.contract._set({"state": "closed"})
        contract = self._new_contract(
            {
                "product_id": self.bearing.id,
                "quantity": 100,
                "price_unit": 7.0,
                "tax_ids": [Command.clear()],
            },
            date_start=DAY,
            date_end=date(2027, 6, 30),
        )
        contract.action_put_in_force()
        for zone in ("America/Los_Angeles", "Pacific/Auckland", "Asia/Vladivostok"):
            self.company.partner_id.tz = self.env.user.tz = zone
            request = self._new_request(
                self.bearing, contract_ref=contract.name, delivery_date_to=DAY
            )
            order = self._offer(request)
            with self.subTest(zone=zone):
                self.assertEqual(order.contract_id, contract)
                self.assertEqual(order._get_ship_date(), DAY)
                order.action_confirm()
                self.assertEqual(order.state, "sale")
