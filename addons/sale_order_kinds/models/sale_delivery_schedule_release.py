from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..formatting import format_quantity
from ..quantities import compare_exact


class SaleDeliverySchedule(models.Model):
    """How a generation comes into force, and who has to agree."""

    _inherit = "sale.delivery.schedule"

    needs_approval = fields.Boolean(readonly=True, copy=False)

    def _get_decision_fields(self):
        return super()._get_decision_fields() | {"needs_approval"}

    def action_release(self):
        """Put drafts in force; those that change too much wait for a contract manager."""
        self._check_draft()
        for schedule in self:
            schedule._lock_contract()
            schedule._check_complete()
            schedule._check_newest()
            schedule._check_ordered()
            schedule._compare()
            schedule._set({"requested_by_id": self.env.user.id})
            if schedule._is_approval_needed():
                schedule._ask_for_approval()
            else:
                schedule._put_in_force()

    def action_approve(self):
        for schedule in self:
            schedule._check_to_approve()
            schedule.contract_id._check_approver(schedule, schedule._get_entered_by())
            schedule._lock_contract()
            schedule._check_newest()
            schedule._check_ordered()
            schedule._set(schedule._prepare_decision_values())
            schedule._put_in_force()

    def action_reject(self):
        for schedule in self:
            schedule._check_to_approve()
            schedule.contract_id._check_manager()
            schedule._set({**schedule._prepare_decision_values(), "state": "rejected"})
            schedule._close_approval_tasks()

    def action_back_to_draft(self):
        for schedule in self:
            schedule._check_to_approve()
            schedule._set({"state": "draft", "requested_by_id": False})
            schedule._close_approval_tasks()

    # -- checks ----------------------------------------------------------------------------------

    def _lock_contract(self):
        """Two generations of one contract come into force one after the other.

        The UPDATE makes the second of two transactions start again with the first one's in sight.
        """
        self.env.cr.execute(
            "UPDATE sale_supply_contract SET write_date = write_date WHERE id = ANY(%s)",
            [list(self.contract_id.ids)],
        )

    def _check_complete(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._("Schedule %(schedule)s has no lines: enter them.", schedule=self.name)
            )
        self.contract_id._check_state("in_force")
        self.line_ids._check_covered()

    def _check_newest(self):
        """An older generation does not replace a newer one."""
        self.ensure_one()
        current = self._get_current()
        if current.number > self.number:
            raise UserError(
                self.env._(
                    "Schedule %(newer)s is in force and newer than %(schedule)s: enter a new"
                    " generation.",
                    newer=current.name,
                    schedule=self.name,
                )
            )

    def _check_ordered(self):
        """What is ordered already is not taken back by a schedule."""
        self.ensure_one()
        ordered = self._get_ordered().get(self.contract_id.id, {})
        for line in self.line_ids:
            quantity = ordered.get(line._get_series(), {}).get(line.date_due, 0.0)
            unit = line.contract_line_id.uom_id
            if compare_exact(line._get_contract_qty(), quantity) < 0:
                raise UserError(
                    self.env._(
                        "%(quantity)s %(unit)s of %(product)s for %(day)s are ordered already:"
                        " schedule %(schedule)s cannot ask for less. Change the order itself.",
                        quantity=format_quantity(self.env, quantity),
                        unit=unit.name,
                        product=line.product_id.display_name,
                        day=format_date(self.env, line.date_due),
                        schedule=self.name,
                    )
                )

    def _check_to_approve(self):
        self.ensure_one()
        if self.state != "to_approve":
            raise UserError(
                self.env._(
                    "Schedule %(schedule)s does not wait for an approval.", schedule=self.name
                )
            )

    # -- coming into force -----------------------------------------------------------------------

    def _get_current(self):
        """The generation that is in force beside this one."""
        self.ensure_one()
        return self.search(
            [
                ("contract_id", "=", self.contract_id._origin.id),
                ("schedule_type", "=", self.schedule_type),
                ("state", "=", "released"),
            ],
            limit=1,
        )

    def _is_approval_needed(self):
        """A forecast binds nobody; a firm schedule may change within its tolerance."""
        self.ensure_one()
        wanted = ("frozen", "excess")
        return self.schedule_type == "firm" and any(
            change.verdict in wanted for change in self.change_ids
        )

    def _ask_for_approval(self):
        self.ensure_one()
        self._set({"state": "to_approve", "needs_approval": True})
        approver = self._get_approver()
        self.activity_schedule(
            "sale_order_kinds.mail_activity_delivery_schedule",
            date_deadline=self.company_id._get_today(),
            summary=self.with_context(lang=approver.lang).env._(
                "Approve the change of the delivery schedule"
            ),
            user_id=approver.id,
        )

    def _get_entered_by(self):
        """Who entered or released the schedule, and so does not approve it as well."""
        self.ensure_one()
        return self.requested_by_id | self.create_uid

    def _get_approver(self):
        """Who gets the task: the contract's salesperson if he may decide, else a manager."""
        self.ensure_one()
        managers = self.env.ref("sale_order_kinds.sale_order_kinds_group_manager").sudo()
        people = managers.all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids and not user.share
        )
        others = people - self._get_entered_by() - self.env.ref("base.user_root").sudo()
        return (self.user_id & others) or others[:1] or self.env.user

    def _prepare_decision_values(self):
        return {"decided_by_id": self.env.user.id, "decided_on": fields.Datetime.now()}

    def _put_in_force(self):
        self.ensure_one()
        now, previous = fields.Datetime.now(), self._get_current()
        previous._set({"state": "replaced", "replaced_on": now})
        previous.line_ids._stop_waiting()
        # before the index sees two generations in force
        self.env.flush_all()
        self._set({"state": "released", "released_on": now, "previous_id": previous.id})
        self.line_ids._start_waiting()
        self._close_approval_tasks()

    def _close_approval_tasks(self):
        self.activity_feedback(["sale_order_kinds.mail_activity_delivery_schedule"])
