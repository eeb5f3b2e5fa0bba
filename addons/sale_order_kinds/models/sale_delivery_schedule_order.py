from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class SaleDeliveryScheduleLine(models.Model):
    """How due lines become confirmed orders: one for each contract, ship date and address."""

    _inherit = "sale.delivery.schedule.line"

    def _create_orders(self):
        """Make and confirm the orders of lines that wait, in a few passes over all of them."""
        groups = list(self.grouped(lambda line: line._get_order_key()).values())
        orders = self.env["sale.order"].create([lines._prepare_order_values() for lines in groups])
        ordered = self.browse([line.id for lines in groups for line in lines])
        orders.order_line.sorted("id")._set_schedule_lines(ordered)
        failed_before = self.filtered("problem").schedule_id
        self._set({"awaits_order": False, "problem": False})
        orders.action_confirm()
        failed_before._close_problem_tasks()
        return orders

    def _get_order_key(self):
        """Lines with the same key are in one order."""
        self.ensure_one()
        return self.contract_id, self.date_due, self.partner_shipping_id

    def _prepare_order_values(self):
        schedule, contract = self.schedule_id, self.contract_id
        return {
            "company_id": contract.company_id.id,
            "partner_id": contract.partner_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "user_id": contract.user_id.id,
            "kind_id": self._get_order_kind().id,
            "contract_id": contract.id,
            "commitment_date": contract.company_id._get_day_moment(self[:1].date_due),
            "client_order_ref": schedule.customer_number or contract.partner_ref,
            "origin": schedule.name,
            **contract._prepare_delivery_values(),
            "order_line": [Command.create(line._prepare_order_line_values()) for line in self],
        }

    def _prepare_order_line_values(self):
        quantity, unit = self._get_orderable()
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": quantity,
            "product_uom_id": unit.id,
        }

    def _get_order_kind(self):
        company = self.contract_id.company_id
        kind = self.env["sale.order.kind"]._get_for_schedules(company)
        if not kind:
            raise UserError(
                self.env._(
                    "%(company)s has no order kind for delivery schedules: mark one as “From"
                    " Delivery Schedules”.",
                    company=company.name,
                )
            )
        return kind

    # -- what could not be ordered ---------------------------------------------------------------

    def _note_problem(self, problem):
        """Keep the reason on the lines and give the salesperson one task for the schedule."""
        self._set({"problem": problem})
        for schedule in self.schedule_id:
            kind = "sale_order_kinds.mail_activity_delivery_schedule"
            if not schedule.activity_search([kind]):
                user = schedule.user_id or schedule.create_uid
                schedule.activity_schedule(
                    kind,
                    date_deadline=schedule.company_id._get_today(),
                    summary=self.with_context(lang=user.lang).env._(
                        "No order was made of due lines"
                    ),
                    note=problem,
                    user_id=user.id,
                )


class SaleDeliverySchedule(models.Model):
    _inherit = "sale.delivery.schedule"

    def _close_problem_tasks(self):
        """The task is done when every due line has its order."""
        solved = self.filtered(lambda schedule: not any(schedule.line_ids.mapped("problem")))
        solved.activity_feedback(["sale_order_kinds.mail_activity_delivery_schedule"])
