from odoo.tests import HttpCase, tagged

from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestScheduleTours(ScheduleCommon, HttpCase):
    """From a forecast to the order, as the coordinator, the manager and the customer see it."""

    def test_from_forecast_to_order(self):
        self.company.supply_contract_four_eyes = True
        self.contract.schedule_tolerance = 10
        seller = "sales_team.group_sale_salesman"
        coordinator = self._new_user("tour_coordinator", seller)
        manager = self._new_user("tour_manager", "sales_team.group_sale_manager")
        self.contract.user_id = coordinator
        action = self.env.ref("sale_order_kinds.sale_delivery_schedule_action")
        url = f"/odoo/action-{action.id}"
        self.start_tour(url, "sale_order_kinds_schedule_enter", login=coordinator.login)
        waiting = self.schedules.search([("state", "=", "to_approve")])
        self.assertEqual(waiting.requested_by_id, coordinator)
        self.start_tour(url, "sale_order_kinds_schedule_approve", login=manager.login)
        self.assertRecordValues(waiting, [{"state": "released", "decided_by_id": manager.id}])
        self.assertEqual(self._run().order_line.product_uom_qty, 50)
        buyer = self._new_buyer("tour_buyer")
        self.start_tour("/my", "sale_order_kinds_schedule_portal", login=buyer.login)
